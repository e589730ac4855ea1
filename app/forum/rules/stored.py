"""A count as it is stored and read again: plain lists and text, every fraction exact as `3/7`, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.forum.rules.agreement import Agreement
from app.forum.rules.firmness import Firmness, Turned
from app.forum.rules.results import Flag, Result, RoundResults, RoundVerdict
from app.forum.rules.sensitivity import Flip
from app.forum.rules.severity import Lean
from app.forum.rules.totals import CriterionMean

Stored = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """All that one count found: the results, the advisory ones beside them, how firm they are, totals without leans."""

    counted: RoundResults
    advisory: RoundResults
    firmness: Firmness
    without_leans: Mapping[str, Fraction]
    scores_hash: Mapping[str, str]


def stored(outcome: Outcome) -> Stored:
    """An outcome as JSON keeps it."""
    firm = outcome.firmness
    return {
        "counted": _results(outcome.counted),
        "advisory": _results(outcome.advisory),
        "flips": [[flip.folio, flip.criterion, str(flip.step), flip.goes_on] for flip in firm.flips],
        "turned": [[one.folio, str(one.total), str(one.by_sectors), list(one.silent)] for one in firm.turned],
        "leans": [[lean.evaluator, str(lean.points), lean.n] for lean in firm.leans],
        "without_leans": {folio: str(total) for folio, total in outcome.without_leans.items()},
        "scores_hash": dict(outcome.scores_hash),
    }


def read(kept: Stored) -> Outcome:
    """The outcome that was stored, equal to what was computed."""
    firmness = Firmness(
        [Flip(folio, criterion, fraction(step), goes_on=goes_on) for folio, criterion, step, goes_on in kept["flips"]],
        [Turned(folio, fraction(total), fraction(by), tuple(silent)) for folio, total, by, silent in kept["turned"]],
        [Lean(evaluator, fraction(points), n) for evaluator, points, n in kept["leans"]],
    )
    return Outcome(
        _read_results(kept["counted"]),
        _read_results(kept["advisory"]),
        firmness,
        {folio: fraction(total) for folio, total in kept["without_leans"].items()},
        kept["scores_hash"],
    )


def fraction(text: str) -> Fraction:
    """A fraction from its own text, faster than by the parser for everything that a number may look like."""
    top, _, bottom = text.partition("/")
    return Fraction(int(top), int(bottom or 1))


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _maybe(text: str | None) -> Fraction | None:
    return None if text is None else fraction(text)


def _results(found: RoundResults) -> Stored:
    return {
        "formula": found.formula,
        "inputs_hash": found.inputs_hash,
        "results": [_result(found.results[folio]) for folio in sorted(found.results)],
        "agreement": {key: _agreement(one) for key, one in found.agreement.items()},
        "overall": _agreement(found.overall),
    }


def _read_results(kept: Stored) -> RoundResults:
    results = [_read_result(row) for row in kept["results"]]
    return RoundResults(
        kept["formula"],
        kept["inputs_hash"],
        {result.folio: result for result in results},
        {key: _read_agreement(one) for key, one in kept["agreement"].items()},
        _read_agreement(kept["overall"]),
    )


def _agreement(one: Agreement) -> list[Any]:
    return [_text(one.alpha), one.units, one.low, one.high]


def _read_agreement(kept: list[Any]) -> Agreement:
    alpha, units, low, high = kept
    return Agreement(_maybe(alpha), units, *(None if end is None else float(end) for end in (low, high)))


NUMBERS = ("total", "mean", "median", "variance", "spread")
PLAIN = ("folio", "rank", "is_within_capacity", "n", "needed", "recused")


def _result(result: Result) -> Stored:
    return {
        **{name: getattr(result, name) for name in PLAIN},
        **{name: _text(getattr(result, name)) for name in NUMBERS},
        "verdict": result.verdict.value,
        "means": [[mean.key, _text(mean.raw), _text(mean.unit), mean.n] for mean in result.means],
        "failed": list(result.failed),
        "flags": [flag.value for flag in result.flags],
    }


def _read_result(kept: Stored) -> Result:
    plain: Stored = {name: kept[name] for name in PLAIN}
    numbers: Stored = {name: _maybe(kept[name]) for name in NUMBERS}
    return Result(
        **plain,
        **numbers,
        verdict=RoundVerdict(kept["verdict"]),
        means=tuple(CriterionMean(key, _maybe(raw), _maybe(unit), n) for key, raw, unit, n in kept["means"]),
        failed=tuple(kept["failed"]),
        flags=tuple(Flag(flag) for flag in kept["flags"]),
    )
