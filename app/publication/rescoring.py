"""Counting rounds of scoring again: from the database every stored count, from an export its published scores alone.

What does not fit is named by its folio, and by what is published and what follows.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Round, RoundResult
from app.forum.queries import counting, open_data
from app.forum.rules import published, stored
from app.forum.rules.results import FORMULA
from app.forum.rules.stored import Outcome
from app.kit.cells import harmless
from app.process.models import Process
from app.trail import queries as trail
from app.trail.models import Entry

Row = dict[str, Any]
ROUND = ("stage", "round")
COUNTED = "round.counted"


def fault_in(session: Session, process: Process) -> str | None:
    """The first stored count of a process that does not follow from its score sheets, or that the history denies."""
    told = set(_told(session, process))
    for stage, found, kept in open_data.counted_rounds(session, process):
        fault = _stored_fault(session, found, kept, told)
        if fault:
            return f"scoring of {stage.slug}, round {found.number}: {fault}"
    return None


def _told(session: Session, process: Process) -> Iterator[str]:
    """The fingerprints the history tells of."""
    chain = trail.chain_named(session, process.id)
    if chain is None:
        return
    for leaf in session.scalars(select(Entry.leaf).where(Entry.chain_id == chain.id, Entry.verb == COUNTED)):
        yield from _hash_in(json.loads(leaf))


def _hash_in(leaf: Row) -> Iterator[str]:
    if leaf["verb"] == COUNTED:
        yield leaf["facts"]["inputs_hash"]


def _stored_fault(session: Session, found: Round, kept: RoundResult, told: set[str]) -> str | None:
    if kept.inputs_hash not in told:
        return "its fingerprint is not one the history tells of"
    if kept.formula != FORMULA:
        return None  # counted by an earlier formula, which this program no longer has
    before, after = stored.read(kept.outcome), counting.count(session, kept)
    if before == after:
        return None
    folio = _differing(before, after)
    return f"{folio}: what is stored does not follow from its score sheets" if folio else "it does not follow"


def _differing(before: Outcome, after: Outcome) -> str | None:
    """The first proposal of which something differs; its own sheets are looked at first, the rest follows from them."""
    for one, other in (
        (before.scores_hash, after.scores_hash),
        (before.counted.results, after.counted.results),
        (before.advisory.results, after.advisory.results),
        (before.without_leans, after.without_leans),
    ):
        differs = sorted(folio for folio in one.keys() | other.keys() if one.get(folio) != other.get(folio))
        if differs:
            return str(differs[0])
    return None


def fault_of_export(folder: Path) -> str | None:
    """The first proposal of an export whose published result does not follow from the scores beside it."""
    if not (folder / "results.json").is_file():
        return None
    sets = {name: _rows(folder, name) for name in ("criteria", "scores", "recusals", "results")}
    fault = next(filter(None, (_table_fault(folder, name, rows) for name, rows in sets.items())), None)
    if fault:
        return fault
    told = {inputs for row in _leaves(folder) for inputs in _hash_in(row)}
    by_round: defaultdict[tuple[str, int], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name in ("scores", "recusals", "results"):
        for row in sets[name]:
            by_round[row["stage"], row["round"]][name].append(row)
    for (stage, number), rows in sorted(by_round.items()):
        fault = _round_fault(sets["criteria"], rows, told)
        if fault:
            return f"scoring of {stage}, round {number}: {fault}"
    return None


def _rows(folder: Path, name: str) -> list[Row]:
    rows: list[Row] = json.loads((folder / f"{name}.json").read_text("utf-8"))["rows"]
    return rows


def _leaves(folder: Path) -> Iterator[Row]:
    with (folder / "trail.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if COUNTED in row.get("leaf", ""):
                yield json.loads(row["leaf"])


def _table_fault(folder: Path, name: str, rows: list[Row]) -> str | None:
    """The first row that the CSV file tells otherwise than the JSON file."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        tabled = list(csv.DictReader(file))
    for row, other in zip(rows, tabled, strict=False):
        if {key: str(harmless(value)) for key, value in row.items()} != other:
            return f"{name}: {row.get('folio', row.get('criterion'))}: the two files tell of it differently"
    return None if len(rows) == len(tabled) else f"{name}: the two files have not as many rows"


def _round_fault(criteria: list[Row], rows: dict[str, list[Row]], told: set[str]) -> str | None:
    results = rows["results"]
    if not results:
        return f"{next(iter(rows.values()))[0]['folio']}: there are scores and no result"
    first = results[0]
    if first["formula"] != FORMULA:
        return None  # counted by an earlier formula, which this program no longer has
    stray = {row["folio"] for row in rows["scores"]} - {row["folio"] for row in results}
    if stray:
        return f"{min(stray)}: there are scores and no result"
    used = [row for row in criteria if (row["stage"], row["version"]) == (first["stage"], first["criteria_version"])]
    if not used:
        return "the criteria it was scored by are missing"
    counted, figures = published.again(used, results, rows["scores"], rows["recusals"])
    fault = _scores_fault(results, figures) or _figures_fault(results, figures)
    if fault is None and {row["inputs_hash"] for row in results} != {counted.inputs_hash}:
        fault = "its fingerprint is not that of what was counted"
    if fault is None and counted.inputs_hash not in told:
        fault = "its fingerprint is not one the history tells of"
    return fault


def _scores_fault(results: list[Row], figures: dict[str, Row]) -> str | None:
    changed = [row["folio"] for row in results if row["scores_hash"] != figures[row["folio"]]["scores_hash"]]
    return f"{changed[0]}: its scores are not those that were counted" if changed else None


def _figures_fault(results: list[Row], figures: dict[str, Row]) -> str | None:
    for row in results:
        for name, follows in figures[row["folio"]].items():
            if row[name] != follows:
                return f"{row['folio']}: {name} {row[name]} is published and {follows} follows from its scores"
    return None
