"""Writing down what a forum did elsewhere, or how it would have read: criteria, and a whole round of score sheets.

Nobody of ours signed these sheets and no session of ours stands behind them: they are tied to seats and to no person,
and say everywhere how they are known.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.forum.actions.counting import ask_count
from app.forum.actions.making import Basis, make_round
from app.forum.actions.scoring import Given, check_given
from app.forum.models import CriteriaSet, Recusal, Round, ScaleLevel, Score, ScoreSheet, Seat
from app.forum.queries import criteria, seats
from app.forum.queries.criteria import CriterionRow
from app.forum.rules import scoring
from app.forum.rules.scoring import CRITERIA, RecusalKind, RoundState, SheetState
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process import queries as processes
from app.process.kinds import INTAKE
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.proposals.rules import Precision, Provenance
from app.work import Work

NOT_OURS = T("Say how this is known: it did not happen here.")


@dataclass(frozen=True)
class ToldSheet:
    """What the sheet of one seat says of one proposal: by criterion the level, and the reason where there is one."""

    folio: str
    seat: int
    levels: dict[str, str]
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToldRecusal:
    """That a seat stood aside on a proposal, and why."""

    folio: str
    seat: int
    kind: RecusalKind
    note: str = ""


@dataclass(frozen=True)
class ToldRound:
    """A whole round: from when to when, its sheets, who stood aside, the number of the draw, and how it is known."""

    opens_at: datetime
    closes_at: datetime
    sheets: Sequence[ToldSheet]
    recusals: Sequence[ToldRecusal]
    draw: str
    provenance: Provenance


def write_down_adoption(
    work: Work, process: Process, draft: CriteriaSet, adopted_at: datetime, known: tuple[Precision, Provenance]
) -> CriteriaSet:
    """Freeze criteria that were adopted elsewhere, with the day and how it is known. Office only.

    Whether they came after proposals began to come in follows from that day, and is said in public.
    """
    work.require(Permission.WRITE_CRITERIA, process.id)
    precision, provenance = known
    if provenance is Provenance.NATIVE:
        raise Invalid(provenance=NOT_OURS)
    after = CRITERIA.after(draft.state, "adopt")
    rows = criteria.criteria_of(work.session, draft.id)
    fault = scoring.faults_to_adopt(criteria.as_texts(rows))
    if fault:
        raise Conflict(fault)
    draft.state, draft.adopted_at, draft.adopted_to_the, draft.provenance = after, adopted_at, precision, provenance
    draft.content_hash = scoring.content_hash(criteria.content_of(draft, rows))
    intake = [stage for stage in processes.stages_of(work.session, process.id) if stage.kind in INTAKE]
    draft.adopted_late = any(stage.opens_at is not None and stage.opens_at <= adopted_at for stage in intake)
    work.record(
        "criteria.written_down",
        draft.subject,
        version=draft.version,
        content_hash=draft.content_hash,
        provenance=provenance.value,
        after_intake_opened=draft.adopted_late,
    )
    work.session.flush()
    return draft


def write_down_round(work: Work, process: Process, stage: Stage, told: ToldRound) -> Round:
    """Write down a closed round with every sheet of its seats, by the criteria in force. Office only.

    Each sheet has to be whole, as if it were handed in; a seat that stood aside on a proposal has none on it.
    """
    work.require(Permission.WRITE_CRITERIA, process.id)
    if told.provenance is Provenance.NATIVE:
        raise Invalid(provenance=NOT_OURS)
    adopted = criteria.adopted(work.session, stage.id)
    if adopted is None:
        raise Conflict(T("The forum has not adopted criteria for this stage yet."))
    body = seats.forum_for(work.session, stage)
    basis = Basis.of_set(adopted, body.id, seats.count_voting(work.session, body.id))
    made = make_round(
        work,
        stage,
        basis,
        (told.opens_at, told.closes_at),
        state=RoundState.CLOSED,
        closed_at=told.closes_at,
        draw_seed=told.draw,
        provenance=told.provenance,
    )
    _Scribe(work, process, made).write(told)
    counts = {"sheets": len(told.sheets), "recusals": len(told.recusals)}
    work.record("round.written_down", made.subject, stage=stage.slug, provenance=told.provenance.value, **counts)
    work.session.flush()
    ask_count(work, made, at_once=True)
    return made


class _Scribe:
    """Writes the sheets of one told round, with what they point at read once."""

    def __init__(self, work: Work, process: Process, made: Round) -> None:
        self.work, self.round = work, made
        mine = select(Proposal.folio, Proposal.id).where(Proposal.process_id == process.id)
        self.proposals: dict[str, uuid.UUID] = {row[0]: row[1] for row in work.session.execute(mine)}
        self.seats: dict[int, Seat] = {seat.number: seat for seat in seats.seats_of(work.session, made.body_id)}
        self.rows: list[CriterionRow] = criteria.criteria_of(work.session, made.criteria_set_id)

    def write(self, told: ToldRound) -> None:
        aside = {(one.folio, one.seat) for one in told.recusals}
        for sheet in told.sheets:
            if (sheet.folio, sheet.seat) in aside:
                raise Conflict(T("This seat already stands aside on this proposal."))
            self._sheet(sheet)
        for one in told.recusals:
            self._recusal(one)

    def _sheet(self, told: ToldSheet) -> None:
        check_given(self.rows, Given(told.levels, told.reasons))
        seat, at = self._seat(told.seat), self.round.closes_at
        sheet = ScoreSheet(
            id=ids.new_id(),
            round_id=self.round.id,
            proposal_id=self._proposal(told.folio),
            seat_id=seat.id,
            person_id=None,
            state=SheetState.SUBMITTED,
            counts=seat.votes,
            saved_at=at,
            submitted_at=at,
        )
        self.work.session.add(sheet)
        for row in self.rows:
            key = row.criterion.key
            level = self._level(row, told.levels.get(key, ""))
            reason = told.reasons.get(key, "").strip()
            score = Score(
                id=ids.new_id(), sheet_id=sheet.id, criterion_id=row.criterion.id, level_id=level, reason=reason
            )
            self.work.session.add(score)

    def _recusal(self, told: ToldRecusal) -> None:
        row = Recusal(id=ids.new_id(), stage_id=self.round.stage_id, seat_id=self._seat(told.seat).id)
        row.proposal_id, row.kind = self._proposal(told.folio), told.kind
        row.note, row.at = told.note.strip(), self.round.closes_at
        self.work.session.add(row)

    def _level(self, row: CriterionRow, value: str) -> uuid.UUID | None:
        found: ScaleLevel | None = next((one for one in row.levels if criteria.said(one.value) == value), None)
        return found.id if found else None

    def _seat(self, number: int) -> Seat:
        if number not in self.seats:
            raise Invalid(seat=T("There is no seat of this number."))
        return self.seats[number]

    def _proposal(self, folio: str) -> uuid.UUID:
        if folio not in self.proposals:
            raise Invalid(folio=T("There is no proposal of this folio."))
        return self.proposals[folio]
