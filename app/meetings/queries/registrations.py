"""Who registered, who came, and whom the platform reported; read only by those who may, or by the person themselves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit import ids, search
from app.kit.errors import NotFound
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.meetings.models import Attendance, Meeting, PersonalLink, Registration, ReportLine
from app.meetings.rules.attendance import RegistrationState
from app.meetings.rules.meeting import MeetingState, is_link_shown
from app.people.models import Contact, Person
from app.people.queries import normal_address
from app.people.rules import ContactKind
from app.process.models import Territory

PAGE = 100


@dataclass(frozen=True)
class Line:
    """One registration as the office sees it."""

    registration: Registration
    name: str
    address: str
    territory: str
    has_come: bool


@dataclass(frozen=True)
class Known:
    """Somebody who registered, as lists of who came are compared with."""

    registration: Registration
    name: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class Reader:
    """Somebody to write to about a meeting."""

    registration_id: uuid.UUID
    person_id: uuid.UUID
    address: str
    language: str


def by_token(session: Session, meeting_id: uuid.UUID, token: str) -> tuple[Registration, Person]:
    """The registration a personal link belongs to, and whose it is."""
    found = session.execute(
        select(Registration, Person)
        .join(PersonalLink, PersonalLink.registration_id == Registration.id)
        .join(Person, Person.id == Registration.person_id)
        .where(PersonalLink.token_hash == ids.hash_token(token), Registration.meeting_id == meeting_id)
    ).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def link_for(meeting: Meeting, registration: Registration, now: datetime) -> str:
    """The video link, for somebody who has a place, from a day before until two hours after; nothing otherwise."""
    if registration.meeting_id != meeting.id or registration.state is not RegistrationState.REGISTERED:
        return ""
    if meeting.state is MeetingState.CANCELLED or not is_link_shown(meeting.starts_at, meeting.ends_at, now):
        return ""
    return meeting.video_link


def of_person(session: Session, meeting_id: uuid.UUID, person_id: uuid.UUID) -> Registration | None:
    """The registration of a person for a meeting."""
    wanted = (Registration.meeting_id == meeting_id, Registration.person_id == person_id)
    return session.scalars(select(Registration).where(*wanted)).one_or_none()


def by_id(session: Session, meeting_id: uuid.UUID, registration_id: uuid.UUID) -> Registration:
    """A registration for this meeting, by its key."""
    found = session.get(Registration, registration_id)
    if found is None or found.meeting_id != meeting_id:
        raise NotFound
    return found


def next_waiting(session: Session, meeting_id: uuid.UUID, limit: int) -> list[Registration]:
    """Who waits, in the order in which they came."""
    wanted = (Registration.meeting_id == meeting_id, Registration.state == RegistrationState.WAITING)
    return list(session.scalars(select(Registration).where(*wanted).order_by(Registration.in_line).limit(limit)))


def lines(session: Session, meeting_id: uuid.UUID, after: int = 0) -> tuple[list[Line], int | None]:
    """One page of registrations in the order in which they came, and where the next page begins."""
    rows = session.execute(
        select(Registration, Person.name, Territory.name_es, Attendance.id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Territory, Territory.id == Registration.territory_id)
        .outerjoin(
            Attendance,
            (Attendance.meeting_id == Registration.meeting_id) & (Attendance.person_id == Registration.person_id),
        )
        .where(Registration.meeting_id == meeting_id, Registration.in_line > after)
        .order_by(Registration.in_line)
        .limit(PAGE + 1)
    ).all()
    known = addresses_of(session, [row[0].person_id for row in rows])
    found = [
        Line(r, name, min(known.get(r.person_id, {""})), place or "", came is not None) for r, name, place, came in rows
    ]
    return found[:PAGE], found[PAGE - 1].registration.in_line if len(found) > PAGE else None


def addresses_of(session: Session, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The e-mail addresses of these people."""
    wanted = (Contact.person_id.in_(persons), Contact.kind == ContactKind.EMAIL)
    found: dict[uuid.UUID, set[str]] = {}
    for person_id, value in session.execute(select(Contact.person_id, Contact.value).where(*wanted)):
        found.setdefault(person_id, set()).add(value)
    return found


def known_to(session: Session, meeting_id: uuid.UUID) -> list[Known]:
    """Everybody who registered, with names and addresses, to compare a list of who came with."""
    rows = session.execute(
        select(Registration, Person.name)
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.meeting_id == meeting_id)
        .order_by(Registration.in_line)
    ).all()
    mailboxes = session.execute(
        select(Contact.person_id, Contact.value)
        .join(Registration, Registration.person_id == Contact.person_id)
        .where(Registration.meeting_id == meeting_id, Contact.kind == ContactKind.EMAIL)
    )
    at: dict[uuid.UUID, set[str]] = {}
    for person_id, value in mailboxes:
        at.setdefault(person_id, set()).add(value)
    return [Known(row, name, frozenset(at.get(row.person_id, ()))) for row, name in rows]


def matching(known: Sequence[Known], name: str, address: str) -> Registration | None:
    """Whose line this is: by e-mail, where one mailbox serves several by name too; else by a name only one bears."""
    same = search.plain(name).split()
    named = [one for one in known if same and search.plain(one.name).split() == same]
    if address:
        at = [one for one in known if normal_address(address) in one.addresses]
        both = [one for one in at if one in named]
        if len(at) == 1 or len(both) == 1:
            return (both or at)[0].registration
        if at:
            return None
    return named[0].registration if len(named) == 1 else None


def readers(
    session: Session, meeting_id: uuid.UUID, states: Sequence[RegistrationState], *, not_reminded: bool = False
) -> list[Reader]:
    """Everybody with an address to write to about a meeting, one address each."""
    statement = (
        select(Registration.id, Registration.person_id, func.min(Contact.value), Registration.language)
        .join(Contact, (Contact.person_id == Registration.person_id) & (Contact.kind == ContactKind.EMAIL))
        .where(Registration.meeting_id == meeting_id, Registration.state.in_(states))
        .group_by(Registration.id, Registration.person_id, Registration.language, Registration.in_line)
        .order_by(Registration.in_line)
    )
    if not_reminded:
        statement = statement.where(Registration.reminded_at.is_(None))
    return [Reader(*row) for row in session.execute(statement)]


def reader_of(session: Session, registration: Registration) -> Reader | None:
    """One person to write to, where they left an address."""
    address = session.scalar(
        select(func.min(Contact.value)).where(
            Contact.person_id == registration.person_id, Contact.kind == ContactKind.EMAIL
        )
    )
    if address is None:
        return None
    return Reader(registration.id, registration.person_id, address, registration.language)


def letters_since(session: Session, address: str, since: datetime) -> int:
    """How many letters that were just asked for went to an address since then."""
    wanted = (
        OutboxMessage.to_address == address,
        OutboxMessage.kind == LetterKind.MEETING,
        OutboxMessage.created_at > since,
    )
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(*wanted)) or 0


def attendance_of(session: Session, meeting_id: uuid.UUID, person_id: uuid.UUID) -> Attendance | None:
    """Whether a person was noted at a meeting."""
    wanted = (Attendance.meeting_id == meeting_id, Attendance.person_id == person_id)
    return session.scalars(select(Attendance).where(*wanted)).one_or_none()


def came_by_way(session: Session, meeting_id: uuid.UUID) -> dict[str, int]:
    """How many came by each way of noting, for the office."""
    rows = session.execute(
        select(Attendance.way, func.count()).where(Attendance.meeting_id == meeting_id).group_by(Attendance.way)
    )
    return {way.value: n for way, n in rows}


def noted(session: Session, meeting_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Everybody who was noted, by the key of the note, with the name; a guest has none."""
    rows = session.execute(
        select(Attendance.id, Person.name)
        .outerjoin(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Person.name, Attendance.id)
    )
    return [(key, name or "") for key, name in rows]


def note_by_id(session: Session, meeting_id: uuid.UUID, attendance_id: uuid.UUID) -> Attendance:
    """One note that somebody came, by its key."""
    found = session.get(Attendance, attendance_id)
    if found is None or found.meeting_id != meeting_id:
        raise NotFound
    return found


def attendees(session: Session, meeting_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Key and name of everybody who was noted by name, to compare another list with."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.meeting_id == meeting_id)
    )
    return [(row[0], row[1]) for row in rows]


def unmatched(session: Session, meeting_id: uuid.UUID, limit: int) -> list[ReportLine]:
    """Whom the platform reported and no registration fits, by name; first those who gave no address."""
    wanted = select(ReportLine).where(ReportLine.meeting_id == meeting_id, ReportLine.is_settled.is_(False))
    in_order = (ReportLine.address != "", ReportLine.name, ReportLine.id)
    return list(session.scalars(wanted.order_by(*in_order).limit(limit)))


def count_unmatched(session: Session, meeting_id: uuid.UUID) -> int:
    """How many of those the platform reported are to be settled."""
    wanted = (ReportLine.meeting_id == meeting_id, ReportLine.is_settled.is_(False))
    return session.scalar(select(func.count()).select_from(ReportLine).where(*wanted)) or 0


def report_keys(session: Session, meeting_id: uuid.UUID) -> dict[str, ReportLine]:
    """The lines taken from earlier reports of a meeting, by what tells them apart."""
    rows = session.scalars(select(ReportLine).where(ReportLine.meeting_id == meeting_id))
    return {row.key: row for row in rows}


def line_by_id(session: Session, meeting_id: uuid.UUID, line_id: uuid.UUID) -> ReportLine:
    """One line of the report, still to be settled."""
    line = session.get(ReportLine, line_id)
    if line is None or line.meeting_id != meeting_id or line.is_settled:
        raise NotFound
    return line
