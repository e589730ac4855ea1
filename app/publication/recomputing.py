"""Computing the progress of an exported plan again from its own rows, by the same rules as the panel."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from app.commitments.rules.progress import Reach, as_text, computed, plan_figure

SLACK = Fraction(1, 100)
"""Figures of an export are rounded to hundredths; means of them may be off by as much."""
Row = dict[str, str]


def fault_of(folder: Path) -> str | None:
    """The first figure of an export that does not follow from the rows beside it."""
    file = folder / "progress.csv"
    if not file.is_file():
        return None
    by_round: dict[str, list[Row]] = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            by_round[row["round"]].append(row)
    return next(filter(None, (_fault(number, rows) for number, rows in by_round.items())), None)


def _fault(number: str, rows: list[Row]) -> str | None:
    given: dict[str, Reach | None] = {row["commitment"]: _reach(row) for row in rows if row["source"] == "computed"}
    found: dict[str, Reach | None] = {}
    reported: dict[str, Reach | None] = dict.fromkeys(given)
    for commitment, told in given.items():
        own = [row for row in rows if row["commitment"] == commitment]
        found[commitment] = computed(_of_milestones(own))
        if not _same(found[commitment], told):
            return f"progress: round {number}, commitment {commitment}: {_said(told)} is not what follows"
        whole = [row for row in own if row["source"] == "institution" and not row["milestone"]]
        reported[commitment] = _reach(whole[0]) if whole else None
    for name, figures in (("plan_reported", reported), ("plan_computed", found)):
        whole_plan = next((_reach(row) for row in rows if row["source"] == name), None)
        if not _same(plan_figure(list(figures.values())).reach, whole_plan):
            return f"progress: round {number}: {name} {_said(whole_plan)} is not the mean of its commitments"
    return None


def _of_milestones(rows: list[Row]) -> list[Reach | None]:
    """What the institution said of each milestone; nothing of those it did not report on."""
    numbers = {row["milestone"] for row in rows if row["milestone"]}
    own = {row["milestone"]: _reach(row) for row in rows if row["source"] == "institution" and row["milestone"]}
    return [own.get(number) for number in sorted(numbers)]


def _reach(row: Row) -> Reach | None:
    return Reach(Fraction(row["low"]), Fraction(row["high"])) if row["low"] else None


def _same(one: Reach | None, other: Reach | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one.low - other.low) <= SLACK and abs(one.high - other.high) <= SLACK


def _said(reach: Reach | None) -> str:
    return f"{as_text(reach.low)} to {as_text(reach.high)}" if reach else "nothing"
