"""What the clock does about a letter without an answer: two reminders, one letter to the head, then public silence."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.kit import clock, ids
from app.kit.db import Database
from app.mail.outbox import Recipient
from app.people.actor import Actor
from app.process import queries as processes
from app.process.models import Stage
from app.technical_tables import letters
from app.technical_tables.actions.requesting import dates
from app.technical_tables.letters import Asks
from app.technical_tables.models import FeasibilityRequest, RequestLink
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import Step, next_step
from app.work import Work, jobs, transaction

JOB = "technical_tables.write"


def ask_what_is_due(work: Work) -> None:
    """Order the reminders that are due, and record who did not answer; what the worker does by the clock."""
    for request in queries.due(work.session, work.now):
        process = processes.by_id(work.session, request.process_id)
        stage = work.session.get_one(Stage, request.stage_id)
        if process.paused_at and not process.ended_at:
            continue
        instants = dates(process, request.sent_at, request.due_on)
        due = next_step(instants, request.steps_done, work.now)
        if due is None or process.ended_at or stage.concluded_at:
            request.next_step, request.next_at = None, None
            work.record("feasibility.waiting_ended", request.subject)
            continue
        step = due[0]
        request.done = {**request.done, step.value: work.now.isoformat()}
        following = next_step(instants, request.steps_done, work.now)
        request.next_step, request.next_at = following or (None, None)
        if step is Step.SILENCE:
            request.silent_at = work.now
            work.record("feasibility.not_answered", request.subject, due_on=request.due_on.isoformat())
        else:
            jobs.ask(work.session, JOB, {"request": str(request.id), "step": step.value}, work.now)
            work.record("feasibility.reminder_ordered", request.subject, step=step.value)


def write_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `technical_tables.write`: one letter, with a new link, unless it was sent or answered meanwhile."""
    step = Step(arguments["step"])
    token = ids.new_token()
    with database.reading() as session:
        request = queries.by_id(session, uuid.UUID(arguments["request"]))
        process = processes.by_id(session, request.process_id)
        asks = Asks(
            queries.institution_of(session, request).name,
            request.letter_number,
            request.dated_on,
            request.signatory,
            request.due_on,
            [f"{one.proposal.folio} · {one.title}" for one in queries.asked_in(session, request)],
        )
    letter = letters.later(process, asks, token, step)
    with transaction(database, Actor.system(), clock.now()) as work:
        held = select(FeasibilityRequest).where(FeasibilityRequest.id == request.id).with_for_update()
        request = work.session.scalars(held.execution_options(populate_existing=True)).one()
        sent = (RequestLink.request_id == request.id, RequestLink.stands_in == step.value)
        address = (request.head_address if step is Step.HEAD else "") or request.address
        if request.approved_at or not address or work.session.scalar(select(RequestLink.request_id).where(*sent)):
            return
        link = {"token_hash": ids.hash_token(token), "stands_in": step.value, "made_at": work.now}
        work.session.add(RequestLink(request_id=request.id, **link))
        work.post(letter, Recipient(request.person_id, address, letter.language))
    tell(1, 1)
