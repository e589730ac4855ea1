"""Sessions as the office and the chair record them: convening, who came, the quorum, and closing."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum import actions
from app.forum.actions.meeting import Convene
from app.forum.doors import forum_at
from app.forum.models import ForumSession, SeatAttendance
from app.forum.queries import calling, records
from app.forum.queries import seats as queries
from app.forum.queries.seats import SeatRow
from app.forum.rules.agenda import due_days
from app.forum.rules.calling import NOTICE_WORDS
from app.forum.rules.minutes import STATE_WORDS
from app.forum.rules.motions import MotionState
from app.forum.rules.seats import KIND_WORDS, SESSION, SESSION_WORDS, Presence, SeatAtTable, quorum_of
from app.kit.errors import Invalid
from app.kit.i18n import T, Text, Tn
from app.people.rules import Permission
from app.process.models import Process
from app.process.rules import local_of, parse_local
from app.web.edge import Router
from app.web.view import View

router = Router()
LONGEST_NUMBER = 4


@router.page("/p/{slug}/office/forum/sessions", may=Permission.RECORD_SESSION)
def sessions(view: View, slug: str) -> Response:
    """The sessions so far, and calling the next."""
    process, body = forum_at(view, slug)
    view.require(Permission.RECORD_SESSION, process.id)
    meetings = queries.sessions_of(view.session, body.id)
    return view.render(
        "forum/sessions.html",
        process=process,
        meetings=meetings,
        minutes=records.states_of(view.session, [meeting.id for meeting in meetings]),
        minutes_words=STATE_WORDS,
        tasks=records.open_tasks(view.session, body.id, public=False),
        today=view.now.astimezone(process.zone).date(),
        sitting=queries.sitting_rule(view.session, process.id, body.id),
        may_set=view.actor.may(Permission.EDIT_PROCESS, process.id),
        kinds=list(KIND_WORDS.items()),
        kind_words=KIND_WORDS,
        state_words=SESSION_WORDS,
    )


@router.act("/p/{slug}/office/forum/sessions", may=Permission.RECORD_SESSION, again=sessions)
def convene(view: View, slug: str) -> Response:
    """Call a session."""
    process, _ = forum_at(view, slug)
    held_at = parse_local(view.typed("held_at"), process.zone, "held_at")
    wish = Convene(view.typed("kind"), held_at, view.typed("agenda"), view.typed("place"), view.typed("short_notice"))
    meeting = actions.convene(view.work, process, wish)
    notice = calling.newest(view.session, meeting.id)
    letters = written_to(notice.people if notice else 0)
    told = T("{told} {letters}", told=T("Session {number} was called.", number=meeting.number), letters=letters)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{meeting.number}", told)


def written_to(people: int) -> Text:
    """How many are written to by an act."""
    if not people:
        return T("No letter goes out.")
    return Tn("{count} person is written to.", "{count} people are written to.", people)


def meeting_at(view: View, slug: str, number: int) -> tuple[Process, ForumSession]:
    """The process and its session of this number."""
    process, body = forum_at(view, slug)
    return process, queries.session_numbered(view.session, body.id, number)


@router.page("/p/{slug}/office/forum/sessions/{number}", may=Permission.RECORD_SESSION)
def session(view: View, slug: str, number: int) -> Response:
    """One session: beginning it, who came, whether there is a quorum, minutes, and deciding."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    came = queries.attendance_of(view.session, meeting.id)
    minutes = records.minutes_of(view.session, meeting.id)
    rows = [_line(row, came.get(row.seat.id)) for row in queries.directory(view.session, meeting.body_id, view.now)]
    return view.render(
        "forum/session.html",
        process=process,
        meeting=meeting,
        rows=rows,
        recorded=bool(came),
        items=records.items_of(view.session, meeting.id),
        open_motions=sum(one.state is MotionState.PUT for one in records.motions_of(view.session, meeting.id)),
        minutes=minutes,
        minutes_word=STATE_WORDS[minutes.state] if minutes else None,
        due=due_days(meeting.held_at.astimezone(process.zone).date()),
        today=view.now.astimezone(process.zone).date(),
        quorum=queries.quorum_at(view.session, meeting),
        moves=SESSION.moves_from(meeting.state),
        stages=queries.forum_stages(view.session, process.id),
        kind_word=KIND_WORDS[meeting.kind],
        state_word=SESSION_WORDS[meeting.state],
        calls=calling.called(view.session, meeting, view.now),
        notice_words=NOTICE_WORDS,
        held_local=local_of(meeting.held_at, process.zone),
    )


def _line(row: SeatRow, there: SeatAttendance | None) -> dict[str, Any]:
    """One seat of the attendance: who may be ticked, and what was written down."""
    options: list[tuple[str, Any]] = [("holder", row.name)] if row.holder else []
    if row.alternate:
        options.append(("alternate", T("{name} (alternate)", name=row.alternate_name)))
    value = "absent"
    if there is not None and there.presence is Presence.PRESENT:
        value = "alternate" if row.alternate and there.holder_id == row.alternate.id else "holder"
    return {"seat": row.seat, "options": [*options, ("absent", T("Nobody"))], "value": value}


@router.act("/p/{slug}/office/forum/sessions/{number}/attendance", may=Permission.RECORD_SESSION, again=session)
def record_attendance(view: View, slug: str, number: int) -> Response:
    """Write down who sat where."""
    process, meeting = meeting_at(view, slug, number)
    seats = queries.seats_of(view.session, meeting.body_id)
    who = {seat.number: view.typed(f"seat-{seat.number}") or "absent" for seat in seats}
    actions.record_attendance(view.work, process, meeting, who)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}", T("The attendance was written down."))


@router.ask("/p/{slug}/office/forum/sessions/{number}/quorum", may=Permission.RECORD_SESSION, limit="look_up")
def count(view: View, slug: str, number: int) -> Response:
    """What the quorum would be with the attendance as it is filled in now; nothing is written down."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    table = [
        SeatAtTable(seat.sector, seat.voting_right, view.typed(f"seat-{seat.number}") in {"holder", "alternate"})
        for seat in queries.seats_of(view.session, meeting.body_id)
    ]
    quorum = quorum_of(table, queries.rule_of(view.session, meeting.body_id))
    return view.render("forum/_quorum.html", block="quorum_now", quorum=quorum, is_live=True)


@router.act("/p/{slug}/office/forum/sitting-rule", may=Permission.EDIT_PROCESS, again=sessions)
def set_rule(view: View, slug: str) -> Response:
    """Set the days of notice and the casting vote."""
    process, _ = forum_at(view, slug)
    typed = view.typed("notice_days")
    if not typed.isdecimal() or len(typed) > LONGEST_NUMBER:
        raise Invalid(notice_days=T("Write a whole number."))
    actions.set_sitting_rule(view.work, process, int(typed), casting_vote=bool(view.typed("casting_vote")))
    return view.see_other(f"/p/{slug}/office/forum/sessions", T("The rule is set."))


@router.act("/p/{slug}/office/forum/sessions/{number}/state", may=Permission.RECORD_SESSION, again=session)
def move(view: View, slug: str, number: int) -> Response:
    """Begin the session."""
    process, meeting = meeting_at(view, slug, number)
    if view.typed("move") != "hold":
        raise Invalid(move=T("Choose what to do."))
    actions.hold(view.work, process, meeting)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}", T("The session has begun."))
