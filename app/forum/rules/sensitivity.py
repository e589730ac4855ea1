"""What other weights would have changed: it shows how firm a result is, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from app.forum.rules.results import Config, Result, RoundResults, RoundVerdict, rank
from app.forum.rules.scoring import CriterionKind
from app.forum.rules.totals import weighted

STEPS = (Fraction(-1, 5), Fraction(-1, 10), Fraction(1, 10), Fraction(1, 5))
"""How far one weight is moved while the others stay."""


@dataclass(frozen=True)
class Flip:
    """A proposal that would go on, or would not, if the weight of one criterion were so much larger or smaller."""

    folio: str
    criterion: str
    step: Fraction
    goes_on: bool


def flips(config: Config, counted: RoundResults) -> list[Flip]:
    """Every proposal whose way would turn if any one weight moved by 10 or 20 %, by folio.

    Requirements, minimums and quorum ask no weight, so only totals are worked out again, and the places within the
    capacity.
    """
    results = list(counted.results.values())
    before = _going_on(results)
    found = []
    for criterion, step, moved in _moved(config):
        after = _going_on(rank(moved, [_reweighed(moved, result) for result in results]))
        found += [Flip(folio, criterion, step, folio in after) for folio in before ^ after]
    return sorted(found, key=lambda flip: (flip.folio, flip.criterion, flip.step))


def _moved(config: Config) -> Iterator[tuple[str, Fraction, Config]]:
    for place, criterion in enumerate(config.criteria):
        if criterion.kind is not CriterionKind.SCORED:
            continue
        for step in STEPS:
            heavier = replace(criterion, weight=criterion.weight * (1 + step))
            criteria = (*config.criteria[:place], heavier, *config.criteria[place + 1 :])
            yield criterion.key, step, replace(config, criteria=criteria)


def _reweighed(config: Config, result: Result) -> Result:
    if not result.is_ranked:
        return result
    units = {mean.key: mean.unit for mean in result.means}
    total = weighted((c.weight, units[c.key]) for c in config.criteria if c.kind is CriterionKind.SCORED)
    passes = not result.failed and total is not None and total >= config.pass_total
    return replace(result, total=total, verdict=RoundVerdict.PASS if passes else RoundVerdict.FAIL)


def _going_on(results: list[Result]) -> set[str]:
    return {result.folio for result in results if result.goes_on}
