"""The front page, a process with its way and calendar, and the few pages every public site owes."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from app.editorial.queries import articles
from app.kit.errors import NotFound
from app.kit.i18n import said
from app.meetings import calendars
from app.meetings.queries import meetings
from app.meetings.rules.meeting import only_year
from app.process import queries as processes
from app.process.doors import standing
from app.process.kinds import INTAKE, StageKind
from app.process.models import Stage
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.publication import coming, funnel, journey
from app.publication.figures import offered
from app.web.edge import PUBLIC, Router
from app.web.view import PUBLIC_HEADERS, View

router = Router()
OPEN = INTAKE | {StageKind.DRAFT_COMMENT}
"""Stages in which whoever reads the front page can take part while they are open."""


@router.page("/", may=PUBLIC, kept=True)
def front(view: View) -> Response:
    """What is open now and until when, in every listed process; those in which people can take part come first."""
    rows = []
    for process in processes.listed(view.session, 20):
        stages = processes.stages_of(view.session, process.id)
        is_running = not (process.paused_at or process.ended_at)
        opened = [s for s in stages if is_running and s.window.status(view.now) is WindowStatus.OPEN and s.kind in OPEN]
        turn, _since = journey.whose_turn(stages, view.session, view.now)
        rows.append({"process": process, "open": opened[0] if opened else None, "turn": turn})
    rows.sort(key=lambda row: row["open"] is None)
    return view.render("publication/front.html", rows=rows)


@router.page("/p/{slug}", may=PUBLIC, kept=True)
def process_page(view: View, slug: str) -> Response:
    """One process: what is open and until when, the way so far, whose turn it is, what comes next."""
    process = standing(view, slug)
    stages = processes.stages_of(view.session, process.id)
    opened = [s for s in stages if s.window.status(view.now) is WindowStatus.OPEN]
    turn, since = journey.whose_turn(stages, view.session, view.now)
    received = sum(proposals.counts_of(view.session, process.id).values())
    upcoming = coming.next_dates(view.session, process, stages, view.now, view.language)
    fresh = coming.newest(view.session, process, stages, view.language)
    bands = funnel.bands_of(view.session, process, stages, received, view.language)
    return view.render(
        "publication/process.html",
        process=process,
        summary=process.summary(view.language),
        steps=[step.at(view.url) for step in journey.way_of(view.session, process, stages, view.now, view.language)],
        consultation=next((s for s in opened if s.kind is StageKind.PUBLIC_CONSULTATION), None),
        draft=next((s for s in opened if s.kind is StageKind.DRAFT_COMMENT), None),
        turn=turn,
        since=since.astimezone(process.zone).date() if since and since <= view.now else None,
        received=received,
        bands=[band.at(view.url) for band in bands],
        upcoming=[line.to(view.url) for line in upcoming],
        fresh=[line.to(view.url) for line in fresh],
        invites=any(s.kind is StageKind.PUBLIC_CONSULTATION and _is_ahead(s, view.now) for s in stages),
        has_figures=bool(offered({stage.kind for stage in stages})),
        public=proposals.count_public(view.session, process.id),
        acts=processes.acts_of(view.session, process.id, 5),
        lines=articles.newest(view.session, process.id, 3),
        stage_names={stage.id: stage.name(view.language) for stage in stages},
        filters=[s for s in stages if s.kind is StageKind.FILTER],
        running=not (process.paused_at or process.ended_at),
    )


def _is_ahead(stage: Stage, now: datetime) -> bool:
    """Whether it is open or has a date to open."""
    is_open = stage.window.status(now) is WindowStatus.OPEN
    return not stage.concluded_at and (is_open or bool(stage.opens_at and stage.opens_at > now))


@router.page("/p/{slug}/calendar", may=PUBLIC, kept=True)
def calendar(view: View, slug: str) -> Response:
    """Every date of the process, in its zone."""
    process = standing(view, slug)
    stages = processes.stages_of(view.session, process.id)
    rows = [(s.name(view.language), s.opens_at, s.closes_at, s.window.status(view.now).value) for s in stages]
    found = [(m, m.title(view.language)) for m in meetings.for_calendar(view.session, process.id)]
    left_out = only_year(meetings.kinds_there(view.session, process.id))
    return view.render("publication/calendar.html", process=process, rows=rows, meetings=found, only_year=left_out)


@router.page("/p/{slug}/calendar.ics", may=PUBLIC, kept=True)
def calendar_file(view: View, slug: str) -> Response:
    """The same dates for a calendar program: stable UIDs, with the time zone inside."""
    process = standing(view, slug)
    from icalendar import Event  # noqa: PLC0415 - only calendar files need it

    book = calendars.book(process.name(view.language))
    for stage in processes.stages_of(view.session, process.id):
        if stage.opens_at is None:
            continue
        event = Event()
        event.add("uid", f"{stage.id}@minga")
        event.add("dtstamp", process.opened_at)
        event.add("sequence", stage.version)
        event.add("summary", said(stage.name(view.language), view.variant))
        event.add("dtstart", stage.opens_at.astimezone(process.zone))
        if stage.closes_at:
            event.add("dtend", stage.closes_at.astimezone(process.zone))
        event.add("url", f"{view.house.settings.base_url}/p/{slug}")
        book.add_component(event)
    base = f"{view.house.settings.base_url}{view.url(f'/p/{slug}/meetings')}"
    for meeting in meetings.for_calendar(view.session, process.id):
        book.add_component(calendars.event(meeting, view.language, base))
    book.add_missing_timezones()
    return Response(book.to_ical(), media_type="text/calendar; charset=utf-8", headers=PUBLIC_HEADERS)


@router.page("/privacy", may=PUBLIC, kept=True)
def privacy(view: View) -> Response:
    """What is kept about people, for how long, and what they may ask for."""
    return view.render("publication/privacy.html")


@router.page("/accessibility", may=PUBLIC, kept=True)
def accessibility(view: View) -> Response:
    """How accessible the site is, and where to tell of a barrier."""
    return view.render("publication/accessibility.html")


@router.page("/styleguide", may=PUBLIC)
def styleguide(view: View) -> Response:
    """Every part of the pages in use, for whoever makes them: only where the site is served to this very machine."""
    if not view.house.settings.is_loopback:
        raise NotFound
    return view.render("styleguide.html")
