"""The seats of a forum, and who sits in them from when to when; the role follows from the seat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts import roles
from app.decisions.models import DecidingBody
from app.forum.models import Seat, SeatHolder
from app.forum.queries import seats as queries
from app.forum.queries.freezing import require_seats_free
from app.forum.rules.seats import Office, Right, SeatSector, role_of
from app.kit import ids, search
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.people import queries as people
from app.people.addresses import NOT_WHOLE
from app.people.models import Contact, Person, RoleGrant
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Permission
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class AddSeat:
    """A new seat: the body or sector it belongs to, its side, whether it votes, and the office it carries."""

    name: str
    sector: str
    right: str = "vote"
    office: str = "none"


@dataclass(frozen=True)
class Appointment:
    """Somebody who is to sit in a seat: by key, or by name and address; with the act that appoints them."""

    appointing_act: str
    name: str = ""
    address: str = ""
    person_id: uuid.UUID | None = None
    is_alternate: bool = False
    from_at: datetime | None = None
    to_at: datetime | None = None


def add_seat(work: Work, process: Process, wish: AddSeat, body: DecidingBody | None = None) -> Seat:
    """Add a seat to the forum that sits now, or to another one. Office only; one seat at most carries each office."""
    work.require(Permission.APPOINT_SEATS, process.id)
    body = body or queries.require_forum(work.session, process.id)
    require_seats_free(work.session, body.id)
    _check_seat(wish)
    office = Office(wish.office)
    seats = queries.seats_of(work.session, body.id)
    if office is not Office.NONE and any(seat.office is office for seat in seats):
        raise Conflict(T("Another seat already carries this office."))
    number = (work.session.scalar(select(func.max(Seat.number)).where(Seat.body_id == body.id)) or 0) + 1
    seat = Seat(
        id=ids.new_id(),
        process_id=process.id,
        body_id=body.id,
        number=number,
        name=wish.name.strip(),
        sector=SeatSector(wish.sector),
        voting_right=Right(wish.right),
        office=office,
    )
    work.session.add(seat)
    work.record(
        "seat.added", seat.subject, name=seat.name, sector=seat.sector.value, right=wish.right, office=office.value
    )
    work.session.flush()
    return seat


def _check_seat(wish: AddSeat) -> None:
    faults = {}
    if not wish.name.strip():
        faults["name"] = T("Write the name of the body or sector the seat belongs to.")
    if wish.sector not in set(SeatSector):
        faults["sector"] = T("Choose one of the list.")
    if wish.right not in set(Right):
        faults["right"] = T("Choose whether the seat votes.")
    if wish.office not in set(Office):
        faults["office"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)


def appoint(work: Work, process: Process, seat: Seat, wish: Appointment) -> SeatHolder:
    """Seat somebody by a named act; the role holds in this process for exactly the term. Office only.

    Refused while somebody else still sits there (alternates: while there is another alternate), and for whoever already
    holds another seat of the same forum.
    """
    work.require(Permission.APPOINT_SEATS, process.id)
    from_at = wish.from_at or work.now
    _check_term(wish, from_at)
    if queries.holder_of(work.session, seat.id, work.now, is_alternate=wish.is_alternate):
        raise Conflict(T("Somebody sits there now. End that term first."))
    person = _person_for(work, wish)
    if queries.seat_held(work.session, seat.body_id, person.id, work.now):
        raise Conflict(T("This person already holds a seat in the forum."))
    grant = RoleGrant(
        id=ids.new_id(),
        person_id=person.id,
        role=role_of(seat.voting_right, seat.office),
        process_id=process.id,
        post=seat.name[:160],
        from_at=from_at,
        to_at=wish.to_at,
    )
    holder = SeatHolder(
        id=ids.new_id(),
        process_id=process.id,
        seat_id=seat.id,
        person_id=person.id,
        grant_id=grant.id,
        is_alternate=wish.is_alternate,
        from_at=from_at,
        to_at=wish.to_at,
        appointing_act=wish.appointing_act.strip(),
    )
    work.session.add_all([grant, holder])
    roles.changed(work, person.id)
    work.record("seat.appointed", seat.subject, alternate=wish.is_alternate, act=holder.appointing_act)
    work.session.flush()
    return holder


def _check_term(wish: Appointment, from_at: datetime) -> None:
    if not wish.appointing_act.strip():
        raise Invalid(appointing_act=T("Write which act appoints this person."))
    if wish.to_at is not None and wish.to_at <= from_at:
        raise Invalid(to_at=T("The end must come after the beginning."))


def _person_for(work: Work, wish: Appointment) -> Person:
    """The person of this key; else whoever has this name at this mailbox; else somebody new, not confirmed yet."""
    if wish.person_id is not None:
        known = work.session.get(Person, wish.person_id)
        if known is None:
            raise Invalid(person=T("There is nobody of this key."))
        return known
    faults = {}
    if not wish.name.strip():
        faults["holder_name"] = T("Write the name of the person.")
    if "@" not in wish.address:
        faults["address"] = NOT_WHOLE
    if faults:
        raise Invalid(**faults)
    same = search.plain(wish.name)
    for found in people.with_address(work.session, wish.address):
        if search.plain(found.name) == same:
            return found
    person = Person(
        id=ids.new_id(),
        name=wish.name.strip(),
        public_name=wish.name.strip(),
        language="es",
        origin_sector=OriginSector.PUBLIC,
        identity_level=IdentityLevel.UNCONFIRMED,
        created_at=work.now,
    )
    work.session.add(person)
    address = people.normal_address(wish.address)
    work.session.add(Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address))
    return person


def end_term(work: Work, process: Process, seat: Seat, holder: SeatHolder, reason: str) -> None:
    """End a term now; the role ends in the same instant. Office only, with the reason or act."""
    work.require(Permission.APPOINT_SEATS, process.id)
    if holder.seat_id != seat.id or (holder.to_at is not None and holder.to_at <= work.now):
        raise WrongState(T("This term has already ended."), "ended", [])
    if not reason.strip():
        raise Invalid(reason=T("Write why or by which act the term ends."))
    holder.to_at = work.now
    grant = work.session.get(RoleGrant, holder.grant_id)
    if grant is not None:
        grant.to_at = work.now
    roles.changed(work, holder.person_id)
    work.record("seat.ended", seat.subject, alternate=holder.is_alternate, act=reason.strip())
    work.session.flush()
