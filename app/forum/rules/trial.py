"""Trying a set of criteria before it is adopted: what its rule says of made-up proposals, before anybody has a stake.

The samples that are always there show the ends of the rule: a proposal at its best and at its worst everywhere, one in
the middle, and for each criterion one that is at its best in all but that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.forum.rules.results import Config, Result, Scored, compute
from app.forum.rules.scoring import CriterionKind
from app.forum.rules.totals import CriterionRule, Sheet

BEST, WORST, MIDDLE, ALL_BUT, OWN = "best", "worst", "middle", "all_but", "own"


@dataclass(frozen=True)
class Sample:
    """A made-up proposal: which one it is, and by criterion the level everybody would give it."""

    name: str
    but: str
    levels: Mapping[str, Fraction]


def samples_of(criteria: Sequence[CriterionRule], levels: Mapping[str, Sequence[Fraction]]) -> list[Sample]:
    """The made-up proposals for these criteria; `levels` holds the values of each scale, lowest first."""
    counting = [c for c in criteria if c.kind is not CriterionKind.INFORMATIVE]
    best = {c.key: levels[c.key][-1] for c in counting}
    worst = {c.key: levels[c.key][0] for c in counting}
    middle = {
        c.key: levels[c.key][-1] if c.kind is CriterionKind.KNOCKOUT else levels[c.key][len(levels[c.key]) // 2]
        for c in counting
    }
    one_less = [Sample(ALL_BUT, c.key, {**best, c.key: levels[c.key][0]}) for c in counting]
    return [Sample(BEST, "", best), *one_less, Sample(MIDDLE, "", middle), Sample(WORST, "", worst)]


def tried(config: Config, sample: Sample) -> Result:
    """What the rule says of one sample if every seat that votes gave it the same levels."""
    seats = max(config.voting_seats, config.quorum_min, 1)
    sheets = tuple(Sheet(f"{seat:04d}", sample.levels) for seat in range(1, seats + 1))
    return compute(config, [Scored("sample", sheets)]).results["sample"]
