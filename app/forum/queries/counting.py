"""Counting a closed round: what is counted, read in one go, and all that comes of it. The one way to the numbers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.forum.models import (
    Assignment,
    CriteriaSet,
    Criterion,
    Recusal,
    Round,
    RoundResult,
    ScaleLevel,
    Score,
    ScoreSheet,
    Seat,
)
from app.forum.queries import criteria as criteria_queries
from app.forum.queries.aside import seats_aside
from app.forum.queries.configuring import config_with
from app.forum.queries.seats import seats_of
from app.forum.rules import results as rules
from app.forum.rules.evaluators import keyed, scores_hash
from app.forum.rules.firmness import firmness_of
from app.forum.rules.results import Config, Scored
from app.forum.rules.scoring import SheetState
from app.forum.rules.severity import adjusted
from app.forum.rules.stored import Outcome
from app.forum.rules.totals import Sheet
from app.kit.errors import NotFound
from app.proposals.models import Proposal

Tell = Callable[[int, int], None]
BATCH = 2000


@dataclass(frozen=True)
class Counted:
    """The sheets of one count: those that count, by seat and under their public keys, and the advisory ones."""

    config: Config
    by_seat: Sequence[Scored]
    public: Sequence[Scored]
    advisory: Sequence[Scored]
    sectors: dict[str, str]


def inputs_now(session: Session, found: Round, before: Iterable[tuple[uuid.UUID, str]]) -> dict[str, Any]:
    """What a count is about, as it stands now: `before` are the proposals before the forum, by key and folio.

    A proposal with a sheet belongs to it whatever became of it meanwhile.
    """
    proposals = {str(key): folio for key, folio in before}
    scored = select(Proposal.id, Proposal.folio).where(
        Proposal.id.in_(select(ScoreSheet.proposal_id).where(ScoreSheet.round_id == found.id, *_handed_in()))
    )
    proposals.update({str(key): folio for key, folio in session.execute(scored)})
    seats = seats_of(session, found.body_id)
    return {
        "proposals": sorted(([key, folio] for key, folio in proposals.items()), key=lambda row: row[1]),
        "sectors": {evaluator_of(seat.number): seat.sector.value for seat in seats if seat.votes},
        "voices": sum(not seat.votes for seat in seats),
        **_given_to(session, found, proposals.values()),
        **recusals_now(session, found),
    }


def _given_to(session: Session, found: Round, folios: Iterable[str]) -> dict[str, Any]:
    """To how many seats each proposal was given, in a round in which not all score all."""
    if not found.is_shared:
        return {}
    rows = session.execute(
        select(Proposal.folio, func.count())
        .join(Assignment, Assignment.proposal_id == Proposal.id)
        .where(Assignment.round_id == found.id, Assignment.stands())
        .group_by(Proposal.folio)
    )
    return {"given": {**dict.fromkeys(folios, 0), **{row[0]: row[1] for row in rows}}}


def recusals_now(session: Session, found: Round) -> dict[str, Any]:
    """Which seats stand aside on what, as it stands now: folio, number of the seat, why, and whether the seat votes.

    A seat is in once, and only where nobody of it could score: where somebody else of it was free it counts on. Where
    not all score all, one that was not to score the proposal anyway leaves no base.
    """
    aside = seats_aside(session, found, found.closed_at or found.closes_at)
    rows = session.execute(
        select(Proposal.folio, Seat, Recusal)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .join(Seat, Seat.id == Recusal.seat_id)
        .where(Recusal.stage_id == found.stage_id, Recusal.stands())
        .order_by(Proposal.folio, Seat.number, Recusal.at.desc())
    )
    places = _places(session, found)
    told = {
        (folio, seat.number): [folio, seat.number, row.kind.value, seat.votes]
        for folio, seat, row in rows
        if seat.id in aside.get(row.proposal_id, ()) and (places is None or (row.proposal_id, seat.id) in places)
    }
    return {"recusals": list(told.values())}


def _places(session: Session, found: Round) -> set[tuple[uuid.UUID, uuid.UUID]] | None:
    if not found.is_shared:
        return None
    mine = select(Assignment.proposal_id, Assignment.seat_id).where(
        Assignment.round_id == found.id, Assignment.stands()
    )
    return {(row[0], row[1]) for row in session.execute(mine)}


def count(session: Session, kept: RoundResult, tell: Tell | None = None) -> Outcome:
    """Count a round: the rows are read in the transaction of this session, the rest is computed."""
    return compute(sheets_of(session, kept), tell)


def compute(found: Counted, tell: Tell | None = None) -> Outcome:
    """All that comes of the sheets of one round; `tell` hears how many proposals of how many are done."""
    total = len(found.public)
    counted = rules.compute(found.config, found.public, None if tell is None else lambda done: tell(done, total))
    firmness = firmness_of(found.config, found.by_seat, counted, found.sectors)
    without = {e.folio: adjusted(e, counted.results[e.folio].total, firmness.leans) for e in found.by_seat}
    return Outcome(
        counted,
        rules.compute(found.config, found.advisory),
        firmness,
        {folio: points for folio, points in without.items() if points is not None},
        {scored.folio: scores_hash(scored.sheets) for scored in found.public},
    )


def sheets_of(session: Session, kept: RoundResult) -> Counted:
    """Everything a count needs: what was frozen when it was asked for, and the sheets that were handed in."""
    found = session.get_one(Round, kept.round_id)
    counting, beside = _sheets(session, found)
    aside: defaultdict[str, int] = defaultdict(int)
    for folio, _, _, votes in kept.inputs["recusals"]:
        aside[folio] += votes
    listed = [(uuid.UUID(key), folio) for key, folio in kept.inputs["proposals"]]
    given = kept.inputs.get("given", {})
    by_seat = [Scored(folio, tuple(counting.get(key, ())), aside[folio], given.get(folio)) for key, folio in listed]
    advisory = [Scored(folio, tuple(beside[key])) for key, folio in listed if key in beside]
    return Counted(
        config_of(session, found),
        by_seat,
        [keyed(kept.secret, scored) for scored in by_seat],
        [keyed(kept.secret, scored) for scored in advisory],
        kept.inputs["sectors"],
    )


def config_of(session: Session, found: Round) -> Config:
    """What a round is computed by: the adopted set, the seats that vote, and the number of the draw."""
    adopted = session.get(CriteriaSet, found.criteria_set_id)
    if adopted is None:
        raise NotFound
    return config_with(adopted, criteria_queries.criteria_of(session, adopted.id), found.voting_seats, found.draw_seed)


def evaluator_of(seat_number: int) -> str:
    """How the count names who sits in a seat."""
    return f"{seat_number:04d}"


def count_sheets(session: Session, found: Round) -> int:
    """How many sheets of a round a count has before it."""
    statement = select(func.count()).select_from(ScoreSheet).where(ScoreSheet.round_id == found.id, *_handed_in())
    return session.scalar(statement) or 0


def _handed_in() -> tuple[Any, ...]:
    """Handed in and not voided since: what is only begun counts for nothing."""
    return ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.voided_at.is_(None)


Sheets = dict[uuid.UUID, list[Sheet]]


def _sheets(session: Session, found: Round) -> tuple[Sheets, Sheets]:
    rows = session.execute(
        select(ScoreSheet.proposal_id, ScoreSheet.counts, Seat.number, Criterion.key, ScaleLevel.value)
        .join(Seat, Seat.id == ScoreSheet.seat_id)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(ScaleLevel, ScaleLevel.id == Score.level_id)
        .where(ScoreSheet.round_id == found.id, *_handed_in())
        .execution_options(yield_per=BATCH)
    )
    exact: dict[Any, Fraction] = {}
    values: defaultdict[tuple[uuid.UUID, bool, int], dict[str, Fraction]] = defaultdict(dict)
    for proposal_id, counts, number, key, value in rows:
        values[proposal_id, counts, number][key] = exact.setdefault(value, Fraction(value))
    counted: Sheets = defaultdict(list)
    advisory: Sheets = defaultdict(list)
    for (proposal_id, counts, number), given in values.items():
        (counted if counts else advisory)[proposal_id].append(Sheet(evaluator_of(number), given))
    return dict(counted), dict(advisory)
