"""Who stands aside on what: they read neither who gave what on it nor what the others wrote.

A person stands aside; the whole seat does only when nobody of it is free, or when it was so recorded.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.forum.models import Recusal, Round, ScoreSheet, Seat, SeatHolder
from app.forum.queries.seats import sits
from app.forum.rules.scoring import SheetState
from app.forum.rules.standing import is_aside
from app.kit.errors import NotAllowed
from app.kit.i18n import T
from app.proposals.models import Proposal

YOU_STAND_ASIDE = T("You stand aside on this proposal.")
Seats = dict[uuid.UUID, frozenset[uuid.UUID]]
"""By proposal, the seats that stand aside on it."""


def stands_aside_on(session: Session, stage_id: uuid.UUID, person_id: uuid.UUID | None) -> set[str]:
    """The folios on which a person stands aside at a stage: by name, or with a seat they hold or held."""
    return set(session.scalars(_folios(stage_id, person_id)))


def require_not_aside(session: Session, stage_id: uuid.UUID, proposal: Proposal, person_id: uuid.UUID | None) -> None:
    """Refuse whoever stands aside on a proposal what only the others may read of it."""
    if session.scalar(_folios(stage_id, person_id, Proposal.id == proposal.id).limit(1)) is not None:
        raise NotAllowed(YOU_STAND_ASIDE)


def _folios(stage_id: uuid.UUID, person_id: uuid.UUID | None, *wanted: ColumnElement[bool]) -> Select[str]:
    held = select(SeatHolder.seat_id).where(SeatHolder.person_id == person_id)
    return (
        select(Proposal.folio)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .where(Recusal.stage_id == stage_id, Recusal.stands(), *wanted)
        .where(or_(Recusal.person_id == person_id, Recusal.person_id.is_(None) & Recusal.seat_id.in_(held)))
    )


def own_recusals(
    session: Session, stage_id: uuid.UUID, seat_id: uuid.UUID, person_id: uuid.UUID | None
) -> list[Recusal]:
    """Why this person may not score with this seat: rows of their own, in whatever seat, and of the seat as a whole."""
    of_the_seat = Recusal.person_id.is_(None) & (Recusal.seat_id == seat_id)
    wanted = (Recusal.stage_id == stage_id, Recusal.stands(), or_(Recusal.person_id == person_id, of_the_seat))
    return list(session.scalars(select(Recusal).where(*wanted).order_by(Recusal.person_id.is_(None))))


def recused_by(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID, dict[uuid.UUID, list[Recusal]]]:
    """By proposal and seat, the recusals of a stage."""
    found: dict[uuid.UUID, dict[uuid.UUID, list[Recusal]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(select(Recusal).where(Recusal.stage_id == stage_id, Recusal.stands())):
        found[row.proposal_id][row.seat_id].append(row)
    return found


def seats_aside(session: Session, found: Round, now: datetime) -> Seats:
    """The seats that stand aside in a round, by proposal, in three statements however many there are.

    After the close nobody enters any more: whoever was recused since leaves the seat empty, unless somebody else of
    it had handed a sheet in.
    """
    recused = recused_by(session, found.stage_id)
    if not recused:
        return {}
    ended = found.closed_at
    sitting = sitting_in(session, found.body_id, min(ended or now, now))
    signed = _signed(session, found)
    return {
        proposal_id: frozenset(
            seat_id
            for seat_id, rows in by_seat.items()
            if is_aside(
                {row.person_id for row in rows},
                () if ended and any(row.at > ended for row in rows) else sitting[seat_id],
                signed.get((proposal_id, seat_id)),
            )
        )
        for proposal_id, by_seat in recused.items()
    }


def sitting_in(session: Session, body_id: uuid.UUID, at: datetime) -> defaultdict[uuid.UUID, set[uuid.UUID]]:
    """Who sits in each seat of a forum at an instant, holder and alternate."""
    rows = session.execute(
        select(SeatHolder.seat_id, SeatHolder.person_id)
        .join(Seat, Seat.id == SeatHolder.seat_id)
        .where(Seat.body_id == body_id, *sits(at))
    )
    found: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for seat_id, person_id in rows:
        found[seat_id].add(person_id)
    return found


def _signed(session: Session, found: Round) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID | None]:
    rows = session.execute(
        select(ScoreSheet.proposal_id, ScoreSheet.seat_id, ScoreSheet.person_id)
        .join(Recusal, (Recusal.proposal_id == ScoreSheet.proposal_id) & (Recusal.seat_id == ScoreSheet.seat_id))
        .where(Recusal.stage_id == found.stage_id, Recusal.stands(), ScoreSheet.round_id == found.id)
        .where(ScoreSheet.state != SheetState.DRAFT, ScoreSheet.voided_at.is_(None))
    )
    return {(row[0], row[1]): row[2] for row in rows}
