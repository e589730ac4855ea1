"""Settling what suggests a conflict of interest, and naming who enters from outside: for the chair and the office."""

from __future__ import annotations

from starlette.responses import Response

from app.forum import actions
from app.forum.doors import forum_at, stage_at
from app.forum.pages.criteria import round_at
from app.forum.pages.rounds import by_folio, matrix
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
ROUND = "/p/{slug}/office/forum/rounds/{stage}"


@router.act(f"{ROUND}/suspicions", may=Permission.RECORD_SESSION, again=matrix)
def settle(view: View, slug: str, stage: str) -> Response:
    """Confirm what suggests a conflict, or say why it is none."""
    process, _ = forum_at(view, slug)
    found, key = round_at(view, process, stage), view.typed("suspicion")
    if view.typed("then") == "confirm":
        actions.confirm_suspicion(view.work, process, found, key)
        told = T("Written down: this person stands aside. Whoever else sits in the seat can score.")
        return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}#aside", told)
    try:
        actions.dismiss_suspicion(view.work, process, found, key, view.typed(f"reason-{key}"))
    except Invalid as invalid:
        raise Invalid(**{f"reason-{key}": text for text in invalid.fields.values()}) from None
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}#aside", T("Written down: there is no conflict."))


@router.act(f"{ROUND}/substitutes", may=Permission.APPOINT_SEATS, again=matrix)
def name_substitute(view: View, slug: str, stage: str) -> Response:
    """Name somebody from outside for one proposal, for all to read."""
    process, _ = forum_at(view, slug)
    proposal = by_folio(view, process, view.typed("for_folio"))
    if proposal is None:
        raise Invalid(for_folio=T("There is no proposal of this folio."))
    named = (view.typed("name"), view.typed("sector"), view.typed("why"))
    actions.name_substitute(view.work, process, stage_at(view, process, stage), proposal, named)
    told = T("Written down and public: it counts in the quorum on {folio}.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}#aside", told)
