"""An institution is given more time once, in public; and what is not its own goes on to whose it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed
from app.mail.models import OutboxMessage
from app.process import queries as processes
from app.publication.datasets import DATASETS
from app.technical_tables import actions
from app.technical_tables.actions import Approval, Extend
from app.technical_tables.models import Extension, FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import Step
from app.trail.models import Entry
from tests.technical_tables.building import MINISTRY, PLAIN, TechnicalBuilder, given
from tests.technical_tables.test_requests import look
from tests.world import World, form_of

pytestmark = pytest.mark.either

WHY = "Pidió los datos del censo, que llegan a fin de mes."
ARCHIVE = "Servicio de Archivos"


def extend(world: World, request: FeasibilityRequest, days: int = 20, why: str = WHY, who: str = "carla") -> date:
    wish = Extend(world.now.date() + timedelta(days=days), why)
    with world.database.reading() as session:
        here, row = processes.by_slug(session, "plan"), queries.by_id(session, request.id)
        ready = actions.to_extend(session, here, row, wish, world.now)
    with world.work(who) as work:
        here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
        actions.extend(work, here, row, ready)
    return wish.due_on


def step_on(world: World, technical: TechnicalBuilder, request: FeasibilityRequest) -> Step | None:
    """Let the clock do the next thing about a request; which it was."""
    fresh = technical.fresh(request)
    assert fresh.next_at is not None
    world.clock.set(fresh.next_at)
    look(world)
    return fresh.next_step


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"])
def test_nobody_but_the_office_gives_more_time(world: World, technical: TechnicalBuilder, who: str) -> None:
    request = technical.asked()
    with pytest.raises(NotAllowed):
        extend(world, request, who=who)


@pytest.mark.parametrize(
    ("days", "why", "fields"),
    [(9, WHY, {"later_due_on"}), (20, " corto   ", {"why_later"}), (5, "x" * 5001, {"later_due_on", "why_later"})],
)
def test_more_time_needs_a_later_day_and_a_reason(
    world: World, technical: TechnicalBuilder, days: int, why: str, fields: set[str]
) -> None:
    request = technical.asked(days=9)
    with pytest.raises(Invalid) as refused:
        extend(world, request, days, why)
    assert set(refused.value.fields) == fields


def test_more_time_is_given_once_before_the_date_and_before_the_answer(
    world: World, technical: TechnicalBuilder
) -> None:
    late = technical.asked("PLAN-0001")
    twice = technical.asked("PLAN-0002")
    done = technical.asked("PLAN-0003")
    extend(world, twice)
    with pytest.raises(Conflict):
        extend(world, twice, 40)
    with world.work("stranger") as work:
        here, token = processes.by_slug(work.session, "plan"), technical.tokens()[2]
        actions.answer_by_link(work, here, token, "PLAN-0003", given("yes"))
        actions.approve_by_link(work, here, token, Approval("Rosa Jefa", "Subsecretaria"))
    with pytest.raises(Conflict):
        extend(world, done)
    world.clock.move(days=11)
    with pytest.raises(Conflict):
        extend(world, late)


def test_reminders_begin_anew_for_the_later_date_and_the_earlier_ones_stay_written(
    world: World, technical: TechnicalBuilder
) -> None:
    request = technical.asked(days=9)
    first = technical.fresh(request).due_on
    assert [step_on(world, technical, request) for _ in range(2)] == [Step.REMINDER, Step.LAST_REMINDER]
    due_on = extend(world, request)
    assert technical.fresh(request).due_on == due_on
    look(world)
    assert len(technical.letters()) == 4
    seen = [step_on(world, technical, request) for _ in range(4)]
    assert seen == [Step.REMINDER, Step.LAST_REMINDER, Step.HEAD, Step.SILENCE]
    assert len(technical.letters()) == 7
    with world.database.reading() as session:
        row = session.scalars(select(Extension)).one()
        assert (row.due_before, len(row.reminded_before)) == (first, 2)
        for token in technical.tokens():
            assert queries.request_by_token(session, technical.process.id, token).id == request.id


def test_a_reminder_of_the_earlier_date_is_not_sent_after_it(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    extend(world, request)
    order = {"request": str(request.id), "step": "reminder"}
    actions.write_job(world.database, order, lambda *_: None)
    assert len(technical.letters()) == 2
    actions.write_job(world.database, order | {"is_extended": True}, lambda *_: None)
    assert len(technical.letters()) == 3


async def test_the_old_date_the_new_one_and_the_reason_are_public_and_the_institution_is_told(
    world: World, technical: TechnicalBuilder
) -> None:
    request = technical.asked()
    page = "/p/plan/office/feasibility/1"
    to_send = f"{page}/extension"
    later = (world.now + timedelta(days=20)).date()
    async with world.browser("carla") as office:
        form = form_of((await office.get(page)).text, to_send)
        half = await office.post(to_send, data=form | {"later_due_on": "", "why_later": WHY})
        assert (half.status_code, WHY in half.text) == (422, True)
        sent = await office.post(to_send, data=form | {"later_due_on": later.isoformat(), "why_later": WHY})
        assert (sent.status_code, sent.headers["location"]) == (303, page)
        assert f'action="{to_send}"' not in (await office.get(page)).text
    letter = technical.letters()[-1]
    assert letter.to_address == "gabinete@example.org"
    assert WHY in " ".join(letter.text.split())
    async with world.browser() as stranger:
        public = (await stranger.get("/p/plan/technical-tables")).text
        story = (await stranger.get("/p/plan/proposals/PLAN-0001")).text
    assert "Se le dio más plazo: hasta el" in public
    assert f"Se dio más plazo a {MINISTRY}: hasta el" in story
    assert WHY in public
    assert WHY in story
    with world.database.reading() as session:
        told = session.scalars(select(Entry).where(Entry.verb == "feasibility.extended")).one()
        assert all(words in str(told.leaf) for words in (request.due_on.isoformat(), later.isoformat(), WHY))
        [row] = DATASETS["assessments"].rows(session, technical.process)
        assert (row["due_on"], row["due_before"], row["extension_reason"]) == (
            later.isoformat(),
            request.due_on.isoformat(),
            WHY,
        )
        assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.text.contains(WHY[:20]))).all()) == 1


async def test_what_is_not_theirs_is_asked_of_whose_it_is_with_one_button(
    world: World, technical: TechnicalBuilder
) -> None:
    request = technical.asked("PLAN-0001", "PLAN-0002")
    page, asking = f"/p/plan/office/feasibility/{request.number}", "/p/plan/office/feasibility"
    [token] = technical.tokens()
    with world.work("stranger") as work:
        here = processes.by_slug(work.session, "plan")
        said = given("not_ours", whose=ARCHIVE, plain_words=PLAIN)
        actions.answer_by_link(work, here, token, "PLAN-0001", said)
        actions.answer_by_link(work, here, token, "PLAN-0002", given("yes"))
    link = f"{asking}?institution=Servicio%20de%20Archivos&amp;folio=PLAN-0001#f-organisation"
    async with world.browser("carla") as office:
        assert link not in (await office.get(page)).text
        with world.work("stranger") as work:
            here = processes.by_slug(work.session, "plan")
            actions.approve_by_link(work, here, token, Approval("Rosa Jefa", "Subsecretaria"))
        shown = (await office.get(page)).text
        assert shown.count(f'href="{link}"') == shown.count("?institution=") == 1
        form = (await office.get(f"{asking}?institution=Servicio%20de%20Archivos&folio=PLAN-0001")).text
        assert f'name="organisation" type="text" value="{ARCHIVE}"' in form
        assert form.count(" checked") == form.count('value="PLAN-0001" checked') == 1
    async with world.browser() as stranger:
        assert "Después se consultó" not in (await stranger.get("/p/plan/proposals/PLAN-0001")).text
        world.clock.move(days=1)
        technical.asked("PLAN-0001", "PLAN-0002", organisation=ARCHIVE)
        world.app.state.house.cache.clear()
        story = (await stranger.get("/p/plan/proposals/PLAN-0001")).text
        assert f"Dice que corresponde a {ARCHIVE}. Después se consultó a {ARCHIVE}." in story
        assert "Después se consultó" not in (await stranger.get("/p/plan/proposals/PLAN-0002")).text
