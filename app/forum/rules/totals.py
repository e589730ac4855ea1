"""Totals of a proposal and of an evaluator from what the score sheets say: exact fractions, nothing decided yet.

For evaluator i, proposal j, criterion k, raw value v of a scale from v_min to v_max: x = (v - v_min) / (v_max - v_min);
criterion mean m_jk = mean of x over the counting sheets that answered k; total S_j = 100 · Σ w_k m_jk / Σ w_k over the
scored criteria that somebody answered; evaluator total T_ij the same over what i answered, undefined below 80 % of the
weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from app.forum.rules.scoring import CriterionKind

ENOUGH_WEIGHT = Fraction(4, 5)


@dataclass(frozen=True)
class CriterionRule:
    """One criterion as the formula needs it, with the ends of its scale."""

    key: str
    kind: CriterionKind
    weight: Fraction
    low: Fraction
    high: Fraction
    min_mean: Fraction | None = None

    @cached_property
    def scale(self) -> tuple[int, int, int, int]:
        """The low end and the span of the scale, each over and under its line."""
        span = self.high - self.low
        return self.low.numerator, self.low.denominator, span.numerator, span.denominator

    def unit_of(self, value: Fraction) -> tuple[int, int]:
        """Where a value stands between the ends of the scale, over and under the line."""
        low, under, span, below = self.scale
        return (value.numerator * under - low * value.denominator) * below, value.denominator * under * span


@dataclass(frozen=True)
class Sheet:
    """One counting score sheet: the evaluator's seat and the raw value given to each criterion."""

    evaluator: str
    values: Mapping[str, Fraction]


@dataclass(frozen=True)
class CriterionMean:
    """The mean of one criterion on one proposal, on its scale and from 0 to 1, with how many answered."""

    key: str
    raw: Fraction | None
    unit: Fraction | None
    n: int


@dataclass(slots=True)
class Sum:
    """The running sum of one criterion, from which one evaluator can be taken out again.

    Kept as whole numbers, `top / bottom`, and made into a fraction only where somebody reads it: a round of a thousand
    proposals adds up hundreds of thousands of them.
    """

    criterion: CriterionRule
    top: int = 0
    bottom: int = 1
    n: int = 0
    passed: int = 0

    @classmethod
    def over(cls, criterion: CriterionRule, sheets: Iterable[Sheet]) -> Sum:
        """The sum of what some sheets say of one criterion."""
        made = cls(criterion)
        for sheet in sheets:
            made.take(sheet, 1)
        return made

    def with_sheet(self, sheet: Sheet, step: int) -> Sum:
        """The sum with one sheet more, or with a step of -1 without it."""
        made = Sum(self.criterion, self.top, self.bottom, self.n, self.passed)
        made.take(sheet, step)
        return made

    def take(self, sheet: Sheet, step: int) -> None:
        """Count one sheet in, or with a step of -1 out again."""
        value = sheet.values.get(self.criterion.key)
        if value is None:
            return
        if self.bottom % value.denominator:
            wider = lcm(self.bottom, value.denominator)
            self.top, self.bottom = self.top * (wider // self.bottom), wider
        self.top += step * value.numerator * (self.bottom // value.denominator)
        self.n += step
        if self.criterion.kind is CriterionKind.KNOCKOUT and value == self.criterion.high:
            self.passed += step

    @property
    def total(self) -> Fraction:
        """The sum of the values as they were given."""
        return Fraction(self.top, self.bottom)

    @property
    def parts(self) -> tuple[int, int] | None:
        """The mean from 0 to 1, over and under the line; none where nobody answered."""
        if not self.n:
            return None
        low, under, span, below = self.criterion.scale
        return (self.top * under - self.n * low * self.bottom) * below, self.bottom * under * self.n * span

    @property
    def unit(self) -> Fraction | None:
        """The same as a fraction."""
        parts = self.parts
        return None if parts is None else Fraction(*parts)

    def mean(self) -> CriterionMean:
        """The mean as it is shown."""
        return CriterionMean(self.criterion.key, self.total / self.n if self.n else None, self.unit, self.n)


Parts = tuple[int, int]
"""A fraction over and under its line, not shortened."""


def total_of(sums: Iterable[Sum]) -> Fraction | None:
    """The total of one proposal from the sums of its criteria."""
    found = total_parts(sums)
    return None if found is None else Fraction(*found)


def total_parts(sums: Iterable[Sum]) -> Parts | None:
    """The same, not shortened: enough to compare it with a mark."""
    return _weighted((s.criterion.weight, s.parts) for s in sums if s.criterion.kind is CriterionKind.SCORED)


def weighted(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """100 times the weighted mean of what somebody answered; what nobody answered takes its weight away with it."""
    found = _weighted((w, None if u is None else (u.numerator, u.denominator)) for w, u in parts)
    return None if found is None else Fraction(*found)


def _weighted(parts: Iterable[tuple[Fraction, Parts | None]]) -> Parts | None:
    top, bottom, weight, under = 0, 1, 0, 1
    for each, unit in parts:
        if unit is None:
            continue
        n, d = each.numerator, each.denominator
        over = d * unit[1]
        top, bottom = top * over + n * unit[0] * bottom, bottom * over
        weight, under = weight * d + n * under, under * d
    return (100 * top * under, bottom * weight) if weight else None


def totals_of(criteria: Sequence[CriterionRule], sheets: Iterable[Sheet]) -> Iterable[Fraction]:
    """The total of each evaluator who answered enough for one."""
    return (total for sheet in sheets if (total := evaluator_total(criteria, sheet)) is not None)


def evaluator_total(criteria: Sequence[CriterionRule], sheet: Sheet) -> Fraction | None:
    """What one evaluator gave one proposal, 0 to 100; None below 80 % of the weight of the scored criteria."""
    scored = [c for c in criteria if c.kind is CriterionKind.SCORED]
    answered = [c for c in scored if c.key in sheet.values]
    if len(answered) < len(scored):
        weight = sum((c.weight for c in answered), Fraction(0))
        if weight < ENOUGH_WEIGHT * sum((c.weight for c in scored), Fraction(0)):
            return None
    found = _weighted((c.weight, c.unit_of(sheet.values[c.key])) for c in answered)
    return None if found is None else Fraction(*found)


@dataclass(frozen=True)
class Spread:
    """How the totals of the evaluators lie: mean, median, variance of the population, highest less lowest."""

    mean: Fraction | None = None
    median: Fraction | None = None
    variance: Fraction | None = None
    width: Fraction | None = None


def spread_of(totals: Sequence[Fraction]) -> Spread:
    """The spread of some totals, worked out in whole numbers over their common denominator."""
    if not totals:
        return Spread()
    common = lcm(*(total.denominator for total in totals))
    whole = sorted(total.numerator * (common // total.denominator) for total in totals)
    n, added = len(whole), sum(whole)
    middle = whole[n // 2] + whole[(n - 1) // 2]
    return Spread(
        Fraction(added, n * common),
        Fraction(middle, 2 * common),
        Fraction(n * sum(one * one for one in whole) - added * added, n * n * common * common),
        Fraction(whole[-1] - whole[0], common),
    )
