"""Who puts which reason into one voice, and what they have written so far."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Seat
from app.forum.reason_drafts import ReasonDraft
from app.proposals.models import Proposal


def of_stage(session: Session, stage_id: uuid.UUID) -> dict[str, tuple[ReasonDraft, int | None]]:
    """What is written at a stage, by folio, with the number of the seat that writes it."""
    rows = session.execute(
        select(Proposal.folio, ReasonDraft, Seat.number)
        .join(ReasonDraft, ReasonDraft.proposal_id == Proposal.id)
        .outerjoin(Seat, Seat.id == ReasonDraft.seat_id)
        .where(ReasonDraft.stage_id == stage_id)
    )
    return {folio: (draft, number) for folio, draft, number in rows}


def texts_of(session: Session, stage_id: uuid.UUID, folios: Collection[str]) -> dict[str, str]:
    """The texts for these proposals, by folio."""
    rows = session.execute(
        select(Proposal.folio, ReasonDraft.text)
        .join(ReasonDraft, ReasonDraft.proposal_id == Proposal.id)
        .where(ReasonDraft.stage_id == stage_id, Proposal.folio.in_(folios))
    )
    return {row[0]: row[1] for row in rows}


def of_one(session: Session, stage_id: uuid.UUID, proposal_id: uuid.UUID) -> ReasonDraft | None:
    """What is written for one proposal."""
    wanted = (ReasonDraft.stage_id == stage_id, ReasonDraft.proposal_id == proposal_id)
    return session.scalars(select(ReasonDraft).where(*wanted)).one_or_none()
