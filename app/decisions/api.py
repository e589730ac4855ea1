"""Deciding and publishing by program, through the same actions as the pages."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.decisions import actions
from app.decisions.actions import Verdict
from app.decisions.models import Decision
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import PRIVATE, View

router = Router()


class NewDecision(BaseModel):
    """What is decided about one proposal; `stage` may be left out where only one stage decides."""

    model_config = ConfigDict(extra="forbid")

    outcome: str
    reason: str
    stage: str = ""
    reason_codes: list[str] = Field(default_factory=list)
    what_next: str = ""
    override_reason: str = ""
    act_number: str = ""
    act_on: date | None = None


class TakenDecision(BaseModel):
    """A decision as it was written down; `published_at` is null until its stage is published."""

    folio: str
    stage: str
    outcome: str
    reason: str
    reason_codes: list[str]
    version: int
    text_version: int
    follows_rule: bool | None
    decided_at: datetime
    published_at: datetime | None


class WhichStage(BaseModel):
    """Whose decisions are published."""

    model_config = ConfigDict(extra="forbid")

    stage: str = ""


class Published(BaseModel):
    """What became public."""

    stage: str
    edition: int
    decisions: int
    at: datetime


def _stage(view: View, process: Process, slug: str) -> Stage:
    if slug:
        return processes.stage_named(view.session, process.id, slug)
    deciding = [s for s in processes.stages_of(view.session, process.id) if s.kind is StageKind.FILTER]
    if len(deciding) != 1:
        raise Invalid(stage=T("Say at which stage."))
    return deciding[0]


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)


@router.write(
    "PUT",
    "/api/v1/processes/{slug}/proposals/{folio}/decision",
    may=Permission.DECIDE,
    response_model=TakenDecision,
)
def decide(view: View, slug: str, folio: str, sent: NewDecision) -> Response:
    """Take a decision, unpublished; a second one supersedes the first. Office."""
    process = processes.by_slug(view.session, slug)
    stage = _stage(view, process, sent.stage)
    view.work.require(Permission.DECIDE, process.id)
    proposal = proposals.by_folio(view.session, process.id, folio)
    facts = sent.model_dump(exclude={"stage", "reason_codes"})
    verdict = Verdict(reason_codes=tuple(sent.reason_codes), **facts)
    decision: Decision = actions.decide(view.work, process, stage, proposal, verdict)
    return _answer(
        TakenDecision(
            folio=proposal.folio,
            stage=stage.slug,
            outcome=decision.outcome.value,
            reason=decision.reason,
            reason_codes=decision.reason_codes,
            version=decision.version,
            text_version=decision.text_version,
            follows_rule=decision.follows_rule,
            decided_at=decision.decided_at,
            published_at=decision.published_at,
        )
    )


@router.write(
    "POST",
    "/api/v1/processes/{slug}/decisions/publication",
    may=Permission.PUBLISH_DECISIONS,
    response_model=Published,
)
def publish(view: View, slug: str, sent: WhichStage) -> Response:
    """Publish a stage's decisions, all together. Office."""
    process = processes.by_slug(view.session, slug)
    stage = _stage(view, process, sent.stage)
    publication = actions.publish(view.work, process, stage)
    count = int(publication.counts["decisions"])
    return _answer(Published(stage=stage.slug, edition=publication.edition, decisions=count, at=publication.at))
