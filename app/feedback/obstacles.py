"""What keeps a stage from being concluded: answers still owed, named by folio and never by person; open questions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import questions
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


def open_questions(session: Session, stage: Stage) -> list[Obstacle]:
    """What was asked about its decisions and has no answer, and what it promised to decide anew and did not."""
    waiting, _ = questions.count_open(session, stage.id)
    unkept = questions.count_unkept(session, stage)
    found = []
    if waiting:
        text = Tn(
            "{count} question about a decision has no answer yet.",
            "{count} questions about decisions have no answer yet.",
            waiting,
        )
        found.append(Obstacle(text, f"/office/answers/{stage.slug}/questions"))
    if unkept:
        text = Tn(
            "Somebody was told that {count} decision will be taken anew, and it was not.",
            "People were told that {count} decisions will be taken anew, and they were not.",
            unkept,
        )
        found.append(Obstacle(text, f"/office/answers/{stage.slug}/questions?kind=all"))
    return found
