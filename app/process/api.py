"""Processes by program: what there is, what is open, opening one, dating its stages.

How many proposals, meetings or commitments a process has is known to the slices above; each puts its count into
COUNTS, which `main` fills.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.people.rules import Permission
from app.process import actions, doors, queries
from app.process.actions import OpenProcess, SetStage
from app.process.models import Process, Stage
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()
COUNTS: dict[str, Callable[[Session, uuid.UUID], int]] = {}
"""Name of a count → what counts it in one process; a count that nobody fills is 0."""

COUNTED = (
    "proposals_received",
    "proposals_selected",
    "themes",
    "prioritisation_tables",
    "attendances",
    "technical_tables",
    "commitments",
    "awareness_sessions",
    "forum_sessions",
)
MOST = 100


class StageLine(BaseModel):
    """One stage and where the clock stands with it."""

    slug: str
    kind: str
    opens_at: str | None
    closes_at: str | None
    status: str


class ProcessInFull(BaseModel):
    """One process with its stages and counts."""

    slug: str
    name: str
    timezone: str
    stages: list[StageLine]
    counts: dict[str, int]


class ProcessPage(BaseModel):
    """Processes, newest first."""

    items: list[ProcessInFull]
    next: str | None
    total: int
    total_is_capped: bool


class NewProcess(BaseModel):
    """What a process is opened with."""

    model_config = ConfigDict(extra="forbid")

    slug: str
    name: str
    timezone: str
    template: str
    language: str = "es"


class StageWish(BaseModel):
    """The window and settings of a stage; `reason` is needed once it has opened, `version` is the one that was seen."""

    model_config = ConfigDict(extra="forbid")

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""
    version: int | None = None


@router.read("/api/v1/processes", may=PUBLIC, kept=True, response_model=ProcessPage)
def listing(view: View) -> Response:
    """The listed processes."""
    items = [_in_full(view, process) for process in queries.listed(view.session, MOST)]
    return _answer(ProcessPage(items=items, next=None, total=len(items), total_is_capped=False))


@router.read("/api/v1/processes/{slug}", may=PUBLIC, kept=True, response_model=ProcessInFull)
def process(view: View, slug: str) -> Response:
    """One process: its stages, their windows, and what it counts so far."""
    return _answer(_in_full(view, doors.found(view, slug)))


def _in_full(view: View, process: Process) -> ProcessInFull:
    counts = {name: COUNTS[name](view.session, process.id) if name in COUNTS else 0 for name in COUNTED}
    return ProcessInFull(
        slug=process.slug,
        name=process.name(view.language),
        timezone=process.timezone,
        stages=[_line(stage, view.now) for stage in queries.stages_of(view.session, process.id)],
        counts=counts,
    )


def _line(stage: Stage, now: datetime) -> StageLine:
    return StageLine(
        slug=stage.slug,
        kind=stage.kind.value,
        opens_at=_iso(stage.opens_at),
        closes_at=_iso(stage.closes_at),
        status="concluded" if stage.concluded_at else stage.window.status(now).value,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _answer(body: BaseModel, status: int = 200) -> Response:
    content = orjson.dumps(body.model_dump(mode="json"))
    return Response(content, status_code=status, media_type="application/json", headers=PRIVATE)


@router.write("POST", "/api/v1/processes", may=Permission.OPEN_PROCESS, response_model=ProcessInFull, status_code=201)
def open_process(view: View, sent: NewProcess) -> Response:
    """Open a process from a template. Admins."""
    wish = OpenProcess(
        slug=sent.slug, name_es=sent.name, timezone=sent.timezone, template=sent.template, language=sent.language
    )
    return _answer(_in_full(view, actions.open_process(view.work, wish)), 201)


@router.write("PUT", "/api/v1/processes/{slug}/stages/{stage}", may=Permission.EDIT_PROCESS, response_model=StageLine)
def set_stage(view: View, slug: str, stage: str, sent: StageWish) -> Response:
    """Set a stage's window and settings; what is not sent of the settings stays. Office."""
    found = queries.by_slug(view.session, slug)
    view.work.require(Permission.EDIT_PROCESS, found.id)
    row = queries.stage_named(view.session, found.id, stage)
    wish = SetStage(
        opens_at=sent.opens_at,
        closes_at=sent.closes_at,
        settings=dict(row.settings) | sent.settings,
        name_es=row.name_es,
        name_en=row.name_en,
        reason=sent.reason,
        version=sent.version,
    )
    return _answer(_line(actions.set_stage(view.work, found, row, wish), view.now))
