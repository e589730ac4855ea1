"""What everybody reads of a round after its close: the rule in one sentence, the ranking, and what experts ask."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from app.forum.doors import closed_round, forum_at
from app.forum.models import Round
from app.forum.pages.opening import themes_by_seat
from app.forum.pages.register import AS_RECORDED, standing_aside
from app.forum.queries import criteria, deciding, discussing, reporting, rounds
from app.forum.queries.results import Counting, Outturn, Standing
from app.forum.queries.standing import substitutes_named
from app.forum.rule_words import rule_in_words
from app.forum.rules.agreement import Agreement
from app.forum.rules.firmness import Firmness, Turned
from app.forum.rules.results import Result
from app.forum.rules.seats import SECTOR_WORDS, SeatSector
from app.forum.rules.sensitivity import Flip
from app.kit.i18n import T, Text
from app.kit.text import say_number
from app.process.models import Process
from app.process.queries import stage_by_id
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50
MOST_FLIPS = 40


@router.page("/p/{slug}/forum/results", may=PUBLIC, kept=True, length=Length.LONG)
def results(view: View, slug: str, stage: str = "", page: int = 1, *, waiting: bool = False) -> Response:
    """The results by rank: totals and their spread, what was asked, how far the scorers agreed, how firm it is.

    `waiting` is asked by a page that shows how far the count is, and sent on once there is something to see.
    """
    process, _ = forum_at(view, slug)
    found = closed_round(view, process, stage)
    try:
        outturn = rounds.outturn(view.session, found, view.now)
    except Counting as counting:
        return _being_counted(view, process, found, stage, counting.standing)
    if waiting:
        return view.see_other(f"/p/{slug}/forum/results?stage={quote(stage)}")
    ranked = outturn.counted.ranked
    first = max(page - 1, 0) * PAGE
    shown = ranked[first : first + PAGE]
    titles = {row.criterion.key: row.criterion.title(view.language) for row in _criteria(view, found)}
    return view.render(
        "forum/results.html",
        process=process,
        round=found,
        stage=stage,
        report=_report(view, found),
        rule=rule_in_words(outturn.config, view.variant, found.per_proposal, by_theme=bool(found.by_theme)),
        themes_of=themes_by_seat(view, found),
        mark=float(outturn.config.pass_total),
        going_on=sum(result.goes_on for result in ranked),
        rows=_rows(view, process, outturn, shown),
        total=len(ranked),
        page=page,
        pages=(len(ranked) + PAGE - 1) // PAGE or 1,
        agreement=_agreement(view, outturn, titles),
        firm=_firm(view, outturn.firmness, titles),
        counted=outturn.counted,
        discussed=_discussed(view, found),
        before=rounds.round_before(view.session, found),
        version=outturn.version,
        **_register(view, found),
    )


def _report(view: View, found: Round) -> str:
    """Of which stage the report is out; nothing before its decisions are."""
    scored = stage_by_id(view.session, found.stage_id)
    return scored.slug if reporting.is_public(view.session, scored) else ""


def _register(view: View, found: Round) -> dict[str, Any]:
    """Who stood aside on what, and who was named from outside because of it."""
    aside = standing_aside(view, found)
    rows = [(folio, number, AS_RECORDED[row.kind], others) for folio, number, row, others in aside]
    named = substitutes_named(view.session, found.stage_id) if rows else []
    return {"recusals": rows, "substitutes": [(folio, row, SECTOR_WORDS[row.sector]) for folio, row in named]}


def _discussed(view: View, found: Round) -> dict[str, Any] | None:
    """What a discussion changed, as words and numbers."""
    report = discussing.of_round(view.session, found)
    if report is None:
        return None
    shifts = [
        (shift.folio, _points(view, shift.before), _points(view, shift.after), shift.turned) for shift in report.shifts
    ]
    mean = report.mean_shift
    return {"report": report, "shifts": shifts, "mean": None if mean is None else _points(view, mean)}


def _points(view: View, number: Fraction | None) -> str:
    return "–" if number is None else _say(view, number, 1)


def _being_counted(view: View, process: Process, found: Round, stage: str, standing: Standing) -> Response:
    """What stands there while the results are counted: how far it is, and nothing of any score."""
    return view.render(
        "forum/counting.html", block="count", process=process, round=found, stage=stage, standing=standing
    )


def _criteria(view: View, found: Round) -> Sequence[Any]:
    return criteria.criteria_of(view.session, found.criteria_set_id)


def _say(view: View, number: Fraction, decimals: int = 0) -> str:
    return say_number(float(number), view.variant, decimals)


def _rows(view: View, process: Process, outturn: Outturn, shown: Sequence[Result]) -> list[dict[str, Any]]:
    titles = rounds.titles_of(view.session, process.id, [result.folio for result in shown])
    abstained = rounds.abstentions(view.session, outturn.round, view.now)
    return [
        _row(view, outturn, result)
        | {"title": titles.get(result.folio, ""), "abstained": abstained.get(result.folio, 0)}
        for result in shown
    ]


def _row(view: View, outturn: Outturn, result: Result) -> dict[str, Any]:
    said = [
        "–" if number is None else say_number(float(number), view.variant, 1)
        for number in (result.total, result.median, result.sd, result.spread)
    ]
    advisory = outturn.advisory.results.get(result.folio)
    return {
        "result": result,
        "numbers": said,
        "width": round(float(result.total), 2) if result.total is not None else 0,
        "verdict": deciding.VERDICT_WORDS[result.verdict],
        "flags": [deciding.FLAG_WORDS[flag] for flag in result.flags],
        "advisory": advisory if advisory and advisory.n else None,
    }


def _agreement(view: View, outturn: Outturn, titles: dict[str, str]) -> list[tuple[Any, str, str, int]]:
    """Each criterion and the whole: alpha, its interval, and over how many proposals."""
    whole = (T("The points, over all criteria"), outturn.counted.overall)
    rows = [(titles[key], one) for key, one in outturn.counted.agreement.items() if key in titles]
    return [(title, _alpha(view, one), _interval(view, one), one.units) for title, one in [*rows, whole]]


def _alpha(view: View, one: Agreement) -> str:
    return "–" if one.alpha is None else _say(view, one.alpha, 2)


def _interval(view: View, one: Agreement) -> str:
    if one.low is None or one.high is None:
        return "–"
    low, high = (say_number(end, view.variant, 2) for end in (one.low, one.high))
    return T("{low} to {high}", low=low, high=high).into(view.variant)


def _firm(view: View, found: Firmness, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "flips": [_flip(view, flip, titles) for flip in found.flips[:MOST_FLIPS]],
        "more": max(len(found.flips) - MOST_FLIPS, 0),
        "turned": [_turned(view, one) for one in found.turned],
    }


def _flip(view: View, flip: Flip, titles: dict[str, str]) -> tuple[str, Text]:
    values = {"criterion": titles.get(flip.criterion, flip.criterion), "percent": _say(view, 100 * abs(flip.step))}
    if flip.goes_on:
        more = T("would go on if “{criterion}” weighed {percent} % more", **values)
        less = T("would go on if “{criterion}” weighed {percent} % less", **values)
    else:
        more = T("would not go on if “{criterion}” weighed {percent} % more", **values)
        less = T("would not go on if “{criterion}” weighed {percent} % less", **values)
    return flip.folio, more if flip.step > 0 else less


def _turned(view: View, one: Turned) -> dict[str, Any]:
    return {
        "folio": one.folio,
        "total": _say(view, one.total, 1),
        "by_sectors": _say(view, one.by_sectors, 1),
        "silent": [SECTOR_WORDS[SeatSector(name)] for name in one.silent],
    }
