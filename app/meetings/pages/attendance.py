"""Who came: ticked off, typed from paper, by a code on the wall, or out of the video platform's report."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.meetings import actions
from app.meetings.doors import office_meeting
from app.meetings.pages.planning import number
from app.meetings.queries import registrations
from app.meetings.reports import MOST_BYTES
from app.meetings.rules.attendance import LEAST_MINUTES, REGISTRATION_WORDS, WAY_WORDS, Way
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.web import sealing
from app.web.edge import Router
from app.web.view import View

router = Router()
ATTENDANCE = "/p/{slug}/office/meetings/{meeting}/attendance"
RECORD = Permission.RECORD_ATTENDANCE
MOST_SHOWN = 25


@router.page(ATTENDANCE, may=RECORD)
def attendance(view: View, slug: str, meeting: str, after: int = 0) -> Response:
    """The figure so far, those who registered to tick off, and the other ways to note somebody."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    rows, more = registrations.lines(view.session, found.id, after)
    ways = registrations.came_by_way(view.session, found.id)
    unmatched = registrations.unmatched(view.session, found.id, MOST_SHOWN)
    return view.render(
        "meetings/attendance.html",
        process=process,
        meeting=found,
        title=found.title(view.language),
        is_held=found.state is MeetingState.HELD,
        rows=rows,
        more=more,
        words=REGISTRATION_WORDS,
        ways=[(WAY_WORDS[way], ways[way.value]) for way in Way if way.value in ways],
        unmatched=unmatched,
        unsettled=registrations.count_unmatched(view.session, found.id) if unmatched else 0,
        candidates=[(str(row.registration.id), row.name) for row in _candidates(view, found.id, unmatched)],
        noted=[(str(key), name or T("A guest")) for key, name in registrations.noted(view.session, found.id)],
        least=LEAST_MINUTES,
        has_code=bool(found.room_code_hash),
        may_see_contacts=view.actor.may(Permission.SEE_CONTACTS, process.id),
    )


def _candidates(view: View, meeting_id: uuid.UUID, unmatched: list[Any]) -> list[registrations.Known]:
    """Whom a line of the report may mean: those who registered, by name; read only where a line waits."""
    if not unmatched:
        return []
    return sorted(registrations.known_to(view.session, meeting_id), key=lambda one: one.name.casefold())


@router.act(ATTENDANCE, may=RECORD, again=attendance)
def note(view: View, slug: str, meeting: str) -> Response:
    """Note those who were ticked off, or a list on paper."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    if view.typed("way") == "list":
        noted = actions.note_list(view.work, process, found, view.typed("list"))
    else:
        noted = actions.note_came(view.work, process, found, [_key(k) for k in view.typed_all("came")])
    told = T("Counted now: {new}. Counted before: {before}.", new=noted.counted, before=noted.already)
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance", told)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


@router.act(f"{ATTENDANCE}/mistake", may=RECORD, again=attendance)
def strike(view: View, slug: str, meeting: str) -> Response:
    """Take back that somebody was noted by mistake."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    if not view.typed("noted"):
        raise Invalid(noted=T("Choose who was noted by mistake."))
    row = registrations.note_by_id(view.session, found.id, _key(view.typed("noted")))
    actions.strike(view.work, process, found, row)
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance", T("It is taken back."))


@router.act(f"{ATTENDANCE}/code", may=RECORD, again=attendance)
def make_code(view: View, slug: str, meeting: str) -> Response:
    """Make a code for the wall of the room."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    code = actions.new_room_code(view.work, process, found)
    sealed = sealing.seal(view.house.settings.secret(), "room", [found.id.hex, code])
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance/code/{sealed}")


@router.page(f"{ATTENDANCE}/code/{{sealed}}", may=RECORD)
def show_code(view: View, slug: str, meeting: str, sealed: str) -> Response:
    """The code in large letters, to be shown or printed."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    key, code = sealing.unseal(view.house.settings.secret(), "room", sealed, sealing.A_DAY)
    if key != found.id.hex:
        raise NotFound
    address = f"{view.house.settings.base_url}{view.url(f'/p/{slug}/meetings/{meeting}/here')}"
    facts: dict[str, Any] = {"code": f"{code[:4]} {code[4:]}", "address": address, "title": found.title(view.language)}
    return view.render("meetings/code.html", process=process, meeting=found, **facts)


def _prepare(view: View, slug: str, meeting: str) -> Any:
    office_meeting(view, slug, meeting, RECORD)
    least = number(view, "least")
    return actions.to_bring_in(view.uploaded("report", MOST_BYTES), LEAST_MINUTES if least is None else least)


@router.act(f"{ATTENDANCE}/report", may=RECORD, again=attendance, prepare=_prepare)
def bring_in(view: View, slug: str, meeting: str) -> Response:
    """Count out of the platform's report."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    done = actions.bring_in(view.work, process, found, view.prepared)
    told = T(
        "Counted now: {new}. Counted before: {before}. Too short: {short}. To be settled: {open}.",
        new=done.counted,
        before=done.already,
        short=done.too_short,
        open=done.unmatched,
    )
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance", told)


@router.act(f"{ATTENDANCE}/report-rest", may=RECORD, again=attendance)
def settle_rest(view: View, slug: str, meeting: str) -> Response:
    """Say of everybody left in the report at once how they are counted."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    new = actions.settle_rest(view.work, process, found, view.typed("rest"))
    told = T("Counted now: {new}.", new=new)
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance", told)


def _again_at_line(view: View, slug: str, meeting: str, line: uuid.UUID) -> Response:
    return attendance(view, slug, meeting)


@router.act(f"{ATTENDANCE}/report/{{line}}", may=RECORD, again=_again_at_line)
def settle(view: View, slug: str, meeting: str, line: uuid.UUID) -> Response:
    """Say who somebody in the report is."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    row = registrations.line_by_id(view.session, found.id, line)
    who = view.typed(f"who-{line}")
    if not who:
        raise Invalid(**{f"who-{line}": T("Choose who this is.")})
    is_new = actions.settle_line(view.work, process, found, row, who)
    told = T("Counted.") if is_new else T("This person had been counted before.")
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/attendance", told)
