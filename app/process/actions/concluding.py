"""Concluding a stage: an act of the office, refused while an answer is owed or a decision is missing.

What may stand in the way is known to the slices above; each puts its question into MAY_CONCLUDE, which `main` fills.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kit.errors import Conflict, WrongState
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process, PublicAct, PublicActKind, Stage
from app.process.rules import WindowStatus
from app.work import Work


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps a stage from being concluded, and where the office can see to it; never names a person."""

    text: Text
    where: str


MAY_CONCLUDE: list[Callable[[Session, Stage], list[Obstacle]]] = []


def obstacles(session: Session, stage: Stage) -> list[Obstacle]:
    """Everything that still stands in the way of concluding a stage."""
    return [obstacle for question in MAY_CONCLUDE for obstacle in question(session, stage)]


def conclude(work: Work, process: Process, stage: Stage, note: str = "") -> None:
    """Conclude a stage. Office only; refused while its window is open or anything is owed, naming what first."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if stage.concluded_at:
        raise WrongState(T("This stage is already concluded."), "concluded", [])
    if stage.window.status(work.now) is WindowStatus.OPEN and stage.closes_at is not None:
        raise Conflict(T("The window of this stage is still open."))
    found = obstacles(work.session, stage)
    if found:
        raise Conflict(found[0].text)
    stage.concluded_at = work.now
    work.session.add(
        PublicAct(
            process_id=process.id,
            stage_id=stage.id,
            kind=PublicActKind.CONCLUDED,
            reason=note.strip(),
            before={},
            after={},
            at=work.now,
        )
    )
    work.record("stage.concluded", stage.subject, kind=stage.kind.value)
