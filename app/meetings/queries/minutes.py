"""The minutes of a meeting with their agreements and what was added to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.meetings.models import Addendum, Agreement, Minutes
from app.proposals.models import Proposal


@dataclass(frozen=True)
class AgreementLine:
    """One agreement, and the public proposal it is about, where it is about one."""

    number: int
    text: str
    folio: str
    title: str
    is_public: bool


def of_meeting(session: Session, meeting_id: uuid.UUID) -> Minutes | None:
    """The minutes of a meeting, in whatever state."""
    return session.scalars(select(Minutes).where(Minutes.meeting_id == meeting_id)).one_or_none()


def agreements_of(session: Session, minutes_id: uuid.UUID) -> list[AgreementLine]:
    """What was agreed, in order."""
    rows = session.execute(
        select(Agreement, Proposal.folio, Proposal.title, Proposal.is_public)
        .outerjoin(Proposal, Proposal.id == Agreement.proposal_id)
        .where(Agreement.minutes_id == minutes_id)
        .order_by(Agreement.number)
    )
    return [AgreementLine(a.number, a.text, folio or "", title or "", bool(public)) for a, folio, title, public in rows]


def addenda_of(session: Session, minutes_id: uuid.UUID) -> list[Addendum]:
    """What was added after publication, in order."""
    return list(session.scalars(select(Addendum).where(Addendum.minutes_id == minutes_id).order_by(Addendum.number)))
