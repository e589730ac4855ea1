"""Registering for a meeting without an account: a place or a place in line, a letter, and giving the place up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.accounts import known
from app.accounts.known import Known
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.kit.i18n import T, Text
from app.meetings import letters
from app.meetings.actions.planning import codes_of
from app.meetings.actions.posting import Letters, fill_places, locked, post_to, require_own, to_fill
from app.meetings.models import Meeting, Registration
from app.meetings.queries import registrations as queries
from app.meetings.rules.attendance import (
    LONGEST_NAME,
    LONGEST_NEEDS,
    MOST_LETTERS_A_DAY,
    REGISTRATION,
    RegistrationState,
    has_room,
)
from app.meetings.rules.meeting import Audience, MeetingState, unfit
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Person
from app.people.rules import Permission
from app.process.models import Process, Territory
from app.work import Work

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """What somebody registers with; `birth_year` is as it was typed, and asked only where ages matter."""

    name: str
    email: str
    territory: str = ""
    birth_year: str = ""
    needs: str = ""
    agrees: bool = False
    language: str = "es"
    by_the_office: bool = False


@dataclass(frozen=True)
class Registered:
    """What became of it, and whether a letter went out."""

    registration: Registration
    mail_was_sent: bool


def prepare(process: Process, meeting: Meeting, wish: Wish) -> Letters:
    """Check what was typed and write the letters of both outcomes, outside the transaction."""
    faults = faults_in(wish, needs_email=not wish.by_the_office)
    if meeting.ages.is_asked and not wish.birth_year:
        faults["birth_year"] = T("Write the year you were born: this meeting is for people of certain ages.")
    if meeting.recording_notice and not wish.agrees:
        faults["agrees"] = _without_agreement()
    if faults:
        raise Invalid(**faults)
    return {
        "registered": letters.registered(process, meeting, wish.language),
        "waiting": letters.waiting(process, meeting, wish.language),
    }


def _without_agreement() -> Text:
    return T("Without your agreement to the recording you cannot take part in this meeting.")


def faults_in(wish: Wish, *, needs_email: bool) -> dict[str, Text]:
    """What cannot be taken as it was typed, one sentence per field."""
    faults: dict[str, Text] = {}
    if not wish.name:
        faults["name"] = T("Write your name.")
    elif len(wish.name) > LONGEST_NAME:
        faults["name"] = T("Shorten the name to {n} characters.", n=LONGEST_NAME)
    if (wish.email or needs_email) and not is_address(wish.email):
        faults["email"] = NOT_WHOLE
    if wish.birth_year and not (wish.birth_year.isdigit() and 1900 <= int(wish.birth_year) <= 2100):
        faults["birth_year"] = T("Write the year in four digits, for example 2001.")
    if len(wish.needs) > LONGEST_NEEDS:
        faults["needs"] = T("This is too long: at most {n} characters.", n=LONGEST_NEEDS)
    return faults


def register(work: Work, process: Process, meeting: Meeting, wish: Wish, written: Letters) -> Registered:
    """Register for a meeting while its time for it is open. Anybody may where it is open, without an account.

    Counted while the meeting is held for this transaction, so places never overflow; whoever finds none waits in line.
    Refused by field for people of other places or ages. Registering twice keeps the one place and sends the letter
    again, so that nobody learns who else is coming.
    """
    _who(work, process, meeting, wish)
    require_own(meeting)
    meeting = locked(work, meeting)
    _when(work, process, meeting)
    place_id = require_fit(work, meeting, wish)
    if meeting.recording_notice and not wish.agrees:
        raise Invalid(agrees=_without_agreement())
    person = person_of(work, wish)
    found = queries.of_person(work.session, meeting.id, person.id)
    if found is None or found.state is RegistrationState.CANCELLED:
        found = _take(work, meeting, found, (person, place_id, wish))
    letter = written["registered" if found.state is RegistrationState.REGISTERED else "waiting"]
    reader = queries.Reader(found.id, person.id, people.normal_address(wish.email), wish.language)
    sent = bool(wish.email) and _may_write(work, reader.address, wish)
    if sent:
        post_to(work, reader, letter)
    return Registered(found, sent)


def _who(work: Work, process: Process, meeting: Meeting, wish: Wish) -> None:
    if wish.by_the_office:
        work.require(Permission.RECORD_ATTENDANCE, process.id)
    elif meeting.audience is not Audience.OPEN:
        raise NotAllowed(T("This meeting is by invitation. If you think you should be invited, ask the office."))


def _when(work: Work, process: Process, meeting: Meeting) -> None:
    if process.ended_at:
        raise NotNow(T("This process has ended."))
    if process.paused_at:
        raise NotNow(T("This process is paused. Its page says why and until when."))
    if meeting.state is MeetingState.CANCELLED:
        raise Conflict(T("This meeting was cancelled. Its page says why."))
    if meeting.state is not MeetingState.CONVENED:
        raise NotNow(T("This meeting takes no registrations now."), meeting.starts_at, meeting.ends_at)
    meeting.registration.require_open(work.now)


def require_fit(work: Work, meeting: Meeting, wish: Wish) -> uuid.UUID | None:
    """Refuse people of other places or ages, next to the field; gives the key of the place they named."""
    codes = codes_of(work.session, meeting.id)
    birth_year = int(wish.birth_year) if wish.birth_year else None
    fault = unfit(meeting.ages, codes, (wish.territory, birth_year), meeting.starts_at.astimezone(meeting.zone).year)
    if fault is not None:
        raise Invalid(**{fault[0]: fault[1]})
    if not wish.territory:
        return None
    wanted = (Territory.process_id == meeting.process_id, Territory.code == wish.territory)
    found = work.session.scalar(select(Territory.id).where(*wanted))
    if found is None:
        raise Invalid(territory=T("Choose one of the places of the list."))
    return found


def _take(
    work: Work, meeting: Meeting, found: Registration | None, who: tuple[Person, uuid.UUID | None, Wish]
) -> Registration:
    """Give a place or a place in line, while the meeting is held; nobody passes those who wait."""
    person, place_id, wish = who
    is_free = has_room(meeting.capacity, meeting.registered) and not meeting.waiting
    meeting.last_in_line += 1
    if is_free:
        meeting.registered += 1
    else:
        meeting.waiting += 1
    state = REGISTRATION.after(found.state if found else None, "register" if is_free else "wait")
    row = found or Registration(id=ids.new_id(), meeting_id=meeting.id, person_id=person.id)
    row.state, row.in_line, row.at, row.language = state, meeting.last_in_line, work.now, wish.language
    row.territory_id, row.by_the_office = place_id, wish.by_the_office
    row.birth_year = int(wish.birth_year) if wish.birth_year and meeting.ages.is_asked else None
    row.needs, row.agreed_to_recording = wish.needs, wish.agrees
    work.session.add(row)
    work.session.flush()
    private = {"registration": str(row.id)}
    work.record("meeting.registered", meeting.subject, outcome=state.value, private=private)
    return row


def person_of(work: Work, wish: Wish) -> Person:
    """Whoever is signed in at this address, else whoever has this name at this mailbox, else somebody new."""
    return known.person_of(work, Known(wish.name, wish.email, wish.language))


def _may_write(work: Work, address: str, wish: Wish) -> bool:
    return wish.by_the_office or queries.letters_since(work.session, address, work.now - A_DAY) < MOST_LETTERS_A_DAY


def to_give_up(process: Process, meeting: Meeting) -> Letters:
    """The letters to whoever takes the place, written before the transaction."""
    return to_fill(process, meeting)


def give_up(work: Work, meeting: Meeting, registration: Registration, written: Letters) -> None:
    """Give a place up before the meeting begins; the first in line gets it at once, with a letter. Its holder only."""
    if work.now >= meeting.starts_at:
        raise NotNow(T("The meeting has begun."), meeting.starts_at, meeting.ends_at)
    meeting = locked(work, meeting)
    work.session.refresh(registration)
    had_a_place = registration.state is RegistrationState.REGISTERED
    registration.state = REGISTRATION.after(registration.state, "cancel")
    registration.needs, registration.birth_year = "", None
    if had_a_place:
        meeting.registered -= 1
    else:
        meeting.waiting -= 1
    private = {"registration": str(registration.id)}
    work.record("meeting.place_given_up", meeting.subject, had_a_place=had_a_place, private=private)
    work.session.flush()
    if meeting.state is MeetingState.CONVENED:
        fill_places(work, meeting, written)


def give_up_for(work: Work, process: Process, meeting: Meeting, registration: Registration, written: Letters) -> None:
    """Give a place up for somebody who asked the office to, with or without an e-mail address. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    give_up(work, meeting, registration, written)
