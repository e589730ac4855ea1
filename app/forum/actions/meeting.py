"""The sessions of the forum: convened with their items, held with an attendance that shows the quorum, closed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.forum.actions.calling import order_letters
from app.forum.actions.minuting import require_unpublished
from app.forum.models import ForumRule, ForumSession, SeatAttendance
from app.forum.queries import records
from app.forum.queries import seats as queries
from app.forum.records import SessionItem
from app.forum.rules.agenda import MOST_ITEMS, is_short_notice, items_of
from app.forum.rules.calling import LONGEST_PLACE, SHORTEST_BECAUSE, NoticeKind
from app.forum.rules.motions import MotionState, Wanted
from app.forum.rules.seats import KIND_WORDS, SESSION, Presence, Quorum, SessionKind, SessionState
from app.kit import ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T, Text
from app.meetings import actions as meetings
from app.meetings.actions import Plan
from app.meetings.rules.meeting import MeetingKind
from app.people.rules import Permission
from app.process.models import Process
from app.trail.rules import instant
from app.work import Work

MOST_NOTICE_DAYS = 60
BEGINS_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Convene:
    """What a session is called for, one item a line, when and where; why at short notice, where it is called so."""

    kind: str
    held_at: datetime | None
    agenda: str
    place: str = ""
    short_notice: str = ""


def convene(work: Work, process: Process, wish: Convene) -> ForumSession:
    """Call a session with its agenda, and those who sit in the forum to it. Office or chair.

    With fewer working days than the forum's rule asks for it says why.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    body = queries.require_forum(work.session, process.id)
    faults, is_short = _faults(work, process, body.id, wish)
    if faults or wish.held_at is None:
        raise Invalid(**faults)
    meeting = ForumSession(
        id=ids.new_id(),
        process_id=process.id,
        body_id=body.id,
        number=queries.last_number(work.session, body.id) + 1,
        kind=SessionKind(wish.kind),
        state=SESSION.after(None, "convene"),
        held_at=wish.held_at,
        place=wish.place.strip()[:LONGEST_PLACE],
        agenda=wish.agenda.strip(),
        convened_at=work.now,
        short_notice=wish.short_notice.strip() if is_short else "",
    )
    work.session.add(meeting)
    work.session.flush()
    _put_items(work, meeting)
    _into_the_calendar(work, process, meeting)
    notice = order_letters(work, meeting, NoticeKind.CALLED)
    work.record(
        "session.convened",
        meeting.subject,
        kind=wish.kind,
        held_at=instant(wish.held_at),
        items=len(items_of(wish.agenda)),
        at_short_notice=is_short,
        written_to=notice.people,
    )
    work.session.flush()
    return meeting


def _put_items(work: Work, meeting: ForumSession) -> None:
    for number, item in enumerate(items_of(meeting.agenda), 1):
        row = SessionItem(session_id=meeting.id, number=number, title=item.title, wanted=Wanted(item.wanted))
        work.session.add(row)


def _faults(work: Work, process: Process, body_id: uuid.UUID, wish: Convene) -> tuple[dict[str, Text], bool]:
    """What is wrong with a call, and whether it comes later than the forum's rule says."""
    faults: dict[str, Text] = {}
    if wish.kind not in set(SessionKind):
        faults["kind"] = T("Choose one of the list.")
    if not items_of(wish.agenda):
        faults["agenda"] = T("Write what the session is about.")
    if len(items_of(wish.agenda)) > MOST_ITEMS:
        faults["agenda"] = T("At most {n} items.", n=MOST_ITEMS)
    if wish.held_at is None:
        return faults | {"held_at": T("Write the date and time like 2026-09-07T23:59.")}, False
    days = queries.sitting_rule(work.session, process.id, body_id).notice_days
    called, held = (moment.astimezone(process.zone).date() for moment in (work.now, wish.held_at))
    is_short = is_short_notice(called, held, days)
    if is_short and len(wish.short_notice.strip()) < SHORTEST_BECAUSE:
        faults["short_notice"] = T(
            "The forum calls its sessions {n} working days before. Write for all to read why this one comes later.",
            n=days,
        )
    return faults, is_short


def _into_the_calendar(work: Work, process: Process, meeting: ForumSession) -> None:
    """A session is a meeting too: it stands in the calendar of the process, without anybody registering for it."""
    said = KIND_WORDS[meeting.kind]
    plan = Plan(
        kind=MeetingKind.FORUM_SESSION.value,
        title_es=f"{said.into('es')} {meeting.number}",
        title_en=f"{said.into('en')} {meeting.number}",
        purpose_es=meeting.agenda,
        starts_at=meeting.held_at,
        ends_at=None,
        place=meeting.place,
    )
    meetings.convene_for(work, process, plan, meeting.id, f"/p/{process.slug}/forum/sessions/{meeting.number}")


def hold(work: Work, process: Process, meeting: ForumSession) -> None:
    """Begin a session: from now on attendance, criteria and decisions are recorded in it. Office or chair.

    Refused more than a day before it was called for: who reads the call would come to a session that is over.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    after = SESSION.after(meeting.state, "hold")
    if meeting.held_at - work.now > BEGINS_BEFORE:
        raise Conflict(T("The session was called for another day. Move it first, so that everybody is told."))
    meeting.state = after
    meetings.move_with(work, meeting.id, "hold")
    work.record("session.held", meeting.subject, kind=meeting.kind.value)


def record_attendance(work: Work, process: Process, meeting: ForumSession, who: Mapping[int, str]) -> Quorum:
    """Write down who sat in each seat: holder, alternate or absent, by seat number. Office or chair, while it is held.

    Whoever comes or leaves later is written down again: the quorum is that of the moment.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    require_held(meeting)
    known = queries.attendance_of(work.session, meeting.id)
    for seat in queries.seats_of(work.session, meeting.body_id):
        said = who.get(seat.number, "absent")
        if said not in {"holder", "alternate", "absent"}:
            raise Invalid(**{f"seat-{seat.number}": T("Choose who sat there.")})
        holder_id = _sitter(work, seat.id, said, seat.number)
        row = known.get(seat.id)
        if row is None:
            row = SeatAttendance(session_id=meeting.id, seat_id=seat.id)
            work.session.add(row)
        row.holder_id = holder_id
        row.presence = Presence.ABSENT if holder_id is None else Presence.PRESENT
    work.session.flush()
    quorum = queries.quorum_at(work.session, meeting)
    work.record(
        "session.attendance_recorded",
        meeting.subject,
        present=quorum.present,
        voting_seats=quorum.seats,
        needed=quorum.needed,
        quorum=quorum.holds,
        seats={str(number): said for number, said in sorted(who.items())},
    )
    return quorum


def _sitter(work: Work, seat_id: uuid.UUID, said: str, number: int) -> uuid.UUID | None:
    if said == "absent":
        return None
    holder = queries.holder_of(work.session, seat_id, work.now, is_alternate=said == "alternate")
    if holder is None:
        raise Invalid(**{f"seat-{number}": T("Nobody is appointed to sit there.")})
    return holder.id


def close_session(work: Work, process: Process, meeting: ForumSession) -> None:
    """End a session; its minutes follow. Office or chair; refused without attendance or while a motion is open."""
    work.require(Permission.RECORD_SESSION, process.id)
    after = SESSION.after(meeting.state, "close")
    came = queries.attendance_of(work.session, meeting.id).values()
    if not came:
        raise Conflict(T("Write down who came first."))
    if any(motion.state is MotionState.PUT for motion in records.motions_of(work.session, meeting.id)):
        raise Conflict(T("A motion is still open: write down how it ended, or that it was withdrawn."))
    if records.minutes_of(work.session, meeting.id) is None:
        require_unpublished(work, meeting)
    meeting.state = after
    meetings.move_with(work, meeting.id, "close", sum(row.presence is Presence.PRESENT for row in came))
    quorum = queries.quorum_at(work.session, meeting)
    work.record("session.closed", meeting.subject, quorum=quorum.holds, present=quorum.present)


def set_sitting_rule(work: Work, process: Process, notice_days: int, *, casting_vote: bool) -> ForumRule:
    """Set how many working days before sessions are called, and whether the chair breaks a tie. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    body = queries.require_forum(work.session, process.id)
    if not 0 <= notice_days <= MOST_NOTICE_DAYS:
        raise Invalid(notice_days=T("Write a number of working days from 0 to {n}.", n=MOST_NOTICE_DAYS))
    rule = queries.sitting_rule(work.session, process.id, body.id)
    rule.notice_days, rule.casting_vote = notice_days, casting_vote
    work.session.add(rule)
    work.record("forum.sitting_rule_set", body.subject, notice_days=notice_days, casting_vote=casting_vote)
    return rule


def require_held(meeting: ForumSession) -> None:
    """Refuse what can only happen while a session is being held."""
    if meeting.state is not SessionState.HELD:
        raise WrongState(
            T("This session is not being held now."), meeting.state.value, SESSION.moves_from(meeting.state)
        )


def require_quorum(work: Work, meeting: ForumSession, without: frozenset[uuid.UUID] = frozenset()) -> Quorum:
    """Refuse what needs a quorum while there is none among the seats that do not stand aside, and say the count."""
    require_held(meeting)
    quorum = queries.quorum_at(work.session, meeting, without)
    if not quorum.holds:
        raise Conflict(quorum.explained)
    return quorum
