"""The rules in plain words with what was done by them, the form to report a text, and asking for a review."""

from __future__ import annotations

from starlette.responses import Response

from app.commitments.rules.comments import HELD_WORDS
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.moderation import actions, queries
from app.moderation.rules import ENDING_WORDS, REPORT_WORDS, REPORTABLE, RULE_WORDS
from app.process.doors import standing
from app.proposals import queries as proposals
from app.proposals.words import HELD_FOR, REFUSAL_REASONS
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/moderation", may=PUBLIC)
def rules(view: View, slug: str) -> Response:
    """What is not shown here and why, how often that happened, and what one can do about it."""
    process = standing(view, slug)
    found = queries.counts(view.session, process.id)
    now_held = sum(n for (_, ending), n in found.holds.items() if ending is None)
    return view.render(
        "moderation/rules.html",
        process=process,
        rules=list(RULE_WORDS.values()),
        not_admitted=[(REFUSAL_REASONS.get(code, code), n) for code, n in sorted(found.refused.items())],
        comments=[(HELD_WORDS[why], n) for why, n in found.comments.items()],
        files=[(HELD_FOR[why], n) for why, n in found.files.items()],
        holds=[(RULE_WORDS[rule], ENDING_WORDS[end], n) for (rule, end), n in found.holds.items() if end],
        reports=[(REPORT_WORDS[state], n) for state, n in found.reports.items()],
        now_held=now_held,
    )


@router.act("/p/{slug}/moderation/review", may=PUBLIC, again=rules, limit="code")
def ask_review(view: View, slug: str) -> Response:
    """Ask that somebody else looks, with folio and code."""
    process = standing(view, slug)
    own = proposals.author_by_code(view.session, view.typed("folio"), view.typed("code"))
    if own is None or own[0].process_id != process.id:
        raise Invalid(code=T("This folio and this code do not belong together. Check both."))
    actions.ask_review(view.work, own)
    return view.see_other(f"/p/{slug}/moderation", T("Another official will look at it."))


@router.page("/p/{slug}/report", may=PUBLIC)
def form(view: View, slug: str, about: str = "") -> Response:
    """The form to say that a text holds personal data or an insult."""
    process = standing(view, slug)
    proposal = proposals.public_by_folio(view.session, process.id, about or view.typed("about"))
    kinds = [(one.value, RULE_WORDS[one]) for one in REPORTABLE]
    return view.render("moderation/report.html", process=process, proposal=proposal, kinds=kinds)


@router.act("/p/{slug}/report", may=PUBLIC, again=form, limit="report")
def report(view: View, slug: str) -> Response:
    """Put it before the office; nobody is asked who they are."""
    process = standing(view, slug)
    proposal = proposals.public_by_folio(view.session, process.id, view.typed("about"))
    actions.report(view.work, process, proposal, view.typed("rule"), view.typed("sentence"))
    return view.see_other(
        f"/p/{slug}/proposals/{proposal.folio}", T("Thank you. The office looks at it within two working days.")
    )
