"""Holding a text back: while it lasts not a word of it is public, and within two working days it is decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from app.mail.models import OutboxMessage
from app.moderation import actions, queries
from app.moderation.models import TextHold, TextReport
from app.moderation.rules import Ending, ReportState, Rule, working_days_on
from app.people.actor import Actor
from app.process.models import Process
from app.proposals import queries as proposals
from app.proposals.models import Proposal, Revision
from app.trail.models import Entry
from tests.clock import MovableClock
from tests.costs import cost
from tests.moderation.conftest import PLAN, SECRET, TITLE
from tests.world import World, form_of

ZONE = ZoneInfo("America/Santiago")
FOLIO = "TOWN-0001"
O = f"/p/town/office/moderation/{FOLIO}"  # noqa: E741
WHERE = "La calle y el número de una casa."
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVERYWHERE = (
    *("/p/town", "/p/town/proposals", f"/p/town/proposals/{FOLIO}", f"/en/p/town/proposals/{FOLIO}", "/p/town/data"),
    *(
        "/p/town/moderation",
        f"/p/town/report?about={FOLIO}",
        "/p/town/proposals/search?q=rosamel",
        "/p/town/proposals/search?q=alerce",
    ),
    *("/api/v1/processes/town/proposals", f"/api/v1/processes/town/proposals/{FOLIO}"),
    *("/api/v1/processes/town/proposals?q=rosamel", f"/api/v1/processes/town/proposals/{FOLIO}/trail"),
    *("/api/v1/processes/town/datasets/proposals.csv", "/api/v1/processes/town/datasets/proposals.json"),
    *("/p/town/news.atom", "/p/town/proposals.atom", f"/p/town/proposals/{FOLIO}.atom", "/p/town/feedback"),
    "/api/v1/processes/town/datasets/trail.jsonl",
)


def _do(world: World, who: str, act: Any, process: Process, proposal: Proposal, *more: Any) -> None:
    with world.work(who) as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        act(work, work.session.get_one(Process, process.id), fresh, *more)


def _report(world: World, town: Process, proposal: Proposal, rule: str = "personal_data") -> None:
    with world.work(Actor.anonymous()) as work:
        actions.report(work, town, work.session.get_one(Proposal, proposal.id), rule, WHERE)


def _hold_of(world: World, proposal: Proposal) -> TextHold:
    with world.database.reading() as session:
        held = queries.newest_hold(session, proposal.id)
    assert held is not None
    return held


def _text(world: World, proposal: Proposal) -> tuple[str, str, str]:
    with world.database.reading() as session:
        fresh = session.get_one(Proposal, proposal.id)
        revision = proposals.newest_revision(session, fresh)
        return fresh.title, revision.problem, revision.solution


def _letters(world: World) -> list[str]:
    with world.database.reading() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)).all()
        return [row.text for row in rows if "retenido" in row.text]


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (datetime(2026, 6, 1, 15, tzinfo=UTC), datetime(2026, 6, 3, 15, tzinfo=UTC)),
        (datetime(2026, 6, 4, 15, tzinfo=UTC), datetime(2026, 6, 8, 15, tzinfo=UTC)),
        (datetime(2026, 6, 6, 15, tzinfo=UTC), datetime(2026, 6, 10, 4, tzinfo=UTC)),
        (datetime(2026, 6, 8, 2, tzinfo=UTC), datetime(2026, 6, 10, 4, tzinfo=UTC)),
    ],
)
def test_two_working_days_skip_the_weekend_of_the_place(said: datetime, due: datetime) -> None:
    assert working_days_on(said, ZONE) == due


async def test_from_a_report_without_account_to_a_text_with_words_taken_out(world: World, proposal: Proposal) -> None:
    async with world.browser() as anybody:
        page = f"/p/town/report?about={FOLIO}"
        assert page in (await anybody.get(f"/p/town/proposals/{FOLIO}")).text
        typed = form_of((await anybody.get(page)).text, "/p/town/report")
        assert (await anybody.post("/p/town/report", data=typed)).status_code == 422
        sent = await anybody.post("/p/town/report", data=typed | {"rule": "personal_data", "sentence": WHERE})
        assert sent.headers["location"] == f"/p/town/proposals/{FOLIO}"
        assert WHERE not in (await anybody.get(f"/p/town/proposals/{FOLIO}")).text
    async with world.browser("carla") as carla:
        assert f'href="{O}"' in (await carla.get("/p/town/office/moderation")).text
        shown = (await carla.get(O)).text
        assert (WHERE in shown, SECRET in shown) == (True, True)
        assert (await carla.post(f"{O}/hold", data={"rule": "personal_data"})).status_code == 303
        assert SECRET in (await carla.get(O)).text
        typed = {"ending": "redacted", "passages": "no está"}
        assert (await carla.post(f"{O}/decision", data=typed)).status_code == 422
        assert (await carla.post(f"{O}/decision", data=typed | {"passages": "Pasaje Alerce 77"})).status_code == 303
    assert _text(world, proposal)[1] == SECRET.replace("Pasaje Alerce 77", "█████")
    async with world.browser() as anybody:
        found = await anybody.get("/api/v1/processes/town/proposals?q=alerce")
        assert found.json()["items"] == []
    with world.database.reading() as session:
        kept = session.scalars(select(TextReport)).one()
        assert (kept.state, kept.sentence) == (ReportState.HELD, "")


async def test_while_it_is_held_not_a_word_is_public_and_afterwards_every_word_is(
    world: World, town: Process, proposal: Proposal
) -> None:
    before = _text(world, proposal)
    async with world.browser() as anybody:
        assert TITLE in (await anybody.get("/p/town/proposals")).text
        _do(world, "carla", actions.hold, town, proposal, "personal_data")
        world.app.state.house.cache.clear()
        leaks = []
        for address in EVERYWHERE:
            answer = await anybody.get(address)
            assert answer.status_code == 200, address
            told = answer.text.replace("?q=rosamel", "").replace('value="rosamel"', "").replace("«rosamel»", "")
            leaks += [address for word in ("Rosamel", "Alerce", "atiende") if word in told]
        assert leaks == []
        assert "Texto retenido" in (await anybody.get(f"/p/town/proposals/{FOLIO}")).text
        assert (await anybody.get(f"/api/v1/processes/town/proposals/{FOLIO}")).json()["state"] == "admitted"
        _do(world, "carla", actions.decide, town, proposal, "released")
        world.app.state.house.cache.clear()
        assert TITLE in (await anybody.get("/p/town/proposals")).text
    assert _text(world, proposal) == before
    assert _hold_of(world, proposal).kept == {}


def test_the_clock_shows_again_what_nobody_decided(
    world: World, town: Process, proposal: Proposal, clock: MovableClock
) -> None:
    _do(world, "carla", actions.hold, town, proposal, "insult")
    clock.move(days=2, seconds=-1)
    with world.work(Actor.system()) as work:
        actions.lapse(work)
    assert _text(world, proposal)[0] != TITLE
    clock.move(seconds=1)
    with world.work(Actor.system()) as work:
        actions.lapse(work)
    assert _text(world, proposal)[:2] == (TITLE, SECRET)
    assert _hold_of(world, proposal).ending is Ending.LAPSED
    assert len(_letters(world)) == 2


@on_sqlite
def test_a_report_that_nobody_looks_at_lapses_and_its_sentence_is_erased(
    world: World, town: Process, proposal: Proposal, clock: MovableClock
) -> None:
    _report(world, town, proposal)
    _report(world, town, proposal)
    clock.move(days=2)
    with world.work(Actor.system()) as work:
        actions.lapse(work)
    with world.database.reading() as session:
        one = session.scalars(select(TextReport)).one()
        assert (one.state, one.sentence, one.times) == (ReportState.LAPSED, "", 2)


@on_sqlite
async def test_its_author_asks_and_another_official_reviews(world: World, town: Process, proposal: Proposal) -> None:
    _do(world, "carla", actions.hold, town, proposal, "insult")
    _do(world, "carla", actions.decide, town, proposal, "hidden")
    assert _text(world, proposal)[0] == "Texto no mostrado · Text not shown"
    async with world.browser() as ana:
        typed = {"folio": FOLIO, "code": "AAAA-AAAA"}
        assert (await ana.post("/p/town/moderation/review", data=typed)).status_code == 422
        typed["code"] = world.codes[FOLIO]
        assert (await ana.post("/p/town/moderation/review", data=typed)).status_code == 303
        assert (await ana.post("/p/town/moderation/review", data=typed)).status_code == 409
    with pytest.raises(Conflict):
        _do(world, "carla", actions.review, town, proposal, "overturned")
    async with world.browser("hugo") as hugo:
        assert (await hugo.post(f"{O}/review", data={"review": "overturned"})).status_code == 303
    assert _text(world, proposal)[:2] == (TITLE, SECRET)


@on_sqlite
def test_the_words_that_were_taken_out_are_forgotten_when_no_review_can_come(
    world: World, town: Process, proposal: Proposal, clock: MovableClock
) -> None:
    _do(world, "carla", actions.hold, town, proposal, "insult")
    _do(world, "carla", actions.decide, town, proposal, "hidden")
    assert _hold_of(world, proposal).kept["title"] == TITLE
    clock.move(days=30)
    with world.work(Actor.system()) as work:
        actions.lapse(work)
    assert (_hold_of(world, proposal).kept, _hold_of(world, proposal).kept_until) == ({}, None)
    with world.database.reading() as session, pytest.raises(StopIteration):
        next(row for row in session.scalars(select(Revision)) if SECRET in row.problem)


@on_sqlite
def test_the_letter_names_the_rule_and_quotes_nothing(world: World, town: Process, proposal: Proposal) -> None:
    _do(world, "carla", actions.hold, town, proposal, "personal_data")
    (letter,) = _letters(world)
    assert "Da datos personales de otra persona." in letter
    assert "3 de junio de 2026, 11:00" in letter
    assert "/p/town/moderation" in letter
    assert [word for word in ("Rosamel", "Alerce", PLAN) if word in letter] == []


@on_sqlite
def test_bruno_cannot_hold_decide_or_review_and_nobody_reports_what_is_not_public(
    world: World, town: Process, proposal: Proposal
) -> None:
    for act, more in ((actions.hold, ("insult",)), (actions.decide, ("hidden",)), (actions.review, ("upheld",))):
        with pytest.raises(NotAllowed):
            _do(world, "bruno", act, town, proposal, *more)
    with pytest.raises(NotAllowed):
        _do(world, "bruno", actions.set_aside, town, proposal)
    waiting = world.propose(town, "bruno")
    with pytest.raises(NotFound):
        _report(world, town, waiting)
    with pytest.raises(Invalid):
        _report(world, town, proposal, "off_topic")
    with pytest.raises(Conflict):
        _do(world, "carla", actions.decide, town, proposal, "hidden")


@on_sqlite
def test_each_act_is_in_the_trail_without_a_word_of_the_text(world: World, town: Process, proposal: Proposal) -> None:
    _report(world, town, proposal)
    _do(world, "carla", actions.hold, town, proposal, "insult")
    _do(world, "carla", actions.decide, town, proposal, "hidden")
    with world.database.reading() as session:
        leaves = [entry.leaf or "" for entry in session.scalars(select(Entry).order_by(Entry.seq))]
    told = [leaf for leaf in leaves if '"text.' in leaf or "proposal.text_" in leaf]
    assert len(told) == 3
    assert [leaf for leaf in told if any(word in leaf for word in ("Rosamel", "Alerce", WHERE))] == []


@on_sqlite
async def test_the_public_counts_close_and_the_page_costs_the_same(
    world: World, town: Process, proposal: Proposal
) -> None:
    few = await cost(world, "/p/town/moderation")
    _do(world, "carla", actions.hold, town, proposal, "insult")
    _do(world, "carla", actions.decide, town, proposal, "released")
    _do(world, "carla", actions.hold, town, proposal, "personal_data")
    with world.database.reading() as session:
        assert queries.counts(session, town.id).holds == {
            (Rule.INSULT, Ending.RELEASED): 1,
            (Rule.PERSONAL_DATA, None): 1,
        }
    assert await cost(world, "/p/town/moderation") == few
