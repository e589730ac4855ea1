"""Putting a letter into the outbox, in the transaction of the act that caused it, and taking it out as plain data."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from app.kit import db, ids
from app.mail.composing import Outgoing, message_id_of
from app.mail.models import OutboxMessage
from app.mail.rendering import Letter, Rendered, render
from app.mail.rules import OUTBOX, lane_of


@dataclass(frozen=True)
class Recipient:
    """To whom a letter goes: the person where one is known, the address, and the language to write in."""

    person_id: uuid.UUID | None
    address: str
    language: str = "es"


def put(session: Session, letter: Letter | Rendered, to: Recipient, now: datetime, *, draft: bool = False) -> uuid.UUID:
    """Write the row of this letter and say its key; a draft waits until its approval makes the move `release`.

    Refused while a late value is missing, so that no token ever reaches a person. Better given rendered: rendering
    takes a millisecond that would be spent holding the write lock.
    """
    rendered = letter if isinstance(letter, Rendered) else render(letter, to.language)
    row = _row(rendered, to, now, "draft" if draft else "post")
    db.put(session, OutboxMessage, row)
    return cast("uuid.UUID", row["id"])


def put_all(session: Session, letters: Sequence[tuple[Rendered, Recipient]], now: datetime) -> None:
    """Write the rows of many letters in one statement."""
    if letters:
        db.put(session, OutboxMessage, [_row(rendered, to, now, "post") for rendered, to in letters])


def _row(rendered: Rendered, to: Recipient, now: datetime, move: str) -> dict[str, Any]:
    if rendered.late:
        raise ValueError(f"not filled in: {', '.join(sorted(rendered.late))}")
    key = ids.new_id()
    return {
        "id": key,
        "person_id": to.person_id,
        "process_id": rendered.process_id,
        "stage_id": rendered.stage_id,
        "letter_id": rendered.letter_id,
        "kind": rendered.kind,
        "lane": lane_of(rendered.kind),
        "state": OUTBOX.after(None, move),
        "to_address": to.address,
        "language": rendered.language,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "reply_to": rendered.reply_to,
        "headers": dict(rendered.headers),
        "message_id": message_id_of(key, rendered.origin),
        "content_hash": rendered.content_hash,
        "next_try_at": now,
        "created_at": now,
    }


def outgoing(row: OutboxMessage) -> Outgoing:
    """The row as a transport takes it."""
    return Outgoing(
        id=row.id,
        to_address=row.to_address,
        language=row.language,
        subject=row.subject,
        text=row.text,
        html=row.html,
        message_id=row.message_id,
        reply_to=row.reply_to,
        headers=row.headers,
        at=row.created_at,
    )
