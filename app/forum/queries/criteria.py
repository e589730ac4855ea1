"""The criteria of a filter: the draft being written, the set adopted, and how they are read by rules and people."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.forum.models import CriteriaSet, Criterion, ScaleLevel
from app.forum.rules.body import lateness
from app.forum.rules.scoring import CriterionText, Level, SetState, content_hash
from app.kit.errors import NotFound
from app.kit.i18n import Text
from app.process import queries as processes
from app.process.kinds import INTAKE
from app.process.models import Process

MOST_TO_COPY = 30


@dataclass(frozen=True)
class CriterionRow:
    """One criterion with its levels, lowest first."""

    criterion: Criterion
    levels: list[ScaleLevel]


def sets_of(session: Session, stage_id: uuid.UUID) -> list[CriteriaSet]:
    """Every version of the criteria of a stage, newest first."""
    wanted = select(CriteriaSet).where(CriteriaSet.stage_id == stage_id)
    return list(session.scalars(wanted.order_by(CriteriaSet.version.desc())))


def in_state(session: Session, stage_id: uuid.UUID, state: SetState) -> CriteriaSet | None:
    """The newest set of a stage that is a draft, or adopted."""
    return next((found for found in sets_of(session, stage_id) if found.state is state), None)


def adopted(session: Session, stage_id: uuid.UUID) -> CriteriaSet | None:
    """The set in force at a stage."""
    return in_state(session, stage_id, SetState.ADOPTED)


def set_by_id(session: Session, process_id: uuid.UUID, set_id: uuid.UUID) -> CriteriaSet:
    """The set with this key, in this process."""
    found = session.get(CriteriaSet, set_id)
    if found is None or found.process_id != process_id:
        raise NotFound
    return found


def of_other_processes(session: Session, process_id: uuid.UUID) -> list[tuple[CriteriaSet, Process]]:
    """The criteria that forums of other public processes adopted, the newest first: what a new draft may begin from."""
    rows = session.execute(
        select(CriteriaSet, Process)
        .join(Process, Process.id == CriteriaSet.process_id)
        .where(CriteriaSet.process_id != process_id, CriteriaSet.adopted_at.is_not(None), Process.is_listed)
        .order_by(CriteriaSet.adopted_at.desc())
        .limit(MOST_TO_COPY)
    )
    return [(row[0], row[1]) for row in rows]


def to_copy(session: Session, set_id: uuid.UUID) -> CriteriaSet:
    """An adopted set of a public process, by key."""
    wanted = (CriteriaSet.id == set_id, CriteriaSet.adopted_at.is_not(None), Process.is_listed)
    statement = select(CriteriaSet).join(Process, Process.id == CriteriaSet.process_id).where(*wanted)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def lateness_of(session: Session, process: Process, found: CriteriaSet) -> Text | None:
    """How late criteria came, against the last day on which proposals came in; nothing where they were in time."""
    if found.adopted_at is None or not found.adopted_late:
        return None
    intake = [stage for stage in processes.stages_of(session, process.id) if stage.kind in INTAKE]
    ends = [stage.closes_at for stage in intake if stage.closes_at is not None]
    last = (max(ends) - timedelta(microseconds=1)).astimezone(process.zone).date() if ends else None
    return lateness(found.adopted_at.astimezone(process.zone).date(), last)


def last_version(session: Session, stage_id: uuid.UUID) -> int:
    """The number of the last version at a stage, or 0."""
    return session.scalar(select(func.max(CriteriaSet.version)).where(CriteriaSet.stage_id == stage_id)) or 0


def criteria_of(session: Session, set_id: uuid.UUID) -> list[CriterionRow]:
    """The criteria of a set in their order, with their levels."""
    found = session.scalars(select(Criterion).where(Criterion.set_id == set_id).order_by(Criterion.position)).all()
    levels: dict[uuid.UUID, list[ScaleLevel]] = defaultdict(list)
    statement = (
        select(ScaleLevel)
        .join(Criterion, Criterion.id == ScaleLevel.criterion_id)
        .where(Criterion.set_id == set_id)
        .order_by(ScaleLevel.value)
    )
    for level in session.scalars(statement):
        levels[level.criterion_id].append(level)
    return [CriterionRow(criterion, levels[criterion.id]) for criterion in found]


def as_texts(rows: list[CriterionRow]) -> list[CriterionText]:
    """The criteria as the rules read them."""
    return [_as_text(row.criterion, row.levels) for row in rows]


def _as_text(row: Criterion, levels: list[ScaleLevel]) -> CriterionText:
    return CriterionText(
        key=row.key,
        title_es=row.title_es,
        title_en=row.title_en,
        help_es=row.help_es,
        help_en=row.help_en,
        kind=row.kind,
        weight=row.weight,
        required=row.required,
        reason_rule=row.reason_rule,
        reason_level=row.reason_level,
        reason_min_chars=row.reason_min_chars,
        min_mean=row.min_mean,
        levels=tuple(
            Level(level.value, level.label_es, level.label_en, level.anchor_es, level.anchor_en) for level in levels
        ),
    )


def hashes_of_drafts(session: Session, stage_ids: Collection[uuid.UUID]) -> list[str]:
    """The hashes of the criteria of these stages that are drafts, as they stand now."""
    wanted = select(CriteriaSet).where(CriteriaSet.stage_id.in_(stage_ids), CriteriaSet.state == SetState.DRAFT)
    return [content_hash(content_of(one, criteria_of(session, one.id))) for one in session.scalars(wanted)]


def content_of(found: CriteriaSet, rows: list[CriterionRow]) -> dict[str, Any]:
    """Everything that is adopted, exact numbers as text: what the hash is taken over and the API shows."""
    return {
        "version": found.version,
        "pass_total": said(found.pass_total),
        "knockout_share": str(found.knockout_share),
        "quorum_min": found.quorum_min,
        "quorum_share": str(found.quorum_share),
        "capacity": found.capacity,
        "tie_rule": found.tie_rule.value,
        "criteria": [_content_of(text) for text in as_texts(rows)],
    }


def _content_of(text: CriterionText) -> dict[str, Any]:
    names = ("key", "title_es", "title_en", "help_es", "help_en", "required", "reason_min_chars")
    return {
        **{name: getattr(text, name) for name in names},
        "kind": text.kind.value,
        "weight": said(text.weight),
        "reason_rule": text.reason_rule.value,
        "reason_level": said(text.reason_level),
        "min_mean": said(text.min_mean),
        "levels": [
            {
                "value": said(level.value),
                "label_es": level.label_es,
                "label_en": level.label_en,
                "anchor_es": level.anchor_es,
                "anchor_en": level.anchor_en,
            }
            for level in text.levels
        ],
    }


def said(number: Any) -> str | None:
    """An exact number as text without needless zeros."""
    if number is None:
        return None
    text = f"{number:.3f}"
    return text.rstrip("0").rstrip(".")
