"""Scoring: each seat alone, blind to the others, after declaring its interests; the clock ends it without grace.

Seats that vote count; seats with a voice may hand in sheets that are shown beside the result and never in it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.forum.actions.taking_over import take_over
from app.forum.models import ConflictDeclaration, Round, ScaleLevel, Score, ScoreSheet, Seat
from app.forum.queries import criteria, rounds, seats
from app.forum.queries.aside import own_recusals
from app.forum.queries.assigned import is_given
from app.forum.queries.criteria import CriterionRow
from app.forum.rules import scoring
from app.forum.rules.scoring import SHEET, RoundState, SheetState
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, Stale, WrongState
from app.kit.i18n import Named, T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.models import Proposal
from app.trail.rules import canonical
from app.work import Work


@dataclass(frozen=True)
class Given:
    """What was filled in: by criterion the value of the level and the reason.

    `version` is that of the sheet the person saw, and None says that they saw an empty one.
    """

    levels: Mapping[str, str]
    reasons: Mapping[str, str]
    version: int | None = None
    abstain_reason: str = ""


def declare(work: Work, process: Process, found: Round, *, has_none: bool) -> ConflictDeclaration:
    """Declare one's interests for a round, once, before the first score; conflicts are then named one by one."""
    seat = own_seat(work, process, found.body_id)
    require_open(found, work.now)
    if rounds.declared(work.session, found, seat.id, work.actor.person_id):
        raise Conflict(T("You have already declared your interests for this round."))
    row = ConflictDeclaration(
        id=ids.new_id(),
        round_id=found.id,
        seat_id=seat.id,
        person_id=_person(work),
        has_none=has_none,
        signed_at=work.now,
    )
    work.session.add(row)
    work.record("interests.declared", seat.subject, because=f"round:{found.number}", has_none=has_none)
    work.session.flush()
    return row


def save_draft(work: Work, process: Process, found: Round, proposal: Proposal, given: Given) -> ScoreSheet:
    """Keep what is filled in so far; it counts for nothing and leaves no entry in the trail."""
    sheet, rows = _sheet(work, process, found, proposal, given)
    had_abstained = sheet.state is SheetState.ABSTAINED
    sheet.state = SHEET.after(sheet.state, "save")
    _fill(work, sheet, rows, given)
    if had_abstained:
        work.record("sheet.abstention_taken_back", proposal.subject, **_sealed(work, found, sheet))
    return sheet


def abstain(work: Work, process: Process, found: Round, proposal: Proposal, given: Given) -> ScoreSheet:
    """Abstain on one proposal, with a reason or without: the seat stays in the quorum's base and gives no score.

    It can be taken back until the end; levels that were filled in are kept and count for nothing.
    """
    sheet, rows = _sheet(work, process, found, proposal, given)
    if len(given.abstain_reason) > scoring.LONGEST_ABSTENTION:
        raise Invalid(abstain_reason=T("This is too long: at most {n} characters.", n=scoring.LONGEST_ABSTENTION))
    sheet.state = SHEET.after(sheet.state, "abstain")
    sheet.counts, sheet.submitted_at, sheet.abstain_reason = False, work.now, given.abstain_reason.strip()
    if given.levels:
        _fill(work, sheet, rows, given)
    else:
        _count_on(work, sheet)
    work.record("sheet.abstained", proposal.subject, **_sealed(work, found, sheet))
    return sheet


def _sealed(work: Work, found: Round, sheet: ScoreSheet) -> dict[str, Any]:
    """What makes an entry one that nobody reads before the round is closed."""
    whose = {"seat": work.session.get_one(Seat, sheet.seat_id).number}
    return {"because": found.seal, "sealed_by": found.seal, "private": whose, "round": found.number}


def submit(work: Work, process: Process, found: Round, proposal: Proposal, given: Given) -> ScoreSheet:
    """Hand a sheet in: every required criterion answered, every owed reason written; again and again until the end.

    Its entry in the trail is sealed until the round is closed. It counts if the seat votes on this day.
    """
    sheet, rows = _sheet(work, process, found, proposal, given)
    _check_whole(rows, given)
    sheet.state = SHEET.after(sheet.state, "submit")
    seat = work.session.get_one(Seat, sheet.seat_id)
    sheet.counts, sheet.submitted_at = seat.votes, work.now
    _fill(work, sheet, rows, given)
    work.record(
        "sheet.submitted",
        proposal.subject,
        because=found.seal,
        sealed_by=found.seal,
        private={"seat": seat.number, "content_hash": _content_hash(given)},
        round=found.number,
        counts=sheet.counts,
    )
    return sheet


def _sheet(
    work: Work, process: Process, found: Round, proposal: Proposal, given: Given
) -> tuple[ScoreSheet, list[CriterionRow]]:
    """Who, when, in which state: the seat's own sheet on this proposal, begun if it is not there yet."""
    seat = own_seat(work, process, found.body_id)
    require_open(found, work.now)
    if not rounds.declared(work.session, found, seat.id, work.actor.person_id):
        raise Conflict(T("Declare your interests first."))
    _require_scorable(work, process, found, proposal)
    if not is_given(work.session, found, proposal.id, seat):
        raise WrongState(T("This proposal was not given to your seat to score."), "not_given", [])
    aside = own_recusals(work.session, found.stage_id, seat.id, _person(work))
    if any(row.proposal_id == proposal.id for row in aside):
        raise WrongState(T("You stand aside on this proposal."), "recused", [])
    sheet = rounds.row_of(work.session, found, proposal.id, seat.id)
    if given.version != (sheet.version if sheet and not sheet.voided_at else None):
        raise Stale
    if sheet is not None and sheet.voided_at is not None:
        take_over(work, sheet)
    rows = criteria.criteria_of(work.session, found.criteria_set_id)
    _check_levels(rows, given)
    if sheet is None:
        sheet = ScoreSheet(
            id=ids.new_id(),
            round_id=found.id,
            proposal_id=proposal.id,
            seat_id=seat.id,
            person_id=_person(work),
            state=SHEET.after(None, "begin"),
            saved_at=work.now,
        )
        work.session.add(sheet)
        work.session.flush()
    sheet.person_id, sheet.saved_at = _person(work), work.now
    return sheet, rows


def own_seat(work: Work, process: Process, body_id: uuid.UUID) -> Seat:
    """The seat of whoever acts; without one nobody scores, whatever else they may do."""
    work.require(Permission.SEE_FORUM, process.id)
    seat = seats.seat_held(work.session, body_id, work.actor.person_id, work.now)
    if seat is None:
        raise NotAllowed(T("Only who sits in the forum may do this."))
    if seat.votes:
        work.require(Permission.SCORE, process.id)
    return seat


def _person(work: Work) -> uuid.UUID:
    if work.actor.person_id is None:
        raise NotAllowed
    return work.actor.person_id


def require_open(found: Round, now: datetime) -> None:
    if found.state is not RoundState.OPEN:
        raise NotNow(T("This is closed: the time to do it has ended."), found.opens_at, found.closes_at)
    found.window.require_open(now)


def _require_scorable(work: Work, process: Process, found: Round, proposal: Proposal) -> None:
    if proposal.process_id != process.id or not rounds.is_scorable(work.session, found, proposal.id):
        raise WrongState(T("This proposal is not before the forum."), proposal.state.value, [])


def check_given(rows: list[CriterionRow], given: Given) -> None:
    """Refuse a sheet that is not whole: a level that does not exist, one that is missing, a reason that is owed."""
    _check_levels(rows, given)
    _check_whole(rows, given)


def _check_levels(rows: list[CriterionRow], given: Given) -> None:
    known = {row.criterion.key: row for row in rows}
    faults: dict[str, Text] = {}
    for key, value in given.levels.items():
        if value and key not in known:
            faults[f"level-{key}"] = T("There is no criterion of this short name.")
        elif value and _level(known[key], value) is None:
            faults[f"level-{key}"] = _choose(known[key])
    for key, reason in given.reasons.items():
        if key not in known:
            faults[f"reason-{key}"] = T("There is no criterion of this short name.")
        elif len(reason) > scoring.LONGEST_REASON:
            most = {"criterion": _named(known[key]), "n": scoring.LONGEST_REASON}
            faults[f"reason-{key}"] = T("“{criterion}”: the reason is too long, at most {n} characters.", **most)
    if faults:
        raise Invalid(**faults)


def _check_whole(rows: list[CriterionRow], given: Given) -> None:
    faults: dict[str, Text] = {}
    for row in rows:
        key, criterion = row.criterion.key, row.criterion
        level = _level(row, given.levels.get(key, ""))
        reason = given.reasons.get(key, "").strip()
        if level is None:
            if criterion.required:
                faults[f"level-{key}"] = _choose(row)
            continue
        if scoring.owes_reason(criterion, level.value) and len(reason) < max(criterion.reason_min_chars, 1):
            least = {"criterion": _named(row), "n": max(criterion.reason_min_chars, 1)}
            faults[f"reason-{key}"] = T("“{criterion}”: write the reason in at least {n} characters.", **least)
    if faults:
        raise Invalid(**faults)


def _choose(row: CriterionRow) -> Text:
    return T("“{criterion}”: choose one of the levels.", criterion=_named(row))


def _named(row: CriterionRow) -> Named:
    """How a refusal names a criterion: several stand in one list, read apart from their fields."""
    return Named(row.criterion.title_es, row.criterion.title_en)


def _level(row: CriterionRow, value: str) -> ScaleLevel | None:
    return next((level for level in row.levels if criteria.said(level.value) == value), None)


def _fill(work: Work, sheet: ScoreSheet, rows: list[CriterionRow], given: Given) -> None:
    _count_on(work, sheet)
    known = rounds.scores_of(work.session, sheet.id)
    for row in rows:
        level = _level(row, given.levels.get(row.criterion.key, ""))
        score = known.get(row.criterion.id)
        if score is None:
            score = Score(id=ids.new_id(), sheet_id=sheet.id, criterion_id=row.criterion.id)
            work.session.add(score)
        score.level_id = level.id if level else None
        score.reason = given.reasons.get(row.criterion.key, "").strip()
    work.session.flush()


def _count_on(work: Work, sheet: ScoreSheet) -> None:
    """The sheet's next version, whatever of it changes; who was outrun by another window at this moment is told so."""
    flag_modified(sheet, "saved_at")
    try:
        work.session.flush()
    except StaleDataError:
        raise Stale from None


def _content_hash(given: Given) -> str:
    content: dict[str, Any] = {"levels": dict(given.levels), "reasons": dict(given.reasons)}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


__all__ = ["Given", "SheetState", "abstain", "declare", "save_draft", "submit"]
