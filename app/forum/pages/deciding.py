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
from app.forum.queries import criteria, rapporteur, results, rounds, seats
from app.forum.queries import deciding as queries
from app.forum.queries.aside import stands_aside_on
from app.forum.queries.by_rule import STOPPED, SortedOut, sort_out
from app.forum.queries.reasons import Written, written
from app.forum.queries.standing import Standings
from app.forum.rules.standing import Standing
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_until
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
LONGEST_NUMBER = 10
FILTERS: dict[str, Text] = {"look": T("To look at"), "rule": T("By the rule"), "decided": T("Decided, not published")}


@router.page(
    "/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", may=Permission.RECORD_SESSION, length=Length.LONG
)
def deciding(  # waiver: the address, and what narrows and pages its list
    view: View, slug: str, number: int, stage: str, *, only: str = "", after: int = 0
) -> Response:
    """The list the session goes down: what somebody has to look at, what the rule settles, and what is decided."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    found = stage_at(view, process, stage)
    held_back = _held_back(view, process, found)
    by_sheets = found.settings.get("method") == FilterMethod.SCORE_SHEETS
    counts = by_sheets and held_back is None
    sorted_out = sort_out(view.session, process, found, meeting, view.now) if counts else None
    only, after = view.typed("only") or only or _first_part(sorted_out), _sent_from(view) or after
    listed = [] if held_back else _listed(view, found, sorted_out, only, after)
    taken = decided.count_taken(view.session, found.id)
    return view.render(
        "forum/deciding.html",
        process=process,
        meeting=meeting,
        stage=found,
        stage_name=found.name(view.language),
        held_back=held_back,
        has_round=rounds.last_round(view.session, found.id) is not None,
        quorum=seats.quorum_at(view.session, meeting),
        by_sheets=by_sheets,
        sorted_out=sorted_out,
        only=only,
        after=after,
        filters=_filters(view, found, sorted_out, taken["taken"] - taken["published"]),
        taken=taken["taken"],
        more=listed[PAGE - 1].number if len(listed) > PAGE else None,
        **_of_lines(view, process, found, meeting, (listed[:PAGE], sorted_out)),
    )


def _first_part(sorted_out: SortedOut | None) -> str:
    """Where the forum begins: with what somebody has to look at, while there is something."""
    return "rule" if sorted_out and sorted_out.by_rule and not sorted_out.to_look_at else "look"


def _listed(view: View, stage: Stage, sorted_out: SortedOut | None, only: str, after: int) -> list[decided.ToDecide]:
    """What this part of the list holds, one more than a page."""
    if only not in FILTERS:
        raise NotFound
    if only == "decided":
        return decided.awaiting(view.session, stage, view.now, only="taken", after=after, limit=PAGE + 1)
    if sorted_out is None:
        return decided.awaiting(view.session, stage, view.now, only="open", after=after, limit=PAGE + 1)
    rows = sorted_out.to_look_at if only == "look" else sorted_out.by_rule
    later = [row for row in rows if row.number > after][: PAGE + 1]
    return [decided.ToDecide(row.folio, row.title, row.state, row.number, row.revision, None) for row in later]


def _filters(view: View, stage: Stage, sorted_out: SortedOut | None, waiting: int) -> list[tuple[str, Text, int]]:
    """The parts of the list with how many stand in each; the rule settles nothing where there are no score sheets."""
    if sorted_out is None:
        left = decided.count_open(view.session, stage, view.now)
        return [("look", T("To decide"), left), ("decided", FILTERS["decided"], waiting)]
    numbers = (len(sorted_out.to_look_at), len(sorted_out.by_rule), waiting)
    return [(key, word, n) for (key, word), n in zip(FILTERS.items(), numbers, strict=True)]


def _of_lines(
    view: View,
    process: Process,
    stage: Stage,
    meeting: ForumSession,
    shown: tuple[list[decided.ToDecide], SortedOut | None],
) -> dict[str, Any]:
    """Each line with what is known of it, and the words its form offers."""
    rows, sorted_out = shown
    folios = [row.folio for row in rows]
    aside = stands_aside_on(view.session, stage.id, view.actor.person_id)
    known = (
        sorted_out.drafts if sorted_out else {},
        _doubted(view, meeting, stage),
        _says(view, stage, folios),
        _written(view, stage, [folio for folio in folios if folio not in aside]) if sorted_out else {},
        rapporteur.texts_of(view.session, stage.id, folios) if sorted_out else {},
        _broken(view, meeting, stage, rows),
    )
    return {
        "lines": _lines(rows, *known),
        "aside": aside,
        "texts": proposals.newest_texts(view.session, process.id, folios),
        "outcomes": [*_choices(stage), (DOUBTFUL, T("Doubtful: the forum comes back to it"))],
        "codes": codes_for(str(stage.settings.get("method", ""))),
        "outcome_words": OUTCOME_WORDS,
        "verdict_words": queries.VERDICT_WORDS,
        "flag_words": queries.FLAG_WORDS,
    }


def _lines(rows: list[decided.ToDecide], *known: dict[str, Any]) -> list[dict[str, Any]]:
    """Each proposal with what is known of it: draft, a doubt, what the ranking says, what members wrote."""
    names = ("draft", "doubt", "says", "written", "voiced", "standing")
    return [{"row": row} | {name: told.get(row.folio) for name, told in zip(names, known, strict=True)} for row in rows]


def _written(view: View, stage: Stage, folios: list[str]) -> dict[str, list[Written]]:
    last = rounds.last_round(view.session, stage.id)
    return {} if last is None else written(view.session, last, folios, view.now)


def _broken(view: View, meeting: ForumSession, stage: Stage, rows: list[decided.ToDecide]) -> dict[str, Standing]:
    """Where those who stand aside left no ordinary quorum: who may decide then, or what has to be done first."""
    told = Standings(view.session, meeting, stage.id).on_folios(view.session, [row.folio for row in rows])
    return {folio: standing for folio, standing in told.items() if standing.way in STOPPED}


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
        when = say_until(last.closes_at, process.timezone, view.variant)
        return T(
            "The round of scoring is not closed yet. The chair or the office can close it from {when} on, "
            "or before that as soon as no score sheet is missing.",
            when=when,
        )
    counted = results.standing(view.session, last)
    return None if counted.is_ready else counted.sentence


def _doubted(view: View, meeting: ForumSession, stage: Stage) -> dict[str, str]:
    return {p.folio: d.note for d, p in seats.doubts_in(view.session, meeting.id) if d.stage_id == stage.id}


@router.act("/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", may=Permission.RECORD_SESSION, again=deciding)
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
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}{_place(view)}", told)


def _place(view: View) -> str:
    """Where in the list the form was sent from: what is decided has left it, the rest is still there."""
    only = view.typed("only")
    return f"?only={only}&after={_sent_from(view)}" if only in FILTERS else ""


def _sent_from(view: View) -> int:
    typed = view.typed("after")
    return int(typed) if typed.isdecimal() and len(typed) < LONGEST_NUMBER else 0


@router.act(
    "/p/{slug}/office/forum/sessions/{number}/deciding/{stage}/rule",
    may=Permission.RECORD_SESSION,
    again=deciding,
)
def follow(view: View, slug: str, number: int, stage: str) -> Response:
    """Decide as the rule says on everything nobody has to look at, once the numbers are confirmed."""
    process, meeting = meeting_at(view, slug, number)
    if not view.typed("confirmed"):
        raise Invalid(confirmed=T("Read the numbers and tick that they are right."))
    found = stage_at(view, process, stage)
    taken = actions.follow_the_rule(view.work, process, found, meeting, view.typed("counted"))
    told = Tn("{count} decision was written down.", "{count} decisions were written down.", len(taken))
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", told)
