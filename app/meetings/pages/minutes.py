"""Minutes as they are written, approved by another person, published, and added to."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T
from app.meetings import actions
from app.meetings.actions import MinutesText
from app.meetings.actions.minuting import require_own_minutes
from app.meetings.doors import office_meeting
from app.meetings.models import Minutes
from app.meetings.pages.planning import annexes, annexes_typed
from app.meetings.queries import minutes as queries
from app.meetings.rules.meeting import TOOK_PLACE, MeetingState
from app.meetings.rules.minutes import MINUTES, MINUTES_WORDS, MOST_AGREEMENTS
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
MINUTES_OF = "/p/{slug}/office/meetings/{meeting}/minutes"
RECORD, CONVENE = Permission.RECORD_ATTENDANCE, Permission.CONVENE_MEETINGS
EMPTY_ROWS = 3


@router.page(MINUTES_OF, may=RECORD)
def minutes(view: View, slug: str, meeting: str) -> Response:
    """The minutes as they stand, and what may be done with them now."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    require_own_minutes(found)
    own = queries.of_meeting(view.session, found.id)
    agreements = queries.agreements_of(view.session, own.id) if own else []
    return view.render(
        "meetings/minutes.html",
        process=process,
        meeting=found,
        title=found.title(view.language),
        minutes=own,
        agreements=agreements,
        addenda=queries.addenda_of(view.session, own.id) if own else [],
        rows=_rows(view, agreements),
        annexes=annexes_typed(own.annexes) if own else "",
        moves=MINUTES.moves_from(own.state if own else None) if found.state in TOOK_PLACE else [],
        state_word=MINUTES_WORDS[own.state] if own else None,
        is_closed=found.state is MeetingState.CLOSED,
        wrote_it=_wrote(view, own),
        may_convene=view.actor.may(CONVENE, process.id),
    )


def _rows(view: View, agreements: list[queries.AgreementLine]) -> list[tuple[int, str, str]]:
    """The agreements to be edited, with a few empty lines below; what was typed keeps its lines."""
    typed = sum(1 for name in view.form if name.startswith("agreement-")) if view.errors else 0
    there = [(line.number, line.text, line.folio) for line in agreements]
    least = min(max(len(there) + EMPTY_ROWS, typed), MOST_AGREEMENTS)
    return there + [(number, "", "") for number in range(len(there) + 1, least + 1)]


def _wrote(view: View, own: Minutes | None) -> bool:
    return own is not None and own.written_by_person_id == view.actor.person_id


@router.act(MINUTES_OF, may=RECORD, again=minutes)
def write(view: View, slug: str, meeting: str) -> Response:
    """Keep the minutes as a draft."""
    process, found = office_meeting(view, slug, meeting, RECORD)
    version = view.typed("version")
    text = MinutesText(
        agenda=view.typed("agenda"),
        agreements=_typed_agreements(view),
        dissent=view.typed("dissent"),
        annexes=annexes(view, "annexes"),
        version=int(version) if version.isdigit() else None,
    )
    actions.write(view.work, process, found, text)
    told = T("The minutes are kept. Another person has to approve them.")
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/minutes", told)


def _typed_agreements(view: View) -> tuple[tuple[str, str], ...]:
    rows = [(view.typed(f"agreement-{n}"), view.typed(f"folio-{n}")) for n in range(1, MOST_AGREEMENTS + 1)]
    return tuple(row for row in rows if any(row))


@router.act(f"{MINUTES_OF}/approval", may=CONVENE, again=minutes)
def approve(view: View, slug: str, meeting: str) -> Response:
    """Approve what somebody else wrote."""
    process, found = office_meeting(view, slug, meeting)
    version = view.typed("version")
    actions.approve(view.work, process, found, int(version) if version.isdigit() else None)
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/minutes", T("The minutes are approved."))


@router.act(f"{MINUTES_OF}/publication", may=CONVENE, again=minutes)
def publish(view: View, slug: str, meeting: str) -> Response:
    """Publish approved minutes."""
    process, found = office_meeting(view, slug, meeting)
    actions.publish(view.work, process, found)
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/minutes", T("The minutes are public."))


@router.act(f"{MINUTES_OF}/addenda", may=CONVENE, again=minutes)
def add(view: View, slug: str, meeting: str) -> Response:
    """Add to published minutes."""
    process, found = office_meeting(view, slug, meeting)
    actions.add_addendum(view.work, process, found, view.typed("addendum"))
    return view.see_other(f"/p/{slug}/office/meetings/{meeting}/minutes", T("The addendum is public."))
