"""Whose letters somebody may release or hold back: the office's all, the chair's only what the forum decided."""

from __future__ import annotations

from app.decisions.actions import body_for
from app.decisions.rules import BodyKind
from app.kit.errors import NotAllowed
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.kinds import DECIDING
from app.process.models import Process, Stage
from app.work import Work


def for_its_own_decisions(work: Work, process: Process, stage: Stage | None) -> None:
    """Refused to a chair for what another body decided, and for all stages together."""
    if work.actor.may(Permission.DRAFT_ANSWERS, process.id):
        return
    work.require(Permission.APPROVE_ANSWERS, process.id)
    is_own = stage is not None and stage.kind in DECIDING and body_for(work, process, stage).kind is BodyKind.FORUM
    if not is_own:
        raise NotAllowed(T("A forum approves only the answers about its own decisions."))
