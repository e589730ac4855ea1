"""Giving an institution more time, once, with a public reason; a letter tells it, and reminders follow the new date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people.rules import Permission
from app.process.models import Process
from app.technical_tables import letters
from app.technical_tables.actions.answering import held_open
from app.technical_tables.actions.requesting import dates, link
from app.technical_tables.letters import Asks
from app.technical_tables.models import Extension, FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import FEWEST_DAYS, LONGEST_TEXT, SHORTEST_WORDS, next_step
from app.work import Work

LETTER = "extension"


@dataclass(frozen=True)
class Extend:
    """Until when an answer is expected now, and why."""

    due_on: date
    reason: str


@dataclass(frozen=True)
class Extending:
    """The checked wish with its letter, written before the transaction, and the secret of its link."""

    wish: Extend
    letter: Rendered
    token: str


def to_extend(
    session: Session, process: Process, request: FeasibilityRequest, wish: Extend, now: datetime
) -> Extending:
    """Check what was typed and write the letter to the institution."""
    faults = _faults(process, request, wish, now)
    if faults:
        raise Invalid(**faults)
    token = ids.new_token()
    asks = Asks(
        queries.institution_of(session, request).name,
        request.letter_number,
        request.dated_on,
        request.signatory,
        wish.due_on,
        [f"{one.proposal.folio} · {one.title}" for one in queries.asked_in(session, request) if not one.is_gone],
    )
    letter = letters.extended(process, asks, token, (request.due_on, wish.reason.strip()))
    return Extending(wish, letter, token)


def extend(work: Work, process: Process, request: FeasibilityRequest, ready: Extending) -> Extension:
    """Give an institution more time, once, while the first date has not passed. Office only."""
    work.require(Permission.INVITE_BODIES, process.id)
    request = held_open(work, process, request)
    if queries.extension_of(work.session, request) is not None:
        raise Conflict(T("This institution was given more time already."))
    if work.now >= dates(process, request.sent_at, request.due_on).due_at:
        raise Conflict(T("The date has passed; more time is given before it does."))
    faults = _faults(process, request, ready.wish, work.now)
    if faults:
        raise Invalid(**faults)
    before, reason = request.due_on, ready.wish.reason.strip()
    row = Extension(request_id=request.id, due_before=before, reason=reason, extended_at=work.now)
    row.done_before, request.done = request.done, {}
    request.due_on = ready.wish.due_on
    planned = next_step(dates(process, work.now, request.due_on), {}, work.now)
    request.next_step, request.next_at = planned or (None, None)
    work.session.add(row)
    if request.address:
        link(work, request, ready.token, LETTER)
        work.post(ready.letter, Recipient(request.person_id, request.address, ready.letter.language))
    facts = {"due_before": before.isoformat(), "due_on": request.due_on.isoformat(), "reason": reason}
    work.record("feasibility.extended", request.subject, because=f"feasibility_request:{request.id}", **facts)
    return row


def _faults(process: Process, request: FeasibilityRequest, wish: Extend, now: datetime) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if wish.due_on <= request.due_on:
        faults["later_due_on"] = T("Choose a day after the one it has now.")
    elif wish.due_on < now.astimezone(process.zone).date() + timedelta(days=FEWEST_DAYS):
        faults["later_due_on"] = T("Give the institution at least {n} days.", n=FEWEST_DAYS)
    if len(wish.reason.strip()) < SHORTEST_WORDS:
        faults["why_later"] = T(
            "Say why it gets more time, in at least {n} characters. The public reads it.", n=SHORTEST_WORDS
        )
    elif len(wish.reason) > LONGEST_TEXT:
        faults["why_later"] = T("This is too long: at most {n} characters.", n=LONGEST_TEXT)
    return faults
