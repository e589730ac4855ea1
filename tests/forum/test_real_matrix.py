"""Totals and agreement on what people really decided, against independent reckonings.

Valladolid's 306 proposals that came before its zone tables, as three observers saw each: the zone's table (selected,
reserve, discarded; some minutes cannot be read), the final list, and how many people supported it.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path
from typing import Literal

import krippendorff
import numpy as np
import pytest

from app.forum.rules.agreement import Metric, alpha
from app.forum.rules.results import Config, Scored, compute
from app.forum.rules.scoring import CriterionKind
from app.forum.rules.totals import CriterionRule, Sheet
from app.settings import Settings

TABLE = {
    "Seleccionada / ratificada por la mesa": 2,
    "Reserva de la mesa": 1,
    "Descartada / inadmitida por la mesa": 0,
}
OBSERVERS = ("table", "final", "support")
pytestmark = pytest.mark.shared


def rows() -> list[dict[str, str]]:
    file = Path(Settings(secret_key="k" * 40).shared) / "data" / "valladolid-2027" / "table-decisions.csv"
    if not file.is_file():
        pytest.skip(f"there is no {file}: set MINGA_SHARED to the folder of the real data")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def seen() -> dict[str, list[int | None]]:
    """By proposal the level each observer gave, None where nothing is legible."""
    found: dict[str, list[int | None]] = {}
    for row in rows():
        support = int(row["apoyos"]) if row["apoyos"].isdigit() else None
        level = None if support is None else sum(support >= mark for mark in (20, 60))
        final = {"SI": 2, "NO": 0}.get(row["aparece_en_final_126"])
        found[row["propuesta_id"]] = [TABLE.get(row["decision_mesa"]), final, level]
    return found


def test_agreement_of_real_observers_is_that_of_the_library() -> None:
    table = list(seen().values())
    assert len(table) > 280
    assert any(value is None for unit in table for value in unit)
    units = [[Fraction(value) for value in unit if value is not None] for unit in table]
    matrix = np.array(
        [[np.nan if v is None else v for v in column] for column in zip(*table, strict=True)], dtype=float
    )
    levels: tuple[Literal["nominal", "ordinal", "interval"], ...] = ("nominal", "ordinal", "interval")
    for level in levels:
        found = alpha(units, Metric(level))
        assert found is not None
        theirs = krippendorff.alpha(reliability_data=matrix, level_of_measurement=level)
        assert float(found) == pytest.approx(float(theirs), abs=1e-9), level


def test_totals_of_real_decisions_are_those_of_a_sum_by_hand() -> None:
    """One criterion of weight 3 and one of weight 1: the level, and whether it reached the top of its scale."""
    rule = (
        CriterionRule("level", CriterionKind.SCORED, Fraction(3), Fraction(0), Fraction(2)),
        CriterionRule("top", CriterionKind.SCORED, Fraction(1), Fraction(0), Fraction(1)),
    )
    table = seen()
    handed_in = [
        Scored(
            folio,
            tuple(
                Sheet(name, {"level": Fraction(level), "top": Fraction(int(level == 2))})
                for name, level in zip(OBSERVERS, levels, strict=True)
                if level is not None
            ),
        )
        for folio, levels in table.items()
    ]
    found = compute(Config(rule, voting_seats=3), handed_in).results
    for folio, levels in table.items():
        legible = [level for level in levels if level is not None]
        by_hand = None
        if legible:
            ups = sum(Fraction(level, 2) for level in legible)
            tops = sum(level == 2 for level in legible)
            by_hand = 100 * (3 * ups + tops) / (4 * len(legible))
        assert found[folio].total == by_hand
        assert found[folio].n == len(legible)
