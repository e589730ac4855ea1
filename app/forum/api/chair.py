"""What the chair and the office record for a round by program, and what members wrote, once it is closed."""

from __future__ import annotations

from pydantic import BaseModel, Field
from starlette.responses import Response

from app.forum import actions
from app.forum.api.forum import BASE, Body, RecusalShown, answer
from app.forum.doors import closed_round, forum_at, stage_at
from app.forum.queries import seats
from app.forum.queries.aside import require_not_aside
from app.forum.queries.reasons import written
from app.forum.rules.scoring import RecusalKind
from app.people.rules import Permission
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import View

router = Router()


class RecordedRecusalBody(Body):
    """Which seat stands aside at which stage, and why."""

    stage: str = Field(max_length=60)
    seat: int
    kind: RecusalKind
    note: str = Field(default="", max_length=1000)


class CriterionReasonsShown(BaseModel):
    """What was written under one criterion."""

    key: str
    reasons: list[str]


class ReasonsShown(BaseModel):
    """What members wrote about one proposal, by criterion and in the order of the alphabet."""

    items: list[CriterionReasonsShown]


@router.write(
    "POST",
    f"{BASE}/proposals/{{folio}}/recusals",
    may=Permission.RECORD_SESSION,
    response_model=RecusalShown,
)
def record_recusal(view: View, slug: str, folio: str, body: RecordedRecusalBody) -> Response:
    """Write down that a seat stands aside, as said in a session or found later; its sheet counts no more."""
    process, forum = forum_at(view, slug)
    stage, seat = stage_at(view, process, body.stage), seats.seat_numbered(view.session, forum.id, body.seat)
    proposal = proposals.by_folio(view.session, process.id, folio)
    actions.record_recusal(view.work, process, stage.id, proposal, (seat, body.kind.value, body.note))
    return answer(RecusalShown(folio=proposal.folio, seat=seat.number, kind=body.kind.value), 201)


@router.read(f"{BASE}/proposals/{{folio}}/score-reasons", may=Permission.SEE_FORUM, response_model=ReasonsShown)
def reasons(view: View, slug: str, folio: str, stage: str = "") -> Response:
    """What members wrote, without names: for the forum and the office, and not for who stands aside."""
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    found = closed_round(view, process, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    require_not_aside(view.session, found.stage_id, proposal, view.actor.person_id)
    told = written(view.session, found, [proposal.folio], view.now).get(proposal.folio, [])
    return answer(
        ReasonsShown(items=[CriterionReasonsShown(key=row.criterion.key, reasons=list(row.texts)) for row in told])
    )
