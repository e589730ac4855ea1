"""Many letters: read and written out a hundred at a time outside the lock, put down in short transactions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.feedback import queries
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
    done = 0
    with database.reading() as session:
        _, stage = _place(session, process_slug, stage_slug)
        total = queries.count_awaiting(session, stage.id)
    while True:
        with database.reading() as session:
            process, stage = _place(session, process_slug, stage_slug)
            prepared = prepare(session, process, stage, now)
        if not prepared:
            return done
        with transaction(database, actor, now) as work:
            made = draft(work, process, stage, prepared).letters
        if not made:
            return done
        done += made
        on_progress(done, max(total, done))


def approve_all(  # noqa: PLR0917 # waiver: the two slugs name one place, and everything else is said once
    database: Database,
    actor: Actor,
    now: datetime,
    process_slug: str,
    stage_slug: str,
    on_progress: Tell = _tell_nobody,
) -> int:
    """Approve every draft of a stage that nothing blocks, in the name of somebody who may; gives how many."""
    done = 0
    with database.reading() as session:
        _, stage = _place(session, process_slug, stage_slug)
        figures = queries.figures(session, stage.id)
    total = figures.drafted - figures.blocked
    while True:
        with transaction(database, actor, now) as work:
            process, stage = _place(work.session, process_slug, stage_slug)
            some = [letter.id for letter in queries.to_approve(work.session, stage.id, AT_ONCE)]
            if not some:
                return done
            approve(work, process, stage, some)
        done += len(some)
        on_progress(done, max(total, done))


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
    approve_all(database, _asker(database, arguments, now), now, arguments["process"], arguments["stage"], tell)


def _asker(database: Database, arguments: dict[str, Any], now: datetime) -> Actor:
    """Whoever asked for the job, with what they may do now; a role that was taken away is not used any more."""
    with database.reading() as session:
        return people.actor_of(session, session.get_one(Person, uuid.UUID(arguments["person"])), now)
