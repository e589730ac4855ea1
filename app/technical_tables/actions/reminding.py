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
from app.technical_tables.rules import Step, letter_name, next_step
from app.work import Work, jobs, transaction

JOB = "technical_tables.write"


def ask_what_is_due(work: Work) -> None:
    """Order the reminders that are due, and record who did not answer; what the worker does by the clock."""
    for request in queries.due(work.session, work.now):
        process = processes.by_id(work.session, request.process_id)
        stage = work.session.get_one(Stage, request.stage_id)
        if process.paused_at and not process.ended_at:
            continue
        extension = queries.extension_of(work.session, request)
        instants = dates(process, extension.extended_at if extension else request.sent_at, request.due_on)
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
            order = {"request": str(request.id), "step": step.value, "is_extended": extension is not None}
            jobs.ask(work.session, JOB, order, work.now)
            work.record("feasibility.reminder_ordered", request.subject, step=step.value)


def write_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `technical_tables.write`: one letter, unless it was sent, answered or put off meanwhile."""
    step, is_extended = Step(arguments["step"]), bool(arguments.get("is_extended"))
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
        name = letter_name(step, is_extended=is_extended)
        sent = (RequestLink.request_id == request.id, RequestLink.stands_in == name)
        address = (request.head_address if step is Step.HEAD else "") or request.address
        if request.approved_at or not address or work.session.scalar(select(RequestLink.request_id).where(*sent)):
            return
        if is_extended != (queries.extension_of(work.session, request) is not None):
            return
        link = {"token_hash": ids.hash_token(token), "stands_in": name, "made_at": work.now}
        work.session.add(RequestLink(request_id=request.id, **link))
        work.post(letter, Recipient(request.person_id, address, letter.language))
    tell(1, 1)
