"""All that one seat has given in a round, side by side, for its own eyes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import CriteriaSet, Criterion, Round, ScaleLevel, Score, ScoreSheet, Seat
from app.forum.queries.aside import own_recusals
from app.forum.queries.configuring import config_with
from app.forum.queries.criteria import CriterionRow
from app.forum.rules.scoring import SheetState
from app.forum.rules.totals import Sheet, totals_of
from app.proposals.models import Proposal


@dataclass(frozen=True)
class OwnSheet:
    """What a seat gave one proposal: by criterion the level, its total out of 100, and whether it is handed in."""

    folio: str
    title: str
    levels: dict[str, ScaleLevel]
    total: Fraction | None
    is_handed_in: bool
    abstains: bool


def own_sheets(
    session: Session, found: Round, seat: Seat, rows: Sequence[CriterionRow], person_id: uuid.UUID | None
) -> list[OwnSheet]:
    """The sheets of one seat, the highest total first, those without a total last; in as many statements for many.

    What the other person of the seat wrote where this one stands aside is not among them.
    """
    aside = {row.proposal_id for row in own_recusals(session, found.stage_id, seat.id, person_id)}
    adopted = session.get_one(CriteriaSet, found.criteria_set_id)
    rules = config_with(adopted, rows, found.voting_seats).criteria
    given = session.execute(
        select(ScoreSheet.id, Criterion.key, ScaleLevel)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(ScaleLevel, ScaleLevel.id == Score.level_id)
        .where(ScoreSheet.round_id == found.id, ScoreSheet.seat_id == seat.id)
    )
    levels: dict[uuid.UUID, dict[str, ScaleLevel]] = defaultdict(dict)
    for sheet_id, key, level in given:
        levels[sheet_id][key] = level
    sheets = session.execute(
        select(ScoreSheet.id, ScoreSheet.state, Proposal.folio, Proposal.title)
        .join(Proposal, Proposal.id == ScoreSheet.proposal_id)
        .where(ScoreSheet.round_id == found.id, ScoreSheet.seat_id == seat.id, ScoreSheet.voided_at.is_(None))
        .where(ScoreSheet.proposal_id.not_in(aside))
    )
    own = []
    for sheet_id, state, folio, title in sheets:
        values = {key: Fraction(level.value) for key, level in levels[sheet_id].items()}
        total = next(iter(totals_of(rules, [Sheet("", values)])), None)
        done, abstains = state is SheetState.SUBMITTED, state is SheetState.ABSTAINED
        own.append(OwnSheet(folio, title, levels[sheet_id], None if abstains else total, done, abstains))
    return sorted(own, key=lambda sheet: (sheet.total is None, -(sheet.total or 0), sheet.folio))
