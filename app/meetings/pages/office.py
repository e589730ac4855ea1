"""The meetings of a process in the hands of the office: convening, changing, holding, closing, who registered."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.meetings import actions, elsewhere
from app.meetings.actions import Plan
from app.meetings.doors import office_meeting
from app.meetings.models import Meeting
from app.meetings.pages.planning import empty_values, options, reported, typed_plan, values_of
from app.meetings.pages.registering import choices, outcome_path, typed_wish
from app.meetings.queries import meetings, minutes, registrations
from app.meetings.rules import meeting as rules
from app.meetings.rules.attendance import REGISTRATION_WORDS
from app.meetings.rules.meeting import MEETING, MeetingKind, MeetingState
from app.meetings.rules.minutes import MINUTES_WORDS
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.web.edge import Router
from app.web.view import View

router = Router()
ALL, ONE = "/p/{slug}/office/meetings", "/p/{slug}/office/meetings/{meeting}"
CONVENE, RECORD = Permission.CONVENE_MEETINGS, Permission.RECORD_ATTENDANCE


@router.page(ALL, may=RECORD)
def listing(view: View, slug: str, after: str = "") -> Response:
    """Every meeting, drafts too, the latest first."""
    process = standing(view, slug)
    view.require(RECORD, process.id)
    found = meetings.of_office(view.session, process.id, after)
    rows = [(meeting, meeting.title(view.language), rules.STATE_WORDS[meeting.state]) for meeting in found.rows]
    return view.render("meetings/office.html", process=process, rows=rows, more=found.next)


@router.page(f"{ALL}/new", may=CONVENE)
def new(view: View, slug: str) -> Response:
    """The form of a meeting to come."""
    return _form(view, slug, is_past=False)


@router.page(f"{ALL}/past", may=CONVENE)
def new_past(view: View, slug: str) -> Response:
    """The form of a meeting that a document tells of."""
    return _form(view, slug, is_past=True)


def _form(view: View, slug: str, *, is_past: bool) -> Response:
    process = standing(view, slug)
    view.require(CONVENE, process.id)
    facts: dict[str, Any] = {"is_past": is_past, "meeting": None, "values": empty_values(process)}
    return view.render("meetings/edit.html", process=process, **facts, **options(view, process))


@router.act(f"{ALL}/new", may=CONVENE, again=new)
def convene(view: View, slug: str) -> Response:
    """Convene it, or keep it as a draft."""
    process = standing(view, slug)
    plan: Plan = typed_plan(view, process)
    is_draft = view.typed("then") == "draft"
    act = actions.draft if is_draft else actions.convene
    made = act(view.work, process, plan)
    told = T("The draft is kept. Nobody else sees it.") if is_draft else T("The meeting is announced.")
    return view.see_other(f"/p/{slug}/office/meetings/{made.slug}", told)


@router.act(f"{ALL}/past", may=CONVENE, again=new_past)
def report(view: View, slug: str) -> Response:
    """Enter a meeting out of a document."""
    process = standing(view, slug)
    made = actions.report(view.work, process, typed_plan(view, process), reported(view))
    return view.see_other(f"/p/{slug}/office/meetings/{made.slug}", T("The meeting is entered, with its source."))


@router.page(ONE, may=RECORD)
def one(view: View, slug: str, meeting: str) -> Response:
    """Where a meeting stands, what may be done now, and the ways to its lists."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    written = minutes.of_meeting(view.session, found.id)
    return view.render(
        "meetings/meeting.html",
        process=process,
        meeting=found,
        title=found.title(view.language),
        state_word=rules.STATE_WORDS[found.state],
        moves=MEETING.moves_from(found.state) if not found.convened_for else [],
        may_convene=view.actor.may(CONVENE, process.id),
        may_hold=view.now >= found.starts_at - rules.COME_BEFORE,
        is_own=found.convened_for is None and found.kind is not MeetingKind.FORUM_SESSION,
        acts=meetings.acts_of(view.session, found.id),
        elsewhere=[one for one in elsewhere.of_meeting(view.session, found) if view.actor.may(one.may, process.id)],
        minutes_word=MINUTES_WORDS[written.state] if written else None,
        waiting_lines=registrations.count_unmatched(view.session, found.id),
    )


@router.page(f"{ONE}/edit", may=CONVENE)
def edit(view: View, slug: str, meeting: str) -> Response:
    """The form of a meeting as it stands."""
    process, found = office_meeting(view, slug, meeting)
    codes = [p.code for p in meetings.territories_of(view.session, [found]).get(found.id, ())]
    values = values_of(found, codes)
    facts: dict[str, Any] = {"is_past": False, "meeting": found, "values": values}
    return view.render("meetings/edit.html", process=process, **facts, **options(view, process))


def _prepare_change(view: View, slug: str, meeting: str) -> Any:
    process, found = office_meeting(view, slug, meeting)
    plan = typed_plan(view, process, kind=found.kind.value)
    return actions.to_change(view.session, process, found, plan, view.typed("reason"))


@router.act(f"{ONE}/edit", may=CONVENE, again=edit, prepare=_prepare_change)
def change(view: View, slug: str, meeting: str) -> Response:
    """Change it; those who registered are told of a new hour or place."""
    process, found = office_meeting(view, slug, meeting)
    seen = view.typed("revision")
    actions.change(view.work, process, found, view.prepared, int(seen) if seen.isdigit() else None)
    told = T("The change is kept.")
    if view.prepared.notice is not None:
        told = T("The change is kept. Those who registered get a letter, and the public reads why.")
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}", told)


@router.act(f"{ONE}/state", may=RECORD, again=one)
def move(view: View, slug: str, meeting: str) -> Response:
    """Announce a draft, begin a meeting, or close it."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    chosen = view.typed("move")
    if chosen == "convene":
        actions.announce(view.work, process, found)
    elif chosen == "hold":
        actions.hold(view.work, process, found)
    elif chosen == "close":
        actions.close(view.work, process, found)
    else:
        raise Invalid(move=T("Choose what to do."))
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}", DONE[chosen])


DONE = {
    "convene": T("The meeting is announced."),
    "hold": T("The meeting has begun. Attendance can be noted."),
    "close": T("The meeting is closed. Its attendance stands."),
}


def _prepare_cancel(view: View, slug: str, meeting: str) -> Any:
    process, found = office_meeting(view, slug, meeting)
    return actions.to_cancel(process, found, view.typed("reason"))


@router.act(f"{ONE}/cancellation", may=CONVENE, again=one, prepare=_prepare_cancel)
def cancel(view: View, slug: str, meeting: str) -> Response:
    """Cancel it, with a public reason."""
    process, found = office_meeting(view, slug, meeting)
    told = actions.cancel(view.work, process, found, view.typed("reason"), view.prepared)
    return view.see_other(
        f"/p/{slug}/office/meetings/{meeting}",
        T("The meeting is cancelled, and the public reads why. Letters on their way: {n}.", n=told),
    )


@router.page(f"{ONE}/registrations", may=CONVENE)
def register_list(view: View, slug: str, meeting: str, after: int = 0) -> Response:
    """Who registered, with what they need; and registering somebody who called or wrote."""
    process, found = office_meeting(view, slug, meeting)
    rows, more = registrations.lines(view.session, found.id, after)
    return view.render(
        "meetings/registrations.html",
        rows=rows,
        more=more,
        words=REGISTRATION_WORDS,
        may_free=found.state is MeetingState.CONVENED and view.now < found.starts_at,
        **choices(view, process, found),
    )


def _prepare_registration(view: View, slug: str, meeting: str) -> Any:
    process, found = _to_register(view, slug, meeting)
    return actions.prepare(process, found, typed_wish(view, by_the_office=True))


def _to_register(view: View, slug: str, meeting: str) -> tuple[Process, Meeting]:
    return office_meeting(view, slug, meeting)


@router.act(f"{ONE}/registrations", may=CONVENE, again=register_list, prepare=_prepare_registration)
def register(view: View, slug: str, meeting: str) -> Response:
    """Register somebody who asked for it on paper or by phone."""
    process, found = _to_register(view, slug, meeting)
    done = actions.register(view.work, process, found, typed_wish(view, by_the_office=True), view.prepared)
    return view.see_other(outcome_path(view, process, found, done.registration.id, sent=done.mail_was_sent))


def _prepare_freeing(view: View, slug: str, meeting: str, registration: uuid.UUID) -> Any:
    return actions.to_give_up(*_to_register(view, slug, meeting))


@router.act(f"{ONE}/registrations/{{registration}}/cancellation", may=CONVENE, prepare=_prepare_freeing)
def free(view: View, slug: str, meeting: str, registration: uuid.UUID) -> Response:
    """Give the place up for somebody who called or wrote."""
    process, found = _to_register(view, slug, meeting)
    row = registrations.by_id(view.session, found.id, registration)
    actions.give_up_for(view.work, process, found, row, view.prepared)
    told = T("The place is free for somebody else.")
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/registrations", told)
