"""Giving each proposal its seats, at the opening and as it comes in, and a place on when its seat stands aside."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.forum.models import Assignment, Recusal, Round, Seat
from app.forum.queries import assigned, rounds
from app.forum.queries.aside import seats_aside
from app.forum.queries.seats import seats_of
from app.forum.rules.assigning import assign, replacement
from app.kit import ids
from app.proposals.models import Proposal
from app.work import Work


def share_out(work: Work, found: Round) -> int:
    """Give the proposals that nobody has yet to the seats that the round says, and say how many places."""
    waiting = {folio: key for key, folio in assigned.left_out(work.session, found)}
    if not waiting:
        return 0
    numbers = {str(seat.number): seat for seat in seats_of(work.session, found.body_id)}
    places = assign(waiting, assigned.sharing(work.session, found, work.now))
    for folio, seats in places.items():
        for number in seats:
            _give(work, found, waiting[folio], numbers[number])
    count = sum(map(len, places.values()))
    if not count:  # every seat is barred: looked at again by the clock, and nothing happened
        return 0
    work.record("round.shared_out", found.subject, proposals=len(waiting), places=count, lot=found.lot)
    work.session.flush()
    return count


def _give(work: Work, found: Round, proposal_id: uuid.UUID, seat: Seat) -> None:
    row = _row(work, found, proposal_id, seat.id)
    if row is None:
        row = Assignment(id=ids.new_id(), round_id=found.id, proposal_id=proposal_id, seat_id=seat.id)
        work.session.add(row)
    row.at, row.moved_on_at = work.now, None


def _row(work: Work, found: Round, proposal_id: uuid.UUID, seat_id: uuid.UUID) -> Assignment | None:
    wanted = (Assignment.round_id == found.id, Assignment.proposal_id == proposal_id, Assignment.seat_id == seat_id)
    return work.session.scalars(select(Assignment).where(*wanted)).one_or_none()


def share_out_what_came(work: Work) -> None:
    """Give away what was admitted since a round opened; what the worker does by the clock."""
    for found in assigned.open_and_shared(work.session, work.now):
        share_out(work, found)


def hand_place_on(work: Work, recusal: Recusal, proposal: Proposal) -> None:
    """Give the place of a seat of which nobody can score this proposal any more to the least loaded of the others."""
    found = rounds.last_round(work.session, recusal.stage_id)
    if found is None or not found.is_shared or found.closed_at is not None:
        return
    present = assigned.given(work.session, found).get(proposal.id, set())
    leaves = recusal.seat_id in seats_aside(work.session, found, work.now).get(proposal.id, ())
    if recusal.seat_id not in present or not leaves:
        return
    seats = {seat.id: seat for seat in seats_of(work.session, found.body_id)}
    numbers = [str(seats[key].number) for key in present]
    leaving = seats[recusal.seat_id]
    taking = replacement(proposal.folio, numbers, str(leaving.number), assigned.sharing(work.session, found, work.now))
    mine = _row(work, found, proposal.id, leaving.id)
    if mine is not None:
        mine.moved_on_at = work.now
    if taking is not None:
        _give(work, found, proposal.id, next(seat for seat in seats.values() if str(seat.number) == taking))
    work.record("round.place_moved", proposal.subject, because=f"recusal:{recusal.id}", **_moved(leaving, taking))
    work.session.flush()


def _moved(leaving: Seat, taking: str | None) -> dict[str, int | None]:
    return {"from_seat": leaving.number, "to_seat": None if taking is None else int(taking)}


def keep_places(work: Work, first: Round, made: Round) -> None:
    """In a discussion each seat keeps the proposals it scored."""
    made.per_proposal, made.by_theme, made.lot = first.per_proposal, first.by_theme, first.lot
    for row in work.session.scalars(select(Assignment).where(Assignment.round_id == first.id, Assignment.stands())):
        again = Assignment(id=ids.new_id(), round_id=made.id, proposal_id=row.proposal_id, seat_id=row.seat_id)
        again.at = row.at
        work.session.add(again)
