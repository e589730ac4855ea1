"""Moving and cancelling a session that was called, and writing to who sits in the forum and has no letter yet."""

from __future__ import annotations

from starlette.responses import Response

from app.forum import actions
from app.forum.calls import SessionNotice
from app.forum.pages.sessions import meeting_at, session, written_to
from app.forum.rules.calling import Move
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.rules import parse_local
from app.web.edge import Router
from app.web.view import View

router = Router()
OFFICE = "/p/{slug}/office/forum/sessions/{number}"
MAY = Permission.RECORD_SESSION


def _told(view: View, slug: str, number: int, said: Text, notice: SessionNotice) -> Response:
    whole = T("{told} {letters}", told=said, letters=written_to(notice.people))
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}", whole)


@router.act(f"{OFFICE}/time-and-place", may=MAY, again=session)
def move(view: View, slug: str, number: int) -> Response:
    """Hold the session at another time or place."""
    process, meeting = meeting_at(view, slug, number)
    to = Move(parse_local(view.typed("held_at"), process.zone, "held_at"), view.typed("place"), view.typed("because"))
    notice = actions.move_session(view.work, process, meeting, to)
    return _told(view, slug, number, T("The session was moved."), notice)


@router.act(f"{OFFICE}/cancellation", may=MAY, again=session)
def cancel(view: View, slug: str, number: int) -> Response:
    """Cancel the session."""
    process, meeting = meeting_at(view, slug, number)
    notice = actions.cancel_session(view.work, process, meeting, view.typed("cancelled_because"))
    return _told(view, slug, number, T("The session was cancelled."), notice)


@router.act(f"{OFFICE}/letters", may=MAY, again=session)
def write(view: View, slug: str, number: int) -> Response:
    """Write to who has no letter yet."""
    process, meeting = meeting_at(view, slug, number)
    people = actions.write_to_the_rest(view.work, process, meeting)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}", written_to(people))
