"""Who stands aside on what: they read neither who gave what on it nor what the others wrote."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.forum.models import Recusal, SeatHolder
from app.kit.errors import NotAllowed
from app.kit.i18n import T
from app.proposals.models import Proposal

YOU_STAND_ASIDE = T("You stand aside on this proposal.")


def stands_aside_on(session: Session, stage_id: uuid.UUID, person_id: uuid.UUID | None) -> set[str]:
    """The folios on which a person stands aside at a stage: with every seat they hold or held, also as alternate."""
    return set(session.scalars(_folios(stage_id, person_id)))


def require_not_aside(session: Session, stage_id: uuid.UUID, proposal: Proposal, person_id: uuid.UUID | None) -> None:
    """Refuse whoever stands aside on a proposal what only the others may read of it."""
    if session.scalar(_folios(stage_id, person_id, Proposal.id == proposal.id).limit(1)) is not None:
        raise NotAllowed(YOU_STAND_ASIDE)


def _folios(stage_id: uuid.UUID, person_id: uuid.UUID | None, *wanted: ColumnElement[bool]) -> Select[str]:
    return (
        select(Proposal.folio)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .join(SeatHolder, SeatHolder.seat_id == Recusal.seat_id)
        .where(Recusal.stage_id == stage_id, SeatHolder.person_id == person_id, *wanted)
    )
