"""A proposal sent without an account: a folio at once, a receipt by mail, and nothing of it public before admission."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.proposals.models import Proposal
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World, form_of

TYPED = {
    "title": "Publicar las actas del concejo",
    "problem": "Las actas se publican como imágenes y nadie puede buscar en ellas.",
    "solution": "Publicar cada acta como texto dentro de cinco días.",
    "name": "Ana Soto",
    "contact_kind": "email",
    "contact": "ana@example.org",
}


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    yield made
    made.close()


async def test_a_citizen_proposes_without_an_account(world: World) -> None:
    process = world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        assert page.status_code == 200
        sent = await browser.post("/p/town/propose", data=TYPED | form_of(page.text, "/p/town/propose"))
        assert sent.status_code == 303
        receipt = await browser.get(sent.headers["location"])
        assert receipt.status_code == 200
        assert "TOWN-0001" in receipt.text
        assert (await browser.get("/p/town/proposals/TOWN-0001")).status_code == 404
    with world.database.reading() as session:
        stored = session.scalars(select(Proposal)).one()
        letter = session.scalars(select(OutboxMessage)).one()
    assert (stored.folio, stored.state.value, stored.process_id) == ("TOWN-0001", "submitted", process.id)
    assert letter.to_address == "ana@example.org"
    assert "TOWN-0001" in letter.subject
    assert "imágenes" not in letter.text


async def test_what_was_typed_is_never_lost(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        typed = TYPED | {"problem": "Corto", "contact": "ana@"}
        sent = await browser.post("/p/town/propose", data=typed | form_of(page.text, "/p/town/propose"))
    assert sent.status_code == 422
    assert 'value="Publicar las actas del concejo"' in sent.text
    assert "Corto" in sent.text
    assert 'aria-invalid="true"' in sent.text


async def test_sending_the_same_form_twice_gives_one_folio(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        data = TYPED | form_of(page.text, "/p/town/propose")
        first = await browser.post("/p/town/propose", data=data)
        second = await browser.post("/p/town/propose", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    with world.database.reading() as session:
        assert len(session.scalars(select(Proposal)).all()) == 1


async def test_after_the_window_nothing_is_received(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        data = TYPED | form_of(page.text, "/p/town/propose")
        world.clock.move(days=11)
        sent = await browser.post("/p/town/propose", data=data)
    assert sent.status_code == 409
    with world.database.reading() as session:
        assert session.scalars(select(Proposal)).all() == []
