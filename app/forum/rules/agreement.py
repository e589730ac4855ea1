"""How far the scorers agreed: Krippendorff's alpha, exact; it describes the rubric and never blocks a decision.

alpha = 1 - D_o / D_e over the units (proposals) with at least two values, from -1 to 1. D_o is the mean squared
distance within units, D_e that between all pairable values. Source: K. Krippendorff, Computing Krippendorff's
Alpha-Reliability, University of Pennsylvania, 2011.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm, sqrt

NORMAL_95 = 1.959964


class Metric(StrEnum):
    """What a distance between two values means.

    Names that only differ, levels in an order, numbers, or numbers of which zero is none and which are never below it.
    """

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True)
class Agreement:
    """Alpha over so many units, and the 95 % interval of the delete-one jackknife over them.

    No alpha where no unit has two values or nobody differs anywhere; no interval where leaving out one unit would leave
    none. The ends are for display and stay within -1 and 1.
    """

    alpha: Fraction | None
    units: int
    low: float | None = None
    high: float | None = None


Unit = list[tuple[int, int]]
"""The places of the values given to one unit, each with how often it was given."""


class _Coincidences:
    """How often each value stands in some unit beside another, and how often each pair stands together.

    A pair of a unit with m values counts 1 / (m - 1), so that every value counts once however many rated its unit; kept
    as whole numbers over `common`, which all m - 1 divide.
    """

    def __init__(self, units: Iterable[Sequence[Fraction]]) -> None:
        paired = [Counter(unit) for unit in units if len(unit) >= 2]
        self.values = sorted({value for unit in paired for value in unit})
        place = {value: at for at, value in enumerate(self.values)}
        self.units: list[Unit] = [sorted((place[value], n) for value, n in unit.items()) for unit in paired]
        self.common = lcm(*(unit.total() - 1 for unit in paired))
        self.times = [0] * len(self.values)
        self.together: dict[tuple[int, int], int] = {}
        for unit in self.units:
            self.add(unit)

    def add(self, unit: Unit, step: int = 1) -> None:
        share = step * self.common // (sum(n for _, n in unit) - 1)
        for at, (low, n) in enumerate(unit):
            self.times[low] += step * n
            for high, other in unit[at + 1 :]:
                self.together[low, high] = self.together.get((low, high), 0) + share * n * other

    def alpha(self, metric: Metric) -> Fraction | None:
        distance = self._distances(metric)
        expected = sum(self.times[low] * self.times[high] * d for (low, high), d in distance.items())
        if not expected:
            return None
        observed = sum(n * distance[pair] for pair, n in self.together.items())
        return 1 - Fraction(observed * (sum(self.times) - 1), self.common * expected)

    def _distances(self, metric: Metric) -> dict[tuple[int, int], Fraction | int]:
        """Squared distances between each pair of values, the lower one first; alpha asks only how they compare."""
        if metric is Metric.ORDINAL:
            return self._ordinal()
        pairs = ((low, high) for high in range(len(self.values)) for low in range(high))
        if metric is Metric.NOMINAL:
            return dict.fromkeys(pairs, 1)
        whole = metric is Metric.INTERVAL
        values = self.values
        return {
            (low, high): ((values[high] - values[low]) / (1 if whole else values[high] + values[low])) ** 2
            for low, high in pairs
        }

    def _ordinal(self) -> dict[tuple[int, int], Fraction | int]:
        """(n_low + … + n_high - (n_low + n_high) / 2)², four times, with n how often each level was given."""
        found: dict[tuple[int, int], Fraction | int] = {}
        for low, n in enumerate(self.times):
            running = n
            for high in range(low + 1, len(self.times)):
                running += self.times[high]
                found[low, high] = (2 * running - n - self.times[high]) ** 2
        return found


def alpha(units: Iterable[Sequence[Fraction]], metric: Metric) -> Fraction | None:
    """Krippendorff's alpha of some units; None where it is undefined."""
    return _Coincidences(units).alpha(metric)


def agreement(units: Iterable[Sequence[Fraction]], metric: Metric) -> Agreement:
    """Alpha with its interval; leaving out one unit only takes its pairs out again, so a thousand are no matter."""
    table = _Coincidences(units)
    whole = table.alpha(metric)
    if whole is None:
        return Agreement(None, len(table.units))
    without = []
    for unit in table.units:
        table.add(unit, -1)
        without.append(table.alpha(metric))
        table.add(unit)
    return _with_interval(whole, without)


def agreement_of_totals(units: Iterable[Sequence[Fraction]]) -> Agreement:
    """Alpha for numbers of which nearly all differ (the totals of the scorers), from their sums and squares alone.

    Within a unit of m values the squared distances of all pairs add up to m · Σv² - (Σv)².
    """
    moments = [(len(unit), sum(unit, Fraction(0)), sum((v * v for v in unit), Fraction(0))) for unit in units]
    paired = [one for one in moments if one[0] >= 2]
    within = [(m * squares - total**2) / (m - 1) for m, total, squares in paired]
    n, total, squares, observed = (
        sum(m for m, _, _ in paired),
        sum((t for _, t, _ in paired), Fraction(0)),
        sum((s for _, _, s in paired), Fraction(0)),
        sum(within, Fraction(0)),
    )
    whole = _interval_alpha(n, total, squares, observed)
    if whole is None:
        return Agreement(None, len(paired))
    without = [
        _interval_alpha(n - m, total - t, squares - s, observed - own)
        for (m, t, s), own in zip(paired, within, strict=True)
    ]
    return _with_interval(whole, without)


def _interval_alpha(n: int, total: Fraction, squares: Fraction, observed: Fraction) -> Fraction | None:
    expected = n * squares - total**2
    return 1 - observed * (n - 1) / expected if expected else None


def _with_interval(whole: Fraction, without: Sequence[Fraction | None]) -> Agreement:
    left = [float(one) for one in without if one is not None]
    if len(left) < len(without) or len(left) < 2:
        return Agreement(whole, len(without))
    mean = sum(left) / len(left)
    wide = NORMAL_95 * sqrt((len(left) - 1) / len(left) * sum((one - mean) ** 2 for one in left))
    return Agreement(whole, len(without), max(-1.0, float(whole) - wide), min(1.0, float(whole) + wide))
