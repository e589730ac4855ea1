"""What is owed and approved, by program."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from enum import StrEnum

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.feedback import actions, letter_texts, queries, questions
from app.kit.errors import Invalid
from app.kit.i18n import T
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


class TextInForce(BaseModel):
    """What the office says comes next after one outcome of a stage, in one language; its own version number."""

    stage: str
    outcome: str
    language: str
    version: int
    body: str


class NewApproval(BaseModel):
    """Which drafts of a stage are approved; without `letters` the next hundred that nothing blocks."""

    model_config = ConfigDict(extra="forbid")

    stage: str
    letters: list[uuid.UUID] | None = None


class ApprovedLetters(BaseModel):
    """What goes out, what is to be handed over, and the folios left out because something blocks them.

    `waiting` is how many of those that go out wait until somebody has looked at the first.
    """

    posted: int
    by_hand: int
    left_out: list[str]
    waiting: int


class HeldBack(StrEnum):
    """What is done with letters that have not left."""

    PAUSE = "pause"
    GO_ON = "go_on"
    STOP = "stop"
    LOOKED_AT = "looked_at"


class NewHold(BaseModel):
    """Pause, go on or stop, for one stage or without it for the process, with why; or the first letters looked at."""

    model_config = ConfigDict(extra="forbid")

    act: HeldBack
    stage: str | None = None
    reason: str = ""


class HeldLetters(BaseModel):
    """How many letters were taken back (stop) or left (looked at)."""

    letters: int


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


@router.read("/api/v1/processes/{slug}/feedback/texts", may=Permission.DRAFT_ANSWERS, response_model=list[TextInForce])
def texts(view: View, slug: str) -> Response:
    """The texts of the office in force. Without one, or if it is empty, the program's words stand. Office."""
    process = processes.by_slug(view.session, slug)
    view.require(Permission.DRAFT_ANSWERS, process.id)
    body = [
        {"stage": stage, "outcome": row.outcome, "language": row.language, "version": row.version, "body": row.body}
        for stage, row in letter_texts.of_process(view.session, process.id)
    ]
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
    body = ApprovedLetters(posted=done.posted, by_hand=done.by_hand, left_out=done.left_out, waiting=done.waiting)
    return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)


@router.write(
    "POST", "/api/v1/processes/{slug}/feedback/sending", may=Permission.APPROVE_ANSWERS, response_model=HeldLetters
)
def hold(view: View, slug: str, sent: NewHold) -> Response:
    """Hold back letters, let them go on, take them back, or let the others leave once the first were looked at."""
    process = processes.by_slug(view.session, slug)
    view.work.require(Permission.APPROVE_ANSWERS, process.id)
    stage = processes.stage_named(view.session, process.id, sent.stage) if sent.stage is not None else None
    letters = 0
    if sent.act is HeldBack.PAUSE:
        actions.pause(view.work, process, stage, sent.reason)
    elif sent.act is HeldBack.GO_ON:
        actions.go_on(view.work, process, stage, sent.reason)
    elif sent.act is HeldBack.STOP:
        letters = actions.stop(view.work, process, stage, sent.reason)
    elif stage is None:
        raise Invalid(stage=T("Name the stage."))
    else:
        letters = actions.let_rest_go(view.work, process, stage)
    return Response(HeldLetters(letters=letters).model_dump_json(), media_type="application/json", headers=PRIVATE)
