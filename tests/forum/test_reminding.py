"""Who is late with score sheets is reminded: how many are missing and the link, once a day, nothing of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app.forum import actions
from app.forum.actions import Plan
from app.forum.models import Round, RoundReminder
from app.forum.queries import owed
from app.forum.rules.reminding import remind_at
from app.kit import clock
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.work.models import Job
from tests.forum.building import GOOD, ForumBuilder
from tests.forum.test_standing_aside import alternate, aside
from tests.world import World

pytestmark = pytest.mark.either

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("length", "days", "after"), [(7, 3, 4), (4, 3, 2), (2, 3, 1), (7, 1, 6)])
def test_the_program_reminds_some_days_before_the_end_or_half_way(length: int, days: int, after: int) -> None:
    begins = datetime(2026, 9, 1, tzinfo=UTC)
    assert remind_at(begins, begins + timedelta(days=length), days) == begins + timedelta(days=after)
    assert remind_at(begins, begins + timedelta(days=length), 0) is None


def tick(world: World) -> None:
    with world.work(Actor.system()) as work:
        actions.remind_what_is_due(work)


def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Do the jobs that were asked for, and say to whom what was written so far."""
    monkeypatch.setattr(clock, "now", lambda: world.now)
    with world.work(Actor.system()) as work:
        arguments = list(work.session.scalars(select(Job.arguments).where(Job.name == actions.REMIND)))
        work.session.execute(delete(Job).where(Job.name == actions.REMIND))
    for one in arguments:
        actions.remind_job(world.database, one, lambda _done, _total: None)
    with world.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.subject.contains("la ronda cierra"))
        return sorted(f"{m.to_address} {m.text}" for m in session.scalars(wanted))


def by_hand(world: World, forum: ForumBuilder, who: str, made: Round) -> int:
    with world.work(who) as work:
        return actions.remind_late(work, forum.process, work.session.get_one(Round, made.id))


@ONE_DATABASE
def test_who_is_late_is_reminded_once_by_the_clock_and_once_a_day_by_hand(
    world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round()
    for who in ("marta", "nadia"):
        for proposal in (one, other):
            forum.score(who, proposal, GOOD, "Palabras de quien calificó.")
    forum.score("diego", one)
    for who in ("diego", "elena", "bruno", "felix"):
        with pytest.raises(NotAllowed):
            by_hand(world, forum, who, made)
    tick(world)
    assert sent(world, monkeypatch) == []  # not yet
    assert by_hand(world, forum, "marta", made) == 2
    letters = sent(world, monkeypatch)
    assert [letter.partition(" ")[0].partition("@")[0] for letter in letters] == ["diego", "pablo"]
    assert "Falta 1 pauta suya" in letters[0]
    assert "Faltan 2 pautas suyas" in letters[1]
    assert "/p/plan/score" in letters[0]
    for word in ("Palabras", "Marta", "Nadia", "Pablo", one.folio, other.folio):
        assert word not in letters[0]
    with pytest.raises(Conflict, match="within the last day"):
        by_hand(world, forum, "carla", made)
    world.clock.set(world.now + timedelta(days=4))
    tick(world)
    tick(world)
    assert len(sent(world, monkeypatch)) == 4  # once, whoever looks how often
    world.clock.set(world.now + timedelta(days=1))
    tick(world)
    assert len(sent(world, monkeypatch)) == 4
    for proposal in (one, other):
        forum.score("pablo", proposal)
    assert by_hand(world, forum, "marta", made) == 1  # Diego only
    forum.score("diego", other)
    assert len(sent(world, monkeypatch)) == 4  # he was quicker than the letter
    with pytest.raises(Conflict, match="nobody to remind"):
        by_hand(world, forum, "marta", made)
    world.clock.set(made.closes_at)
    with pytest.raises(NotNow):
        by_hand(world, forum, "marta", made)
    with world.database.reading() as session:
        assert len(list(session.scalars(select(RoundReminder)))) == 4


@ONE_DATABASE
def test_the_alternate_is_reminded_of_what_the_holder_may_not_score(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    world.admitted(forum.process, title="Otra")
    alternate(world, forum)
    made = forum.round("diego")
    aside(world, forum, "diego", one)
    with world.database.reading() as session:
        found = owed.late(session, session.get_one(Round, made.id), world.now)
    names = {world.people[who].id: who for who in ("marta", "diego", "nadia", "pablo", "gloria")}
    assert {names[key]: n for key, n in found.items()} == {"marta": 2, "diego": 1, "nadia": 2, "pablo": 2, "gloria": 1}


@ONE_DATABASE
def test_reminders_can_be_switched_off(world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    world.admitted(forum.process)
    forum.adopted()
    end = world.now + timedelta(days=7)
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.open_round(work, forum.process, forum.stage, Plan(end, remind_days=61))
    with world.work("carla") as work:
        actions.open_round(work, forum.process, forum.stage, Plan(end, remind_days=0))
    world.clock.set(end - timedelta(hours=1))
    tick(world)
    assert sent(world, monkeypatch) == []
