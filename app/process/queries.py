"""Reading processes and stages; an address that does not exist is refused in the same words as a private one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.process.kinds import INTAKE, StageKind
from app.process.models import Process, PublicAct, Stage, Territory
from app.process.rules import Window, WindowStatus, next_edge


def by_slug(session: Session, slug: str) -> Process:
    """The process at this address."""
    process = session.scalars(select(Process).where(Process.slug == slug)).one_or_none()
    if process is None:
        raise NotFound
    return process


def by_id(session: Session, process_id: uuid.UUID) -> Process:
    """The process with this key."""
    process = session.get(Process, process_id)
    if process is None:
        raise NotFound
    return process


def territory_by_id(session: Session, territory_id: uuid.UUID) -> Territory | None:
    """The place with this key."""
    return session.get(Territory, territory_id)


def territory_coded(session: Session, process_id: uuid.UUID, code: str) -> Territory | None:
    """The place of a process with this code."""
    wanted = select(Territory).where(Territory.process_id == process_id, Territory.code == code)
    return session.scalars(wanted).one_or_none()


def listed(session: Session, limit: int = 100) -> list[Process]:
    """The processes shown on the front page, newest first."""
    return list(
        session.scalars(
            select(Process).where(Process.is_listed).order_by(Process.opened_at.desc(), Process.slug).limit(limit)
        )
    )


def stages_of(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """The stages of a process in their order."""
    return list(session.scalars(select(Stage).where(Stage.process_id == process_id).order_by(Stage.position)))


def stage_named(session: Session, process_id: uuid.UUID, slug: str) -> Stage:
    """The stage of a process at this address."""
    stage = session.scalars(select(Stage).where(Stage.process_id == process_id, Stage.slug == slug)).one_or_none()
    if stage is None:
        raise NotFound
    return stage


def is_followed(session: Session, stage: Stage) -> bool:
    """Whether another stage of the process comes after this one."""
    later = select(Stage.id).where(Stage.process_id == stage.process_id, Stage.position > stage.position)
    return session.scalar(later.limit(1)) is not None


def has_plan(session: Session, process_id: uuid.UUID) -> bool:
    """Whether proposals of a process may become commitments of a plan."""
    plan = select(Stage.id).where(Stage.process_id == process_id, Stage.kind == StageKind.PLAN)
    return session.scalar(plan.limit(1)) is not None


def stage_by_id(session: Session, stage_id: uuid.UUID) -> Stage:
    """The stage with this key."""
    stage = session.get(Stage, stage_id)
    if stage is None:
        raise NotFound
    return stage


def intake_stage(session: Session, process_id: uuid.UUID, kind: StageKind, now: datetime) -> Stage | None:
    """The intake stage of a kind: the one that is open, else the next to open, else the last one."""
    stages = [stage for stage in stages_of(session, process_id) if stage.kind is kind and stage.kind in INTAKE]
    by_status = {status: [s for s in stages if s.window.status(now) is status] for status in WindowStatus}
    for status, pick in ((WindowStatus.OPEN, 0), (WindowStatus.SCHEDULED, 0), (WindowStatus.CLOSED, -1)):
        if by_status[status]:
            return by_status[status][pick]
    return None


def intake_window(process: Any, now: Any) -> tuple[Any, Any]:
    """Two subqueries: when the consultation that is open or opens next begins and ends, where nothing holds it up."""
    runs = (Process.id == process, Process.paused_at.is_(None), Process.ended_at.is_(None))
    takes_in = (Stage.kind == StageKind.PUBLIC_CONSULTATION, Stage.concluded_at.is_(None), Stage.opens_at.is_not(None))
    lasts = or_(Stage.closes_at.is_(None), Stage.closes_at > now)
    opens, closes = (
        select(column)
        .join(Process, Process.id == Stage.process_id)
        .where(*runs, *takes_in, lasts)
        .order_by(Stage.opens_at, Stage.position)
        .limit(1)
        .scalar_subquery()
        for column in (Stage.opens_at, Stage.closes_at)
    )
    return opens, closes


_PROCESSES, _STAGES = Process.__table__, Stage.__table__
_VERSIONS = select(_PROCESSES.c.version, _STAGES.c.version).where(
    _STAGES.c.id == bindparam("stage"), _PROCESSES.c.id == _STAGES.c.process_id
)


def is_as_read(session: Session, process: Process, stage: Stage) -> bool:
    """Whether nobody changed a process or its stage since they were read, outside this transaction."""
    row = session.connection().execute(_VERSIONS, {"stage": stage.id}).one_or_none()
    return row is not None and (row[0], row[1]) == (process.version, stage.version)


def territories_of(session: Session, process_id: uuid.UUID) -> list[Territory]:
    """The places of a process, in their order."""
    return list(
        session.scalars(
            select(Territory).where(Territory.process_id == process_id).order_by(Territory.position, Territory.code)
        )
    )


def acts_of(session: Session, process_id: uuid.UUID, limit: int = 50) -> Sequence[PublicAct]:
    """The public acts of a process, newest first."""
    return session.scalars(
        select(PublicAct).where(PublicAct.process_id == process_id).order_by(PublicAct.at.desc()).limit(limit)
    ).all()


def next_edge_of_all(session: Session, now: datetime) -> datetime | None:
    """When something will next change by the clock alone, in any process."""
    opening = select(func.min(Stage.opens_at)).where(Stage.opens_at > now)
    closing = select(func.min(Stage.closes_at)).where(Stage.closes_at > now)
    row = session.execute(select(opening.scalar_subquery(), closing.scalar_subquery())).one()
    return next_edge([Window(row[0], row[1])], now)
