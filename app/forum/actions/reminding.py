"""Reminding those who are late with score sheets: once by the clock, and by hand once a day at most."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from app.forum import letters
from app.forum.actions.scoring import require_open
from app.forum.models import Round, RoundReminder
from app.forum.queries import owed
from app.forum.rules.reminding import remind_at
from app.kit import clock, ids
from app.kit.db import Database
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process
from app.process.rules import WindowStatus
from app.proposals.letters import variant
from app.work import Work, jobs, transaction

REMIND = "forum.remind"


def remind_late(work: Work, process: Process, found: Round) -> int:
    """Have those who are late written to, and say how many. Office or chair; nobody twice within a day."""
    work.require(Permission.RECORD_SESSION, process.id)
    require_open(found, work.now)
    if not owed.owed(work.session, found, work.now):
        raise Conflict(T("No score sheet is missing: there is nobody to remind."))
    members = owed.to_remind(work.session, found, work.now)
    if not members:
        raise Conflict(T("Everybody who is late was written to within the last day."))
    _order(work, found, len(members))
    return len(members)


def remind_what_is_due(work: Work) -> None:
    """Ask for the reminders of rounds that soon end, once for each; what the worker does by the clock."""
    for found in owed.not_reminded(work.session, work.now):
        due = remind_at(found.opens_at, found.closes_at, found.remind_days)
        process = processes.by_id(work.session, found.process_id)
        if due is None or work.now < due or process.paused_at:
            continue
        found.reminded_at = work.now
        _order(work, found, len(owed.to_remind(work.session, found, work.now)))


def _order(work: Work, found: Round, members: int) -> None:
    jobs.ask(work.session, REMIND, {"round": str(found.id)}, work.now)
    work.record("round.reminders_ordered", found.subject, members=members)


def remind_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `forum.remind`: one letter to each who is still late and was not written to within a day."""
    key, now = uuid.UUID(arguments["round"]), clock.now()
    with database.reading() as session:
        found = session.get_one(Round, key)
        process = processes.by_id(session, found.process_id)
        numbers = set(owed.to_remind(session, found, now).values())
        languages = {"es", "en"}
    written: dict[tuple[int, str], Rendered] = {
        (n, language): render(letters.late_with_sheets(process, found, n, language), variant(process, language))
        for n in numbers
        for language in languages
    }
    with transaction(database, Actor.system(), now) as work:
        fresh = work.session.get_one(Round, key)
        sent = _post(work, fresh, written) if fresh.window.status(now) is WindowStatus.OPEN else 0
        work.record("round.reminded", fresh.subject, letters=sent)
    tell(sent, sent)


def _post(work: Work, found: Round, written: dict[tuple[int, str], Rendered]) -> int:
    sent = 0
    for person_id, n in owed.to_remind(work.session, found, work.now).items():
        contact, person = people.email_of(work.session, person_id), work.session.get_one(Person, person_id)
        letter = written.get((n, "en" if person.language.startswith("en") else "es"))
        if contact is None or contact.confirmed_at is None or letter is None or found.closed_at:
            continue
        work.post(letter, Recipient(person_id, contact.value, letter.language))
        work.session.add(RoundReminder(id=ids.new_id(), round_id=found.id, person_id=person_id, at=work.now))
        sent += 1
    return sent
