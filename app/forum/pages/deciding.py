"""Deciding in session: down the list with yes, reserve, no or doubtful and one reason each; or as the rule says."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.decisions import queries as decided
from app.decisions.rules import OUTCOME_WORDS, REASON_CODES
from app.forum import actions
from app.forum.actions import Line
from app.forum.actions.deciding import DOUBTFUL
from app.forum.doors import stage_at
from app.forum.models import ForumSession
from app.forum.pages.sessions import meeting_at
from app.forum.queries import deciding as queries
from app.forum.queries import rounds, seats
from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.web.edge import Router
from app.web.view import View

router = Router()
PAGE = 25


@router.page("/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", may=Permission.RECORD_SESSION, long=True)
def deciding(view: View, slug: str, number: int, stage: str, after: int = 0) -> Response:
    """The list the session goes down, with what the rule says where there is one."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    found = stage_at(view, process, stage)
    drafts = _drafts(view, process, found)
    waiting = decided.awaiting(view.session, found, only="open", after=after, limit=PAGE + 1)
    doubts = {key: doubt for key, (doubt, _) in seats.doubts_of(view.session, found.id).items()}
    doubted = _doubted(view, meeting, found)
    return view.render(
        "forum/deciding.html",
        process=process,
        meeting=meeting,
        stage=found,
        stage_name=found.name(view.language),
        quorum=seats.quorum_at(view.session, meeting),
        lines=[{"row": row, "draft": drafts.get(row.folio), "doubt": doubted.get(row.folio)} for row in waiting[:PAGE]],
        doubts=len(doubts),
        more=waiting[PAGE - 1].number if len(waiting) > PAGE else None,
        outcomes=[*OUTCOME_WORDS.items(), (DOUBTFUL, T("Doubtful: the forum comes back to it"))],
        outcome_words=OUTCOME_WORDS,
        codes=list(REASON_CODES.items()),
        verdict_words=queries.VERDICT_WORDS,
        flag_words=queries.FLAG_WORDS,
        by_sheets=found.settings.get("method") == "score_sheets",
        unflagged=[draft for draft in drafts.values() if not draft.is_flagged and _is_open(draft, waiting)],
        taken=decided.count_taken(view.session, found.id)["taken"],
    )


def _is_open(draft: queries.Draft, waiting: list[decided.ToDecide]) -> bool:
    return any(row.folio == draft.folio for row in waiting[:PAGE])


def _drafts(view: View, process: Process, stage: Stage) -> dict[str, queries.Draft]:
    """What the rule says, once the round is closed; before that there is nothing to see."""
    last = rounds.last_round(view.session, stage.id)
    if last is None or rounds.is_blind(last, view.now):
        return {}
    return {draft.folio: draft for draft in queries.drafts(view.session, process, stage, view.now)}


def _doubted(view: View, meeting: ForumSession, stage: Stage) -> dict[str, str]:
    return {p.folio: d.note for d, p in seats.doubts_in(view.session, meeting.id) if d.stage_id == stage.id}


def _warm(view: View, slug: str, number: int, stage: str) -> Any:
    """Compute the results before the transaction begins, so that nothing heavy happens inside it."""
    process, _ = meeting_at(view, slug, number)
    last = rounds.last_round(view.session, stage_at(view, process, stage).id)
    if last is not None and not rounds.is_blind(last, view.now):
        rounds.outturn(view.session, last, view.now)


@router.act(
    "/p/{slug}/office/forum/sessions/{number}/deciding/{stage}",
    may=Permission.RECORD_SESSION,
    again=deciding,
    prepare=_warm,
)
def decide(view: View, slug: str, number: int, stage: str) -> Response:
    """Write down what was decided on the proposals filled in."""
    process, meeting = meeting_at(view, slug, number)
    found = stage_at(view, process, stage)
    lines = [
        Line(
            folio=folio,
            outcome=view.typed(f"outcome-{folio}"),
            reason=view.typed(f"reason-{folio}"),
            reason_codes=tuple(view.typed_all(f"reason_codes-{folio}")),
            override_reason=view.typed(f"override_reason-{folio}"),
        )
        for folio in view.typed_all("folio")
        if view.typed(f"outcome-{folio}")
    ]
    actions.decide_in_session(view.work, process, found, meeting, lines)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}")


@router.act(
    "/p/{slug}/office/forum/sessions/{number}/deciding/{stage}/rule",
    may=Permission.RECORD_SESSION,
    again=deciding,
    prepare=_warm,
)
def follow(view: View, slug: str, number: int, stage: str) -> Response:
    """Decide as the rule says on everything shown without a flag, with the reasons as they stand in the form."""
    process, meeting = meeting_at(view, slug, number)
    reasons = {folio: view.typed(f"rule_reason-{folio}") for folio in view.typed_all("folio")}
    if not reasons:
        raise NotFound
    actions.follow_the_rule(view.work, process, stage_at(view, process, stage), meeting, reasons)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}")
