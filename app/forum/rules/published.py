"""How a result is published in open data, and how it is worked out again from nothing but that data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.forum.rules.evaluators import scores_hash
from app.forum.rules.results import Config, Result, RoundResults, Scored, compute
from app.forum.rules.scoring import CriterionKind, TieRule
from app.forum.rules.totals import CriterionRule, Sheet
from app.kit.text import half_up

Row = dict[str, Any]
Rows = Sequence[Row]
FEWEST_VOICES = 3
"""Advisory sheets go out where so many seats have a voice: of one or two anybody would know whose they are."""


def figures_of(result: Result, hashed: str) -> Row:
    """What is published of one proposal, exact numbers as fractions."""
    return {
        "verdict": result.verdict.value,
        "total": _rounded(result.total),
        "total_exact": _exact(result.total),
        "rank": "" if result.rank is None else result.rank,
        "is_within_capacity": result.is_within_capacity,
        "n": result.n,
        "needed": result.needed,
        "recused": result.recused,
        "mean": _rounded(result.mean),
        "median": _rounded(result.median),
        "sd": "" if result.sd is None else round(result.sd, 3),
        "spread": _rounded(result.spread),
        "flags": "|".join(flag.value for flag in result.flags),
        "means": "|".join(f"{mean.key}:{_exact(mean.raw)}:{mean.n}" for mean in result.means),
        "failed": "|".join(result.failed),
        "scores_hash": hashed,
    }


def _exact(number: Fraction | None) -> str:
    return "" if number is None else str(number)


def _rounded(number: Fraction | None) -> float | str:
    return "" if number is None else float(half_up(number, 3))


def again(criteria: Rows, results: Rows, scores: Rows, recusals: Rows) -> tuple[RoundResults, dict[str, Row]]:
    """One round computed from its published rows: everything together, and the figures of each proposal."""
    entries = _entries(results, scores, recusals)
    counted = compute(config_of(criteria, results[0]), entries)
    return counted, {one.folio: figures_of(counted.results[one.folio], scores_hash(one.sheets)) for one in entries}


def _entries(results: Rows, scores: Rows, recusals: Rows) -> list[Scored]:
    given: defaultdict[str, dict[str, dict[str, Fraction]]] = defaultdict(lambda: defaultdict(dict))
    for row in scores:
        if row["counts"]:
            given[row["folio"]][row["sheet"]][row["criterion"]] = Fraction(row["level"])
    aside = Counter(row["folio"] for row in recusals if row["votes"])
    places = {row["folio"]: row.get("given_to", "") for row in results}
    return [
        Scored(folio, _sheets(given.get(folio, {})), aside[folio], None if given_to == "" else given_to)
        for folio, given_to in places.items()
    ]


def _sheets(given: Mapping[str, Mapping[str, Fraction]]) -> tuple[Sheet, ...]:
    return tuple(Sheet(key, given[key]) for key in sorted(given))


def config_of(criteria: Rows, told: Row) -> Config:
    """What a round was counted by, from the rows of its criteria and any one row of its results."""
    first = criteria[0]
    return Config(
        criteria=tuple(_rules(criteria)),
        voting_seats=told["voting_seats"],
        pass_total=Fraction(first["pass_total"]),
        knockout_share=Fraction(first["knockout_share"]),
        quorum_min=first["quorum_min"],
        quorum_share=Fraction(first["quorum_share"]),
        capacity=None if first["capacity"] == "" else first["capacity"],
        tie_rule=TieRule(first["tie_rule"]),
        seed=told["draw"],
    )


def _rules(criteria: Rows) -> Iterable[CriterionRule]:
    levels: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in criteria:
        levels[row["position"], row["criterion"]].append(row)
    for (_, key), rows in sorted(levels.items()):
        values = [Fraction(row["level"]) for row in rows]
        least = rows[0]["min_mean"]
        yield CriterionRule(
            key,
            CriterionKind(rows[0]["kind"]),
            Fraction(rows[0]["weight"]),
            min(values),
            max(values),
            Fraction(least) if least else None,
        )
