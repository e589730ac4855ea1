"""Sending a letter about a meeting: each carries a personal link of its own, of which only the hash is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from app.kit import ids
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.meetings import letters
from app.meetings.models import Meeting, PersonalLink
from app.meetings.queries.registrations import Reader, next_waiting, reader_of
from app.meetings.rules.attendance import REGISTRATION, has_room
from app.process.models import Process
from app.work import Work

Letters = Mapping[str, Rendered]
"""One letter in each language, written before the transaction."""
LANGUAGES = ("es", "en")


def to_fill(process: Process, meeting: Meeting) -> Letters:
    """The letter to whoever moves up from the waiting list, written out for both languages."""
    return {language: letters.moved_up(process, meeting, language) for language in LANGUAGES}


def in_language(written: Letters, language: str) -> Rendered:
    """The letter in the language somebody reads, in Spanish where there is no other."""
    return written.get(language[:2]) or written["es"]


def post_to(work: Work, reader: Reader, letter: Rendered) -> None:
    """Post one letter, with a new personal link where it has a place for one."""
    if "token" in letter.late:
        token = ids.new_token()
        row = PersonalLink(registration_id=reader.registration_id, token_hash=ids.hash_token(token), made_at=work.now)
        work.session.add(row)
        letter = letter.filled(token=token)
    work.post(letter, Recipient(reader.person_id, reader.address, letter.language))


def post_to_all(work: Work, readers: Iterable[Reader], written: Letters) -> int:
    """Post to everybody, each in their language; gives how many."""
    posted = 0
    for reader in readers:
        post_to(work, reader, in_language(written, reader.language))
        posted += 1
    return posted


def require_own(meeting: Meeting) -> None:
    """Refuse what would part a meeting from the session of the forum it only stands in the calendar for."""
    if meeting.convened_for is not None:
        raise Conflict(T("This session is run by the forum."))


def locked(work: Work, meeting: Meeting) -> Meeting:
    """The meeting as it stands now, held for this transaction: whoever takes or frees a place waits in line here."""
    held = select(Meeting).where(Meeting.id == meeting.id).with_for_update()
    return work.session.scalars(held.execution_options(populate_existing=True)).one()


def fill_places(work: Work, meeting: Meeting, written: Letters) -> int:
    """Give free places to those who wait, in their order, and write to them; the meeting is held by the caller."""
    free = meeting.waiting if meeting.capacity is None else min(meeting.waiting, meeting.capacity - meeting.registered)
    if free <= 0 or not has_room(meeting.capacity, meeting.registered):
        return 0
    moved = next_waiting(work.session, meeting.id, free)
    for registration in moved:
        registration.state = REGISTRATION.after(registration.state, "move_up")
        reader = reader_of(work.session, registration)
        if reader is not None:
            post_to(work, reader, in_language(written, reader.language))
    meeting.registered += len(moved)
    meeting.waiting -= len(moved)
    if moved:
        work.record("meeting.places_filled", meeting.subject, moved_up=len(moved))
    return len(moved)
