"""What everybody reads of the forum: its seats, sessions and minutes, its criteria, its results after the close."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum.doors import forum_at
from app.forum.models import ForumSession, Round, Seat
from app.forum.pages.waiting import work_here
from app.forum.queries import criteria, records, rounds, seats
from app.forum.queries import minutes as minutes_of
from app.forum.records import SessionMinutes
from app.forum.rules import scoring
from app.forum.rules.agenda import due_days
from app.forum.rules.minutes import STATE_WORDS, MinutesState
from app.forum.rules.motions import WANTED_WORDS
from app.forum.rules.seats import KIND_WORDS, OFFICE_WORDS, RIGHT_WORDS, SECTOR_WORDS, SESSION_WORDS, SessionState
from app.forum.wording import Wording
from app.meetings.queries import meetings
from app.meetings.rules.meeting import MeetingKind
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/forum", may=PUBLIC, kept=True)
def forum(view: View, slug: str) -> Response:
    """Seats, sessions, and the doors to criteria and results; where only documents tell of it, nothing is made up."""
    process, body = forum_at(view, slug)
    told = meetings.count_reported(view.session, process.id, MeetingKind.FORUM_SESSION)
    stages = seats.with_criteria(seats.forum_filters(view.session, process.id))
    meetings_held = seats.sessions_of(view.session, body.id)
    found = [(stage, stage.name(view.language), rounds.last_round(view.session, stage.id)) for stage in stages]
    return view.render(
        "forum/forum.html",
        process=process,
        body=body,
        rule=seats.rule_of(view.session, body.id),
        rows=seats.directory(view.session, body.id, view.now),
        meetings=meetings_held,
        minutes=records.states_of(view.session, [meeting.id for meeting in meetings_held]),
        minutes_words=STATE_WORDS,
        tasks=records.open_tasks(view.session, body.id, public=True),
        today=view.now.astimezone(process.zone).date(),
        told=told,
        told_at=_told_at(view, process) if told else "",
        ever_held=seats.ever_held(view.session, body.id) if told else None,
        work=work_here(view, process, body, [row for _, _, row in found if row is not None]),
        stages=[(s, name, r, criteria.adopted(view.session, s.id), _status(view, r)) for s, name, r in found],
        sector_words=SECTOR_WORDS,
        right_words=RIGHT_WORDS,
        office_words=OFFICE_WORDS,
        kind_words=KIND_WORDS,
        state_words=SESSION_WORDS,
    )


def _told_at(view: View, process: Process) -> str:
    """Where the sessions out of documents are counted by year; the list of meetings where there is no such table."""
    kinds = {stage.kind for stage in processes.stages_of(view.session, process.id)}
    return "figures/forum-sessions" if StageKind.PLAN in kinds else "meetings?kind=forum_session"


def _status(view: View, found: Round | None) -> str:
    if found is None:
        return "none"
    return "blind" if rounds.is_blind(found, view.now) else "closed"


@router.page("/p/{slug}/forum/criteria", may=PUBLIC, kept=True)
def public_criteria(view: View, slug: str) -> Response:
    """The criteria in force and what has to be reached, in the reader's language."""
    process, _ = forum_at(view, slug)
    shown = []
    for stage in seats.forum_filters(view.session, process.id):
        for found in criteria.sets_of(view.session, stage.id):
            if found.adopted_at is not None:
                rows = criteria.criteria_of(view.session, found.id)
                shown.append((stage, stage.name(view.language), found, rows))
    return view.render(
        "forum/criteria.html",
        process=process,
        shown=shown,
        said=criteria.said,
        kind_words=scoring.KIND_WORDS,
        tie_words=scoring.TIE_WORDS,
    )


@router.page("/p/{slug}/forum/sessions/{number}", may=PUBLIC, kept=True)
def session(view: View, slug: str, number: int) -> Response:
    """One session: its agenda, who came once it was held, and its minutes once they are published."""
    process, body = forum_at(view, slug)
    meeting = seats.session_numbered(view.session, body.id, number)
    minutes = records.minutes_of(view.session, meeting.id)
    is_public = minutes is not None and minutes.state is MinutesState.PUBLISHED
    came = {} if is_public else seats.attendance_of(view.session, meeting.id)
    return view.render(
        "forum/session_public.html",
        process=process,
        meeting=meeting,
        was_held=meeting.state is not SessionState.CONVENED,
        rows=[] if is_public else [(s.number, s.name, came[s.id]) for s in _seats(view, meeting) if s.id in came],
        items=[] if is_public else records.items_of(view.session, meeting.id),
        about={} if is_public else records.proposals_of(view.session, meeting.id),
        wanted_words=WANTED_WORDS,
        quorum=None if is_public else seats.quorum_at(view.session, meeting),
        due=due_days(meeting.held_at.astimezone(process.zone).date())[1],
        kind_word=KIND_WORDS[meeting.kind],
        state_word=SESSION_WORDS[meeting.state],
        **(_published(view, process, meeting, minutes) if minutes is not None and is_public else {"paper": None}),
    )


def _seats(view: View, meeting: ForumSession) -> list[Seat]:
    return seats.seats_of(view.session, meeting.body_id)


def _published(view: View, process: Process, meeting: ForumSession, minutes: SessionMinutes) -> dict[str, Any]:
    """The minutes as they were published, what was added since, and how far what was undertaken has come."""
    content = minutes.content or minutes_of.assembled(view.session, process, meeting, minutes.published_at or view.now)
    return {
        "paper": Wording(content, view.language, view.url(f"/p/{process.slug}")).paper(),
        "minutes": minutes,
        "addenda": records.addenda_of(view.session, meeting.id),
        "tasks": records.tasks_of(view.session, meeting.id),
    }
