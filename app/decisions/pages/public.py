"""What was decided at a stage and why, for everybody: each bar leads to the list behind it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from app.decisions import elsewhere, queries
from app.decisions.pages.deciding import standing
from app.decisions.rules import GOES_ON, OUTCOME_WORDS, REASON_CODES, Outcome, going
from app.decisions.survival import survivals_of
from app.duties import ledger
from app.kit.errors import NotFound
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_date
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.words import PROVENANCE_WORDS
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/decisions/{stage}", may=PUBLIC, kept=True, length=Length.LONG)
def decisions(view: View, slug: str, stage: str) -> Response:
    """Of how many proposals how many went on, who decided, and why."""
    process, row = standing(view, slug, stage)
    figures = queries.figures(view.session, row.id)
    body = queries.body_named(view.session, process.id, str(row.settings.get("body", "office")))
    survivals, how = survivals_of(view.session, process.id, row.id, view.language)
    return view.render(
        "decisions/stage.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        figures=figures,
        sentence=_sentence(figures),
        body=body.name(view.language) if body else "",
        decided_on=_last_on(process, figures, view.variant),
        outcomes=[(OUTCOME_WORDS[outcome], n, outcome.value) for outcome, n in figures.outcomes.items()],
        codes=[(REASON_CODES[code], n, code) for code, n in figures.reasons if code in REASON_CODES],
        against=queries.against_rule(view.session, row.id),
        undecided=queries.left_undecided(view.session, row.id),
        editions=queries.publications_of(view.session, row.id),
        survivals=survivals,
        how=how,
        answers=ledger.tally(view.session, row.id),
        may_decide=view.actor.may(Permission.DECIDE, process.id),
        outcome_words=OUTCOME_WORDS,
        reports=elsewhere.reports_of(view.session, row) if figures.decided else [],
    )


def _last_on(process: Process, figures: queries.StageFigures, language: str) -> str:
    if figures.last_at is None:
        return ""
    return say_date(figures.last_at.astimezone(process.zone).date(), language, figures.last_to_the)


def _sentence(figures: queries.StageFigures) -> Text:
    n = going(figures.outcomes)
    if figures.decided == 1:
        return (
            T("There was one proposal, and it goes on.") if n else T("There was one proposal, and it does not go on.")
        )
    return Tn("Of {all} proposals, {count} goes on.", "Of {all} proposals, {count} go on.", n, all=figures.decided)


@router.page("/p/{slug}/decisions/{stage}/list", may=PUBLIC, kept=True)
def behind(view: View, slug: str, stage: str, outcome: str = "", code: str = "", after: int = 0) -> Response:  # noqa: PLR0917 # waiver: one argument for each word of the address
    """The proposals behind a bar: by decision, by kind of reason, or those without a reason."""
    process, row = standing(view, slug, stage)
    if (outcome and outcome not in set(Outcome)) or (code and code not in REASON_CODES and code != "none"):
        raise NotFound
    chosen = Outcome(outcome) if outcome else None
    if code == "none":
        rows = queries.without_reason(view.session, row.id, after=after, limit=PAGE + 1)
    else:
        rows = queries.decided_at_stage(view.session, row.id, outcome=chosen, code=code, after=after, limit=PAGE + 1)
    kept = {name: value for name, value in (("outcome", outcome), ("code", code)) if value}
    more = rows[PAGE - 1][0].number if len(rows) > PAGE else None
    return view.render(
        "decisions/behind.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        rows=rows[:PAGE],
        following=urlencode(kept | {"after": str(more)}) if more else "",
        of=_title(chosen, code),
        outcome_words=OUTCOME_WORDS,
        going_on={outcome.value for outcome in GOES_ON},
        provenance_words=PROVENANCE_WORDS,
        code_words=REASON_CODES,
    )


def _title(outcome: Outcome | None, code: str) -> Text | None:
    if code:
        return REASON_CODES.get(code) or REASON_CODES["no_reason_published"]
    return OUTCOME_WORDS[outcome] if outcome else None
