"""What keeps a stage from being concluded: an answer that is still owed, named by folio and never by person."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.kit.i18n import Tn
from app.process.actions import Obstacle
from app.process.models import Stage

NAMED = 5


def owed_answers(session: Session, stage: Stage) -> list[Obstacle]:
    """The answers a stage still owes."""
    owed = ledger.tally(session, stage.id).owed
    if not owed:
        return []
    wanted = (Duty.stage_id == stage.id, Duty.state == DutyState.OWED)
    subjects = session.scalars(select(Duty.subject).where(*wanted).distinct().order_by(Duty.subject).limit(NAMED))
    named = ", ".join(subject.partition(":")[2] for subject in subjects)
    text = Tn(
        "{count} answer is still owed: {which}.",
        "{count} answers are still owed, the first of them: {which}.",
        owed,
        which=named,
    )
    return [Obstacle(text, f"/office/answers/{stage.slug}")]
