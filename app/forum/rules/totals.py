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

from app.forum.rules.scoring import CriterionKind

ENOUGH_WEIGHT = Fraction(4, 5)
HUNDRED = Fraction(100)


@dataclass(frozen=True)
class CriterionRule:
    """One criterion as the formula needs it, with the ends of its scale."""

    key: str
    kind: CriterionKind
    weight: Fraction
    low: Fraction
    high: Fraction
    min_mean: Fraction | None = None


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


@dataclass
class Sum:
    """The running sum of one criterion, from which one evaluator can be taken out again."""

    criterion: CriterionRule
    total: Fraction = Fraction(0)
    n: int = 0
    passed: int = 0

    @classmethod
    def over(cls, criterion: CriterionRule, sheets: Iterable[Sheet]) -> Sum:
        """The sum of what some sheets say of one criterion."""
        made = cls(criterion)
        for sheet in sheets:
            made = made.with_sheet(sheet, 1)
        return made

    def with_sheet(self, sheet: Sheet, step: int) -> Sum:
        """The sum with one sheet more, or with a step of -1 without it."""
        value = sheet.values.get(self.criterion.key)
        if value is None:
            return self
        passed = self.passed + step * (value == self.criterion.high)
        return Sum(self.criterion, self.total + step * value, self.n + step, passed)

    @property
    def unit(self) -> Fraction | None:
        """The mean from 0 to 1; none where nobody answered."""
        low, high = self.criterion.low, self.criterion.high
        return (self.total - self.n * low) / (self.n * (high - low)) if self.n else None

    def mean(self) -> CriterionMean:
        """The mean as it is shown."""
        return CriterionMean(self.criterion.key, self.total / self.n if self.n else None, self.unit, self.n)


def total_of(sums: Iterable[Sum]) -> Fraction | None:
    """The total of one proposal from the sums of its criteria."""
    return weighted((s.criterion.weight, s.unit) for s in sums if s.criterion.kind is CriterionKind.SCORED)


def weighted(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """100 times the weighted mean of what somebody answered; what nobody answered takes its weight away with it."""
    answered = [(weight, unit) for weight, unit in parts if unit is not None]
    weight = sum((w for w, _ in answered), Fraction(0))
    return HUNDRED * sum((w * u for w, u in answered), Fraction(0)) / weight if weight else None


def totals_of(criteria: Sequence[CriterionRule], sheets: Iterable[Sheet]) -> Iterable[Fraction]:
    """The total of each evaluator who answered enough for one."""
    return (total for sheet in sheets if (total := evaluator_total(criteria, sheet)) is not None)


def evaluator_total(criteria: Sequence[CriterionRule], sheet: Sheet) -> Fraction | None:
    """What one evaluator gave one proposal, 0 to 100; None below 80 % of the weight of the scored criteria."""
    scored = [c for c in criteria if c.kind is CriterionKind.SCORED]
    whole = sum((c.weight for c in scored), Fraction(0))
    answered = [c for c in scored if c.key in sheet.values]
    weight = sum((c.weight for c in answered), Fraction(0))
    if not weight or weight < ENOUGH_WEIGHT * whole:
        return None
    parts = (c.weight * (sheet.values[c.key] - c.low) / (c.high - c.low) for c in answered)
    return HUNDRED * sum(parts, Fraction(0)) / weight
