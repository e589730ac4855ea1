"""The results of a round as a pure function of what was handed in: exact fractions, no order, no clock, no database.

Formulas of version 1, for evaluator i, proposal j, criterion k, raw value v of a scale from v_min to v_max:
x = (v - v_min) / (v_max - v_min); criterion mean m_jk = mean of x over the counting sheets that answered k;
total S_j = 100 · Σ w_k m_jk / Σ w_k over the scored criteria that somebody answered; evaluator total T_ij the same over
what i answered, undefined below 80 % of the weight. Rounded only for display; ranks use unrounded totals.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil
from statistics import median

from app.forum.rules.agreement import alpha_ordinal
from app.forum.rules.scoring import CriterionKind, TieRule

FORMULA = "1"
ENOUGH_WEIGHT = Fraction(4, 5)
WIDE_VARIANCE = 400
WIDE_SPREAD = 50
NEAR = 3
HUNDRED = Fraction(100)


class RoundVerdict(StrEnum):
    """What the rule says of one proposal."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NO_QUORUM = "no_quorum"
    INELIGIBLE = "ineligible"


class Flag(StrEnum):
    """What the chair should look at before following the rule."""

    DISAGREEMENT = "disagreement"
    DECIDED_BY_ONE_SCORE = "decided_by_one_score"
    NEAR_CUT = "near_cut"
    NO_QUORUM = "no_quorum"


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
class Config:
    """What the forum adopted before anybody scored."""

    criteria: tuple[CriterionRule, ...]
    voting_seats: int
    pass_total: Fraction = Fraction(60)
    knockout_share: Fraction = Fraction(2, 3)
    quorum_min: int = 1
    quorum_share: Fraction = Fraction(1, 2)
    capacity: int | None = None
    tie_rule: TieRule = TieRule.HEAVIEST
    seed: str = ""


@dataclass(frozen=True)
class Sheet:
    """One counting score sheet: the evaluator's seat and the raw value given to each criterion."""

    evaluator: str
    values: Mapping[str, Fraction]


@dataclass(frozen=True)
class Scored:
    """What was handed in on one proposal, and how many voting seats stood aside."""

    folio: str
    sheets: tuple[Sheet, ...]
    recused: int = 0


@dataclass(frozen=True)
class CriterionMean:
    """The mean of one criterion on one proposal, on its scale and from 0 to 1, with how many answered."""

    key: str
    raw: Fraction | None
    unit: Fraction | None
    n: int


@dataclass(frozen=True)
class Result:
    """What the round says of one proposal."""

    folio: str
    verdict: RoundVerdict
    total: Fraction | None
    rank: int | None
    is_within_capacity: bool
    n: int
    needed: int
    recused: int
    means: tuple[CriterionMean, ...]
    failed: tuple[str, ...]
    mean: Fraction | None
    median: Fraction | None
    variance: Fraction | None
    spread: Fraction | None
    flags: tuple[Flag, ...]

    @property
    def sd(self) -> float | None:
        """The population's standard deviation of the evaluators' totals, for display only."""
        return None if self.variance is None else float(self.variance) ** 0.5


@dataclass(frozen=True)
class RoundResults:
    """The whole round: every proposal, agreement per criterion, and what it was computed from."""

    formula: str
    inputs_hash: str
    results: dict[str, Result]
    agreement: dict[str, Fraction | None]

    @property
    def ranked(self) -> list[Result]:
        """By rank, then those out of rank by folio."""
        return sorted(self.results.values(), key=lambda r: (r.rank is None, r.rank or 0, r.folio))


def compute(config: Config, proposals: Iterable[Scored]) -> RoundResults:
    """Results of a round; the same whatever the order of proposals and sheets."""
    handed_in = sorted(proposals, key=lambda scored: scored.folio)
    found = [_result_of(config, scored) for scored in handed_in]
    ranked = _ranked(config, found)
    agreement = {
        criterion.key: alpha_ordinal(
            [[s.values[criterion.key] for s in scored.sheets if criterion.key in s.values] for scored in handed_in]
        )
        for criterion in config.criteria
    }
    return RoundResults(FORMULA, inputs_hash(config, handed_in), {r.folio: r for r in ranked}, agreement)


def inputs_hash(config: Config, handed_in: Sequence[Scored]) -> str:
    """SHA-256 over everything the results depend on, formula included; what nobody scored depends on nothing."""
    content = {
        "formula": FORMULA,
        "config": [str(getattr(config, name)) for name in sorted(Config.__dataclass_fields__) if name != "criteria"],
        "criteria": [
            [c.key, c.kind.value, *map(str, (c.weight, c.low, c.high, c.min_mean))]
            for c in sorted(config.criteria, key=lambda c: c.key)
        ],
        "sheets": [
            [
                scored.folio,
                scored.recused,
                sorted([s.evaluator, sorted((k, str(v)) for k, v in s.values.items())] for s in scored.sheets),
            ]
            for scored in sorted(handed_in, key=lambda scored: scored.folio)
            if scored.sheets or scored.recused
        ],
    }
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def needed_sheets(config: Config, recused: int) -> int:
    """Quorum of one proposal: the larger of the minimum and the share of the voting seats that did not stand aside."""
    return max(config.quorum_min, ceil(config.quorum_share * max(config.voting_seats - recused, 0)))


def _result_of(config: Config, scored: Scored) -> Result:
    sheets = sorted(scored.sheets, key=lambda sheet: sheet.evaluator)
    sums = {c.key: _Sum.over(c, sheets) for c in config.criteria}
    judged = _judge(config, sums)
    needed = needed_sheets(config, scored.recused)
    totals = [t for t in (_evaluator_total(config, sheet) for sheet in sheets) if t is not None]
    verdict = judged.verdict if len(sheets) >= needed and sheets else RoundVerdict.NO_QUORUM
    mean = sum(totals, Fraction(0)) / len(totals) if totals else None
    variance = sum(((t - mean) ** 2 for t in totals), Fraction(0)) / len(totals) if mean is not None else None
    result = Result(
        folio=scored.folio,
        verdict=verdict,
        total=judged.total,
        rank=None,
        is_within_capacity=True,
        n=len(sheets),
        needed=needed,
        recused=scored.recused,
        means=tuple(sums[c.key].mean() for c in config.criteria),
        failed=judged.failed,
        mean=mean,
        median=median(totals) if totals else None,
        variance=variance,
        spread=max(totals) - min(totals) if totals else None,
        flags=(),
    )
    return replace(result, flags=tuple(_flags(config, result, totals, _is_decided_by_one(config, sums, sheets))))


@dataclass
class _Sum:
    """The running sum of one criterion, from which one evaluator can be taken out again."""

    criterion: CriterionRule
    total: Fraction = Fraction(0)
    n: int = 0
    passed: int = 0

    @classmethod
    def over(cls, criterion: CriterionRule, sheets: Iterable[Sheet]) -> _Sum:
        made = cls(criterion)
        for sheet in sheets:
            made = made.with_sheet(sheet, 1)
        return made

    def with_sheet(self, sheet: Sheet, step: int) -> _Sum:
        value = sheet.values.get(self.criterion.key)
        if value is None:
            return self
        passed = self.passed + step * (value == self.criterion.high)
        return _Sum(self.criterion, self.total + step * value, self.n + step, passed)

    @property
    def unit(self) -> Fraction | None:
        low, high = self.criterion.low, self.criterion.high
        return (self.total - self.n * low) / (self.n * (high - low)) if self.n else None

    def mean(self) -> CriterionMean:
        return CriterionMean(self.criterion.key, self.total / self.n if self.n else None, self.unit, self.n)


@dataclass(frozen=True)
class _Judged:
    verdict: RoundVerdict
    total: Fraction | None
    failed: tuple[str, ...]


def _judge(config: Config, sums: Mapping[str, _Sum]) -> _Judged:
    """Knock-outs, then the minimum of each criterion, then the total against the mark; quorum is asked elsewhere."""
    knocked = [
        key
        for key, s in sums.items()
        if s.criterion.kind is CriterionKind.KNOCKOUT and s.passed < ceil(config.knockout_share * s.n)
    ]
    low = [key for key, s in sums.items() if s.criterion.min_mean is not None and not _reaches(s)]
    total = _total(sums.values())
    if knocked:
        return _Judged(RoundVerdict.INELIGIBLE, total, tuple(knocked))
    passes = not low and total is not None and total >= config.pass_total
    return _Judged(RoundVerdict.PASS if passes else RoundVerdict.FAIL, total, tuple(low))


def _reaches(s: _Sum) -> bool:
    least = s.criterion.min_mean
    return least is None or (s.n > 0 and s.total >= least * s.n)


def _total(sums: Iterable[_Sum]) -> Fraction | None:
    scored = [(s.criterion.weight, s.unit) for s in sums if s.criterion.kind is CriterionKind.SCORED]
    answered = [(weight, unit) for weight, unit in scored if unit is not None]
    weight = sum((w for w, _ in answered), Fraction(0))
    return HUNDRED * sum((w * u for w, u in answered), Fraction(0)) / weight if weight else None


def _evaluator_total(config: Config, sheet: Sheet) -> Fraction | None:
    scored = [c for c in config.criteria if c.kind is CriterionKind.SCORED]
    whole = sum((c.weight for c in scored), Fraction(0))
    answered = [c for c in scored if c.key in sheet.values]
    weight = sum((c.weight for c in answered), Fraction(0))
    if not weight or weight < ENOUGH_WEIGHT * whole:
        return None
    parts = (c.weight * (sheet.values[c.key] - c.low) / (c.high - c.low) for c in answered)
    return HUNDRED * sum(parts, Fraction(0)) / weight


def _is_decided_by_one(config: Config, sums: Mapping[str, _Sum], sheets: Sequence[Sheet]) -> bool:
    """Whether leaving out some one evaluator would turn the verdict."""
    whole = _judge(config, sums).verdict
    for sheet in sheets:
        without = {key: s.with_sheet(sheet, -1) for key, s in sums.items()}
        if _judge(config, without).verdict is not whole:
            return True
    return False


def _flags(config: Config, result: Result, totals: Sequence[Fraction], by_one: object) -> Iterable[Flag]:
    if result.verdict is RoundVerdict.NO_QUORUM:
        yield Flag.NO_QUORUM
    if _is_disputed(config, result, totals):
        yield Flag.DISAGREEMENT
    if by_one:
        yield Flag.DECIDED_BY_ONE_SCORE
    if result.total is not None and abs(result.total - config.pass_total) <= NEAR:
        yield Flag.NEAR_CUT


def _is_disputed(config: Config, result: Result, totals: Sequence[Fraction]) -> bool:
    if result.variance is None or result.spread is None or len(totals) < 2:
        return False
    above = sum(t >= config.pass_total for t in totals)
    both = 3 * above >= len(totals) and 3 * (len(totals) - above) >= len(totals)
    return result.variance >= WIDE_VARIANCE or result.spread >= WIDE_SPREAD or both


def _ranked(config: Config, found: Sequence[Result]) -> list[Result]:
    """Rank what may be ranked by its unrounded total; those that pass beyond the capacity stay in reserve."""
    heaviest = max(
        (c for c in config.criteria if c.kind is CriterionKind.SCORED), key=lambda c: (c.weight, c.key), default=None
    )
    in_rank = [r for r in found if r.verdict in {RoundVerdict.PASS, RoundVerdict.FAIL} and r.total is not None]
    equal = Counter(r.total for r in in_rank)
    order = sorted(in_rank, key=lambda r: _place(config, r, heaviest.key if heaviest else "", equal[r.total] > 1))
    passing = [r for r in order if r.verdict is RoundVerdict.PASS]
    within = {r.folio for r in (passing if config.capacity is None else passing[: config.capacity])}
    edge = passing[config.capacity - 1].total if config.capacity and len(passing) > config.capacity else None
    ranks = {r.folio: place for place, r in enumerate(order, start=1)}
    return [
        replace(
            r,
            rank=ranks.get(r.folio),
            is_within_capacity=r.verdict is not RoundVerdict.PASS or r.folio in within,
            flags=_with_edge(r, edge) if r.folio in ranks else r.flags,
        )
        for r in found
    ]


def _with_edge(result: Result, edge: Fraction | None) -> tuple[Flag, ...]:
    is_near = edge is not None and result.total is not None and abs(result.total - edge) <= NEAR
    if is_near and Flag.NEAR_CUT not in result.flags:
        return (*result.flags, Flag.NEAR_CUT)
    return result.flags


def _place(config: Config, result: Result, heaviest: str, is_tied: bool) -> tuple[object, ...]:  # noqa: FBT001
    total = -(result.total or 0)
    if not is_tied:
        return (total,)
    drawn = hashlib.sha256(f"{config.seed}:{result.folio}".encode()).hexdigest()
    if config.tie_rule is TieRule.DRAW:
        return (total, drawn)
    mean = next((m.unit for m in result.means if m.key == heaviest), None)
    return (total, -(mean or 0), -(result.median or 0), result.variance or 0, drawn)
