"""After the window: what is still at the door keeps the stage open; what had come in time is entered with its day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, NotAllowed
from app.people.rules import ContactKind
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.world import World, form_of

pytestmark = pytest.mark.either

ENTER = "/p/town/office/enter"
STAGE = "/p/town/office/stages/consulta"
TYPED = {
    "assisted_by": "paper",
    "title": "Arreglar la plaza",
    "problem": "La plaza no tiene luz y de noche nadie la cruza.",
    "solution": "Poner cuatro luminarias donde hoy no hay ninguna.",
    "name": "Rosa Díaz",
    "contact_kind": "pick_up",
    "outside_because": "Llegó en papel a la oficina de partes.",
}


def conclude(world: World, process: Process) -> None:
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        process_actions.conclude(work, here, processes.stage_named(work.session, here.id, "consulta"))


def send_back(world: World, proposal: Proposal) -> None:
    with world.work("carla") as work:
        here = processes.by_id(work.session, proposal.process_id)
        one = work.session.get_one(Proposal, proposal.id)
        made = proposals.to_return(work.session, here, one, "Falta decir qué calle.", world.now)
        proposals.return_for_changes(work, here, one, made)


async def test_a_stage_with_proposals_at_its_door_is_not_concluded(world: World) -> None:
    process = world.open_process()
    waiting = world.propose(process)
    returned = world.propose(process, "bruno")
    send_back(world, returned)
    world.admitted(process, "diego")
    world.clock.move(days=11)
    with pytest.raises(Conflict, match=waiting.folio):
        conclude(world, process)
    async with world.browser("carla") as browser:
        page = await browser.get(STAGE)
        for folio in (waiting.folio, returned.folio):
            assert f'href="/p/town/office/proposals/{folio}"' in page.text
        with pytest.raises(LookupError):
            form_of(page.text, f"{STAGE}/conclusion")
        for proposal in (waiting, returned):
            with world.work("carla") as work:
                here = processes.by_id(work.session, proposal.process_id)
                one = work.session.get_one(Proposal, proposal.id)
                if one.state.value == "submitted":
                    proposals.admit(work, one, proposals.to_admit(work.session, one))
                else:
                    proposals.refuse(work, here, one, "No es de este proceso.", ["complaint"])
        page = await browser.get(STAGE)
        assert f'href="/p/town/office/proposals/{waiting.folio}"' not in page.text


async def test_concluding_asks_first_and_says_so_without_javascript(world: World) -> None:
    world.admitted(world.open_process())
    world.clock.move(days=11)
    async with world.browser("carla") as browser:
        page = await browser.get(STAGE)
        assert 'data-confirm="La etapa quedará concluida para siempre. ¿Seguir?"' in page.text
        assert "Esto no se puede deshacer." in page.text
        sent = await browser.post(f"{STAGE}/conclusion", data=form_of(page.text, f"{STAGE}/conclusion"))
        assert sent.status_code == 303


@pytest.mark.parametrize("is_concluded", [False, True])
async def test_what_came_in_time_is_entered_with_its_day_and_is_no_stranger(
    world: World, *, is_concluded: bool
) -> None:
    process = world.open_process()
    day = (world.now + timedelta(days=3)).date().isoformat()
    async with world.browser("carla") as browser:
        assert "El plazo para proponer terminó" not in (await browser.get(ENTER)).text
    world.clock.move(days=11)
    if is_concluded:
        conclude(world, process)
    async with world.browser("carla") as browser:
        page = await browser.get(ENTER)
        assert "El plazo para proponer terminó" in page.text
        assert page.text.index("El plazo para proponer terminó") < page.text.index('name="title"')
        typed = TYPED | {"received_on": day} | form_of(page.text, ENTER)
        receipt = await browser.get((await browser.post(ENTER, data=typed)).headers["location"])
        assert receipt.status_code == 200
        examined = await browser.get("/p/town/office/proposals/TOWN-0001")
        assert "Recibida a tiempo, ingresada después, porque" in examined.text
        hidden = form_of(examined.text, "/p/town/office/proposals/TOWN-0001/admission")
        await browser.post("/p/town/office/proposals/TOWN-0001/admission", data=hidden | {"outcome": "admitted"})
    async with world.browser() as browser:
        public = (await browser.get("/p/town/proposals/TOWN-0001")).text
        told = (await browser.get("/api/v1/processes/town/proposals/TOWN-0001")).json()
    assert "recibida a tiempo, ingresada después" in public
    assert "no viene de la consulta" not in public
    assert (told["received_to_the"], told["not_from_the_consultation"]) == ("day", "")
    assert told["entered_afterwards"] == TYPED["outside_because"]
    with world.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.verb == "proposal.submitted")).one()
        proposal = session.scalars(select(Proposal)).one()
    assert json.loads(entry.leaf)["facts"]["entered_afterwards"] == TYPED["outside_because"]
    assert proposal.received_at.date().isoformat() == day


async def test_what_came_late_is_marked_as_not_from_the_consultation(world: World) -> None:
    world.open_process()
    world.clock.move(days=12)
    today = world.now.date().isoformat()
    async with world.browser("carla") as browser:
        typed = TYPED | {"received_on": today} | form_of((await browser.get(ENTER)).text, ENTER)
        assert (await browser.post(ENTER, data=typed)).status_code == 303
        assert "No viene de la consulta, porque" in (await browser.get("/p/town/office/proposals/TOWN-0001")).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"received_on": ""}, "received_on"),
        ({"received_on": "3000-01-01"}, "received_on"),
        ({"received_on": "ayer"}, "received_on"),
        ({"outside_because": "Sí"}, "outside_because"),
    ],
)
async def test_after_the_window_reason_and_day_are_owed(world: World, wrong: dict[str, str], field: str) -> None:
    world.open_process()
    world.clock.move(days=11)
    async with world.browser("carla") as browser:
        typed = TYPED | {"received_on": "2026-09-01"} | wrong | form_of((await browser.get(ENTER)).text, ENTER)
        sent = await browser.post(ENTER, data=typed)
    assert sent.status_code == 422
    assert f'id="f-{field}-error"' in sent.text
    assert "Arreglar la plaza" in sent.text


async def test_before_the_window_nobody_is_asked_to_type(world: World) -> None:
    process = world.open_process()
    with world.work("carla") as work:
        stage = processes.stage_named(work.session, process.id, "consulta")
        stage.opens_at = world.now + timedelta(days=1)
        work.record("stage.set", stage.subject)
    async with world.browser("carla") as browser:
        assert (await browser.get(ENTER)).status_code == 409


async def test_nobody_sends_something_of_another_day_by_themselves(world: World) -> None:
    process = world.open_process()
    world.clock.move(days=11)
    with pytest.raises(NotAllowed):
        world.propose(process, "ana", contact=(ContactKind.PICK_UP, ""), outside_because="Se me pasó la fecha.")
