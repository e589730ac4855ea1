"""The log of the doors: who signed in, was refused or had a role changed; kept for 90 days.

E-mails and network addresses stand in it as keyed hashes. It is not the trail: signing in is nobody's public act.
What changes rights is in both.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import SecurityEvent
from app.web.view import View


def fingerprint(secret: str, value: str) -> str:
    """A value as this installation alone can recognise it again; a bare hash of an address is soon guessed."""
    return hmac.new(secret.encode(), f"security:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def note(session: Session, kind: str, person_id: uuid.UUID | None, now: datetime, **detail: str) -> None:
    """Write one line of the log; `detail` holds fingerprints and closed words, never what somebody typed."""
    session.add(SecurityEvent(kind=kind, person_id=person_id, detail=detail, at=now))


def note_visit(view: View, kind: str, person_id: uuid.UUID | None = None, *, address: str = "", **detail: str) -> None:
    """Write one line about this request, with its network address and the mailbox it named as fingerprints."""
    secret = view.house.settings.secret()
    client = view.request.client
    detail["ip"] = fingerprint(secret, client.host if client else "")
    if address:
        detail["address"] = fingerprint(secret, address)
    note(view.session, kind, person_id, view.now, **detail)


def newest_of(session: Session, person_id: uuid.UUID, limit: int = 20) -> list[SecurityEvent]:
    """What happened lately at this person's door, for the person to see."""
    wanted = select(SecurityEvent).where(SecurityEvent.person_id == person_id)
    return list(session.scalars(wanted.order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc()).limit(limit)))
