"""Many letters: read and written out a hundred at a time outside the lock, put down in short transactions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.feedback import looks, queries
from app.feedback.actions import looking
from app.feedback.actions.approving import approve
from app.feedback.actions.drafting import draft, prepare
from app.feedback.rules import AT_ONCE
from app.kit import clock
from app.kit.db import Database
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.process import queries as processes
from app.process.models import Process, Stage
from app.work import transaction

Tell = Callable[[int, int], None]


def _tell_nobody(done: int, total: int) -> None:
    """Nobody waits to hear."""
    del done, total


def draft_all(  # noqa: PLR0917 # waiver: the two slugs name one place, and everything else is said once
    database: Database,
    actor: Actor,
    now: datetime,
    process_slug: str,
    stage_slug: str,
    on_progress: Tell = _tell_nobody,
) -> int:
    """Draft every letter a stage still lacks, in the name of somebody who may; gives how many."""

    def some() -> int:
        with database.reading() as session:
            process, stage = _place(session, process_slug, stage_slug)
            prepared = prepare(session, process, stage, now)
        if not prepared:
            return 0
        with transaction(database, actor, now) as work:
            return draft(work, process, stage, prepared).letters

    with database.reading() as session:
        total = queries.count_awaiting(session, _place(session, process_slug, stage_slug)[1].id)
    return _until_none_is_left(some, total, on_progress)


def approve_all(  # noqa: PLR0917 # waiver: the two slugs name one place, and everything else is said once
    database: Database,
    actor: Actor,
    now: datetime,
    process_slug: str,
    stage_slug: str,
    on_progress: Tell = _tell_nobody,
    *,
    since: datetime | None = None,
) -> int:
    """Approve every draft of a stage that nothing blocks, in the name of somebody who may; gives how many.

    `since` is when it was asked for: it ends when somebody has taken letters back since then.
    """
    since = since or now

    def some() -> int:
        with transaction(database, actor, now) as work:
            process, stage = _place(work.session, process_slug, stage_slug)
            looking.hold(work, stage.id)
            if looks.was_stopped(work.session, stage, since):
                return 0
            chosen = [letter.id for letter in queries.to_approve(work.session, stage.id, AT_ONCE)]
            if chosen:
                approve(work, process, stage, chosen, since)
            return len(chosen)

    with database.reading() as session:
        figures = queries.figures(session, _place(session, process_slug, stage_slug)[1].id)
    return _until_none_is_left(some, figures.drafted - figures.blocked, on_progress)


def _until_none_is_left(some: Callable[[], int], total: int, tell: Tell) -> int:
    """Do some letters after another, each time in a transaction of its own, until there are none; gives how many."""
    done = 0
    while count := some():
        done += count
        tell(done, max(total, done))
    return done


def _place(session: Any, process_slug: str, stage_slug: str) -> tuple[Process, Stage]:
    process = processes.by_slug(session, process_slug)
    return process, processes.stage_named(session, process.id, stage_slug)


def draft_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `feedback.draft`: arguments `person`, `process`, `stage`."""
    now = clock.now()
    draft_all(database, _asker(database, arguments, now), now, arguments["process"], arguments["stage"], tell)


def approve_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `feedback.approve`: arguments `person`, `process`, `stage`."""
    now = clock.now()
    asker, since = _asker(database, arguments, now), datetime.fromisoformat(arguments.get("since") or now.isoformat())
    approve_all(database, asker, now, arguments["process"], arguments["stage"], tell, since=since)


def _asker(database: Database, arguments: dict[str, Any], now: datetime) -> Actor:
    """Whoever asked for the job, with what they may do now; a role that was taken away is not used any more."""
    with database.reading() as session:
        return people.actor_of(session, session.get_one(Person, uuid.UUID(arguments["person"])), now)
