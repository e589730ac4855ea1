"""The personal page of somebody who registered: the link to come in, saying that one is there, giving the place up."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import NotNow
from app.kit.i18n import T
from app.meetings import actions
from app.meetings.doors import own_registration, public_meeting
from app.meetings.queries import registrations
from app.meetings.rules.attendance import REGISTRATION_WORDS, RegistrationState
from app.meetings.rules.meeting import MeetingState, is_over, may_come_in
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
OWN = "/p/{slug}/meetings/{meeting}/mine/{token}"


@router.page(OWN, may=PUBLIC)
def own(view: View, slug: str, meeting: str, token: str) -> Response:
    """Whether there is a place, the video link in its time, and two buttons; opening the page does nothing."""
    process, found, registration, person = own_registration(view, slug, meeting, token)
    if is_over(found.ends_at, view.now):
        raise NotNow(T("The meeting is over, and with it this link."), found.starts_at, found.ends_at)
    runs = found.state in {MeetingState.CONVENED, MeetingState.HELD}
    has_place = registration.state is RegistrationState.REGISTERED
    return view.render(
        "meetings/mine.html",
        process=process,
        meeting=found,
        title=found.title(view.language),
        name=person.name,
        token=token,
        state=registration.state.value,
        state_word=REGISTRATION_WORDS[registration.state],
        has_place=has_place,
        link=registrations.link_for(found, registration, view.now),
        has_link=bool(found.video_link),
        may_say_here=runs and may_come_in(found.starts_at, found.ends_at, view.now),
        has_come=registrations.attendance_of(view.session, found.id, registration.person_id) is not None,
        may_give_up=runs and view.now < found.starts_at and registration.state is not RegistrationState.CANCELLED,
        is_cancelled=found.state is MeetingState.CANCELLED,
    )


@router.act(f"{OWN}/here", may=PUBLIC)
def here(view: View, slug: str, meeting: str, token: str) -> Response:
    """Say that one is there."""
    _, found, registration, _ = own_registration(view, slug, meeting, token)
    is_new = actions.come_by_link(view.work, found, registration)
    told = T("You are noted. Welcome!") if is_new else T("You were noted before. Welcome!")
    return view.see_other(f"/p/{slug}/meetings/{meeting}/mine/{token}", told)


def _prepare(view: View, slug: str, meeting: str, token: str) -> Any:
    return actions.to_give_up(*public_meeting(view, slug, meeting))


@router.act(f"{OWN}/cancellation", may=PUBLIC, prepare=_prepare)
def give_up(view: View, slug: str, meeting: str, token: str) -> Response:
    """Give the place, or the place in line, to somebody else."""
    _, found, registration, _ = own_registration(view, slug, meeting, token)
    actions.give_up(view.work, found, registration, view.prepared)
    told = T("Your place is free for somebody else. Thank you for telling us.")
    return view.see_other(f"/p/{slug}/meetings/{meeting}", told)
