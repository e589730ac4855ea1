"""Passing one proposal on to a colleague, taking it back, and the colleague's own page behind a link."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.technical_tables import actions
from app.technical_tables.actions import PassOn
from app.technical_tables.models import FeasibilityRequest
from app.technical_tables.pages.answering import LINK, OFFICE, answer_form, typed_answer
from app.technical_tables.pages.requesting import door
from app.technical_tables.queries import requests as queries
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
BY_LINK = LINK + "/{folio}/colleague"
BY_ROLE = OFFICE + "/colleague"
COLLEAGUE = "/p/{slug}/passed-on/{token}"
MAY = Permission.ASSESS_FEASIBILITY


def _by_link(view: View, slug: str, token: str) -> tuple[Process, FeasibilityRequest]:
    process = standing(view, slug)
    return process, queries.request_by_token(view.session, process.id, token)


@router.page(BY_LINK, may=PUBLIC)
def by_link(view: View, slug: str, token: str, folio: str) -> Response:
    """The form to pass a proposal on, or to whom it was passed on; for whoever has the institution's letter."""
    process, request = _by_link(view, slug, token)
    return _page(view, process, request, folio, f"/p/{slug}/assessment/{token}")


def _prepare_by_link(view: View, slug: str, token: str, folio: str) -> Any:
    process, request = _by_link(view, slug, token)
    return actions.to_pass_on(view.session, process, request, folio, _typed(view))


@router.act(BY_LINK, may=PUBLIC, again=by_link, prepare=_prepare_by_link, limit="submit")
def pass_on_by_link(view: View, slug: str, token: str, folio: str) -> Response:
    """Send the colleague a letter with a link for this proposal only."""
    process = standing(view, slug)
    actions.pass_on_by_link(view.work, process, token, folio, view.prepared)
    return view.see_other(f"/p/{slug}/assessment/{token}", _passed(folio))


@router.act(BY_LINK + "/withdrawal", may=PUBLIC, again=by_link, limit="submit")
def take_back_by_link(view: View, slug: str, token: str, folio: str) -> Response:
    """Take back what was passed on; the colleague's link opens nothing any more."""
    process = standing(view, slug)
    actions.take_back_by_link(view.work, process, token, folio)
    return view.see_other(f"/p/{slug}/assessment/{token}", _taken_back(folio))


@router.page(BY_ROLE, may=MAY)
def by_role(view: View, slug: str, number: int, folio: str) -> Response:
    """The same for the institution's people with an account, and for the office."""
    process, request = door(view, slug, number)
    return _page(view, process, request, folio, f"/p/{slug}/office/feasibility/{number}")


def _prepare_by_role(view: View, slug: str, number: int, folio: str) -> Any:
    process, request = door(view, slug, number)
    return actions.to_pass_on(view.session, process, request, folio, _typed(view))


@router.act(BY_ROLE, may=MAY, again=by_role, prepare=_prepare_by_role)
def pass_on_by_role(view: View, slug: str, number: int, folio: str) -> Response:
    """Send the colleague a letter, signed in."""
    process, request = door(view, slug, number)
    actions.pass_on_for(view.work, process, request, folio, view.prepared)
    return view.see_other(f"/p/{slug}/office/feasibility/{number}", _passed(folio))


@router.act(BY_ROLE + "/withdrawal", may=MAY, again=by_role)
def take_back_by_role(view: View, slug: str, number: int, folio: str) -> Response:
    """Take back what was passed on, signed in."""
    process, request = door(view, slug, number)
    actions.take_back_for(view.work, process, request, folio)
    return view.see_other(f"/p/{slug}/office/feasibility/{number}", _taken_back(folio))


@router.page(COLLEAGUE, may=PUBLIC)
def passed_on(view: View, slug: str, token: str) -> Response:
    """The one proposal that was passed on, with the form to answer; no way from here to the others."""
    process = standing(view, slug)
    _, request, folio = queries.passed_on_by_token(view.session, process.id, token)
    return answer_form(view, process, request, folio, ("", f"/p/{slug}/passed-on/{token}"))


@router.act(COLLEAGUE, may=PUBLIC, again=passed_on, limit="submit")
def answer(view: View, slug: str, token: str) -> Response:
    """Write down what the colleague answers; it may be changed until the head of service approves."""
    process = standing(view, slug)
    actions.answer_as_colleague(view.work, process, token, typed_answer(view))
    said = T("Your answer is kept. The head of service of your institution approves it.")
    return view.see_other(f"/p/{slug}/passed-on/{token}", said)


def _page(view: View, process: Process, request: FeasibilityRequest, folio: str, back: str) -> Response:
    _, proposal, revision = queries.asked_about(view.session, request, folio)
    return view.render(
        "technical_tables/colleague.html",
        process=process,
        request=request,
        institution=queries.institution_of(view.session, request),
        proposal=proposal,
        revision=revision,
        colleague=queries.colleagues_of(view.session, request).get(proposal.id),
        back=back,
    )


def _typed(view: View) -> PassOn:
    return PassOn(view.typed("colleague"), view.typed("address"))


def _passed(folio: str) -> Any:
    return T("{folio} was passed on. Your colleague gets a letter with a link.", folio=folio)


def _taken_back(folio: str) -> Any:
    return T("{folio} was taken back. The link of your colleague opens nothing any more.", folio=folio)
