"""Deciding in session: down the list with yes, reserve, no or doubtful and one reason each; or as the rule says."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.decisions import queries as decided
from app.decisions.rules import GATES, OUTCOME_WORDS, RuleSays, codes_for
from app.forum import actions
from app.forum.actions import Line
from app.forum.actions.deciding import DOUBTFUL
from app.forum.doors import stage_at
from app.forum.models import ForumSession
from app.forum.pages.sessions import meeting_at
from app.forum.queries import criteria, rounds, seats
from app.forum.queries import deciding as queries
from app.forum.queries.reasons import Written, written
from app.kit.errors import NotFound
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_instant
from app.people.rules import Permission
from app.process.kinds import FilterMethod, StageKind
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 25


@router.page(
    "/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", may=Permission.RECORD_SESSION, length=Length.LONG
)
def deciding(view: View, slug: str, number: int, stage: str, after: int = 0) -> Response:
    """The list the session goes down, with what the rule says where there is one."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    found = stage_at(view, process, stage)
    drafts = _drafts(view, process, found)
    held_back = _held_back(view, process, found)
    waiting = (
        [] if held_back else decided.awaiting(view.session, found, view.now, only="open", after=after, limit=PAGE + 1)
    )
    doubts = {key: doubt for key, (doubt, _) in seats.doubts_of(view.session, found.id).items()}
    doubted = _doubted(view, meeting, found)
    says = _says(view, found, [row.folio for row in waiting[:PAGE]])
    return view.render(
        "forum/deciding.html",
        process=process,
        meeting=meeting,
        stage=found,
        stage_name=found.name(view.language),
        held_back=held_back,
        has_round=rounds.last_round(view.session, found.id) is not None,
        quorum=seats.quorum_at(view.session, meeting),
        lines=_lines(waiting, drafts, doubted, says, _written(view, found, [row.folio for row in waiting[:PAGE]])),
        texts=proposals.newest_texts(view.session, process.id, [row.folio for row in waiting[:PAGE]]),
        doubts=len(doubts),
        more=waiting[PAGE - 1].number if len(waiting) > PAGE else None,
        outcomes=[*_choices(found), (DOUBTFUL, T("Doubtful: the forum comes back to it"))],
        codes=codes_for(str(found.settings.get("method", ""))),
        outcome_words=OUTCOME_WORDS,
        verdict_words=queries.VERDICT_WORDS,
        flag_words=queries.FLAG_WORDS,
        by_sheets=found.settings.get("method") == "score_sheets",
        unflagged=[draft for draft in drafts.values() if not draft.is_flagged and _is_open(draft, waiting)],
        taken=decided.count_taken(view.session, found.id)["taken"],
    )


def _lines(waiting: list[decided.ToDecide], *known: dict[str, Any]) -> list[dict[str, Any]]:
    """Each proposal with what is known of it: draft, a doubt, what the ranking says, what members wrote."""
    drafts, doubted, says, written = known
    return [
        {
            "row": row,
            "draft": drafts.get(row.folio),
            "doubt": doubted.get(row.folio),
            "says": says.get(row.folio),
            "written": written.get(row.folio, []),
        }
        for row in waiting[:PAGE]
    ]


def _written(view: View, stage: Stage, folios: list[str]) -> dict[str, list[Written]]:
    """What members wrote about these, once the round is closed; before that there is nothing to see."""
    last = rounds.last_round(view.session, stage.id)
    if last is None or rounds.is_blind(last, view.now):
        return {}
    return written(view.session, last, folios, view.now)


def _says(view: View, stage: Stage, folios: list[str]) -> dict[str, RuleSays]:
    """What the ranking of the tables says of each; score sheets are told by their drafts."""
    return {} if stage.kind is StageKind.FILTER else decided.rules_say(view.session, stage, folios)


def _choices(stage: Stage) -> list[tuple[str, Text]]:
    return [(outcome.value, OUTCOME_WORDS[outcome]) for outcome in GATES[stage.kind].outcomes]


def _held_back(view: View, process: Process, stage: Stage) -> Text | None:
    """Why nothing can be decided at this stage yet: when it can be, and who sees to it."""
    if stage.window.status(view.now) is WindowStatus.SCHEDULED:
        return T("This stage has not opened yet. The office sets its dates.")
    return _without_criteria_or_scores(view, process, stage) if stage.kind is StageKind.FILTER else None


def _without_criteria_or_scores(view: View, process: Process, stage: Stage) -> Text | None:
    if criteria.adopted(view.session, stage.id) is None:
        return T("The forum has not adopted criteria for this stage yet. It adopts them in a session with a quorum.")
    if stage.settings.get("method") != FilterMethod.SCORE_SHEETS:
        return None
    last = rounds.last_round(view.session, stage.id)
    if last is None:
        return T("The forum has not opened a round of scoring yet. The office opens it on the page of the criteria.")
    if last.closed_at is None:
        when = say_instant(last.closes_at, process.timezone, view.variant)
        return T(
            "The round of scoring is not closed yet. The chair or the office can close it from {when} on, "
            "or before that as soon as no score sheet is missing.",
            when=when,
        )
    return None


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
            what_next=view.typed(f"what_next-{folio}"),
        )
        for folio in view.typed_all("folio")
        if view.typed(f"outcome-{folio}")
    ]
    actions.decide_in_session(view.work, process, found, meeting, lines)
    told = Tn("{count} decision was written down.", "{count} decisions were written down.", len(lines))
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", told)


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
    taken = actions.follow_the_rule(view.work, process, stage_at(view, process, stage), meeting, reasons)
    told = Tn("{count} decision was written down.", "{count} decisions were written down.", len(taken))
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", told)
