"""How far the scorers agreed: Krippendorff's alpha, exact; it describes the rubric and never blocks a decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction


def alpha_ordinal(units: Iterable[Sequence[Fraction]]) -> Fraction | None:
    """Krippendorff's alpha for ordinal levels, -1 to 1; None where no unit has two values or nobody differs.

    alpha = 1 - D_o / D_e over the units (proposals) with at least two values; distance between levels c and c':
    (n_c + … + n_c' - (n_c + n_c') / 2)², with n the frequencies of the pairable values. Source: K. Krippendorff,
    Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, 2011.
    """
    counted = [Counter(unit) for unit in units if len(unit) >= 2]
    total: Counter[Fraction] = Counter()
    for unit in counted:
        total.update(unit)
    n = sum(total.values())
    distance = _distances(total)
    expected = sum(total[a] * total[b] * d for (a, b), d in distance.items())
    if not expected:
        return None
    observed = sum((_within(unit, distance) / (sum(unit.values()) - 1) for unit in counted), Fraction(0))
    return 1 - observed * (n - 1) / expected


def _within(unit: Counter[Fraction], distance: dict[tuple[Fraction, Fraction], Fraction]) -> Fraction:
    levels = sorted(unit)
    pairs = ((a, b) for position, a in enumerate(levels) for b in levels[position + 1 :])
    return sum((unit[a] * unit[b] * distance[a, b] for a, b in pairs), Fraction(0))


def _distances(total: Counter[Fraction]) -> dict[tuple[Fraction, Fraction], Fraction]:
    """Squared ordinal distances between each pair of levels, the lower one first."""
    levels = sorted(total)
    found = {}
    for position, low in enumerate(levels):
        running = total[low]
        for high in levels[position + 1 :]:
            running += total[high]
            found[low, high] = (running - Fraction(total[low] + total[high], 2)) ** 2
    return found
