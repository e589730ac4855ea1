"""What is done with meetings in jobs: reminders a day before, and places that became free by an erasure.

Each job writes its letters out before its transaction begins, and done twice it sends once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from app.kit import clock
from app.kit.db import Database
from app.meetings import letters
from app.meetings.actions.posting import LANGUAGES, fill_places, locked, post_to_all, to_fill
from app.meetings.models import Registration
from app.meetings.queries import meetings as queries
from app.meetings.queries.registrations import readers
from app.meetings.rules.attendance import RegistrationState
from app.meetings.rules.meeting import MeetingState
from app.people.actor import Actor
from app.process import queries as processes
from app.work import Work, jobs, transaction

REMIND, FILL = "meetings.remind", "meetings.fill"


def ask_what_is_due(work: Work) -> None:
    """Ask for the reminders of tomorrow's meetings; what the worker does by the clock."""
    for meeting in queries.to_remind(work.session, work.now):
        meeting.reminded_at = work.now
        jobs.ask(work.session, REMIND, {"meeting": str(meeting.id)}, work.now)
        work.record("meeting.reminders_ordered", meeting.subject, people=meeting.registered)


def ask_to_fill(work: Work, meeting_id: uuid.UUID) -> None:
    """Ask for a free place to be given to whoever waits, where no letter could be written beforehand."""
    jobs.ask(work.session, FILL, {"meeting": str(meeting_id)}, work.now)


def remind_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `meetings.remind`: one letter to everybody who has a place and was not reminded yet."""
    now = clock.now()
    with database.reading() as session:
        meeting = queries.by_id(session, uuid.UUID(arguments["meeting"]))
        process = processes.by_id(session, meeting.process_id)
    written = {language: letters.reminder(process, meeting, language) for language in LANGUAGES}
    with transaction(database, Actor.system(), now) as work:
        meeting = locked(work, meeting)
        if meeting.state is not MeetingState.CONVENED or meeting.reminded_at is None:
            return
        found = readers(work.session, meeting.id, (RegistrationState.REGISTERED,), not_reminded=True)
        sent = post_to_all(work, found, written)
        reminded = update(Registration).where(Registration.id.in_([one.registration_id for one in found]))
        work.session.execute(reminded.values(reminded_at=now))
        work.record("meeting.reminded", meeting.subject, letters=sent)
    tell(sent, sent)


def fill_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `meetings.fill`: places that became free by themselves go to those who wait."""
    with database.reading() as session:
        meeting = queries.by_id(session, uuid.UUID(arguments["meeting"]))
        process = processes.by_id(session, meeting.process_id)
    written = to_fill(process, meeting)
    with transaction(database, Actor.system(), clock.now()) as work:
        meeting = locked(work, meeting)
        moved = fill_places(work, meeting, written) if meeting.state is MeetingState.CONVENED else 0
    tell(moved, moved)
