"""What keeps a stage from being concluded: a proposal neither decided publicly nor left undecided with a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.decisions import queries
from app.kit.i18n import Tn
from app.process.actions import Obstacle
from app.process.kinds import DECIDING
from app.process.models import Stage

NAMED = 5


def missing_decisions(session: Session, stage: Stage) -> list[Obstacle]:
    """The proposals a stage still has to decide on."""
    if stage.kind not in DECIDING:
        return []
    missing = queries.count_missing(session, stage)
    if not missing:
        return []
    text = Tn(
        "{count} proposal has neither a published decision nor a public reason why it stays undecided: {which}.",
        "{count} proposals have neither a published decision nor a public reason why they stay undecided: {which}.",
        missing,
        which=", ".join(queries.missing(session, stage, NAMED)),
    )
    return [Obstacle(text, f"/office/decisions/{stage.slug}")]
