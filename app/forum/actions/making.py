"""The one place in which rows of rounds are made: of one that opens, of a discussion, of one that was told of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.forum.models import CriteriaSet, Round
from app.forum.queries import rounds
from app.forum.rules.scoring import ROUND
from app.kit import ids
from app.process.models import Stage
from app.work import Work


@dataclass(frozen=True)
class Basis:
    """What a round is scored by and counted with: whose it is, the criteria under their hash, how many seats vote."""

    body_id: uuid.UUID
    criteria_set_id: uuid.UUID
    criteria_hash: str
    voting_seats: int

    @classmethod
    def of_set(cls, adopted: CriteriaSet, body_id: uuid.UUID, voting_seats: int) -> Basis:
        """Of criteria as they were adopted."""
        return cls(body_id, adopted.id, adopted.content_hash, voting_seats)

    @classmethod
    def of_round(cls, found: Round) -> Basis:
        """The same as another round has."""
        return cls(found.body_id, found.criteria_set_id, found.criteria_hash, found.voting_seats)


def make_round(work: Work, stage: Stage, basis: Basis, between: tuple[datetime, datetime], **held: Any) -> Round:
    """Make the next round of a stage, open unless `held`, which says how it is held, says that it is not."""
    last = rounds.last_round(work.session, stage.id)
    made = Round(
        id=ids.new_id(),
        process_id=stage.process_id,
        stage_id=stage.id,
        body_id=basis.body_id,
        criteria_set_id=basis.criteria_set_id,
        criteria_hash=basis.criteria_hash,
        voting_seats=basis.voting_seats,
        number=last.number + 1 if last else 1,
        opens_at=between[0],
        closes_at=between[1],
        **{"state": ROUND.after(None, "open"), **held},
    )
    work.session.add(made)
    work.session.flush()
    return made
