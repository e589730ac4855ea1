"""Registering without an account, and saying in the room that one is there."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.kit.errors import Conflict, NotAllowed, NotFound, NotNow
from app.kit.i18n import T
from app.meetings import actions
from app.meetings.actions import Wish
from app.meetings.doors import public_meeting
from app.meetings.models import Meeting
from app.meetings.queries import meetings, registrations
from app.meetings.rules.attendance import LONGEST_NEEDS, RegistrationState, has_room
from app.meetings.rules.meeting import Audience, MeetingState, may_come_in
from app.process import queries as processes
from app.process.models import Process
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def choices(view: View, process: Process, meeting: Meeting) -> dict[str, Any]:
    """What the form needs to know of a meeting: its places to choose from, whether it asks the year of birth."""
    own = meetings.territories_of(view.session, [meeting]).get(meeting.id)
    places = own or processes.territories_of(view.session, process.id)
    return {
        "process": process,
        "meeting": meeting,
        "title": meeting.title(view.language),
        "territories": [(place.code, place.name(view.language)) for place in places],
        "is_for_some": bool(own),
        "asks_year": meeting.ages.is_asked,
        "longest_needs": LONGEST_NEEDS,
    }


@router.page("/p/{slug}/meetings/{meeting}/register", may=PUBLIC)
def form(view: View, slug: str, meeting: str) -> Response:
    """The form, while people can register; otherwise the dates, told as a refusal."""
    process, found = public_meeting(view, slug, meeting)
    if found.audience is not Audience.OPEN:
        raise NotAllowed(T("This meeting is by invitation. If you think you should be invited, ask the office."))
    if found.state is MeetingState.CANCELLED:
        raise Conflict(T("This meeting was cancelled. Its page says why."))
    if found.state is not MeetingState.CONVENED:
        raise NotNow(T("This meeting takes no registrations now."), found.starts_at, found.ends_at)
    found.registration.require_open(view.now)
    return _form(view, process, found)


def _again(view: View, slug: str, meeting: str) -> Response:
    return _form(view, *public_meeting(view, slug, meeting))


def _form(view: View, process: Process, meeting: Meeting) -> Response:
    room = has_room(meeting.capacity, meeting.registered) and not meeting.waiting
    facts = choices(view, process, meeting)
    return view.render("meetings/register.html", block="form", has_room=room, **facts)


def typed_wish(view: View, **more: Any) -> Wish:
    """What was typed into the form."""
    names = ("name", "email", "territory", "birth_year", "needs")
    facts: dict[str, Any] = {name: view.typed(name) for name in names}
    return Wish(**facts, agrees=view.typed("agrees") == "yes", language=view.language, **more)


def _prepare(view: View, slug: str, meeting: str) -> Any:
    return actions.prepare(*public_meeting(view, slug, meeting), typed_wish(view))


@router.act("/p/{slug}/meetings/{meeting}/register", may=PUBLIC, again=_again, prepare=_prepare, limit="submit")
def register(view: View, slug: str, meeting: str) -> Response:
    """Register, and show what came of it."""
    process, found = public_meeting(view, slug, meeting)
    done = actions.register(view.work, process, found, typed_wish(view), view.prepared)
    return view.see_other(outcome_path(view, process, found, done.registration.id, sent=done.mail_was_sent))


def outcome_path(view: View, process: Process, meeting: Meeting, registration: uuid.UUID, *, sent: bool) -> str:
    """Where the outcome is shown: a link only its sender gets; it says what came of it and gives no way to act."""
    sealed = sealing.seal(view.house.settings.secret(), "registered", [registration.hex, int(sent)])
    return f"/p/{process.slug}/meetings/{meeting.slug}/registered/{sealed}"


@router.page("/p/{slug}/meetings/{meeting}/registered/{sealed}", may=PUBLIC)
def outcome(view: View, slug: str, meeting: str, sealed: str) -> Response:
    """Whether there is a place, and what to do next."""
    process, found = public_meeting(view, slug, meeting)
    key, sent = sealing.unseal(view.house.settings.secret(), "registered", sealed, sealing.A_DAY)
    registration = registrations.by_id(view.session, found.id, uuid.UUID(key))
    return view.render(
        "meetings/registered.html",
        process=process,
        meeting=found,
        title=found.title(view.language),
        has_place=registration.state is RegistrationState.REGISTERED,
        mail_was_sent=bool(sent),
    )


@router.page("/p/{slug}/meetings/{meeting}/here", may=PUBLIC)
def in_the_room(view: View, slug: str, meeting: str) -> Response:
    """The form for whoever is in the room and reads its code on the wall."""
    process, found = public_meeting(view, slug, meeting)
    if not found.room_code_hash:
        raise NotFound
    if not may_come_in(found.starts_at, found.ends_at, view.now):
        raise NotNow(
            T("You can say that you are here from an hour before the meeting until two hours after it."),
            found.starts_at,
            found.ends_at,
        )
    return view.render("meetings/here.html", **choices(view, process, found))


@router.act("/p/{slug}/meetings/{meeting}/here", may=PUBLIC, again=in_the_room, limit="submit")
def come(view: View, slug: str, meeting: str) -> Response:
    """Count whoever typed the code of the room."""
    _, found = public_meeting(view, slug, meeting)
    is_new = actions.come_by_code(view.work, found, view.typed("code"), typed_wish(view))
    told = T("You are noted. Welcome!") if is_new else T("You were noted before. Welcome!")
    return view.see_other(f"/p/{slug}/meetings/{meeting}", told)
