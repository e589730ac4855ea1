"""Rounds of scoring: what a seat may see of its own, who is done, and the results, which nobody sees before the close.

Whatever reads other people's scores passes through `require_closed` on this page, and through nothing else.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.decisions.models import Decision
from app.decisions.rules import MAY_BE_DECIDED
from app.forum.models import (
    Assignment,
    ConflictDeclaration,
    Recusal,
    Round,
    ScaleLevel,
    Score,
    ScoreSheet,
    Seat,
)
from app.forum.queries import counting, results
from app.forum.queries.aside import own_recusals
from app.forum.queries.results import Outturn
from app.forum.rules.scoring import DONE, RoundState, SheetState
from app.forum.rules.seats import Right
from app.forum.rules.seeing import Seen
from app.kit.errors import NotNow
from app.kit.i18n import T
from app.proposals.models import Proposal


@dataclass(frozen=True)
class ToScore:
    """One line of a seat's own list: the proposal, and what this seat has done with it."""

    folio: str
    title: str
    status: str


@dataclass(frozen=True)
class NamedScore:
    """What one seat said of one proposal, for the forum's own eyes after the close."""

    seat: int
    seat_name: str
    counts: bool
    criterion_id: uuid.UUID
    level: ScaleLevel
    reason: str


def rounds_of(session: Session, stage_id: uuid.UUID) -> list[Round]:
    """The rounds of a stage, newest first."""
    return list(session.scalars(select(Round).where(Round.stage_id == stage_id).order_by(Round.number.desc())))


def last_round(session: Session, stage_id: uuid.UUID) -> Round | None:
    """The newest round of a stage, which is the one that counts."""
    return session.scalars(
        select(Round).where(Round.stage_id == stage_id).order_by(Round.number.desc()).limit(1)
    ).one_or_none()


def round_before(session: Session, found: Round) -> Round | None:
    """The round that a discussion follows."""
    return session.get(Round, found.follows_id) if found.follows_id else None


def current_round(session: Session, process_id: uuid.UUID, now: datetime) -> Round | None:
    """The round in which seats may score now, else the newest of the process."""
    rounds = session.scalars(select(Round).where(Round.process_id == process_id).order_by(Round.opens_at.desc())).all()
    return next((r for r in rounds if r.opens_at <= now < r.closes_at), rounds[0] if rounds else None)


def due_to_close(session: Session, now: datetime) -> list[Round]:
    """The rounds whose time has passed and that nobody closed yet."""
    wanted = (Round.state == RoundState.OPEN, Round.closes_at <= now)
    return list(session.scalars(select(Round).where(*wanted).order_by(Round.closes_at)))


def is_blind(found: Round, now: datetime) -> bool:
    """Whether nobody may see a score of others yet: until the end has passed and the round was closed."""
    return found.state is not RoundState.CLOSED or now < found.closes_at


def require_closed(found: Round, now: datetime) -> None:
    """Refuse, with the dates, whoever would see scores before the close."""
    if is_blind(found, now):
        raise NotNow(T("Scores are blind until the round is closed."), found.opens_at, found.closes_at)


def declared(session: Session, found: Round, seat_id: uuid.UUID, person_id: uuid.UUID | None) -> bool:
    """Whether somebody declared their interests for a round."""
    wanted = (
        ConflictDeclaration.round_id == found.id,
        ConflictDeclaration.seat_id == seat_id,
        ConflictDeclaration.person_id == person_id,
    )
    return session.scalar(select(ConflictDeclaration.id).where(*wanted)) is not None


def before_the_forum(found: Round) -> tuple[ColumnElement[bool], ...]:
    """Which proposals a round is about: those that may be decided on and were not decided on before it opened."""
    earlier = exists().where(
        Decision.proposal_id == Proposal.id,
        Decision.stage_id == found.stage_id,
        Decision.published_at <= found.opens_at,
    )
    return Proposal.process_id == found.process_id, Proposal.state.in_(MAY_BE_DECIDED), ~earlier


def scorable(session: Session, found: Round) -> list[tuple[uuid.UUID, str, str]]:
    """Key, folio and title of the proposals a forum scores in a round, by folio."""
    wanted = before_the_forum(found)
    rows = session.execute(select(Proposal.id, Proposal.folio, Proposal.title).where(*wanted).order_by(Proposal.number))
    return [(row[0], row[1], row[2]) for row in rows]


def is_scorable(session: Session, found: Round, proposal_id: uuid.UUID) -> bool:
    """Whether a round is about this proposal."""
    wanted = (Proposal.id == proposal_id, *before_the_forum(found))
    return session.scalar(select(Proposal.id).where(*wanted)) is not None


def to_score(session: Session, found: Round, seat: Seat, person_id: uuid.UUID | None = None) -> list[ToScore]:
    """A seat's own list as this person of it has it, in an order that tells nothing about what others have done."""
    mine = select(ScoreSheet.proposal_id, ScoreSheet.state).where(
        ScoreSheet.round_id == found.id, ScoreSheet.seat_id == seat.id, ScoreSheet.voided_at.is_(None)
    )
    status = {proposal_id: state.value for proposal_id, state in session.execute(mine)}
    status.update((row.proposal_id, "recused") for row in own_recusals(session, found.stage_id, seat.id, person_id))

    def own_order(row: tuple[uuid.UUID, str, str]) -> str:
        return hashlib.sha256(seat.id.bytes + row[0].bytes).hexdigest()

    places = _places(session, found, seat)
    rows = sorted((row for row in scorable(session, found) if places is None or row[0] in places), key=own_order)
    return [ToScore(folio, title, status.get(key, "open")) for key, folio, title in rows]


def _places(session: Session, found: Round, seat: Seat) -> set[uuid.UUID] | None:
    """The proposals a seat is to score; None where it is all, as for whoever has a voice and no vote."""
    if not found.is_shared or not seat.votes:
        return None
    mine = select(Assignment.proposal_id).where(Assignment.round_id == found.id, Assignment.seat_id == seat.id)
    return set(session.scalars(mine.where(Assignment.stands())))


def recusals_of(session: Session, stage_id: uuid.UUID) -> list[tuple[str, int, Recusal]]:
    """The public register of who stood aside on what: folio, seat number, and why."""
    rows = session.execute(
        select(Proposal.folio, Seat.number, Recusal)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .join(Seat, Seat.id == Recusal.seat_id)
        .where(Recusal.stage_id == stage_id, Recusal.stands())
        .order_by(Proposal.number, Seat.number)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def sheet_of(session: Session, found: Round, proposal_id: uuid.UUID, seat_id: uuid.UUID) -> ScoreSheet | None:
    """A seat's own sheet on one proposal; what somebody of it left who stands aside is not there for the other."""
    row = row_of(session, found, proposal_id, seat_id)
    return None if row is None or row.voided_at else row


def row_of(session: Session, found: Round, proposal_id: uuid.UUID, seat_id: uuid.UUID) -> ScoreSheet | None:
    """The row of a seat's sheet on one proposal, also where it counts no more."""
    wanted = (ScoreSheet.round_id == found.id, ScoreSheet.proposal_id == proposal_id, ScoreSheet.seat_id == seat_id)
    return session.scalars(select(ScoreSheet).where(*wanted)).one_or_none()


def scores_of(session: Session, sheet_id: uuid.UUID) -> dict[uuid.UUID, Score]:
    """What a sheet says, by criterion."""
    rows = session.scalars(select(Score).where(Score.sheet_id == sheet_id))
    return {row.criterion_id: row for row in rows}


def done_in(session: Session, found: Round) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Proposal and seat of each sheet handed in: done or not done, which is all the chair sees while it is blind."""
    wanted = (
        ScoreSheet.round_id == found.id,
        ScoreSheet.state.in_(DONE),
        ScoreSheet.voided_at.is_(None),
    )
    rows = session.execute(select(ScoreSheet.proposal_id, ScoreSheet.seat_id).where(*wanted))
    return {(row[0], row[1]) for row in rows}


def outturn(session: Session, found: Round, now: datetime) -> Outturn:
    """The results of a closed round as they were counted; refused, with the dates, before its close."""
    require_closed(found, now)
    return results.outturn(session, found)


def titles_of(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> dict[str, str]:
    """The titles of these proposals as they stand now, by folio."""
    wanted = (Proposal.process_id == process_id, Proposal.folio.in_(folios))
    return {row[0]: row[1] for row in session.execute(select(Proposal.folio, Proposal.title).where(*wanted))}


def evaluator_of(seat_number: int) -> str:
    """How the count names who sits in a seat."""
    return counting.evaluator_of(seat_number)


def named_scores(session: Session, found: Round, proposal_id: uuid.UUID, now: datetime) -> list[NamedScore]:
    """Who gave what and why on one proposal: for the forum, after the close, as far as the round lets it be seen.

    Without the seats they stand by level: an order of seats would tell which is whose.
    """
    require_closed(found, now)
    if found.scores_seen is Seen.TOGETHER:
        return []
    rows = session.execute(
        select(Seat.number, Seat.name, ScoreSheet.counts, Score.criterion_id, ScaleLevel, Score.reason)
        .join(ScoreSheet, ScoreSheet.seat_id == Seat.id)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .join(ScaleLevel, ScaleLevel.id == Score.level_id)
        .where(ScoreSheet.round_id == found.id, ScoreSheet.proposal_id == proposal_id)
        .where(ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.voided_at.is_(None))
        .order_by(Seat.number)
    )
    given = [NamedScore(*row) for row in rows]
    if found.scores_seen is Seen.NAMED:
        return given
    nameless = [replace(one, seat=0, seat_name="") for one in given]
    return sorted(nameless, key=lambda one: (-one.level.value, one.counts, one.reason))


def abstentions(session: Session, found: Round, now: datetime) -> dict[str, int]:
    """How many seats that vote abstained, by folio: after the close."""
    require_closed(found, now)
    rows = session.execute(
        select(Proposal.folio, func.count())
        .join(ScoreSheet, ScoreSheet.proposal_id == Proposal.id)
        .join(Seat, Seat.id == ScoreSheet.seat_id)
        .where(*_abstained(found), Seat.voting_right == Right.VOTE)
        .group_by(Proposal.folio)
    )
    return {row[0]: row[1] for row in rows}


def who_abstained(session: Session, found: Round, proposal_id: uuid.UUID, now: datetime) -> list[tuple[int, str, str]]:
    """Which seats abstained on one proposal and why, number and name: for the forum, after the close.

    As far as the round lets it be seen: without the seats only the reasons that were given.
    """
    require_closed(found, now)
    if found.scores_seen is Seen.TOGETHER:
        return []
    rows = session.execute(
        select(Seat.number, Seat.name, ScoreSheet.abstain_reason)
        .join(ScoreSheet, ScoreSheet.seat_id == Seat.id)
        .where(*_abstained(found), ScoreSheet.proposal_id == proposal_id)
        .order_by(Seat.number)
    )
    if found.scores_seen is Seen.NAMED:
        return [(row[0], row[1], row[2]) for row in rows]
    return [(0, "", why) for why in sorted(row[2] for row in rows) if why]


def _abstained(found: Round) -> tuple[ColumnElement[bool], ...]:
    state = ScoreSheet.state == SheetState.ABSTAINED
    return ScoreSheet.round_id == found.id, state, ScoreSheet.voided_at.is_(None)
