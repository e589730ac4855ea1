"""What may not change while a round is open: who votes, and what it is scored by."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import CriteriaSet, Round
from app.forum.queries import criteria
from app.forum.rules.scoring import RoundState, content_hash
from app.kit.errors import Conflict
from app.kit.i18n import T

SEATS_STAY = T("A round of scoring is open. Seats and their right to vote stay as they are until it is closed.")


def is_scoring(session: Session, body_id: uuid.UUID) -> bool:
    """Whether a round of this forum is open."""
    is_open = (Round.body_id == body_id, Round.state == RoundState.OPEN)
    return session.scalar(select(Round.id).where(*is_open).limit(1)) is not None


def require_seats_free(session: Session, body_id: uuid.UUID) -> None:
    """Refuse a seat more, or another right of one, while a round is open: it would move what a quorum is."""
    if is_scoring(session, body_id):
        raise Conflict(SEATS_STAY)


def require_same_criteria(session: Session, found: Round) -> None:
    """Refuse, loudly, to go on with criteria that are not those the round was opened with."""
    adopted = session.get_one(CriteriaSet, found.criteria_set_id)
    now = content_hash(criteria.content_of(adopted, criteria.criteria_of(session, adopted.id)))
    if not now == adopted.content_hash == found.criteria_hash:
        raise Conflict(
            T(
                "The criteria are not those this round was opened with. It cannot be closed: whoever runs this site "
                "has to find out who changed them."
            )
        )
