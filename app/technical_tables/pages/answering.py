"""Where an institution answers: through the link of its letter without an account, or signed in."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.technical_tables import actions
from app.technical_tables.actions import Approval, GivenAnswer
from app.technical_tables.models import FeasibilityRequest
from app.technical_tables.pages.requesting import door
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import ANSWER_WORDS, DIMENSION_WORDS, GRADE_WORDS, LONGEST_TEXT, Dimension
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
LINK = "/p/{slug}/assessment/{token}"
OFFICE = "/p/{slug}/office/feasibility/{number}/{folio}"


@router.page(LINK, may=PUBLIC)
def institution(view: View, slug: str, token: str) -> Response:
    """The letter, its proposals with the answers so far, and the approval of the head of service."""
    process = standing(view, slug)
    request = queries.request_by_token(view.session, process.id, token)
    rows = queries.asked_in(view.session, request)
    return view.render(
        "technical_tables/institution.html",
        process=process,
        request=request,
        institution=queries.institution_of(view.session, request),
        rows=rows,
        colleagues=queries.colleagues_of(view.session, request),
        is_whole=all(row.assessment.answer or row.is_gone for row in rows),
        token=token,
        answer_words=ANSWER_WORDS,
    )


@router.act(LINK, may=PUBLIC, again=institution, limit="submit")
def approve(view: View, slug: str, token: str) -> Response:
    """Approve the answers as the head of service; from then on they are public."""
    process = standing(view, slug)
    approval = Approval(view.typed("head_name"), view.typed("head_post"))
    actions.approve_by_link(view.work, process, token, approval)
    return view.see_other(f"/p/{slug}/assessment/{token}", T("The answers are approved and public."))


@router.page(LINK + "/{folio}", may=PUBLIC)
def by_link(view: View, slug: str, token: str, folio: str) -> Response:
    """One proposal with its text, and the form to answer."""
    process = standing(view, slug)
    request = queries.request_by_token(view.session, process.id, token)
    back = f"/p/{slug}/assessment/{token}"
    return answer_form(view, process, request, folio, (back, f"{back}/{folio}"))


@router.act(LINK + "/{folio}", may=PUBLIC, again=by_link, limit="submit")
def answer_by_link(view: View, slug: str, token: str, folio: str) -> Response:
    """Write down the answer about one proposal; it may be changed until the head approves."""
    process = standing(view, slug)
    actions.answer_by_link(view.work, process, token, folio, typed_answer(view))
    return view.see_other(f"/p/{slug}/assessment/{token}", kept(folio))


@router.page(OFFICE, may=Permission.ASSESS_FEASIBILITY)
def signed_in(view: View, slug: str, number: int, folio: str) -> Response:
    """The same form for the institution's people with an account, and for the office with a letter at hand."""
    process, request = door(view, slug, number)
    back = f"/p/{slug}/office/feasibility/{number}"
    return answer_form(view, process, request, folio, (back, f"{back}/{folio}"))


@router.act(OFFICE, may=Permission.ASSESS_FEASIBILITY, again=signed_in)
def answer_signed_in(view: View, slug: str, number: int, folio: str) -> Response:
    """Write down the answer about one proposal, signed in."""
    process, request = door(view, slug, number)
    actions.answer_for(view.work, process, request, folio, typed_answer(view))
    return view.see_other(f"/p/{slug}/office/feasibility/{number}", kept(folio))


def kept(folio: str) -> Any:
    """What is said once an answer was written down."""
    return T("The answer about {folio} is kept. It becomes public when the head of service approves it.", folio=folio)


def answer_form(
    view: View, process: Process, request: FeasibilityRequest, folio: str, places: tuple[str, str]
) -> Response:
    """The form for one proposal; `places` are the page of the whole request, empty for a colleague, and its own."""
    row, proposal, revision = queries.asked_about(view.session, request, folio)
    return view.render(
        "technical_tables/answer.html",
        process=process,
        request=request,
        institution=queries.institution_of(view.session, request),
        row=row,
        proposal=proposal,
        revision=revision,
        back=places[0],
        here=places[1],
        answers=list(ANSWER_WORDS.items()),
        dimensions=list(DIMENSION_WORDS.items()),
        grades=list(GRADE_WORDS.items()),
        longest=LONGEST_TEXT,
    )


def typed_answer(view: View) -> GivenAnswer:
    """What was typed into the form."""
    grounds = {
        dimension: (view.typed(f"grade-{dimension.value}"), view.typed(f"words-{dimension.value}"))
        for dimension in Dimension
    }
    return GivenAnswer(
        view.typed("answer"),
        view.typed("whose"),
        grounds,
        view.typed("legal_reason"),
        view.typed("plain_words"),
        view.typed("counter_proposal"),
    )
