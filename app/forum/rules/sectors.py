"""The totals if every sector of the forum weighed the same, so that a larger one cannot carry a proposal alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.forum.rules.results import Config, Scored
from app.forum.rules.totals import Sheet, Sum, total_of


@dataclass(frozen=True)
class Balanced:
    """The mean of the sectors' own totals, each sector's, and the sectors of the forum that scored nothing here."""

    total: Fraction | None
    by_sector: Mapping[str, Fraction]
    silent: tuple[str, ...]


def balanced(config: Config, scored: Scored, sector_of: Mapping[str, str]) -> Balanced:
    """S_j as the mean over the sectors of S_j restricted to their evaluators; a silent sector is named, not a zero."""
    sheets: defaultdict[str, list[Sheet]] = defaultdict(list)
    for sheet in scored.sheets:
        sheets[sector_of[sheet.evaluator]].append(sheet)
    totals = {name: total_of(Sum.over(c, theirs) for c in config.criteria) for name, theirs in sorted(sheets.items())}
    said = {name: total for name, total in totals.items() if total is not None}
    silent = tuple(sorted(set(sector_of.values()) - set(said)))
    return Balanced(sum(said.values(), Fraction(0)) / len(said) if said else None, said, silent)
