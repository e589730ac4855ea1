"""Letters to people without e-mail, printed together: each on a page of its own, as approved, with its address."""

from __future__ import annotations

import pytest

from app.feedback.models import Letter
from app.feedback.rules import LetterState
from app.people.rules import ContactKind
from tests.costs import cost
from tests.feedback.deciding import REASON, approve, decide, draft, letters, publish
from tests.forum.reading_pdf import Read
from tests.world import STRANGER, World

pytestmark = pytest.mark.either

HERE = "/p/town/office/answers/decision"
FILE = f"{HERE}/letters.pdf"
WHY_NOT = 'Ya hay una obra, y #panic("x") $no$ *cabe* otra.'
CEILING = 12


def _three(world: World) -> list[Letter]:
    """Approved letters to three people: one by post, one to be picked up, one by mail."""
    process = world.open_process()
    world.admitted(process, "Rosa Muñoz", contact=(ContactKind.POST, "Calle Larga 12\nLota"))
    world.admitted(process, "Tito Vidal", "Otra plaza", contact=(ContactKind.PICK_UP, ""))
    world.admitted(process, "ana", "Publicar las actas")
    world.clock.move(days=11)
    decide(world, process, "TOWN-0001")
    decide(world, process, "TOWN-0002", "not_selected", WHY_NOT)
    decide(world, process, "TOWN-0003")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    return [one for one in letters(world) if one.way.value == "hand"]


async def test_each_begins_on_its_own_page_with_its_address_and_says_what_was_approved(world: World) -> None:
    told = _three(world)
    async with world.browser("hugo") as hugo:
        page = (await hugo.get(f"{HERE}?kind=hand")).text
        file = await hugo.get(FILE)
    assert (f'href="{FILE}"' in page, file.headers["cache-control"]) == (True, "no-store")
    read = Read(file.content)
    assert (read.metadata["pdfuaid:part"], read.tags.count("H1"), str(read.root.Lang)) == ("1", 2, "es")
    pages = [_words(read, number) for number in range(len(read.pdf.pages))]
    firsts = [words for words in pages if "Proceso town · TOWN-000" in words]
    assert len(firsts) == len(told) == 2
    assert ["Rosa Muñoz Calle Larga 12 Lota" in one for one in firsts] == [True, False]
    assert ["Tito Vidal" in one for one in firsts] == [False, True]
    words = read.words
    for letter in told:
        for part in (letter.subject, *letter.text.replace("> ", "").replace("--\n", "").split()):
            assert part in words or "://" in part or len(part) > 50, part  # an address may go on in the next line
    assert (REASON in words, WHY_NOT in words, "TOWN-0003" in words) == (True, True, False)
    assert {one.state for one in letters(world)} == {LetterState.APPROVED}


def _words(read: Read, number: int) -> str:
    return " ".join(read._page(read.pdf.pages[number]).split())


@pytest.mark.parametrize("who", ["ana", "bruno", "felix", "gloria", "elena"])
async def test_nobody_else_gets_them(world: World, who: str) -> None:
    world.open_process()
    async with world.browser(who) as browser:
        assert (await browser.get(FILE)).status_code == 403


async def test_where_there_is_none_there_is_no_file(world: World) -> None:
    world.open_process()
    async with world.browser("hugo") as hugo, world.browser(STRANGER) as stranger:
        assert (await hugo.get(FILE)).status_code == 404
        assert "letters.pdf" not in (await hugo.get(f"{HERE}?kind=hand")).text
        assert (await stranger.get(FILE)).status_code == 303


async def test_many_make_several_files_and_cost_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _three(world)
    monkeypatch.setattr("app.feedback.paper_letters.AT_ONCE", 1)
    async with world.browser("hugo") as hugo:
        page = (await hugo.get(f"{HERE}?kind=hand")).text
        files = [(await hugo.get(path)).content for path in (FILE, f"{FILE}?after={told[0].id}")]
    assert [f"letters.pdf?after={one.id}" in page for one in told] == [True, False]
    assert [Read(one).tags.count("H1") for one in files] == [1, 1]
    monkeypatch.setattr("app.feedback.paper_letters.AT_ONCE", 100)
    assert await cost(world, FILE, "hugo") <= CEILING
