"""Reporting: an institution by the link in its letter, without an account, or by its role; the forum validates."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import About, Report
from app.commitments.models import Commitment, MonitoringRound
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.rules.milestones import MOST_EVIDENCE, links_in
from app.commitments.rules.progress import SOURCE_WORDS, STATUS_WORDS, Source
from app.kit.errors import NotAllowed, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
BY_ROLE = "/p/{slug}/commitments/{number}/report/{source}"
BY_LINK = "/p/{slug}/reporting/{token}"


@router.page(BY_LINK, may=PUBLIC)
def asked(view: View, slug: str, token: str) -> Response:
    """What an institution is asked for: its commitments in this round, and which it has reported on."""
    process = standing(view, slug)
    call, found = rounds.call_by_token(view.session, process.id, token)
    own = rounds.led_by(view.session, process.id, call.organisation_id)
    lines = _lines(view, process, found, own)
    return view.render(
        "commitments/asked.html",
        process=process,
        round=found,
        organisation=queries.organisation_name(view.session, call.organisation_id),
        rows=[(line.commitment, line.has_report, len(line.steps)) for line in lines],
        token=token,
    )


def _lines(view: View, process: Process, of: MonitoringRound, own: list[Commitment]) -> list[progress.Line]:
    settings = queries.monitoring(view.session, process)
    return progress.lines_of(view.session, process, [(one, "") for one in own], of, (view.now, settings))


def _by_link(view: View, slug: str, token: str, number: int) -> tuple[Process, About]:
    process = standing(view, slug)
    call, found = rounds.call_by_token(view.session, process.id, token)
    commitment = queries.public_numbered(view.session, process.id, number)
    if commitment.lead_id != call.organisation_id:
        raise NotFound
    return process, About(found, commitment, Source.INSTITUTION, None, call)


@router.page(f"{BY_LINK}/{{number}}", may=PUBLIC)
def form_by_link(view: View, slug: str, token: str, number: int) -> Response:
    """The form for one commitment and its milestones."""
    process, about = _by_link(view, slug, token, number)
    return _form(view, process, about, f"/p/{slug}/reporting/{token}/{number}")


@router.act(f"{BY_LINK}/{{number}}", may=PUBLIC, again=form_by_link, limit="submit")
def report_by_link(view: View, slug: str, token: str, number: int) -> Response:
    """Receive a report from whoever has the letter."""
    process, about = _by_link(view, slug, token, number)
    _take(view, process, about)
    return view.see_other(f"/p/{slug}/reporting/{token}", _thanks(number))


def _thanks(number: int) -> Any:
    return T(
        "The report on commitment {n} was received and is public. It can be corrected while the round is open.",
        n=number,
    )


def _form(view: View, process: Process, about: About, action: str) -> Response:
    line = _lines(view, process, about.round, [about.commitment])[0]
    return view.render(
        "commitments/report.html",
        process=process,
        round=about.round,
        commitment=about.commitment,
        source=SOURCE_WORDS[about.source],
        line=line,
        given=line.reports.get(about.source),
        steps=[(step, step.reports.get(about.source)) for step in line.steps],
        statuses=[("", T("Not said")), *((status.value, word) for status, word in STATUS_WORDS.items())],
        action=action,
        most=MOST_EVIDENCE,
    )


def _take(view: View, process: Process, about: About) -> None:
    line = _lines(view, process, about.round, [about.commitment])[0]
    wishes: dict[int | None, Report] = {None: _typed(view, "")}
    wishes |= {step.milestone.number: _typed(view, f"m{step.milestone.number}-") for step in line.steps}
    actions.report_all(view.work, process, about, wishes)


def _typed(view: View, ending: str) -> Report:
    status, low, high, done = (view.typed(ending + name) for name in ("status", "low", "high", "done"))
    return Report(status, low, high, done, tuple(links_in(view.typed(f"{ending}evidence"))))


def _by_role(view: View, slug: str, number: int, source: str) -> tuple[Process, About]:
    process = standing(view, slug)
    view.require(Permission.REPORT_PROGRESS, process.id)
    if source not in {Source.INSTITUTION, Source.COUNTERPART}:
        raise NotFound
    commitment = _commitment(view, process, number)
    if not queries.speaks_for(view.session, view.actor, commitment, Source(source)):
        raise NotAllowed
    return process, About(_open_round(view, process), commitment, Source(source))


def _open_round(view: View, process: Process) -> MonitoringRound:
    newest = rounds.rounds_of(view.session, process.id, 1)
    if not newest:
        raise NotFound
    return newest[0]


def _commitment(view: View, process: Process, number: int) -> Commitment:
    return queries.public_numbered(view.session, process.id, number)


@router.page(BY_ROLE, may=Permission.REPORT_PROGRESS)
def form_by_role(view: View, slug: str, number: int, source: str) -> Response:
    """The same form for somebody signed in who speaks for the institution or its counterpart, or for the office."""
    process, about = _by_role(view, slug, number, source)
    return _form(view, process, about, f"/p/{slug}/commitments/{number}/report/{source}")


@router.act(BY_ROLE, may=Permission.REPORT_PROGRESS, again=form_by_role)
def report_by_role(view: View, slug: str, number: int, source: str) -> Response:
    """Receive a report or a comment from somebody signed in."""
    process, about = _by_role(view, slug, number, source)
    _take(view, process, about)
    return view.see_other(f"/p/{slug}/commitments/{number}", _thanks(number))


def _validating(view: View, slug: str, number: int) -> tuple[Process, About]:
    process = standing(view, slug)
    view.require(Permission.VALIDATE_PROGRESS, process.id)
    return process, About(_open_round(view, process), _commitment(view, process, number), Source.FORUM)


@router.page("/p/{slug}/commitments/{number}/validation", may=Permission.VALIDATE_PROGRESS)
def validation(view: View, slug: str, number: int) -> Response:
    """What the forum says of a commitment and its milestones in this round."""
    process, about = _validating(view, slug, number)
    return _form(view, process, about, f"/p/{slug}/commitments/{number}/validation")


@router.act("/p/{slug}/commitments/{number}/validation", may=Permission.VALIDATE_PROGRESS, again=validation)
def validate(view: View, slug: str, number: int) -> Response:
    """Write down the forum's validation beside what was reported."""
    process, about = _validating(view, slug, number)
    _take(view, process, about)
    return view.see_other(f"/p/{slug}/commitments/{number}", T("The validation stands beside the report."))
