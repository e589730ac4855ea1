"""Calling those who sit in the forum to a session, and telling them when it is moved or cancelled.

An act only orders the letters; a job writes them. Each goes once to a person for each call or change, however often
the job is done, and a letter that a later change has overtaken is not written at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum import letters
from app.forum.calls import SessionLetter, SessionNotice
from app.forum.models import ForumSession
from app.forum.queries import calling as queries
from app.forum.queries import records, seats
from app.forum.queries.calling import Sitter
from app.forum.rules.agenda import is_short_notice
from app.forum.rules.calling import Move, NoticeKind, because_fault, letter_for, move_faults
from app.forum.rules.seats import SESSION, SessionState
from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.meetings import actions as meetings
from app.meetings.queries import meetings as calendar
from app.people.actor import Actor
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process
from app.proposals.letters import variant
from app.trail.rules import instant
from app.work import Work, jobs, transaction

CALL = "forum.call"
LANGUAGES = ("es", "en")
Written = dict[tuple[NoticeKind, str], Rendered]


def order_letters(work: Work, meeting: ForumSession, kind: NoticeKind, move: Move | None = None) -> SessionNotice:
    """Write down that a session was called, moved or cancelled, and have those who sit in it written to.

    Nobody is, where the session begins at once, or where the forum is only told of or made up. `move` carries what
    held before and why.
    """
    edition = len(queries.notices_of(work.session, meeting.id)) + 1
    may = meeting.held_at > work.now and queries.writes(work.session, meeting.body_id)
    people = sum(bool(one.address) for one in queries.sitters(work.session, meeting)) if may else 0
    notice = SessionNotice(
        session_id=meeting.id,
        edition=edition,
        kind=kind,
        because=move.because.strip() if move else "",
        held_before=move.held_at if move else None,
        place_before=move.place if move else "",
        people=people,
        at=work.now,
    )
    work.session.add(notice)
    if people:
        _ask(work, meeting, edition)
    return notice


def _ask(work: Work, meeting: ForumSession, edition: int) -> None:
    jobs.ask(work.session, CALL, {"session": str(meeting.id), "edition": edition}, work.now)


def move_session(work: Work, process: Process, meeting: ForumSession, move: Move) -> SessionNotice:
    """Hold a session that was called at another time or place, for a reason all read. Office or chair.

    Brought forward to fewer working days from now than the forum's rule asks for, it says so like a late call.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    _require_convened(meeting)
    faults = move_faults(move, work.now)
    if faults or move.held_at is None:
        raise Invalid(**faults)
    place, before = move.place.strip(), Move(meeting.held_at, meeting.place, move.because)
    if (move.held_at, place) == (meeting.held_at, meeting.place):
        raise Invalid(held_at=T("This is the time and place it has already."))
    meeting.short_notice = _short_notice(work, process, meeting, (move.held_at, move.because.strip()))
    meeting.held_at, meeting.place = move.held_at, place
    meetings.move_to(work, meeting.id, (move.held_at, place), move.because.strip())
    notice = order_letters(work, meeting, NoticeKind.MOVED, before)
    work.record(
        "session.moved",
        meeting.subject,
        held_at=instant(meeting.held_at),
        before=instant(before.held_at) if before.held_at else None,
        reason=notice.because,
        written_to=notice.people,
    )
    work.session.flush()
    return notice


def _short_notice(work: Work, process: Process, meeting: ForumSession, to: tuple[datetime, str]) -> str:
    """Why a session comes sooner than the rule asks: what was said, or why it was brought forward; else nothing."""
    held_at, because = to
    days = seats.sitting_rule(work.session, process.id, meeting.body_id).notice_days
    told = work.now if held_at < meeting.held_at else meeting.convened_at or work.now
    called, held = (moment.astimezone(process.zone).date() for moment in (told, held_at))
    if not is_short_notice(called, held, days):
        return ""
    return because if held_at < meeting.held_at else meeting.short_notice


def cancel_session(work: Work, process: Process, meeting: ForumSession, because: str) -> SessionNotice:
    """Cancel a session that was called, for a reason all read. Office or chair; one that has begun is not cancelled."""
    work.require(Permission.RECORD_SESSION, process.id)
    after = SESSION.after(meeting.state, "cancel")
    if (fault := because_fault(because)) is not None:
        raise Invalid(cancelled_because=fault)
    meeting.state = after
    meetings.cancel_with(work, meeting.id, because.strip())
    told = Move(meeting.held_at, meeting.place, because)
    notice = order_letters(work, meeting, NoticeKind.CANCELLED, told)
    work.record("session.cancelled", meeting.subject, reason=notice.because, written_to=notice.people)
    work.session.flush()
    return notice


def write_to_the_rest(work: Work, process: Process, meeting: ForumSession) -> int:
    """Write to who sits in the forum and has no letter yet, as they were seated since. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    told = queries.called(work.session, meeting, work.now)
    if not told.unwritten or not queries.writes(work.session, meeting.body_id):
        raise Conflict(T("Everybody who can be written to has a letter."))
    _ask(work, meeting, told.notices[-1].edition)
    work.record("session.letters_ordered", meeting.subject, people=told.unwritten)
    return told.unwritten


def _require_convened(meeting: ForumSession) -> None:
    if meeting.state is not SessionState.CONVENED:
        raise WrongState(
            T("Only a session that was called and has not begun can be moved."),
            meeting.state.value,
            SESSION.moves_from(meeting.state),
        )


def call_job(database: Database, arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `forum.call`: one letter to each who sits in the forum and has none of this edition."""
    key, edition, now = uuid.UUID(arguments["session"]), int(arguments["edition"]), clock.now()
    with database.reading() as session:
        written = _written(session, session.get_one(ForumSession, key), edition)
    if not written:
        return
    with transaction(database, Actor.system(), now) as work:
        meeting = work.session.scalars(select(ForumSession).where(ForumSession.id == key).with_for_update()).one()
        notice = queries.newest(work.session, key)
        if notice is None or notice.edition != edition or not _still_holds(meeting, notice):
            return
        sent = _post(work, meeting, notice, written)
        notice.done_at = now
        work.record("session.letters_posted", meeting.subject, edition=edition, letters=sent)
    tell(sent, sent)


def _still_holds(meeting: ForumSession, notice: SessionNotice) -> bool:
    is_cancelled = notice.kind is NoticeKind.CANCELLED
    return meeting.state is (SessionState.CANCELLED if is_cancelled else SessionState.CONVENED)


def _written(session: Session, meeting: ForumSession, edition: int) -> Written:
    """The letters in both languages, before the transaction begins; none where a later change has overtaken them."""
    notice = queries.newest(session, meeting.id)
    if notice is None or notice.edition != edition:
        return {}
    process = processes.by_id(session, meeting.process_id)
    entry = calendar.convened_for(session, meeting.id)
    told = letters.Told(
        meeting,
        notice,
        records.items_of(session, meeting.id),
        records.proposals_of(session, meeting.id),
        seats.sitting_rule(session, process.id, meeting.body_id).notice_days,
        f"/p/{process.slug}/meetings/{entry.slug}" if entry else "",
    )
    kinds = {notice.kind, letter_for(notice.kind, was_written_to=False)}
    return {
        (kind, language): render(letters.of_session(process, told, kind, language), variant(process, language))
        for kind in kinds
        for language in LANGUAGES
    }


def _post(work: Work, meeting: ForumSession, notice: SessionNotice, written: Written) -> int:
    editions, sent = queries.editions_written(work.session, meeting.id), 0
    for one in queries.sitters(work.session, meeting):
        had = editions.get(one.person_id, set())
        if not one.address or notice.edition in had:
            continue
        _post_to(work, one, written[letter_for(notice.kind, was_written_to=bool(had)), _language(one)])
        row = SessionLetter(session_id=meeting.id, edition=notice.edition, person_id=one.person_id, at=work.now)
        work.session.add(row)
        sent += 1
    return sent


def _post_to(work: Work, one: Sitter, letter: Rendered) -> None:
    work.post(letter, Recipient(one.person_id, one.address, letter.language))


def _language(one: Sitter) -> str:
    return "en" if one.language.startswith("en") else "es"
