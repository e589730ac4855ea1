"""Who moderates: what was reported, what is held back and until when, and what another official has to review."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T, Text
from app.moderation import actions, queries
from app.moderation.rules import BY_A_PERSON, ENDING_WORDS, REVIEW_WORDS, RULE_WORDS, ReviewOutcome, Rule
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.web.edge import Router
from app.web.view import View

router = Router()
MODERATE = Permission.MODERATE
ALL, ONE = "/p/{slug}/office/moderation", "/p/{slug}/office/moderation/{folio}"


def _entered(view: View, slug: str, folio: str) -> tuple[Process, Proposal]:
    process = standing(view, slug)
    view.require(MODERATE, process.id)
    return process, proposals.public_by_folio(view.session, process.id, folio)


@router.page(ALL, may=MODERATE)
def waiting(view: View, slug: str) -> Response:
    """Everything that waits, the most urgent first."""
    process = standing(view, slug)
    view.require(MODERATE, process.id)
    return view.render(
        "moderation/waiting.html",
        process=process,
        reports=queries.open_reports(view.session, process.id),
        holds=queries.to_settle(view.session, process.id),
        rule_words=RULE_WORDS,
    )


@router.page(ONE, may=MODERATE)
def one(view: View, slug: str, folio: str) -> Response:
    """One text with its reports, and what may be done with it now."""
    process, proposal = _entered(view, slug, folio)
    held = queries.newest_hold(view.session, proposal.id)
    is_held = held is not None and held.is_in_force
    revision = proposals.newest_revision(view.session, proposal)
    kept = held.kept["versions"][-1] if held and held.kept else None
    return view.render(
        "moderation/one.html",
        process=process,
        proposal=proposal,
        reports=queries.reports_of(view.session, proposal.id),
        held=held,
        is_held=is_held,
        words=kept or revision,
        rule_words=RULE_WORDS,
        ending_words=ENDING_WORDS,
        review_words=REVIEW_WORDS,
        kinds=[(rule.value, RULE_WORDS[rule]) for rule in Rule],
        endings=[(ending.value, ENDING_WORDS[ending]) for ending in BY_A_PERSON],
        outcomes=[(outcome.value, REVIEW_WORDS[outcome]) for outcome in ReviewOutcome],
    )


@router.act(f"{ONE}/hold", may=MODERATE, again=one)
def hold(view: View, slug: str, folio: str) -> Response:
    """Hold the text back."""
    process, proposal = _entered(view, slug, folio)
    actions.hold(view.work, process, proposal, view.typed("rule"))
    return _back(view, slug, folio, T("The text is held back. Decide within two working days."))


@router.act(f"{ONE}/set-aside", may=MODERATE, again=one)
def set_aside(view: View, slug: str, folio: str) -> Response:
    """Leave it as it is."""
    process, proposal = _entered(view, slug, folio)
    actions.set_aside(view.work, process, proposal)
    return view.see_other(f"/p/{slug}/office/moderation", T("The text stays as it is."))


@router.act(f"{ONE}/decision", may=MODERATE, again=one)
def decide(view: View, slug: str, folio: str) -> Response:
    """Decide what becomes of it."""
    process, proposal = _entered(view, slug, folio)
    passages = [line.strip() for line in view.typed("passages").splitlines() if line.strip()]
    actions.decide(view.work, process, proposal, view.typed("ending"), passages)
    return _back(view, slug, folio, T("It is decided, and its authors are told."))


@router.act(f"{ONE}/review", may=MODERATE, again=one)
def review(view: View, slug: str, folio: str) -> Response:
    """Review what somebody else decided."""
    process, proposal = _entered(view, slug, folio)
    actions.review(view.work, process, proposal, view.typed("review"))
    return _back(view, slug, folio, T("The review is recorded."))


def _back(view: View, slug: str, folio: str, told: Text) -> Response:
    return view.see_other(f"/p/{slug}/office/moderation/{folio}", told)
