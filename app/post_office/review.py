"""What a person does about a letter that is in doubt, and about one that should not go at all.

A letter in `unknown` may have arrived. Nobody but a person, who can ask or look at the provider's own pages, sends it
again; each of these acts leaves its entry.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties import ledger
from app.kit.errors import Invalid, NotFound, Stale, WrongState
from app.kit.i18n import T
from app.mail import moves
from app.mail.models import OutboxMessage
from app.mail.rules import CLAIMABLE, OUTBOX, OutboxState
from app.people.rules import Permission
from app.work.transaction import Subject, Work

REASON_LENGTH = 500
SHOWN = 200


class Finding(StrEnum):
    """What a person found out about a letter in doubt."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"


_MOVES = {
    Finding.ACCEPTED: ["hear"],
    Finding.DELIVERED: ["hear", "deliver"],
    Finding.BOUNCED: ["hear", "bounce"],
}


def in_doubt(session: Session, process_id: uuid.UUID | None = None, limit: int = SHOWN) -> list[OutboxMessage]:
    """The letters that wait for a person, oldest first; of one process, or all."""
    query = select(OutboxMessage).where(OutboxMessage.state == OutboxState.UNKNOWN)
    if process_id is not None:
        query = query.where(OutboxMessage.process_id == process_id)
    return list(session.scalars(query.order_by(OutboxMessage.id).limit(limit)))


def found(work: Work, message_id: uuid.UUID, finding: Finding, source: str) -> OutboxMessage:
    """Record what became of a letter in doubt, and from where one knows it; the office, only while it is in doubt."""
    letter = _letter(work, message_id)
    source = _words(source, "source")
    _in_doubt_or_refused(letter)
    values = {"accepted_at": work.now, "last_error": None}
    _moved(work, letter, _MOVES[finding], values)
    if finding is Finding.BOUNCED:
        ledger.reopened_by(work.session, letter.id, work.now)
    else:
        ledger.covered_by(work.session, letter.id, work.now)
    work.record(f"letter.found_{finding}", _subject(letter), private={"source": source})
    return letter


def order_again(work: Work, message_id: uuid.UUID, reason: str) -> OutboxMessage:
    """Send a letter in doubt once more, knowing that it may arrive twice; counts its tries from here."""
    letter = _letter(work, message_id)
    reason = _words(reason, "reason")
    _in_doubt_or_refused(letter)
    values = {"next_try_at": work.now, "attempts_before": letter.attempts, "last_error": None}
    _moved(work, letter, ["order_again"], values)
    work.record("letter.ordered_again", _subject(letter), private={"reason": reason})
    return letter


def cancel(work: Work, message_id: uuid.UUID, reason: str) -> OutboxMessage:
    """Keep a letter that has not left from leaving; what was owed stays owed."""
    letter = _letter(work, message_id)
    reason = _words(reason, "reason")
    _moved(work, letter, ["cancel"], {"last_error": None})
    work.record("letter.cancelled", _subject(letter), private={"reason": reason})
    return letter


def may_cancel(letter: OutboxMessage) -> bool:
    """Whether the button to cancel is drawn."""
    return letter.state in CLAIMABLE or letter.state is OutboxState.DRAFT


def _letter(work: Work, message_id: uuid.UUID) -> OutboxMessage:
    letter = work.session.scalars(
        select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
    ).one_or_none()
    work.require(Permission.REVIEW_OUTBOX, letter.process_id if letter else None)
    if letter is None:
        raise NotFound
    return letter


def _in_doubt_or_refused(letter: OutboxMessage) -> None:
    if letter.state is not OutboxState.UNKNOWN:
        raise WrongState(
            T("This letter is not in doubt any more. Load the page again to see what became of it."),
            state=letter.state.value,
            allowed=OUTBOX.moves_from(letter.state),
        )


def _moved(work: Work, letter: OutboxMessage, names: list[str], values: Mapping[str, object]) -> None:
    if moves.move(work.session, letter.id, letter.state, names, dict(values)) is None:
        raise Stale


def _words(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(**{field: T("Say in a sentence how you know, or why; it stays in the history.")})
    return text[:REASON_LENGTH]


def _subject(letter: OutboxMessage) -> Subject:
    return Subject(f"outbox:{letter.id}", letter.id, letter.process_id)
