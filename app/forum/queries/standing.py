"""By what a session may decide on each proposal, given who of those present stands aside: read once for all of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.forum.models import ForumSession, Recusal, Seat, SeatAttendance, SeatHolder, Substitute
from app.forum.queries.aside import recused_by, sitting_in
from app.forum.queries.seats import attendance_of, rule_of, seats_of
from app.forum.records import ItemProposal, SessionItem
from app.forum.rules.seats import Presence, QuorumRule, SeatAtTable
from app.forum.rules.standing import SeatThere, Standing, is_aside, standing_of
from app.proposals.models import Proposal


@dataclass(frozen=True)
class Came:
    """One seat at a session: who came for it, and who else could have."""

    seat: Seat
    person_id: uuid.UUID | None
    is_present: bool
    sitting: frozenset[uuid.UUID]


class Standings:
    """A session's standing on the proposals of a stage."""

    def __init__(self, session: Session, meeting: ForumSession, stage_id: uuid.UUID) -> None:
        self.rule: QuorumRule = rule_of(session, meeting.body_id)
        self.recused = recused_by(session, stage_id)
        self.outside = substitutes_by(session, stage_id)
        came, sitting = attendance_of(session, meeting.id), sitting_in(session, meeting.body_id, meeting.held_at)
        people = _people(session, came)
        self.table = [
            Came(
                seat,
                people.get(seat.id),
                seat.id in came and came[seat.id].presence is Presence.PRESENT,
                frozenset(sitting[seat.id]),
            )
            for seat in seats_of(session, meeting.body_id)
        ]

    def on(self, *proposals: uuid.UUID) -> Standing:
        """Whether and by what the session may decide on this proposal, or on several as one."""

        def aside(seat_id: uuid.UUID) -> set[uuid.UUID | None]:
            return {row.person_id for key in proposals for row in self.recused.get(key, {}).get(seat_id, ())}

        named = [{(row.name, row.sector) for row in self.outside.get(key, ())} for key in proposals]
        there = [_there(one, aside(one.seat.id)) for one in self.table]
        return standing_of(there, self.rule, [sector for _, sector in sorted(set.intersection(*named))])

    def on_folios(self, session: Session, folios: Collection[str]) -> dict[str, Standing]:
        """The same for those of these folios on which somebody stands aside."""
        wanted = (Proposal.id.in_(list(self.recused)), Proposal.folio.in_(folios))
        rows = session.execute(select(Proposal.folio, Proposal.id).where(*wanted))
        return {row[0]: self.on(row[1]) for row in rows}


def _there(one: Came, people: set[uuid.UUID | None]) -> SeatThere:
    """Who came counts for the seat; an empty place stands aside only when nobody of the seat is free."""
    at_table = SeatAtTable(one.seat.sector, one.seat.voting_right, one.is_present)
    nobody_free = is_aside(people, one.sitting)
    aside = None in people or one.person_id in people if one.is_present else nobody_free
    return SeatThere(one.seat.number, at_table, bool(people) and aside, bool(people) and not nobody_free)


def _people(session: Session, came: dict[uuid.UUID, SeatAttendance]) -> dict[uuid.UUID, uuid.UUID]:
    held = [row.holder_id for row in came.values() if row.holder_id]
    rows = session.execute(select(SeatHolder.seat_id, SeatHolder.person_id).where(SeatHolder.id.in_(held)))
    return {row[0]: row[1] for row in rows}


def aside_by_item(session: Session, meeting: ForumSession) -> dict[uuid.UUID, dict[uuid.UUID, list[str]]]:
    """By item of the agenda and seat present, the folios on which who came for it stands aside, at whatever stage."""
    whole_seat = Recusal.person_id.is_(None) & (Recusal.seat_id == SeatAttendance.seat_id)
    rows = session.execute(
        select(ItemProposal.item_id, SeatAttendance.seat_id, Proposal.folio)
        .distinct()
        .join(SessionItem, SessionItem.id == ItemProposal.item_id)
        .join(SeatAttendance, SeatAttendance.session_id == SessionItem.session_id)
        .outerjoin(SeatHolder, SeatHolder.id == SeatAttendance.holder_id)
        .join(Proposal, Proposal.id == ItemProposal.proposal_id)
        .join(Recusal, Recusal.proposal_id == Proposal.id)
        .where(SessionItem.session_id == meeting.id, SeatAttendance.presence == Presence.PRESENT, Recusal.stands())
        .where(or_(whole_seat, Recusal.person_id == SeatHolder.person_id))
        .order_by(Proposal.folio)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item_id, seat_id, folio in rows:
        found[item_id][seat_id].append(folio)
    return found


def substitutes_by(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID, list[Substitute]]:
    """Who was named from outside at a stage, by proposal."""
    found: dict[uuid.UUID, list[Substitute]] = defaultdict(list)
    wanted = select(Substitute).where(Substitute.stage_id == stage_id).order_by(Substitute.at)
    for row in session.scalars(wanted):
        found[row.proposal_id].append(row)
    return dict(found)


def substitutes_named(session: Session, stage_id: uuid.UUID) -> list[tuple[str, Substitute]]:
    """The public notice of who was named from outside for what, by folio."""
    rows = session.execute(
        select(Proposal.folio, Substitute)
        .join(Substitute, Substitute.proposal_id == Proposal.id)
        .where(Substitute.stage_id == stage_id)
        .order_by(Proposal.number, Substitute.at)
    )
    return [(row[0], row[1]) for row in rows]
