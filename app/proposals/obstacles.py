"""What keeps an intake stage from being concluded: a proposal that nobody has let in, returned for good or refused."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.i18n import T, Text, Tn
from app.process.actions import Obstacle
from app.process.kinds import INTAKE
from app.process.models import Stage
from app.proposals.models import Proposal
from app.proposals.rules import State

NAMED = 5
WAITING: dict[State, Text] = {
    State.SUBMITTED: T("{folio} waits to be examined."),
    State.RETURNED: T("{folio} was returned and has not been sent again: it waits for its author, or to be refused."),
}


def unexamined(session: Session, stage: Stage) -> list[Obstacle]:
    """The proposals of an intake stage that are still at its door, by folio."""
    if stage.kind not in INTAKE:
        return []
    here = (Proposal.stage_id == stage.id, Proposal.state.in_(list(WAITING)))
    total = session.scalar(select(func.count()).select_from(Proposal).where(*here)) or 0
    rows = session.execute(select(Proposal.folio, Proposal.state).where(*here).order_by(Proposal.number).limit(NAMED))
    found = [Obstacle(_said(folio, state), f"/office/proposals/{folio}") for folio, state in rows]
    if total > NAMED:
        more = Tn("{count} more waits at the door.", "{count} more wait at the door.", total - NAMED)
        found.append(Obstacle(more, "/office/proposals"))
    return found


def _said(folio: str, state: State) -> Text:
    return T(WAITING[state].message, folio=folio)
