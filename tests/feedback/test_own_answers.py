"""Whoever has folio and code reads what was answered: at home, or at a counter with an official."""

from __future__ import annotations

import pytest

from app.mail.transport import MemoryTransport
from app.people.rules import ContactKind
from app.post_office.worker import Worker
from tests.feedback.deciding import REASON, approve, decide, draft, letters, publish
from tests.world import World, form_of

pytestmark = pytest.mark.either


async def read_with_code(world: World, folio: str) -> str:
    """The page that folio and code open."""
    async with world.browser() as anybody:
        typed = {"folio": folio, "code": world.codes[folio]} | form_of((await anybody.get("/follow")).text, "/follow")
        entered = await anybody.post("/follow", data=typed)
        return (await anybody.get(entered.headers["location"])).text


async def test_a_letter_to_be_handed_over_is_read_by_folio_and_code(world: World) -> None:
    process = world.open_process()
    rosa = world.admitted(process, "rosa", contact=(ContactKind.PICK_UP, ""))
    other = world.admitted(process, "ana", "Otra propuesta")
    world.clock.move(days=11)
    decide(world, process, rosa.folio, "not_selected")
    decide(world, process, other.folio, reason="La plaza tiene sombra desde el año pasado.")
    publish(world, process)
    assert "Respuestas por escrito" not in await read_with_code(world, rosa.folio)
    draft(world, process)
    assert "Respuestas por escrito" not in await read_with_code(world, rosa.folio)
    approve(world, process)
    page = await read_with_code(world, rosa.folio)
    assert "Respuestas por escrito" in page
    assert page.count(REASON) == 2  # in the story of the decision, and in the letter
    assert "La plaza tiene sombra" not in page


async def test_a_letter_by_mail_stands_there_once_it_has_left(world: World) -> None:
    process = world.open_process()
    mine = world.admitted(process, "ana")
    world.clock.move(days=11)
    decide(world, process, mine.folio)
    publish(world, process)
    draft(world, process)
    approve(world, process)
    (letter,) = letters(world)
    assert "Respuestas por escrito" not in await read_with_code(world, mine.folio)  # it may still be taken back
    await Worker(world.database, MemoryTransport()).run_until_idle()
    page = await read_with_code(world, mine.folio)
    assert "Respuestas por escrito" in page
    assert f"/answers/clear/{letter.question}" in page
