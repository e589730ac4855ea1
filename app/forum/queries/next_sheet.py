"""Which proposal a seat is led to next: the one that fewest seats have done, so that none is left without its quorum.

Only this one is ever named. A list in that order, or a number beside it, would tell while the round is blind how far
the others are; what they gave is not read here at all, and who abstained counts as done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.forum.models import Round, ScoreSheet, Seat
from app.forum.queries.rounds import ToScore
from app.forum.rules.scoring import DONE
from app.forum.rules.seats import Right
from app.proposals.models import Proposal


def next_for(session: Session, found: Round, rows: Sequence[ToScore], after: str = "") -> str | None:
    """The folio to take after this one: the least done of those left to the seat; ties in the seat's own order."""
    left = [row.folio for row in rows if row.status in {"open", "draft"} and row.folio != after]
    if len(left) < 2:
        return next(iter(left), None)
    counted = Counter(_handed_in(session, found))
    return min(left, key=lambda folio: counted[folio])


def _handed_in(session: Session, found: Round) -> dict[str, int]:
    rows = session.execute(
        select(Proposal.folio, func.count())
        .join(ScoreSheet, ScoreSheet.proposal_id == Proposal.id)
        .join(Seat, Seat.id == ScoreSheet.seat_id)
        .where(ScoreSheet.round_id == found.id, ScoreSheet.state.in_(DONE), ScoreSheet.voided_at.is_(None))
        .where(Seat.voting_right == Right.VOTE)
        .group_by(Proposal.folio)
    )
    return {row[0]: row[1] for row in rows}
