"""What everybody reads of the forum: its seats, sessions and minutes, its criteria, its results after the close."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum.doors import closed_round, forum_at
from app.forum.models import Round
from app.forum.pages.waiting import work_here
from app.forum.queries import criteria, deciding, rounds, seats
from app.forum.rules import scoring
from app.forum.rules.results import Result
from app.forum.rules.seats import KIND_WORDS, OFFICE_WORDS, RIGHT_WORDS, SECTOR_WORDS, SESSION_WORDS, SessionState
from app.kit.text import say_number
from app.meetings.queries import meetings
from app.meetings.rules.meeting import MeetingKind
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/forum", may=PUBLIC, kept=True)
def forum(view: View, slug: str) -> Response:
    """Seats, sessions, and the doors to criteria and results; where only documents tell of it, nothing is made up."""
    process, body = forum_at(view, slug)
    told = meetings.count_reported(view.session, process.id, MeetingKind.FORUM_SESSION)
    stages = seats.with_criteria(seats.forum_filters(view.session, process.id))
    found = [(stage, stage.name(view.language), rounds.last_round(view.session, stage.id)) for stage in stages]
    return view.render(
        "forum/forum.html",
        process=process,
        body=body,
        rule=seats.rule_of(view.session, body.id),
        rows=seats.directory(view.session, body.id, view.now),
        meetings=seats.sessions_of(view.session, body.id),
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
    """One session: its agenda; once it is closed its attendance, quorum and minutes."""
    process, body = forum_at(view, slug)
    meeting = seats.session_numbered(view.session, body.id, number)
    is_closed = meeting.state is SessionState.CLOSED
    came = seats.attendance_of(view.session, meeting.id)
    return view.render(
        "forum/session_public.html",
        process=process,
        meeting=meeting,
        is_closed=is_closed,
        rows=[(s.number, s.name, came[s.id]) for s in seats.seats_of(view.session, body.id) if s.id in came],
        quorum=seats.quorum_at(view.session, meeting),
        kind_word=KIND_WORDS[meeting.kind],
        state_word=SESSION_WORDS[meeting.state],
    )


@router.page("/p/{slug}/forum/results", may=PUBLIC, kept=True, length=Length.LONG)
def results(view: View, slug: str, stage: str = "", page: int = 1) -> Response:
    """The results by rank: totals and their spread, what was asked, how far the scorers agreed."""
    process, _ = forum_at(view, slug)
    found = closed_round(view, process, stage)
    outturn = rounds.outturn(view.session, found, view.now)
    ranked = outturn.counted.ranked
    first = max(page - 1, 0) * PAGE
    return view.render(
        "forum/results.html",
        process=process,
        round=found,
        stage=stage,
        rows=[_row(view, outturn, result) for result in ranked[first : first + PAGE]],
        total=len(ranked),
        page=page,
        pages=(len(ranked) + PAGE - 1) // PAGE or 1,
        agreement=_agreement(view, found, outturn),
        counted=outturn.counted,
        recusals=rounds.recusals_of(view.session, found.stage_id),
        recusal_words=scoring.RECUSAL_WORDS,
    )


def _row(view: View, outturn: rounds.Outturn, result: Result) -> dict[str, Any]:
    said = [
        "–" if number is None else say_number(round(float(number), 1), view.variant, 1)
        for number in (result.total, result.median, result.sd, result.spread)
    ]
    advisory = outturn.advisory.results.get(result.folio)
    return {
        "result": result,
        "title": outturn.titles[result.folio],
        "numbers": said,
        "verdict": deciding.VERDICT_WORDS[result.verdict],
        "flags": [deciding.FLAG_WORDS[flag] for flag in result.flags],
        "advisory": advisory if advisory and advisory.n else None,
    }


def _agreement(view: View, found: Round, outturn: rounds.Outturn) -> list[tuple[str, str]]:
    said = []
    for row in criteria.criteria_of(view.session, found.criteria_set_id):
        alpha = outturn.counted.agreement.get(row.criterion.key)
        shown = "–" if alpha is None else say_number(round(float(alpha), 2), view.variant, 2)
        said.append((row.criterion.title(view.language), shown))
    return said
