"""What a closed round of discussion changed, for everybody as numbers and for the forum with the seats."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.forum.models import Round
from app.forum.queries import counting, results, rounds
from app.forum.rules.discussion import Discussed, Results, Sheets, discussed
from app.forum.rules.seeing import Seen


def of_round(session: Session, found: Round) -> Discussed | None:
    """What this round changed against the one it follows; None for a first round, or while either is being counted."""
    before = rounds.round_before(session, found)
    if before is None or not (results.is_counted(session, before) and results.is_counted(session, found)):
        return None
    return discussed(_of(session, before), _of(session, found))


def _of(session: Session, found: Round) -> tuple[Sheets, Results]:
    kept = results.newest(session, found)
    if kept is None:
        return {}, {}
    sheets = {scored.folio: scored.sheets for scored in counting.sheets_of(session, kept).by_seat}
    return sheets, results.outcome_of(kept).counted.results


def first_levels(session: Session, found: Round, proposal_id: uuid.UUID) -> dict[tuple[int, uuid.UUID], uuid.UUID]:
    """By seat number and criterion, the level each seat had given before the discussion."""
    before = rounds.round_before(session, found)
    if before is None or found.scores_seen is not Seen.NAMED:
        return {}
    given = rounds.named_scores(session, before, proposal_id, before.closes_at)
    return {(one.seat, one.criterion_id): one.level.id for one in given}
