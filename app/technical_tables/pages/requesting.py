"""The office's requests: which institution was asked by which letter, and what it answered so far."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process, Stage
from app.technical_tables import actions
from app.technical_tables.actions import AskInstitution, Extend, OfficialLetter
from app.technical_tables.models import FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import ANSWER_WORDS, LONGEST_NAME, Answer, Step
from app.web.edge import Router
from app.web.view import View

router = Router()
BASE = "/p/{slug}/office/feasibility"
MAY = Permission.INVITE_BODIES


def _stage(view: View, process: Process) -> Stage:
    stage = queries.stage_of_tables(view.session, process.id)
    if stage is None:
        raise NotFound
    return stage


@router.page(BASE, may=MAY)
def listing(view: View, slug: str) -> Response:
    """Every request with its dates, and the form for one more letter."""
    process = standing(view, slug)
    view.require(MAY, process.id)
    stage = _stage(view, process)
    waiting = queries.may_be_asked_about(view.session, process)
    return view.render(
        "technical_tables/requests.html",
        process=process,
        stage=stage,
        rows=queries.requests_of(view.session, process.id),
        wanted_body=view.request.query_params.get("institution", "")[:LONGEST_NAME],
        wanted_folio=view.request.query_params.get("folio", "")[:24],
        waiting=[(proposal.folio, f"{proposal.folio} · {proposal.title}") for proposal in waiting],
        steps=Step,
    )


def _prepare(view: View, slug: str) -> Any:
    process = standing(view, slug)
    view.require(MAY, process.id)
    _stage(view, process)
    wish = _typed(view)
    return wish, actions.to_ask(view.session, process, wish, view.now)


@router.act(BASE, may=MAY, again=listing, prepare=_prepare)
def ask(view: View, slug: str) -> Response:
    """Ask one institution by an official letter."""
    process = standing(view, slug)
    wish, made = view.prepared
    request = actions.ask_institution(view.work, process, _stage(view, process), wish, made)
    return view.see_other(f"/p/{slug}/office/feasibility/{request.number}", T("The letter is on its way."))


def _typed(view: View) -> AskInstitution:
    faults = {}
    days: dict[str, date] = {}
    sentences = {"dated_on": T("Write the date of the letter."), "due_on": T("Write until when an answer is expected.")}
    for name, sentence in sentences.items():
        try:
            days[name] = date.fromisoformat(view.typed(name))
        except ValueError:
            faults[name] = sentence
    if faults:
        raise Invalid(**faults)
    return AskInstitution(
        organisation=view.typed("organisation"),
        address=view.typed("address"),
        letter_number=view.typed("letter_number"),
        signatory=view.typed("signatory"),
        folios=tuple(view.typed_all("folios")),
        head_address=view.typed("head_address"),
        **days,
    )


@router.page(BASE + "/{number}", may=Permission.ASSESS_FEASIBILITY)
def one(view: View, slug: str, number: int) -> Response:
    """One request: its dates, and the answers so far, for the office and the institution itself."""
    process, request = door(view, slug, number)
    return view.render(
        "technical_tables/request.html",
        process=process,
        request=request,
        institution=queries.institution_of(view.session, request),
        rows=queries.asked_in(view.session, request),
        colleagues=queries.colleagues_of(view.session, request),
        extension=queries.extension_of(view.session, request),
        theirs=Answer.NOT_OURS,
        answer_words=ANSWER_WORDS,
        steps=Step,
        is_office=view.actor.may(MAY, process.id),
    )


def door(view: View, slug: str, number: int) -> tuple[Process, FeasibilityRequest]:
    """A request, for the office and for those who speak for the institution."""
    process = standing(view, slug)
    view.require(Permission.ASSESS_FEASIBILITY, process.id)
    request = queries.request_numbered(view.session, process.id, number)
    is_office = view.actor.may(MAY, process.id)
    if not is_office and not queries.speaks_for(view.session, view.actor.person_id, request.organisation_id):
        raise NotFound
    return process, request


@router.act(BASE + "/{number}/letter", may=MAY, again=one)
def record_letter(view: View, slug: str, number: int) -> Response:
    """Record the incoming signed letter that carries these answers."""
    process = standing(view, slug)
    view.work.require(MAY, process.id)
    request = queries.request_numbered(view.session, process.id, number)
    try:
        on = date.fromisoformat(view.typed("answer_on"))
    except ValueError:
        on = None
    actions.record_letter(view.work, process, request, OfficialLetter(view.typed("answer_number"), on))
    return view.see_other(f"/p/{slug}/office/feasibility/{number}", T("The letter was recorded as the answer."))


def _prepare_extension(view: View, slug: str, number: int) -> Any:
    process = standing(view, slug)
    view.require(MAY, process.id)
    request = queries.request_numbered(view.session, process.id, number)
    try:
        due_on = date.fromisoformat(view.typed("later_due_on"))
    except ValueError:
        raise Invalid(later_due_on=T("Write until when an answer is expected.")) from None
    return actions.to_extend(view.session, process, request, Extend(due_on, view.typed("why_later")), view.now)


@router.act(BASE + "/{number}/extension", may=MAY, again=one, prepare=_prepare_extension)
def extend(view: View, slug: str, number: int) -> Response:
    """Give the institution more time, once, with a public reason."""
    process = standing(view, slug)
    request = queries.request_numbered(view.session, process.id, number)
    actions.extend(view.work, process, request, view.prepared)
    return view.see_other(f"/p/{slug}/office/feasibility/{number}", T("The institution has more time and is told so."))
