"""Trying the criteria of a draft on made-up proposals before the forum adopts them; nothing is kept."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from starlette.responses import Response

from app.forum.doors import forum_at, stage_at
from app.forum.queries import criteria as queries
from app.forum.queries import seats
from app.forum.queries.configuring import config_with
from app.forum.queries.criteria import CriterionRow
from app.forum.queries.deciding import FLAG_WORDS, VERDICT_WORDS
from app.forum.rules import trial as rules
from app.forum.rules.results import Result
from app.forum.rules.scoring import CriterionKind, SetState
from app.forum.rules.trial import Sample
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.kit.text import say_number
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/forum/criteria/{stage}/trial", may=Permission.RECORD_SESSION)
def trial(view: View, slug: str, stage: str) -> Response:
    """What the draft's rule would say of proposals at its ends, and of one whose levels are chosen here."""
    process, _ = forum_at(view, slug)
    view.require(Permission.RECORD_SESSION, process.id)
    found = stage_at(view, process, stage)
    draft = queries.in_state(view.session, found.id, SetState.DRAFT) or queries.adopted(view.session, found.id)
    if draft is None:
        raise NotFound
    rows = [row for row in queries.criteria_of(view.session, draft.id) if row.levels]
    body = seats.forum_for(view.session, found)
    config = config_with(draft, rows, seats.count_voting(view.session, body.id))
    levels = {row.criterion.key: [Fraction(level.value) for level in row.levels] for row in rows}
    titles = {row.criterion.key: row.criterion.title(view.language) for row in rows}
    samples = rules.samples_of(config.criteria, levels)
    own = _own(view, rows)
    return view.render(
        "forum/criteria_trial.html",
        process=process,
        stage=found,
        stage_name=found.name(view.language),
        draft=draft,
        mark=say_number(float(draft.pass_total), view.variant),
        lines=[_line(view, sample, rules.tried(config, sample), titles) for sample in samples] if rows else [],
        chosen={name: value for name, value in view.request.query_params.items() if name.startswith("c-")},
        own=_line(view, own, rules.tried(config, own), titles) if own else None,
        asked=[
            (f"c-{row.criterion.key}", row.criterion.title(view.language), _options(view, row))
            for row in rows
            if row.criterion.kind is not CriterionKind.INFORMATIVE
        ],
    )


def _options(view: View, row: CriterionRow) -> list[tuple[str, str]]:
    return [
        (queries.said(level.value) or "", f"{queries.said(level.value)} {level.label(view.language)}")
        for level in row.levels
    ]


def _own(view: View, rows: list[CriterionRow]) -> Sample | None:
    """The proposal whose levels were chosen; what was not chosen nobody answered."""
    asked = view.request.query_params
    levels = {}
    for row in rows:
        chosen = asked.get(f"c-{row.criterion.key}", "")
        known = {queries.said(level.value): Fraction(level.value) for level in row.levels}
        if chosen in known:
            levels[row.criterion.key] = known[chosen]
    return Sample(rules.OWN, "", levels) if levels else None


def _line(view: View, sample: Sample, result: Result, titles: dict[str, str]) -> dict[str, Any]:
    """One line of the table: which sample, its points, what the rule says and why."""
    failed = ", ".join(titles[key] for key in result.failed)
    return {
        "name": _name(sample, titles),
        "points": "–" if result.total is None else say_number(float(result.total), view.variant, 1),
        "verdict": VERDICT_WORDS[result.verdict],
        "why": T("Because of: {what}", what=failed) if failed else None,
        "flags": [FLAG_WORDS[flag] for flag in result.flags],
        "goes_on": result.goes_on,
    }


def _name(sample: Sample, titles: dict[str, str]) -> Text:
    if sample.name == rules.ALL_BUT:
        return T("The best in everything but “{title}”", title=titles[sample.but])
    return NAMES[sample.name]


NAMES: dict[str, Text] = {
    rules.BEST: T("The best in everything"),
    rules.MIDDLE: T("In the middle of every scale"),
    rules.WORST: T("The lowest in everything"),
    rules.OWN: T("The one you tried"),
}
