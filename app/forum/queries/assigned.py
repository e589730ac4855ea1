"""Who is to score what: everybody everything, or the places that were given by theme or by lot."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Assignment, CriteriaSet, Recusal, Round, Seat
from app.forum.queries.rounds import scorable
from app.forum.queries.seats import SeatRow, directory
from app.forum.queries.suspicions import open_suspicions
from app.forum.queries.theming import carried, plan_of
from app.forum.rules.assigning import MOST_SEATS, Sharing
from app.forum.rules.seats import STATE_SIDE
from app.proposals.models import Proposal

Given = dict[uuid.UUID, set[uuid.UUID]]


def given(session: Session, found: Round) -> Given:
    """The seats of each proposal, by their keys; nothing in a round in which all score all."""
    if not found.is_shared:
        return {}
    rows = session.execute(
        select(Assignment.proposal_id, Assignment.seat_id).where(Assignment.round_id == found.id, Assignment.stands())
    )
    places: Given = defaultdict(set)
    for proposal_id, seat_id in rows:
        places[proposal_id].add(seat_id)
    return dict(places)


def is_given(session: Session, found: Round, proposal_id: uuid.UUID, seat: Seat) -> bool:
    """Whether a seat is to score a proposal; who has a voice and no vote may look at all of them."""
    if not found.is_shared or not seat.votes:
        return True
    wanted = (Assignment.round_id == found.id, Assignment.proposal_id == proposal_id, Assignment.seat_id == seat.id)
    return session.scalar(select(Assignment.id).where(*wanted, Assignment.stands())) is not None


def left_out(session: Session, found: Round) -> list[tuple[uuid.UUID, str]]:
    """The proposals of a round that were given to nobody yet: all at its opening, later those that came in since."""
    known = given(session, found)
    return [(key, folio) for key, folio, _ in scorable(session, found) if key not in known]


def sharing(session: Session, found: Round, now: datetime) -> Sharing:
    """What places are given by: the seats that vote and in which somebody sits, and what bars each of them.

    A seat is barred where anybody of it stands aside or may have a conflict.
    """
    rows = seated(session, found.body_id, now)
    numbers = {row.seat.id: str(row.seat.number) for row in rows}
    stood = session.execute(
        select(Proposal.folio, Recusal.seat_id)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .where(Recusal.stage_id == found.stage_id, Recusal.stands())
    )
    barred = {(folio, numbers[seat_id]) for folio, seat_id in stood if seat_id in numbers}
    barred.update((one.folio, str(one.sitter.number)) for one in open_suspicions(session, found, now))
    loads = dict.fromkeys(numbers.values(), 0)
    for seats in given(session, found).values():
        for seat_id in seats & set(numbers):
            loads[numbers[seat_id]] += 1
    sides = {str(row.seat.number): row.seat.sector in STATE_SIDE for row in rows}
    places = found.per_proposal or MOST_SEATS
    fits, least = _by_theme(session, found, set(sides)), least_of(session, found.criteria_set_id)
    return Sharing(sides, places, found.lot, frozenset(barred), loads, fits, least)


def _by_theme(session: Session, found: Round, seated: set[str]) -> dict[str, set[str]]:
    """The seats of each proposal's theme; nothing in a round that does not go by theme."""
    by_theme = plan_of(found)
    if by_theme is None:
        return {}
    themes = carried(session, found, by_theme.kind)
    return {folio: by_theme.seats_for(some) & seated for folio, some in themes.items()}


def least_of(session: Session, criteria_set_id: uuid.UUID) -> int:
    """How many score sheets every proposal needs at least."""
    return max(session.get_one(CriteriaSet, criteria_set_id).quorum_min, 1)


def seated(session: Session, body_id: uuid.UUID, now: datetime) -> list[SeatRow]:
    """The seats that vote and in which somebody sits."""
    return [row for row in directory(session, body_id, now) if row.seat.votes and (row.holder or row.alternate)]


def open_and_shared(session: Session, now: datetime) -> list[Round]:
    """The open rounds in which each proposal has its own seats."""
    wanted = (Round.lot != "", Round.closed_at.is_(None), Round.closes_at > now)
    return list(session.scalars(select(Round).where(*wanted)))
