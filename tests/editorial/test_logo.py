"""The logo of a process: a picture drawn small beside the name, or nothing."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from app.process.queries import by_slug
from tests.documents.making import photo
from tests.world import World, form_of

pytestmark = pytest.mark.either
FORM = "/p/town/office/logo"


def drawing(size: tuple[int, int] = (900, 300)) -> bytes:
    """A picture in which no two lines are alike, so that it weighs something."""
    made = BytesIO()
    Image.effect_noise(size, 90).convert("RGBA").save(made, "PNG")
    return made.getvalue()


async def test_a_logo_stands_small_on_every_page_until_it_is_taken_away(world: World) -> None:
    world.open_process()
    async with world.browser("carla") as office:
        form = form_of((await office.get(FORM)).text, FORM)
        sent = await office.post(FORM, data=form, files={"logo": ("logo.png", drawing(), "image/png")})
        assert sent.status_code == 303
        page = (await office.get(FORM)).text
        found = re.search(r'<img class="process-logo" src="([^"]+)" alt="" width="(\d+)" height="40">', page)
        assert found
        assert found[2] == "120"
        async with world.browser() as anybody:
            world.app.state.house.cache.clear()
            assert found[1] in (await anybody.get("/en/p/town")).text
            shown = await anybody.get(found[1])
        assert shown.headers["content-type"] == "image/png"
        assert "immutable" in shown.headers["cache-control"]
        assert len(shown.content) < 30_000
        with Image.open(BytesIO(shown.content)) as seen:
            assert seen.size == (240, 80)
        form = form_of(page, FORM)
        assert (await office.post(FORM, data=form | {"then": "remove"})).status_code == 303
        world.app.state.house.cache.clear()
        assert (await office.get(found[1])).status_code == 404
        assert "process-logo" not in (await office.get("/p/town")).text
        assert (await office.post(FORM, data=form | {"then": "remove", "form_key": "2"})).status_code == 409


async def test_what_is_no_picture_is_refused_with_a_sentence(world: World) -> None:
    world.open_process()
    async with world.browser("carla") as office:
        form = form_of((await office.get(FORM)).text, FORM)
        for name, content, said in (
            ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no es una imagen"),
            ("logo.png", b"%PDF-1.7", "no es una imagen"),
            ("linea.jpg", photo(size=(2000, 20)), "larga y angosta"),
        ):
            sent = await office.post(FORM, data=form, files={"logo": (name, content, "image/png")})
            assert (sent.status_code, said in sent.text) == (422, True), sent.text
        bare = await office.post(FORM, data=form)
        assert (bare.status_code, "Elija una imagen." in bare.text) == (422, True)
    with world.database.reading() as session:
        assert by_slug(session, "town").logo_id is None


async def test_a_photo_becomes_a_logo_without_what_the_camera_wrote(world: World) -> None:
    world.open_process()
    async with world.browser("carla") as office:
        form = form_of((await office.get(FORM)).text, FORM)
        await office.post(FORM, data=form, files={"logo": ("IMG_1.JPG", photo(), "image/jpeg")})
        found = re.search(r'src="(/p/town/logo/[^"]+)"', (await office.get(FORM)).text)
        assert found
        with Image.open(BytesIO((await office.get(found[1])).content)) as seen:
            assert (seen.format, seen.size, dict(seen.getexif())) == (
                "PNG",
                (40, 64),
                {},
            )  # turned as it is meant to be seen
