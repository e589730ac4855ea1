"""The other person of a seat begins a sheet anew; what was handed in before by who stands aside now is kept apart."""

from __future__ import annotations

from sqlalchemy import select, update

from app.forum.models import Criterion, ScaleLevel, Score, ScoreSheet, VoidedSheet
from app.forum.queries.criteria import said
from app.forum.rules.scoring import SheetState
from app.kit import ids
from app.work import Work


def take_over(work: Work, sheet: ScoreSheet) -> None:
    """Empty a sheet that was voided, once its content was put away whole: a seat has one sheet on a proposal."""
    work.session.add(
        VoidedSheet(
            id=ids.new_id(),
            round_id=sheet.round_id,
            proposal_id=sheet.proposal_id,
            seat_id=sheet.seat_id,
            person_id=sheet.person_id,
            content={
                "state": sheet.state.value,
                "scores": _content(work, sheet),
                "abstain_reason": sheet.abstain_reason,
            },
            submitted_at=sheet.submitted_at,
            voided_at=sheet.voided_at,
        )
    )
    work.session.execute(update(Score).where(Score.sheet_id == sheet.id).values(level_id=None, reason=""))
    sheet.state, sheet.counts, sheet.abstain_reason = SheetState.DRAFT, False, ""
    sheet.voided_at, sheet.submitted_at = None, None
    work.session.flush()


def _content(work: Work, sheet: ScoreSheet) -> dict[str, dict[str, str]]:
    rows = work.session.execute(
        select(Criterion.key, ScaleLevel.value, Score.reason)
        .join(Score, Score.criterion_id == Criterion.id)
        .outerjoin(ScaleLevel, ScaleLevel.id == Score.level_id)
        .where(Score.sheet_id == sheet.id)
    )
    return {key: {"level": said(value) or "", "reason": reason} for key, value, reason in rows}
