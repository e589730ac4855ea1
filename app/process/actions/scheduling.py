"""Setting windows and moving them: before a window is public freely, afterwards only with a public reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kit.errors import Conflict, Invalid, NotNow, Stale
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.kinds import settings_of
from app.process.models import Process, PublicAct, PublicActKind, Stage
from app.process.rules import WindowStatus, check_window
from app.trail.rules import instant
from app.work import Work

SHORTEST_REASON = 10


@dataclass(frozen=True)
class SetStage:
    """The wished window, names and settings of a stage; `version` is the one the person saw."""

    opens_at: datetime | None
    closes_at: datetime | None
    settings: dict[str, Any] = field(default_factory=dict)
    name_es: str = ""
    name_en: str = ""
    reason: str = ""
    version: int | None = None


def set_stage(work: Work, process: Process, stage: Stage, wish: SetStage) -> Stage:
    """Set a stage's window and settings. Office only.

    A window that has opened is moved only with a public reason, and a method or body is not changed once the stage
    has opened: people relied on it. With the first date the process becomes public.
    """
    work.require(Permission.EDIT_PROCESS, process.id)
    if wish.version is not None and wish.version != stage.version:
        raise Stale
    check_window(wish.opens_at, wish.closes_at)
    settings = settings_of(stage.kind, wish.settings).model_dump(mode="json")
    begun = stage.window.status(work.now) is not WindowStatus.SCHEDULED
    moved = (wish.opens_at, wish.closes_at) != (stage.opens_at, stage.closes_at)
    if begun and settings != settings_of(stage.kind, stage.settings).model_dump(mode="json"):
        raise Conflict(T("This stage has begun: its settings no longer change."))
    if begun and moved:
        _tell(work, stage, PublicActKind.MOVED, wish.reason, _dates(wish.opens_at, wish.closes_at))
    stage.opens_at, stage.closes_at, stage.settings = wish.opens_at, wish.closes_at, settings
    stage.name_es, stage.name_en = wish.name_es.strip(), wish.name_en.strip()
    if stage.opens_at and not process.is_listed:
        process.is_listed = True
    work.record("stage.set", stage.subject, **_dates(stage.opens_at, stage.closes_at), settings=settings)
    return stage


def extend(work: Work, process: Process, stage: Stage, closes_at: datetime, reason: str) -> None:
    """Let a window close later than announced; a closed one reopens for everybody. Office only, with a reason."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if stage.closes_at is None or closes_at <= stage.closes_at:
        raise Invalid(closes_at=T("The new end must come after the present one."))
    if stage.concluded_at:
        raise Conflict(T("This stage is concluded and no longer changes."))
    after = _dates(stage.opens_at, closes_at)
    _tell(work, stage, PublicActKind.EXTENDED, reason, after)
    work.record(
        "stage.extended", stage.subject, reason=reason.strip(), before=_iso(stage.closes_at), after=_iso(closes_at)
    )
    stage.closes_at = closes_at


def pause(work: Work, process: Process, reason: str) -> None:
    """Stop a whole process for a while: nothing is received or decided until it is resumed. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if process.paused_at or process.ended_at:
        raise Conflict(T("The process is not running."))
    _tell(work, process, PublicActKind.PAUSED, reason, {})
    process.paused_at = work.now
    work.record("process.paused", process.subject, reason=reason.strip())


def resume(work: Work, process: Process, reason: str) -> None:
    """Let a paused process go on. Office only, with a public reason."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if not process.paused_at or process.ended_at:
        raise Conflict(T("The process is not paused."))
    _tell(work, process, PublicActKind.RESUMED, reason, {})
    process.paused_at = None
    work.record("process.resumed", process.subject, reason=reason.strip())


def end(work: Work, process: Process, reason: str) -> None:
    """End a process before its way is done; everything published stays. Office only, with a public reason."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if process.ended_at:
        raise Conflict(T("The process has already ended."))
    _tell(work, process, PublicActKind.ENDED, reason, {})
    process.ended_at = work.now
    work.record("process.ended", process.subject, reason=reason.strip())


def require_open(process: Process, stage: Stage | None, now: datetime) -> Stage:
    """Refuse what needs this stage's window open while it is not, or while the process is paused or ended."""
    if process.ended_at:
        raise NotNow(T("This process has ended."))
    if process.paused_at:
        raise NotNow(T("This process is paused. Its page says why and until when."))
    if stage is None:
        raise NotNow(T("This process receives no proposals."))
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    stage.window.require_open(now)
    return stage


def _tell(work: Work, about: Process | Stage, kind: PublicActKind, reason: str, after: dict[str, Any]) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(reason=T("Write the reason that the public will read, in at least one short sentence."))
    stage = about if isinstance(about, Stage) else None
    before = _dates(stage.opens_at, stage.closes_at) if stage else {}
    work.session.add(
        PublicAct(
            process_id=about.subject.process_id,
            stage_id=stage.id if stage else None,
            kind=kind,
            reason=reason.strip(),
            before=before,
            after=after,
            at=work.now,
        )
    )


def _dates(opens_at: datetime | None, closes_at: datetime | None) -> dict[str, Any]:
    return {"opens_at": _iso(opens_at), "closes_at": _iso(closes_at)}


def _iso(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None
