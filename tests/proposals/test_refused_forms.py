"""A form that is refused comes back with what was typed, in its own place, unfolded; also without JavaScript."""

from __future__ import annotations

import re

import pytest

from tests.feedback import deciding
from tests.world import World, form_of

pytestmark = pytest.mark.either

DOOR = "/p/town/office/proposals/TOWN-0001"


def section(page: str, title: str) -> tuple[bool, str]:
    """Whether the folded section of this title is open, and what stands in it."""
    found = re.search(
        rf'<details class="more"( open)?><summary>{re.escape(title)}</summary>(.*?)</details>', page, re.DOTALL
    )
    assert found, title
    return bool(found[1]), found[2]


async def test_refusing_without_a_kind_of_reason_opens_only_its_own_form(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser("carla") as browser:
        shown = await browser.get(DOOR)
        assert not any(section(shown.text, title)[0] for title in ("Devolverla para que la cambien", "No admitirla"))
        typed = {"outcome": "refused", "refuse_reason": "Es un reclamo."}
        sent = await browser.post(f"{DOOR}/admission", data=form_of(shown.text, f"{DOOR}/admission") | typed)
    assert sent.status_code == 422
    is_open, form = section(sent.text, "No admitirla")
    assert is_open
    assert 'id="f-reason_codes"' in form
    assert "Es un reclamo." in form
    other_is_open, other = section(sent.text, "Devolverla para que la cambien")
    assert not other_is_open
    assert "Es un reclamo." not in other
    assert sent.text.count('href="#f-reason_codes"') == 1
    ids = re.findall(r' id="([^"]+)"', sent.text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("act", "typed", "field", "title"),
    [
        ("admission", {"outcome": "refused", "reason_codes": "other"}, "refuse_reason", "No admitirla"),
        ("admission", {"outcome": "returned"}, "return_reason", "Devolverla para que la cambien"),
        ("merge", {"into": "TOWN-0002"}, "merge_reason", "Unirla con otra"),
        ("merge", {"into": "TOWN-0999", "merge_reason": "Piden lo mismo."}, "into", "Unirla con otra"),
    ],
)
async def test_what_is_missing_is_told_beside_its_own_field(
    world: World, act: str, typed: dict[str, str], field: str, title: str
) -> None:
    process = world.open_process()
    world.propose(process)
    world.propose(process, "bruno")
    async with world.browser("carla") as browser:
        hidden = form_of((await browser.get(DOOR)).text, f"{DOOR}/{act}")
        sent = await browser.post(f"{DOOR}/{act}", data=hidden | typed)
    assert sent.status_code == 422
    is_open, form = section(sent.text, title)
    assert is_open
    assert f'id="f-{field}-error"' in form
    assert sent.text.count(f'href="#f-{field}"') == 1


async def test_optional_answers_stay_in_sight_when_something_else_is_missing(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        shown = await browser.get("/p/town/propose")
        hidden = form_of(shown.text, "/p/town/propose/look")
        plain = await browser.post("/p/town/propose/look", data=hidden | {"origin_sector": "citizen", "title": "Actas"})
        told = await browser.post(
            "/p/town/propose/look", data=hidden | {"origin_sector": "citizen", "cause": "Se escanean."}
        )
    assert not section(shown.text, "Cuéntenos más, si quiere")[0]
    assert not section(plain.text, "Cuéntenos más, si quiere")[0]
    is_open, form = section(told.text, "Cuéntenos más, si quiere")
    assert is_open
    assert "Se escanean." in form


async def test_a_report_without_its_purpose_comes_back_open_with_the_error_at_the_top(world: World) -> None:
    deciding.decided(world)
    path = "/p/town/feedback/decision"
    async with world.browser("carla") as browser:
        hidden = form_of((await browser.get(path)).text, f"{path}/report")
        sent = await browser.post(f"{path}/report", data=hidden | {"what_next": "Se vota en octubre."})
    assert sent.status_code == 422
    is_open, form = section(sent.text, "Publicar este informe")
    assert is_open
    assert "Se vota en octubre." in form
    assert sent.text.index('class="error-summary"') < sent.text.index("Las respuestas")


async def test_on_the_page_of_a_letter_each_form_keeps_its_own_words(world: World) -> None:
    process = deciding.decided(world)
    deciding.draft(world, process)
    letter = deciding.letters(world)[0]
    path = f"/p/town/office/answers/decision/letters/{letter.id}"
    settlement = "/p/town/office/answers/decision/settlement"
    async with world.browser("hugo") as browser:
        hidden = form_of((await browser.get(path)).text, settlement)
        typed = {f"because-{hidden['duty']}": "no_address", f"tried-{hidden['duty']}": "Nada"}
        sent = await browser.post(settlement, data=hidden | typed)
        assert sent.status_code == 422
        is_open, form = section(sent.text, "Cerrar sin una carta que haya llegado")
        assert is_open
        assert "Nada" in form
        assert not section(sent.text, "Agregar palabras de la oficina")[0]
        words = form_of(sent.text, path) | {"explanation-TOWN-0001": "x" * 1501}
        sent = await browser.post(path, data=words)
        assert sent.status_code == 422
        is_open, form = section(sent.text, "Agregar palabras de la oficina")
        assert is_open
        assert 'id="f-explanation-TOWN-0001-error"' in form
