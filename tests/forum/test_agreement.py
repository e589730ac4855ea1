"""Krippendorff's alpha against its author's own example and against the library, with gaps, at all four levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from random import Random

import krippendorff
import numpy as np
import pytest

from app.forum.rules.agreement import NORMAL_95, Agreement, Metric, agreement, agreement_of_totals, alpha

F = Fraction
GAP = None
PUBLISHED = (  # K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), four observers of twelve units
    (1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3),
    (GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP),
)
Row = Sequence[int | None]


def units_of(observers: Sequence[Row]) -> list[list[F]]:
    return [[F(value) for value in unit if value is not None] for unit in zip(*observers, strict=True)]


def theirs(observers: Sequence[Row], metric: Metric) -> float:
    table = np.array([[np.nan if value is None else value for value in row] for row in observers], dtype=float)
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement=metric.value))


@pytest.mark.parametrize(
    ("metric", "printed"),
    [(Metric.NOMINAL, 0.743), (Metric.ORDINAL, 0.815), (Metric.INTERVAL, 0.849), (Metric.RATIO, 0.797)],
)
def test_the_published_example(metric: Metric, printed: float) -> None:
    found = alpha(units_of(PUBLISHED), metric)
    assert found is not None
    assert round(float(found), 3) == printed


def drawn(dice: Random) -> list[list[int | None]]:
    """Some observers who skip some units, and who tend to agree."""
    observers, width, gaps = dice.randint(2, 9), dice.randint(2, 25), dice.choice((0.0, 0.2, 0.6))
    truth = [dice.randint(1, 5) for _ in range(width)]
    seen = [[dice.choice((value, value, dice.randint(1, 5))) for value in truth] for _ in range(observers)]
    return [[GAP if dice.random() < gaps else value for value in row] for row in seen]


def is_undefined(observers: Sequence[Row]) -> bool:
    pairable = [unit for unit in units_of(observers) if len(unit) > 1]
    return len({value for unit in pairable for value in unit}) < 2


def test_a_thousand_random_matrices_with_gaps_agree_with_the_library() -> None:
    dice, compared = Random(20), 0
    while compared < 1000:
        observers = drawn(dice)
        if is_undefined(observers):
            assert [alpha(units_of(observers), metric) for metric in Metric] == [None] * 4
            continue
        for metric in Metric if compared % 5 == 0 else [Metric.ORDINAL]:
            found = alpha(units_of(observers), metric)
            assert found is not None
            assert float(found) == pytest.approx(theirs(observers, metric), abs=1e-9), (metric, observers)
        compared += 1


@pytest.mark.parametrize(
    "units",
    [[], [[F(1)], [F(2)]], [[F(3), F(3)], [F(3), F(3), F(3)]], [[F(3), F(3)], [F(5)]]],
    ids=["nothing", "no unit has two", "nobody differs", "only an unpaired one differs"],
)
def test_where_it_is_undefined_there_is_none(units: list[list[F]]) -> None:
    assert [alpha(units, metric) for metric in Metric] == [None] * 4
    assert agreement(units, Metric.ORDINAL) == Agreement(None, sum(len(unit) > 1 for unit in units))
    assert agreement_of_totals(units).alpha is None


def test_the_interval_is_that_of_leaving_out_each_unit_once() -> None:
    """Computed here from scratch for every unit left out, there by taking its pairs out of a table and putting back."""
    dice = Random(3)
    for metric in Metric:
        units = [unit for unit in units_of(drawn(dice)) if len(unit) > 1] or units_of(PUBLISHED)
        left = [alpha(units[:at] + units[at + 1 :], metric) for at in range(len(units))]
        assert None not in left
        floats = [float(one) for one in left if one is not None]
        mean = sum(floats) / len(floats)
        wide = NORMAL_95 * math.sqrt((len(units) - 1) / len(units) * sum((one - mean) ** 2 for one in floats))
        found, whole = agreement(units, metric), alpha(units, metric)
        assert whole is not None
        assert (found.alpha, found.units) == (whole, len(units))
        assert found.low == pytest.approx(max(-1.0, float(whole) - wide))
        assert found.high == pytest.approx(min(1.0, float(whole) + wide))


def test_totals_are_compared_as_numbers_whichever_way_it_is_worked_out() -> None:
    dice = Random(5)
    for _ in range(20):
        units = [[F(dice.randint(0, 700), 7) for _ in range(dice.randint(0, 5))] for _ in range(12)]
        ours, general = agreement_of_totals(units), agreement(units, Metric.INTERVAL)
        assert (ours.alpha, ours.units) == (general.alpha, general.units)
        assert ours.low == (None if general.low is None else pytest.approx(general.low))
        assert ours.high == (None if general.high is None else pytest.approx(general.high))
