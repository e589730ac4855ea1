"""Reminding institutions that have not reported, some days before a round is due; by the clock, and once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.commitments import letters
from app.commitments.actions.rounds import post_with_link
from app.commitments.models import RoundCall
from app.commitments.queries import commitments as queries
from app.commitments.queries import rounds
from app.kit import clock
from app.kit.db import Database
from app.mail.rendering import render
from app.people.actor import Actor
from app.process import queries as processes
from app.proposals.letters import variant
from app.work import Work, jobs, transaction

REMIND = "commitments.remind"
FURTHEST = timedelta(days=61)


def ask_what_is_due(work: Work) -> None:
    """Ask for the reminders of rounds that are soon due; what the worker does by the clock."""
    for found in rounds.to_remind(work.session, (work.now + FURTHEST).date()):
        process = processes.by_id(work.session, found.process_id)
        days = timedelta(days=queries.monitoring(work.session, process).remind_days)
        if work.now.astimezone(process.zone).date() < found.due_on - days:
            continue
        found.reminded_at = work.now
        jobs.ask(work.session, REMIND, {"round": str(found.id)}, work.now)
        silent = len(rounds.silent_calls(work.session, found.id))
        work.record("monitoring.reminders_ordered", found.subject, institutions=silent)


def remind_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `commitments.remind`: one letter, with a new link, to each institution that is silent."""
    round_id = uuid.UUID(arguments["round"])
    with database.reading() as session:
        found = rounds.round_by_id(session, round_id)
        process = processes.by_id(session, found.process_id)
        spoken = variant(process, process.language)
        silent = rounds.silent_calls(session, round_id)
        written = {call.id: render(letters.reminder(process, found, name), spoken) for call, name in silent}
    with transaction(database, Actor.system(), clock.now()) as work:
        fresh = rounds.round_by_id(work.session, round_id)
        still = [call for call, _ in rounds.silent_calls(work.session, round_id)] if fresh.is_open else []
        sent: list[RoundCall] = [call for call in still if call.id in written]
        for call in sent:
            post_with_link(work, call, written[call.id])
        work.record("monitoring.reminded", fresh.subject, letters=len(sent))
    tell(len(sent), len(sent))
