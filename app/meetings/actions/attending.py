"""Attendance: by personal link, by the code in the room, from a list on paper. One person counts once.

`count` is the only place where somebody is counted. At a prioritisation table whoever left an address is owed the
answer of that table from that moment on; at the other kinds nothing is owed.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.duties import ledger
from app.duties.rules import Part
from app.kit import ids, search
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T
from app.meetings.actions.planning import codes_of
from app.meetings.actions.posting import locked
from app.meetings.actions.registering import Wish, faults_in, person_of, require_fit
from app.meetings.models import Attendance, Meeting, Registration
from app.meetings.queries import registrations as queries
from app.meetings.rules.attendance import LONGEST_NAME, RegistrationState, Way, has_room
from app.meetings.rules.meeting import MEETING, MeetingKind, MeetingState, may_come_in, unfit
from app.people import queries as people
from app.people.addresses import is_address
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel, Permission
from app.process.models import Process, Territory
from app.work import Work

MOST_LINES = 1000


@dataclass(frozen=True)
class Noted:
    """How many of a list were counted now, and how many had been before."""

    counted: int
    already: int


def new_room_code(work: Work, process: Process, meeting: Meeting) -> str:
    """A new code for the wall of the room, shown once; the earlier one no longer counts. Office or facilitator."""
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    code = ids.new_follow_code()
    meeting.room_code_hash = ids.hash_token(code)
    work.record("meeting.room_code_made", meeting.subject)
    return code


def come_by_link(work: Work, meeting: Meeting, registration: Registration) -> bool:
    """Say by the personal link that one is there, from an hour before until two hours after; who holds it may.

    Place and age are looked at again. Whoever had no place is let in while there is room. False: was counted before.
    """
    meeting = locked(work, meeting)
    _require_open_door(work, meeting)
    _fits_still(work, meeting, registration)
    if registration.state is not RegistrationState.REGISTERED:
        _require_room(meeting)
    is_new = _came(work, meeting, registration.person_id, Way.PERSONAL_LINK)
    if is_new:
        _confirm(work, registration.person_id)
    return is_new


def _confirm(work: Work, person_id: uuid.UUID) -> None:
    """Whoever acts by the personal link has the mailbox it went to, so the answer of the meeting can go there too."""
    contact, person = people.email_of(work.session, person_id), work.session.get_one(Person, person_id)
    if contact is not None and contact.confirmed_at is None:
        contact.confirmed_at = work.now
    if person.identity_level is IdentityLevel.UNCONFIRMED:
        person.identity_level = IdentityLevel.EMAIL_CONFIRMED


def _require_open_door(work: Work, meeting: Meeting) -> None:
    if meeting.state not in {MeetingState.CONVENED, MeetingState.HELD}:
        raise WrongState(T("This meeting is over or was cancelled."), meeting.state.value, [])
    if not may_come_in(meeting.starts_at, meeting.ends_at, work.now):
        raise NotNow(
            T("You can say that you are here from an hour before the meeting until two hours after it."),
            meeting.starts_at,
            meeting.ends_at,
        )


def _fits_still(work: Work, meeting: Meeting, registration: Registration) -> None:
    code = work.session.scalar(select(Territory.code).where(Territory.id == registration.territory_id)) or ""
    year = meeting.starts_at.astimezone(meeting.zone).year
    fault = unfit(meeting.ages, codes_of(work.session, meeting.id), (code, registration.birth_year), year)
    if fault is not None:
        raise Conflict(fault[1])


def _require_room(meeting: Meeting) -> None:
    if not has_room(meeting.capacity, meeting.came):
        raise Conflict(T("The room is full. All places are taken."))


def come_by_code(work: Work, meeting: Meeting, code: str, wish: Wish) -> bool:
    """Say with the code in the room that one is there; whoever did not register is let in while there is room.

    Whoever registered is found by the same name and address. Refused by field for people of other places or ages.
    """
    faults = faults_in(wish, needs_email=False)
    if faults:
        raise Invalid(**faults)
    meeting = locked(work, meeting)
    _require_open_door(work, meeting)
    typed = ids.hash_token("".join(c for c in code.upper() if c.isalnum()))
    if not meeting.room_code_hash or not hmac.compare_digest(typed, meeting.room_code_hash):
        raise Invalid(code=T("This is not the code of this room. Copy it from the wall, or ask."))
    found = queries.matching(queries.known_to(work.session, meeting.id), wish.name, wish.email)
    if found is not None:
        _fits_still(work, meeting, found)
        person_id = found.person_id
    else:
        require_fit(work, meeting, wish)
        person_id = _seen_before(work, meeting, wish) or person_of(work, wish).id
    if found is None or found.state is not RegistrationState.REGISTERED:
        _require_room(meeting)
    return _came(work, meeting, person_id, Way.ROOM_CODE)


def _seen_before(work: Work, meeting: Meeting, wish: Wish) -> uuid.UUID | None:
    """Somebody without an address who was already noted here under this name."""
    if wish.email:
        return None
    same = search.plain(wish.name)
    return next((k for k, name in queries.attendees(work.session, meeting.id) if search.plain(name) == same), None)


def _came(work: Work, meeting: Meeting, person_id: uuid.UUID, way: Way) -> bool:
    is_new = count(work, meeting, person_id, way)
    if is_new:
        work.record("meeting.attended", meeting.subject, way=way.value)
    return is_new


def note_came(
    work: Work, process: Process, meeting: Meeting, registrations: Sequence[uuid.UUID], way: Way = Way.PAPER
) -> Noted:
    """Note who of those who registered came, by the keys of their registrations. Office or facilitator."""
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    meeting = locked(work, meeting)
    rows = [queries.by_id(work.session, meeting.id, key) for key in dict.fromkeys(registrations)]
    new = sum(count(work, meeting, row.person_id, way) for row in rows)
    return _noted(work, meeting, new, len(rows) - new)


def note_list(work: Work, process: Process, meeting: Meeting, typed: str) -> Noted:
    """Note a list on paper: a line for each person, name and, after a semicolon, the address they left.

    Whoever registered is found by address or name; anybody else is noted by name, once. Office or facilitator.
    """
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    lines = _lines(typed)
    meeting = locked(work, meeting)
    known = queries.known_to(work.session, meeting.id)
    seen = {search.plain(name): key for key, name in queries.attendees(work.session, meeting.id)}
    new = 0
    for name, address in lines:
        found = queries.matching(known, name, address)
        if found is not None:
            person_id = found.person_id
        elif not address and search.plain(name) in seen:
            person_id = seen[search.plain(name)]
        else:
            person_id = person_of(work, Wish(name, address, by_the_office=True)).id
            seen[search.plain(name)] = person_id
        new += count(work, meeting, person_id, Way.PAPER)
    return _noted(work, meeting, new, len(lines) - new)


def strike(work: Work, process: Process, meeting: Meeting, row: Attendance) -> None:
    """Take back, while it is held, that somebody was noted, and what was owed for it. Office or facilitator."""
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    meeting = locked(work, meeting)
    if row.person_id is not None:
        ledger.take_back(work.session, meeting.id, row.person_id)
    work.session.delete(row)
    meeting.came -= 1
    work.record("meeting.attendance_struck", meeting.subject, way=row.way.value, people=meeting.came)


def _lines(typed: str) -> list[tuple[str, str]]:
    lines = [line for line in typed.splitlines() if line.strip()]
    if not lines:
        raise Invalid(list=T("Write a line for each person who came."))
    if len(lines) > MOST_LINES:
        raise Invalid(list=T("At most {n} lines.", n=MOST_LINES))
    found = []
    for number, line in enumerate(lines, 1):
        name, _, address = (part.strip() for part in line.partition(";"))
        if not name or len(name) > LONGEST_NAME:
            raise Invalid(list=T("Line {n}: write the name first, then a semicolon and the address.", n=number))
        if address and not is_address(address):
            raise Invalid(list=T("Line {n}: the address is not complete.", n=number))
        found.append((name, address))
    return found


def _noted(work: Work, meeting: Meeting, counted: int, already: int) -> Noted:
    facts = {"way": Way.PAPER.value, "counted": counted, "people": meeting.came}
    work.record("meeting.attendance_noted", meeting.subject, **facts)
    return Noted(counted, already)


def require_taking_place(meeting: Meeting) -> None:
    """Refuse what is noted while a meeting takes place, before and after."""
    if meeting.state is not MeetingState.HELD:
        text = T("Attendance is noted from the beginning of the meeting until it is closed.")
        raise WrongState(text, meeting.state.value, MEETING.moves_from(meeting.state))


def count(work: Work, meeting: Meeting, person_id: uuid.UUID | None, way: Way, minutes: int | None = None) -> bool:
    """Count one person, or a guest without a name; the meeting is held by the caller. False: was counted before."""
    if person_id is not None and queries.attendance_of(work.session, meeting.id, person_id) is not None:
        return False
    row = Attendance(meeting_id=meeting.id, person_id=person_id, way=way, minutes=minutes, at=work.now)
    work.session.add(row)
    meeting.came += 1
    if person_id is not None and meeting.kind is MeetingKind.PRIORITISATION_TABLE and meeting.stage_id is not None:
        _owe(work, meeting, meeting.stage_id, person_id)
    work.session.flush()
    return True


def _owe(work: Work, meeting: Meeting, stage_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Owe the answer of this table to whoever left an address for it."""
    ways = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.POST)
    wanted = (Contact.person_id == person_id, Contact.kind.in_(ways))
    if work.session.scalar(select(Contact.id).where(*wanted).limit(1)) is not None:
        work.owe(person_id, stage_id, Part.PARTICIPANT, meeting.subject)
