"""The results of a round as a pure function of what was handed in: exact fractions, no order, no clock, no database.

The formulas of version 1 stand in `rules.totals`. Rounded only for display; ranks use unrounded totals.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil

from app.forum.rules.agreement import Agreement, Metric, agreement, agreement_of_totals
from app.forum.rules.scoring import CriterionKind, TieRule
from app.forum.rules.totals import CriterionMean, CriterionRule, Parts, Sheet, Sum, spread_of, total_parts, totals_of

FORMULA = "1"
WIDE_VARIANCE = 400
WIDE_SPREAD = 50
NEAR = 3
LEVELS = Metric.ORDINAL
"""What the values of a criterion are: levels in an order."""


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
class Scored:
    """What was handed in on one proposal, how many voting seats stood aside, and how many had it if not all."""

    folio: str
    sheets: tuple[Sheet, ...]
    recused: int = 0
    given_to: int | None = None


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
    def is_ranked(self) -> bool:
        """Whether it has a place: it meets the requirements, and enough scored it."""
        return self.verdict in {RoundVerdict.PASS, RoundVerdict.FAIL}

    @property
    def goes_on(self) -> bool:
        """Whether it goes on by the rule: it passes, and there is room."""
        return self.verdict is RoundVerdict.PASS and self.is_within_capacity

    @property
    def sd(self) -> float | None:
        """The population's standard deviation of the evaluators' totals, for display only."""
        return None if self.variance is None else float(self.variance) ** 0.5


@dataclass(frozen=True)
class RoundResults:
    """The whole round: every proposal, agreement per criterion and on the totals, and what it was computed from."""

    formula: str
    inputs_hash: str
    results: dict[str, Result]
    agreement: dict[str, Agreement]
    overall: Agreement

    @property
    def ranked(self) -> list[Result]:
        """By rank, then those out of rank by folio."""
        return sorted(self.results.values(), key=lambda r: (r.rank is None, r.rank or 0, r.folio))


def compute(config: Config, proposals: Iterable[Scored], tell: Callable[[int], object] | None = None) -> RoundResults:
    """Results of a round; the same whatever the order of proposals and sheets. `tell` hears how many are done."""
    handed_in = sorted(proposals, key=lambda scored: scored.folio)
    found = []
    for scored in handed_in:
        found.append(_result_of(config, scored))
        if tell:
            tell(len(found))
    ranked = rank(config, found)
    agreed = {
        c.key: agreement(
            ([s.values[c.key] for s in scored.sheets if c.key in s.values] for scored in handed_in), LEVELS
        )
        for c in config.criteria
    }
    totals = agreement_of_totals([list(totals_of(config.criteria, scored.sheets)) for scored in handed_in])
    return RoundResults(FORMULA, inputs_hash(config, handed_in), {r.folio: r for r in ranked}, agreed, totals)


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
                *(() if scored.given_to is None else (scored.given_to,)),
            ]
            for scored in sorted(handed_in, key=lambda scored: scored.folio)
            if scored.sheets or scored.recused
        ],
    }
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def needed_sheets(config: Config, recused: int, given_to: int | None = None) -> int:
    """Quorum of one proposal: the larger of the minimum and the share of the seats that were to score it.

    Those are the voting seats, or those it was given to, less the ones that stood aside.
    """
    base = config.voting_seats if given_to is None else given_to
    return max(config.quorum_min, ceil(config.quorum_share * max(base - recused, 0)))


def _result_of(config: Config, scored: Scored) -> Result:
    sheets = sorted(scored.sheets, key=lambda sheet: sheet.evaluator)
    sums = {c.key: Sum.over(c, sheets) for c in config.criteria}
    judged = judge(config, sums)
    needed = needed_sheets(config, scored.recused, scored.given_to)
    totals = list(totals_of(config.criteria, sheets))
    verdict = judged.verdict if len(sheets) >= needed and sheets else RoundVerdict.NO_QUORUM
    spread = spread_of(totals)
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
        mean=spread.mean,
        median=spread.median,
        variance=spread.variance,
        spread=spread.width,
        flags=(),
    )
    return replace(result, flags=tuple(_flags(config, result, totals, _is_decided_by_one(config, sums, sheets))))


@dataclass(frozen=True)
class Judged:
    verdict: RoundVerdict
    parts: Parts | None
    failed: tuple[str, ...]

    @property
    def total(self) -> Fraction | None:
        """The total, shortened; who only asks for the verdict has no need of it."""
        return None if self.parts is None else Fraction(*self.parts)


def judge(config: Config, sums: Mapping[str, Sum]) -> Judged:
    """Knock-outs, then the minimum of each criterion, then the total against the mark; quorum is asked elsewhere."""
    knocked = [
        key
        for key, s in sums.items()
        if s.criterion.kind is CriterionKind.KNOCKOUT and s.passed < ceil(config.knockout_share * s.n)
    ]
    low = [key for key, s in sums.items() if s.criterion.min_mean is not None and not _reaches(s)]
    total = total_parts(sums.values())
    if knocked:
        return Judged(RoundVerdict.INELIGIBLE, total, tuple(knocked))
    mark = config.pass_total
    passes = not low and total is not None and total[0] * mark.denominator >= mark.numerator * total[1]
    return Judged(RoundVerdict.PASS if passes else RoundVerdict.FAIL, total, tuple(low))


def _reaches(s: Sum) -> bool:
    least = s.criterion.min_mean
    return least is None or (s.n > 0 and s.top * least.denominator >= least.numerator * s.n * s.bottom)


def _is_decided_by_one(config: Config, sums: Mapping[str, Sum], sheets: Sequence[Sheet]) -> bool:
    """Whether leaving out some one evaluator would turn the verdict."""
    whole = judge(config, sums).verdict
    for sheet in sheets:
        without = {key: s.with_sheet(sheet, -1) for key, s in sums.items()}
        if judge(config, without).verdict is not whole:
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


def rank(config: Config, found: Sequence[Result]) -> list[Result]:
    """Rank what may be ranked by its unrounded total; those that pass beyond the capacity stay in reserve."""
    heaviest = max(
        (c for c in config.criteria if c.kind is CriterionKind.SCORED), key=lambda c: (c.weight, c.key), default=None
    )
    in_rank = [r for r in found if r.is_ranked and r.total is not None]
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
