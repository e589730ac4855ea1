"""An address with a slip in its domain is asked about on the last look, and never mended."""

from __future__ import annotations

import pytest

from app.people.addresses import COMMON, meant
from tests.world import World, form_of

pytestmark = pytest.mark.either


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmal.com", "ana@gmail.com"),
        ("ana@gmaill.com", "ana@gmail.com"),
        ("Ana@HOTNAIL.com", "Ana@hotmail.com"),
        ("ana@hotmail.con", "ana@hotmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@mail.com", ""),
        ("ana@example.org", ""),
        ("ana@hotmail.cs", ""),  # as near to Chile's as to Spain's
        ("", ""),
    ],
)
def test_one_slip_in_a_common_domain_is_seen(typed: str, near: str) -> None:
    assert meant(typed) == near


def test_a_common_domain_is_no_slip_of_another() -> None:
    assert [one for one in sorted(COMMON) if meant(f"ana@{one}")] == []


async def test_the_last_look_asks_about_the_address_and_carries_it_as_it_was_typed(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = (await browser.get("/p/town/propose")).text
        typed = form_of(page, "/p/town/propose/look") | {
            "title": "Publicar las actas del concejo",
            "problem": "Las actas se publican como imágenes y nadie puede buscar en ellas.",
            "solution": "Publicar cada acta como texto dentro de cinco días.",
            "name": "Ana Soto",
            "contact": "ana@gmial.com",
        }
        looked = (await browser.post("/p/town/propose/look", data=typed)).text
    assert "El correo es ana@gmial.com. ¿Era ana@gmail.com?" in looked
    assert '<input type="hidden" name="contact" value="ana@gmial.com">' in looked
