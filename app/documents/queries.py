"""Documents by their keys, and the bytes of one; a list never reads bytes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.documents.models import Document, FileBytes
from app.kit.errors import NotFound


def content_of(session: Session, document: Document) -> bytes:
    """What is in a document."""
    content = session.scalar(select(FileBytes.content).where(FileBytes.sha256 == document.sha256))
    if content is None:
        raise NotFound
    return content


def waiting(session: Session, keys: Sequence[uuid.UUID], now: datetime) -> list[Document]:
    """Those of these documents that still wait for their form, in the order asked for."""
    if not keys:
        return []
    found = session.scalars(select(Document).where(Document.id.in_(keys), Document.waiting_until > now)).all()
    return sorted(found, key=lambda document: list(keys).index(document.id))


def bytes_waiting(session: Session) -> int:
    """How much waits for its form at this moment."""
    return int(session.scalar(select(func.sum(Document.size)).where(Document.waiting_until.is_not(None))) or 0)


def is_any_over(session: Session, now: datetime) -> bool:
    """Whether the time of some waiting document is over."""
    return bool(session.scalar(select(exists().where(Document.waiting_until <= now))))
