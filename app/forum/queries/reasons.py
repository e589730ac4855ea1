"""What members wrote on their sheets, for whoever puts the decision into words: after the close, and without names."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Criterion, Round, Score, ScoreSheet
from app.forum.queries import rounds
from app.forum.rules.scoring import SheetState
from app.proposals.models import Proposal


@dataclass(frozen=True)
class Written:
    """What was written about one proposal under one criterion, by text: the order tells nothing about seats."""

    criterion: Criterion
    texts: tuple[str, ...]


def written(session: Session, found: Round, folios: Collection[str], now: datetime) -> dict[str, list[Written]]:
    """The reasons of the sheets that count, by folio and criterion; refused, with the dates, before the close.

    Two who wrote the same words are told once. Seats without a vote are heard elsewhere: here they would be known.
    """
    rounds.require_closed(found, now)
    rows = session.execute(
        select(Proposal.folio, Score.criterion_id, Score.reason)
        .join(ScoreSheet, ScoreSheet.proposal_id == Proposal.id)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.round_id == found.id, ScoreSheet.counts, ScoreSheet.voided_at.is_(None))
        .where(ScoreSheet.state == SheetState.SUBMITTED, Proposal.folio.in_(folios), Score.reason != "")
    )
    told: dict[tuple[str, uuid.UUID], set[str]] = defaultdict(set)
    for folio, criterion_id, reason in rows:
        told[folio, criterion_id].add(" ".join(reason.split()))
    asked = select(Criterion).where(Criterion.set_id == found.criteria_set_id).order_by(Criterion.position)
    by_folio: dict[str, list[Written]] = defaultdict(list)
    for criterion in session.scalars(asked):
        for folio in folios:
            if texts := told.get((folio, criterion.id)):
                by_folio[folio].append(Written(criterion, tuple(sorted(texts, key=lambda text: (text.lower(), text)))))
    return dict(by_folio)
