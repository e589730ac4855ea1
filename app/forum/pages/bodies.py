"""The office keeps the forum as a body: the act that founded it, the rules it gave itself, and its end."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from app.forum import actions
from app.forum.doors import forum_at
from app.forum.pages.seats import office
from app.forum.queries import seats
from app.forum.rules.body import Founding
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.act("/p/{slug}/office/forum/founding", may=Permission.EDIT_PROCESS, again=office)
def found(view: View, slug: str) -> Response:
    """Write down by which act the forum was founded."""
    process, body = forum_at(view, slug)
    founding = Founding(view.typed("founding_act"), _day(view, "founded_on"))
    actions.write_founding(view.work, process, body, founding)
    return view.see_other(f"/p/{slug}/office/forum", T("The founding act was written down."))


@router.act("/p/{slug}/office/forum/rules", may=Permission.RECORD_SESSION, again=office)
def adopt_rules(view: View, slug: str) -> Response:
    """Publish a new version of the forum's own rules."""
    process, body = forum_at(view, slug)
    number = view.typed("session")
    meeting = seats.session_numbered(view.session, body.id, int(number)) if number.isdigit() else None
    adopted = (_day(view, "adopted_on"), meeting)
    actions.adopt_rules(view.work, process, body, view.typed("text"), adopted)
    return view.see_other(f"/p/{slug}/office/forum", T("The rules are public."))


@router.act("/p/{slug}/office/forum/end", may=Permission.EDIT_PROCESS, again=office)
def end(view: View, slug: str) -> Response:
    """End the forum by an act; another one may follow it."""
    process, body = forum_at(view, slug)
    actions.end_forum(view.work, process, body, view.typed("ending_act"))
    return view.see_other(f"/p/{slug}/office/forum", T("The forum has ended. You can set up the one that follows it."))


def _day(view: View, name: str) -> date | None:
    typed = view.typed(name)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(**{name: T("Write the date like 2026-09-07.")}) from None
