"""What keeps the stage of the draft from being concluded: comments that nobody read or no public answer covers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.commitments.queries import comments as queries
from app.kit.i18n import Tn
from app.process.actions import Obstacle
from app.process.kinds import StageKind
from app.process.models import Stage

NAMED = 5


def unanswered_comments(session: Session, stage: Stage) -> list[Obstacle]:
    """The comments of a stage that wait to be read, and those that are public and not answered."""
    if stage.kind is not StageKind.DRAFT_COMMENT:
        return []
    found = []
    waiting = queries.count(session, stage.id, queries.IS_WAITING)
    if waiting:
        told = Tn("{count} comment waits to be read.", "{count} comments wait to be read.", waiting)
        found.append(Obstacle(told, "/office/draft"))
    unanswered = queries.count(session, stage.id, queries.IS_UNANSWERED)
    if unanswered:
        first = queries.comments(session, stage.id, queries.IS_UNANSWERED, limit=NAMED)
        told = Tn(
            "{count} comment has no published answer: {which}.",
            "{count} comments have no published answer, the first of them: {which}.",
            unanswered,
            which=", ".join(said.comment.folio for said in first),
        )
        found.append(Obstacle(told, "/office/draft"))
    return found
