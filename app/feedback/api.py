"""What is owed and approved, by program."""

from __future__ import annotations

import uuid
from dataclasses import asdict

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.feedback import actions, queries, questions
from app.people.rules import Permission
from app.process import queries as processes
from app.web.edge import Router
from app.web.view import PRIVATE, View

router = Router()


class StageFigures(BaseModel):
    """How many answers of one stage stand where, each apart."""

    owed: int
    drafted: int
    approved: int
    accepted: int
    delivered: int
    bounced: int
    unknown: int
    settled: int


class QuestionFigures(BaseModel):
    """How many asked about decisions of one stage, and what they were answered."""

    asked: int
    answered: int
    waiting: int
    anew: int
    median_days: float | None


class NewApproval(BaseModel):
    """Which drafts of a stage are approved; without `letters` the next hundred that nothing blocks."""

    model_config = ConfigDict(extra="forbid")

    stage: str
    letters: list[uuid.UUID] | None = None


class ApprovedLetters(BaseModel):
    """What goes out, what is to be handed over, and the folios left out because something blocks them."""

    posted: int
    by_hand: int
    left_out: list[str]


@router.read(
    "/api/v1/processes/{slug}/feedback", may=Permission.APPROVE_ANSWERS, response_model=dict[str, StageFigures]
)
def figures(view: View, slug: str) -> Response:
    """The figures of every stage that ever owed an answer. Office."""
    process = processes.by_slug(view.session, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    stages = queries.stages_with_duties(view.session, process.id)
    body = {stage.slug: queries.figures(view.session, stage.id).outward() for stage in stages}
    return Response(orjson.dumps(body), media_type="application/json", headers=PRIVATE)


@router.read(
    "/api/v1/processes/{slug}/feedback/questions",
    may=Permission.APPROVE_ANSWERS,
    response_model=dict[str, QuestionFigures],
)
def asked(view: View, slug: str) -> Response:
    """What was asked about the decisions of every stage that ever owed an answer: counts only. Office."""
    process = processes.by_slug(view.session, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    found = {
        stage.slug: questions.figures(view.session, stage.id)
        for stage in queries.stages_with_duties(view.session, process.id)
    }
    body = {slug: asdict(one) | {"waiting": one.waiting} for slug, one in found.items()}
    return Response(orjson.dumps(body), media_type="application/json", headers=PRIVATE)


@router.write(
    "POST",
    "/api/v1/processes/{slug}/feedback/approval",
    may=Permission.APPROVE_ANSWERS,
    response_model=ApprovedLetters,
)
def approve(view: View, slug: str, sent: NewApproval) -> Response:
    """Approve letters as a second person."""
    process = processes.by_slug(view.session, slug)
    view.work.require(Permission.APPROVE_ANSWERS, process.id)
    stage = processes.stage_named(view.session, process.id, sent.stage)
    done = actions.approve(view.work, process, stage, sent.letters)
    body = ApprovedLetters(posted=done.posted, by_hand=done.by_hand, left_out=done.left_out)
    return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)
