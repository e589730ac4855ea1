"""A process may have a colour of its own, if everything written in it and on it can be read, by day and by night."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import Invalid
from app.process.colours import DARK_GROUNDS, LIGHT_GROUNDS, ON_GROUND, contrast, require_legible, stylesheet
from app.settings import ROOT
from tests.world import World, form_of

TEXTS = "/p/town/office/texts"
KEPT = {"name_es": "Proceso", "form_of_address": "usted", "own_colour": "yes"}
channels = st.integers(0, 255)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0f4a45", "#ffffff", 10.07)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@given(channels, channels, channels)
def test_whatever_is_accepted_can_be_read_by_day_and_by_night(red: int, green: int, blue: int) -> None:
    colour = f"#{red:02x}{green:02x}{blue:02x}"
    try:
        accent = require_legible(colour)
    except Invalid:
        assert min(contrast(colour, ground) for ground in LIGHT_GROUNDS) < 4.5
        return
    day, night = (dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", part)) for part in stylesheet(accent).split("@media"))
    for name in ("deep", "deep-strong", "link", "told"):
        assert min(contrast(day[name], ground) for ground in LIGHT_GROUNDS) >= 4.5
        assert min(contrast(night[name], ground) for ground in DARK_GROUNDS) >= 4.5
    assert contrast(night["on-deep"], night["deep"]) >= 4.5
    assert min(contrast(light["ground"], ON_GROUND) for light in (day, night)) >= 4.5


def test_the_grounds_are_those_of_the_tokens() -> None:
    tokens = (ROOT / "frontend" / "css" / "tokens.css").read_text("utf-8")
    day, night = tokens.split("@media (prefers-color-scheme: dark)")
    for grounds, part in ((LIGHT_GROUNDS, day), (DARK_GROUNDS, night)):
        found = {re.search(rf"--{name}: (#[0-9a-f]{{6}})", part)[1] for name in ("surface", "paper", "sunken")}  # type: ignore[index]
        assert found == set(grounds)
    assert f"--on-ground: {ON_GROUND}" in day


async def test_the_office_gives_a_process_its_colour_and_a_pale_one_is_refused(world: World) -> None:
    world.open_process()
    async with world.browser("carla") as browser:
        hidden = form_of((await browser.get(TEXTS)).text, TEXTS)
        pale = await browser.post(TEXTS, data=hidden | KEPT | {"accent": "#FFCC00"})
        assert pale.status_code == 422
        assert "demasiado clar" in pale.text
        assert (await browser.post(TEXTS, data=hidden | KEPT | {"accent": "#7A1F3D"})).status_code == 303
    async with world.browser() as browser:
        page = await browser.get("/p/town")
        [address] = re.findall(r'href="(/p/town/theme-[0-9a-f]{12}\.css)"', page.text)
        sheet = await browser.get(address)
        assert "--deep:#7a1f3d" in sheet.text
        assert sheet.headers["cache-control"].endswith("immutable")
        assert (await browser.get(address.replace("theme-", "theme-0"))).status_code == 404
        assert "/theme-" not in (await browser.get("/")).text
    async with world.browser("carla") as browser:
        told = {name: said for name, said in KEPT.items() if name != "own_colour"}
        hidden = form_of((await browser.get(TEXTS)).text, TEXTS)
        await browser.post(TEXTS, data=hidden | told | {"accent": "#7a1f3d"})
        assert "/theme-" not in (await browser.get("/p/town")).text


def test_shares_of_black_go_the_same_way() -> None:
    from app.process.colours import mixed

    shades = [mixed("#7a1f3d", "#000000", share / 10) for share in range(11)]
    assert all(contrast(darker, "#ffffff") >= contrast(lighter, "#ffffff") for lighter, darker in pairwise(shades))
