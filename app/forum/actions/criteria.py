"""Criteria are written as a draft, adopted in a session with a quorum, and frozen from then on under their hash."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import delete, select

from app.forum.actions.meeting import require_quorum
from app.forum.models import CriteriaSet, Criterion, ForumSession, ScaleLevel
from app.forum.queries import criteria as queries
from app.forum.queries import records, seats
from app.forum.records import Motion
from app.forum.rules import scoring
from app.forum.rules.motions import Matter
from app.forum.rules.scoring import CRITERIA, CriterionText, SetState, TieRule
from app.kit import ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process import queries as processes
from app.process.kinds import INTAKE, StageKind
from app.process.models import Process, Stage
from app.work import Work

KEY = re.compile(r"^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$")


@dataclass(frozen=True)
class Thresholds:
    """What a proposal has to reach, how many sheets are enough, how many may go on, and who comes first of equals."""

    pass_total: Decimal = Decimal(60)
    knockout_share: Fraction = Fraction(2, 3)
    quorum_min: int = 1
    quorum_share: Fraction = Fraction(1, 2)
    capacity: int | None = None
    tie_rule: TieRule = TieRule.HEAVIEST


def begin_set(work: Work, process: Process, stage: Stage, source: CriteriaSet | None = None) -> CriteriaSet:
    """Begin a new version of a stage's criteria: from another set, else from the last one where there is one.

    Office only. Another process's set is copied, never shared: what is changed here changes nothing there.
    """
    work.require(Permission.WRITE_CRITERIA, process.id)
    seats.forum_for(work.session, stage)
    if stage.kind is not StageKind.FILTER:
        raise Conflict(T("Only a filter has criteria."))
    if queries.in_state(work.session, stage.id, SetState.DRAFT):
        raise Conflict(T("There is already a draft of these criteria."))
    earlier = source or queries.adopted(work.session, stage.id)
    made = CriteriaSet(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        version=queries.last_version(work.session, stage.id) + 1,
        state=CRITERIA.after(None, "draft"),
        tie_rule=TieRule.HEAVIEST,
    )
    work.session.add(made)
    work.session.flush()
    if earlier is not None:
        _copy(work, earlier, made)
    copied = source.content_hash if source else ""
    work.record("criteria.drafted", made.subject, stage=stage.slug, version=made.version, copied=copied)
    work.session.flush()
    return made


def _copy(work: Work, earlier: CriteriaSet, made: CriteriaSet) -> None:
    for name in ("pass_total", "knockout_share", "quorum_min", "quorum_share", "capacity", "tie_rule"):
        setattr(made, name, getattr(earlier, name))
    for position, text in enumerate(queries.as_texts(queries.criteria_of(work.session, earlier.id)), start=1):
        _store(work, made, text, position)


def add_criterion(work: Work, process: Process, draft: CriteriaSet, text: CriterionText) -> Criterion:
    """Add a criterion to a draft with its worded levels. Office only."""
    work.require(Permission.WRITE_CRITERIA, process.id)
    _require_draft(draft)
    faults = _faults(text)
    rows = queries.criteria_of(work.session, draft.id)
    if any(row.criterion.key == text.key for row in rows):
        faults["key"] = T("There is already a criterion of this short name.")
    if faults:
        raise Invalid(**faults)
    position = max((row.criterion.position for row in rows), default=0) + 1
    criterion = _store(work, draft, text, position)
    work.record("criteria.criterion_added", draft.subject, key=text.key, weight=queries.said(text.weight))
    work.session.flush()
    return criterion


def _faults(text: CriterionText) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if not KEY.match(text.key):
        faults["key"] = T("Use small letters, digits and hyphens, for example plan-2027.")
    if not text.title_es.strip():
        faults["title_es"] = T("Write its title.")
    if text.weight < 0:
        faults["weight"] = T("A weight cannot be negative.")
    if not 2 <= len(text.levels) <= scoring.MOST_LEVELS:
        faults["levels"] = T("Write two to eleven levels, one a line.")
    elif len({level.value for level in text.levels}) != len(text.levels):
        faults["levels"] = T("Two levels have the same value.")
    if text.reason_rule is scoring.ReasonRule.AT_OR_BELOW and text.reason_level is None:
        faults["reason_level"] = T("Write at which level a reason is owed.")
    return faults


def _store(work: Work, draft: CriteriaSet, text: CriterionText, position: int) -> Criterion:
    names = (
        *("key", "kind", "title_es", "title_en", "help_es", "help_en", "weight", "required"),
        *("reason_rule", "reason_level", "reason_min_chars", "min_mean"),
    )
    given = {name: getattr(text, name) for name in names}
    criterion = Criterion(id=ids.new_id(), set_id=draft.id, position=position, **given)
    work.session.add(criterion)
    for level in text.levels:
        row = ScaleLevel(criterion_id=criterion.id, value=level.value, label_es=level.label_es)
        row.label_en, row.anchor_es, row.anchor_en = level.label_en, level.anchor_es, level.anchor_en
        work.session.add(row)
    return criterion


def change_criterion(work: Work, process: Process, draft: CriteriaSet, key: str, text: CriterionText) -> Criterion:
    """Write a criterion of a draft anew, in its place in the order. Office only."""
    work.require(Permission.WRITE_CRITERIA, process.id)
    _require_draft(draft)
    earlier = _named(work, draft, key)
    faults = _faults(text)
    if text.key != key and any(row.criterion.key == text.key for row in queries.criteria_of(work.session, draft.id)):
        faults["key"] = T("There is already a criterion of this short name.")
    if faults:
        raise Invalid(**faults)
    position = earlier.position
    _take_out(work, earlier)
    criterion = _store(work, draft, text, position)
    work.record("criteria.criterion_changed", draft.subject, key=text.key, weight=queries.said(text.weight))
    work.session.flush()
    return criterion


def move_up(work: Work, process: Process, draft: CriteriaSet, key: str) -> None:
    """Let a criterion of a draft change places with the one before it; the first stays. Office only."""
    work.require(Permission.WRITE_CRITERIA, process.id)
    _require_draft(draft)
    rows = [row.criterion for row in queries.criteria_of(work.session, draft.id)]
    at = rows.index(_named(work, draft, key))
    if at == 0:
        return
    rows[at].position, rows[at - 1].position = rows[at - 1].position, rows[at].position
    work.record("criteria.criterion_moved", draft.subject, key=key)
    work.session.flush()


def _named(work: Work, draft: CriteriaSet, key: str) -> Criterion:
    wanted = (Criterion.set_id == draft.id, Criterion.key == key)
    criterion = work.session.scalars(select(Criterion).where(*wanted)).one_or_none()
    if criterion is None:
        raise Invalid(key=T("There is no criterion of this short name."))
    return criterion


def _take_out(work: Work, criterion: Criterion) -> None:
    work.session.execute(delete(ScaleLevel).where(ScaleLevel.criterion_id == criterion.id))
    work.session.delete(criterion)
    work.session.flush()


def remove_criterion(work: Work, process: Process, draft: CriteriaSet, key: str) -> None:
    """Take a criterion out of a draft. Office only."""
    work.require(Permission.WRITE_CRITERIA, process.id)
    _require_draft(draft)
    _take_out(work, _named(work, draft, key))
    work.record("criteria.criterion_removed", draft.subject, key=key)
    work.session.flush()


def set_thresholds(work: Work, process: Process, draft: CriteriaSet, wish: Thresholds) -> None:
    """Set what a proposal has to reach. Office only, while it is a draft."""
    work.require(Permission.WRITE_CRITERIA, process.id)
    _require_draft(draft)
    faults: dict[str, Text] = {}
    if not 0 <= wish.pass_total <= 100:
        faults["pass_total"] = T("Write a number from 0 to 100.")
    if wish.quorum_min < 1:
        faults["quorum_min"] = T("Write how many sheets are needed at least: 1 or more.")
    if wish.capacity is not None and wish.capacity < 1:
        faults["capacity"] = T("Write how many may go on, or leave it empty.")
    if faults:
        raise Invalid(**faults)
    for name in Thresholds.__dataclass_fields__:
        setattr(draft, name, getattr(wish, name))
    work.record(
        "criteria.thresholds_set",
        draft.subject,
        pass_total=queries.said(wish.pass_total),
        quorum_share=str(wish.quorum_share),
        capacity=wish.capacity,
    )


def adopt(work: Work, process: Process, draft: CriteriaSet, meeting: ForumSession) -> CriteriaSet:
    """Adopt a draft in a session that holds a quorum; from now on nothing in it changes. Office or chair.

    Refused until the session has carried a motion on the criteria as they stand: by consensus, or with two thirds of
    the votes. Whatever was changed since needs another motion.
    Adopted after the intake has opened it says so in public: proposals were written before the criteria were known.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    after = CRITERIA.after(draft.state, "adopt")
    quorum = require_quorum(work, meeting)
    rows = queries.criteria_of(work.session, draft.id)
    fault = scoring.faults_to_adopt(queries.as_texts(rows))
    if fault:
        raise Conflict(fault)
    content = scoring.content_hash(queries.content_of(draft, rows))
    motion = _carried_motion(work, meeting, content)
    draft.state, draft.adopted_at, draft.adopted_session_id = after, work.now, meeting.id
    draft.content_hash = content
    draft.adopted_late = _intake_has_opened(work, process.id, work.now)
    work.record(
        "criteria.adopted",
        draft.subject,
        because=f"session:{meeting.number}",
        motion=motion.number,
        version=draft.version,
        content_hash=draft.content_hash,
        after_intake_opened=draft.adopted_late,
        present=quorum.present,
        voting_seats=quorum.seats,
    )
    work.session.flush()
    return draft


def _carried_motion(work: Work, meeting: ForumSession, content: str) -> Motion:
    """The motion by which the session carried the criteria of this hash; another text of them was not voted on."""
    carried = records.carried_on(work.session, meeting.id, Matter.CRITERIA)
    if not carried:
        raise Conflict(
            T(
                "The forum adopts criteria by consensus, or with two thirds of the votes. Put a motion on the criteria "
                "in session {n} and write down how it ended. Then they can be adopted.",
                n=meeting.number,
            )
        )
    motion = next((one for one in carried if content in one.drafts), None)
    if motion is None:
        raise Conflict(
            T(
                "The criteria changed after session {n} carried them. Put a motion on them as they are.",
                n=meeting.number,
            )
        )
    return motion


def _intake_has_opened(work: Work, process_id: uuid.UUID, now: datetime) -> bool:
    stages = processes.stages_of(work.session, process_id)
    return any(stage.kind in INTAKE and stage.opens_at is not None and stage.opens_at <= now for stage in stages)


def _require_draft(draft: CriteriaSet) -> None:
    if draft.state is not SetState.DRAFT:
        raise WrongState(
            T("These criteria were adopted and no longer change. Begin a new version."), draft.state.value, []
        )
