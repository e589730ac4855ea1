"""What everybody reads of meetings: those to come, those that were, one of them with its minutes, its calendar file.

The video link is on none of these pages: only the personal page of who has a place shows it.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import NotFound
from app.meetings import calendars, elsewhere
from app.meetings.doors import public_meeting
from app.meetings.models import Meeting, Minutes
from app.meetings.queries import meetings, minutes
from app.meetings.rules import meeting as rules
from app.meetings.rules.attendance import has_room
from app.meetings.rules.meeting import Audience, MeetingKind, MeetingState
from app.meetings.rules.minutes import MinutesState
from app.process.doors import standing
from app.process.models import Process
from app.process.rules import WindowStatus
from app.proposals.rules import Precision, Provenance
from app.proposals.words import PROVENANCE_WORDS
from app.web.edge import PUBLIC, Router
from app.web.view import PUBLIC_HEADERS, View

router = Router()


@router.page("/p/{slug}/meetings", may=PUBLIC, kept=True)
def listing(view: View, slug: str, kind: str = "", after: str = "") -> Response:
    """The meetings to come, and those that were, a page at a time."""
    process = standing(view, slug)
    if kind and kind not in set(MeetingKind):
        raise NotFound
    chosen = MeetingKind(kind) if kind else None
    coming = [] if after else meetings.coming(view.session, process.id, view.now, chosen)
    past = meetings.past(view.session, process.id, view.now, chosen, after)
    places = meetings.territories_of(view.session, [*coming, *past.rows])
    there = meetings.kinds_there(view.session, process.id)
    return view.render(
        "meetings/list.html",
        process=process,
        coming=[card(view, process, meeting, places) for meeting in coming],
        past=[card(view, process, meeting, places) for meeting in past.rows],
        more=past.next,
        kind=kind,
        kinds=[(one.value, rules.PLURAL_WORDS[one]) for one in there],
        only_year=[] if kind or after else rules.only_year(there),
        is_first=not after,
    )


def card(view: View, process: Process, meeting: Meeting, places: dict[Any, Any]) -> dict[str, Any]:
    """One line of a list of meetings."""
    return {
        "meeting": meeting,
        "title": meeting.title(view.language),
        "where": [place.name(view.language) for place in places.get(meeting.id, ())],
        "can_register": _can_register(view, process, meeting),
        "state_word": rules.STATE_WORDS[meeting.state],
        "state_kind": STATE_KINDS[meeting.state],
        "is_exact": meeting.starts_to_the is Precision.INSTANT,
        "day": meeting.starts_at.astimezone(meeting.zone).date(),
    }


STATE_KINDS = {
    MeetingState.DRAFT: "outline",
    MeetingState.CONVENED: "told",
    MeetingState.HELD: "good",
    MeetingState.CLOSED: "plain",
    MeetingState.CANCELLED: "bad",
}


def _can_register(view: View, process: Process, meeting: Meeting) -> bool:
    runs = process.paused_at is None and process.ended_at is None
    is_open = meeting.registration.status(view.now) is WindowStatus.OPEN
    return runs and is_open and meeting.state is MeetingState.CONVENED and meeting.audience is Audience.OPEN


@router.page("/p/{slug}/meetings/{meeting}", may=PUBLIC, kept=True)
def one(view: View, slug: str, meeting: str) -> Response:
    """One meeting: what for, when, where, for whom, what became of it, and its minutes once they are published."""
    process, found = public_meeting(view, slug, meeting)
    places = meetings.territories_of(view.session, [found])
    own = minutes.of_meeting(view.session, found.id)
    published = own if own is not None and own.state is MinutesState.PUBLISHED else None
    return view.render(
        "meetings/one.html",
        process=process,
        row=card(view, process, found, places),
        meeting=found,
        purpose=found.purpose(view.language),
        registration=found.registration,
        registration_status=found.registration.status(view.now).value,
        has_room=has_room(found.capacity, found.registered) and not found.waiting,
        acts=meetings.acts_of(view.session, found.id),
        is_here=_is_here(found, view),
        minutes=published,
        **_of_minutes(view, published),
        provenance=None if found.provenance is Provenance.NATIVE else PROVENANCE_WORDS[found.provenance],
        elsewhere=elsewhere.of_meeting(view.session, found),
        audience_word=rules.AUDIENCE_WORDS[found.audience],
        ages=_ages(found),
    )


def _is_here(meeting: Meeting, view: View) -> bool:
    running = meeting.state in {MeetingState.CONVENED, MeetingState.HELD} and bool(meeting.room_code_hash)
    return running and rules.may_come_in(meeting.starts_at, meeting.ends_at, view.now)


def _of_minutes(view: View, published: Minutes | None) -> dict[str, Any]:
    if published is None:
        return {"agreements": [], "addenda": []}
    agreements = minutes.agreements_of(view.session, published.id)
    return {"agreements": agreements, "addenda": minutes.addenda_of(view.session, published.id)}


def _ages(meeting: Meeting) -> Any:
    return rules.ages_said(meeting.ages) if meeting.ages.is_asked else None


@router.page("/p/{slug}/meetings/{meeting}/calendar.ics", may=PUBLIC, kept=True)
def calendar_file(view: View, slug: str, meeting: str) -> Response:
    """One meeting for a calendar program, with the address of its page and not its video link."""
    process, found = public_meeting(view, slug, meeting)
    book = calendars.book(found.title(view.language))
    base = f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/meetings')}"
    book.add_component(calendars.event(found, view.language, base))
    book.add_missing_timezones()
    return Response(book.to_ical(), media_type="text/calendar; charset=utf-8", headers=PUBLIC_HEADERS)
