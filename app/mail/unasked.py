"""How many letters nobody has confirmed to want go to one address a day, whatever they are about: one rule for all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind

UNASKED_MAILS_A_DAY = 3
A_DAY = timedelta(days=1)

_RECEIPTS_SINCE = select(func.count()).where(
    OutboxMessage.to_address == bindparam("address"),
    OutboxMessage.kind == LetterKind.RECEIPT,
    OutboxMessage.created_at > bindparam("since"),
)


def is_enough(session: Session, address: str, now: datetime) -> bool:
    """Whether an address got as many such letters since yesterday as it may; it is given in its normal form."""
    since = {"address": address, "since": now - A_DAY}
    return int(session.connection().execute(_RECEIPTS_SINCE, since).scalar_one()) >= UNASKED_MAILS_A_DAY
