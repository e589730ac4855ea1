"""Who is called to a session, who was written to, and whom no letter reaches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.forum.calls import SessionLetter, SessionNotice
from app.forum.models import ForumRule, ForumSession, Seat, SeatHolder
from app.people.models import Contact, Person
from app.people.rules import ContactKind
from app.proposals.rules import Provenance


@dataclass(frozen=True)
class Sitter:
    """Somebody who will sit in the forum when a session is held: where, and the address to write to, if any."""

    person_id: uuid.UUID
    seat: Seat
    is_alternate: bool
    name: str
    language: str
    address: str


@dataclass(frozen=True)
class Called:
    """How far the call to a session has come, for the office and the chair."""

    notices: list[SessionNotice]
    unreached: list[Sitter]
    unwritten: int


def writes(session: Session, body_id: uuid.UUID) -> bool:
    """Whether this forum writes to anybody: never one that is only told of, nor one that was made up to illustrate."""
    rule = session.get(ForumRule, body_id)
    return rule is None or rule.provenance is Provenance.NATIVE


def sitters(session: Session, meeting: ForumSession) -> list[Sitter]:
    """Everybody whose term runs when a session is held, holders and alternates, by seat; in one statement.

    An address that was confirmed comes before one that was only written down when they were appointed.
    """
    rows = session.execute(
        select(Seat, SeatHolder.is_alternate, Person, Contact.value)
        .join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .join(Person, Person.id == SeatHolder.person_id)
        .outerjoin(Contact, (Contact.person_id == Person.id) & (Contact.kind == ContactKind.EMAIL))
        .where(Seat.body_id == meeting.body_id, SeatHolder.from_at <= meeting.held_at)
        .where(or_(SeatHolder.to_at.is_(None), SeatHolder.to_at > meeting.held_at))
        .order_by(Seat.number, SeatHolder.is_alternate, Contact.confirmed_at.is_(None), Contact.confirmed_at)
    )
    found: dict[uuid.UUID, Sitter] = {}
    for seat, is_alternate, person, address in rows:
        if person.id not in found:
            found[person.id] = Sitter(person.id, seat, is_alternate, person.public_name, person.language, address or "")
    return list(found.values())


def notices_of(session: Session, session_id: uuid.UUID) -> list[SessionNotice]:
    """What was said of a session's time and place, the newest last."""
    wanted = select(SessionNotice).where(SessionNotice.session_id == session_id)
    return list(session.scalars(wanted.order_by(SessionNotice.edition)))


def newest(session: Session, session_id: uuid.UUID) -> SessionNotice | None:
    """What was said last."""
    wanted = select(SessionNotice).where(SessionNotice.session_id == session_id)
    return session.scalars(wanted.order_by(SessionNotice.edition.desc()).limit(1)).one_or_none()


def editions_written(session: Session, session_id: uuid.UUID) -> dict[uuid.UUID, set[int]]:
    """Who was written to about a session, and of which editions."""
    rows = select(SessionLetter.person_id, SessionLetter.edition).where(SessionLetter.session_id == session_id)
    found: dict[uuid.UUID, set[int]] = {}
    for person_id, edition in session.execute(rows):
        found.setdefault(person_id, set()).add(edition)
    return found


def called(session: Session, meeting: ForumSession, now: datetime) -> Called:
    """How far the call has come: whom no letter reaches, and how many sat down since the letters went out."""
    notices = notices_of(session, meeting.id)
    if not notices or meeting.held_at <= now:
        return Called(notices, [], 0)
    everybody = sitters(session, meeting)
    last, written = notices[-1], editions_written(session, meeting.id)
    missed = [one for one in everybody if one.address and last.edition not in written.get(one.person_id, set())]
    return Called(notices, [one for one in everybody if not one.address], len(missed) if last.done_at else 0)
