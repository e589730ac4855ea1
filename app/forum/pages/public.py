"""What everybody reads of the forum: its seats, sessions and minutes, its criteria, its results after the close."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from app.decisions.models import DecidingBody
from app.forum.doors import forum_at
from app.forum.models import ForumRule, ForumSession, Round, Seat
from app.forum.pages.waiting import work_here
from app.forum.queries import bodies, calling, criteria, records, rounds, seats
from app.forum.queries import minutes as minutes_of
from app.forum.records import SessionMinutes
from app.forum.rules import scoring
from app.forum.rules.agenda import due_days
from app.forum.rules.calling import NoticeKind
from app.forum.rules.minutes import STATE_WORDS, MinutesState
from app.forum.rules.motions import WANTED_WORDS
from app.forum.rules.seats import KIND_WORDS, OFFICE_WORDS, RIGHT_WORDS, SECTOR_WORDS, SESSION_WORDS, TOOK_PLACE
from app.forum.wording import Wording
from app.kit.errors import NotFound
from app.meetings.queries import meetings
from app.meetings.rules.meeting import MeetingKind, is_link
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process
from app.proposals.rules import Provenance
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/forum", may=PUBLIC, kept=True)
def forum(view: View, slug: str) -> Response:
    """The forum that sits now: seats, sessions, and the doors to criteria and results."""
    process, body = forum_at(view, slug)
    return _shown(view, process, body)


@router.page("/p/{slug}/forums/{body}", may=PUBLIC, kept=True)
def one_forum(view: View, slug: str, body: str) -> Response:
    """One of the forums a process has had, such as the one before the present one."""
    process, _ = forum_at(view, slug)
    return _shown(view, process, seats.forum_named(view.session, process.id, body))


def _shown(view: View, process: Process, body: DecidingBody) -> Response:
    """A forum as everybody sees it; where only documents tell of it, nothing is made up."""
    forums = seats.forums_of(view.session, process.id)
    rule = next(row for one, row in forums if one.id == body.id)
    told = _count_told(view, process, rule)
    filters = seats.with_criteria(seats.forum_filters(view.session, process.id))
    stages = [stage for stage in filters if seats.forum_for(view.session, stage).id == body.id]
    found = [(stage, stage.name(view.language), rounds.last_round(view.session, stage.id)) for stage in stages]
    rows = seats.directory(view.session, body.id, view.now)
    return view.render(
        "forum/forum.html",
        process=process,
        body=body,
        rule=rule,
        others=[(one, row) for one, row in forums if one.id != body.id],
        parity=bodies.parity_in([row.seat for row in rows]),
        former=bodies.former_terms(view.session, body.id, view.now),
        texts=bodies.rules_of(view.session, body.id),
        rows=rows,
        **_sessions(view, process, body),
        told=told,
        told_at=_told_at(view, process) if told else "",
        ever_held=seats.ever_held(view.session, body.id) if rule.provenance is not Provenance.NATIVE or told else None,
        work=work_here(view, process, body, [row for _, _, row in found if row is not None]),
        stages=[(s, name, r, criteria.adopted(view.session, s.id), _status(view, r)) for s, name, r in found],
        sector_words=SECTOR_WORDS,
        right_words=RIGHT_WORDS,
        office_words=OFFICE_WORDS,
        kind_words=KIND_WORDS,
        state_words=SESSION_WORDS,
    )


def _sessions(view: View, process: Process, body: DecidingBody) -> dict[str, Any]:
    """A forum's sessions, whether their minutes are out, and what was undertaken in them and is not done."""
    found = seats.sessions_of(view.session, body.id)
    return {
        "meetings": found,
        "minutes": records.states_of(view.session, [meeting.id for meeting in found]),
        "minutes_words": STATE_WORDS,
        "tasks": records.open_tasks(view.session, body.id, public=True),
        "today": view.now.astimezone(process.zone).date(),
    }


def _count_told(view: View, process: Process, rule: ForumRule) -> int:
    """How many sessions documents tell of while this forum sat; a made-up one never did."""
    if rule.provenance is Provenance.ILLUSTRATIVE:
        return 0
    since = datetime.combine(rule.founded_on, time(), process.zone) if rule.founded_on else None
    until = datetime.combine(rule.ended_on + timedelta(days=1), time(), process.zone) if rule.ended_on else None
    return meetings.count_reported(view.session, process.id, MeetingKind.FORUM_SESSION, (since, until))


@router.page("/p/{slug}/forums/{body}/rules", may=PUBLIC, kept=True)
def own_rules(view: View, slug: str, body: str, version: int = 0) -> Response:
    """The rules a forum gave itself, in force or in an earlier version."""
    process, _ = forum_at(view, slug)
    found = seats.forum_named(view.session, process.id, body)
    versions = bodies.rules_of(view.session, found.id)
    shown = next((one for one in versions if version in {0, one.version}), None)
    if shown is None:
        raise NotFound
    return view.render("forum/rules.html", process=process, body=found, shown=shown, versions=versions)


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
    sessions = {meeting.id: meeting.number for meeting in seats.sessions_in(view.session, process.id)}
    for stage in seats.forum_filters(view.session, process.id):
        for found in criteria.sets_of(view.session, stage.id):
            if found.adopted_at is not None:
                rows = criteria.criteria_of(view.session, found.id)
                late = criteria.lateness_of(view.session, process, found)
                number = sessions[found.adopted_session_id] if found.adopted_session_id else None
                shown.append((stage, stage.name(view.language), found, rows, late, number))
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
        place="" if is_link(meeting.place) else meeting.place,
        was_held=meeting.state in TOOK_PLACE,
        notices=[one for one in calling.notices_of(view.session, meeting.id) if one.kind is not NoticeKind.CALLED],
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
