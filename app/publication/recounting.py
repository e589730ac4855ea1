"""Counting again: every closed vote against the hash of its box, every ranking against its ballots.

From the database every box is looked at; from an export, the rankings are counted from the published ballots.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.prioritisation.models import Credential, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.rules import counting
from app.prioritisation.rules.counting import BallotMethod, OverTables, Table, Told
from app.prioritisation.rules.voting import VotingWay, stored
from app.process.models import Process


def fault_in(session: Session, process: Process) -> str | None:
    """The first vote or ranking of a process that does not fit its ballots."""
    for found in reversed(rounds.rounds_of(session, process.id)):
        fault = _vote_fault(session, found) or _ranking_fault(session, found)
        if fault:
            return f"round {found.number}: {fault}"
    return None


def _vote_fault(session: Session, found: VotingRound) -> str | None:
    votes = rounds.closed_votes(session, found.id)
    ballots = rounds.ballots_of(session, [voting.id for _, voting in votes])
    for table, voting in votes:
        counted = rounds.as_counted(found, table.number, voting, ballots.get(voting.id, []))
        if counted.size != voting.ballots:
            return f"table {table.number}: {voting.ballots} ballots were told and {counted.size} are there"
        if counting.box_hash(counted, voting.box_salt) != voting.box_hash:
            return f"table {table.number}: its ballots are not those of the box"
        if voting.ballots > tables.turnout(session, voting).may:
            return f"table {table.number}: there are more ballots than people who had one"
        spent = select(func.count()).where(Credential.voting_id == voting.id, Credential.is_spent)
        if voting.way is VotingWay.CODES and session.scalar(spent) != voting.ballots:
            return f"table {table.number}: there are not as many ballots as codes were used"
    return None


def _ranking_fault(session: Session, found: VotingRound) -> str | None:
    if not found.result:
        return None
    again = rounds.recounted(session, found)
    differs = [name for name in again if again[name] != found.result.get(name)]
    return f"the result differs from its ballots in: {differs[0]}" if differs else None


def fault_of_export(folder: Path) -> str | None:
    """The first ranking of an export that does not follow from its ballots."""
    if not (folder / "rankings.json").is_file():
        return None
    kept: dict[int, list[dict[str, Any]]] = defaultdict(list)
    cast: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(folder, "rankings"):
        kept[int(row["round"])].append(row)
    for row in _rows(folder, "ballots"):
        cast[int(row["round"])].append(row)
    for number, lines in sorted(kept.items()):
        if lines[0]["inputs_hash"] and not _follows(lines, cast[number]):
            return f"round {number}: the ranking does not follow from its ballots"
    return None


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text("utf-8"))["rows"]
    return rows


def _follows(lines: list[dict[str, Any]], cast: list[dict[str, Any]]) -> bool:
    method, over = BallotMethod(lines[0]["method"]), OverTables(lines[0]["over"])
    by_group: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in cast:
        by_group[row["tables"]].append(row)
    joined = [_table(name, rows, method) for name, rows in by_group.items()]
    found = counting.ranking(joined, [line["folio"] for line in lines], over)
    names = ("folio", "rank", "score", "sum", "named", "is_level")
    told = [{name: line[name] for name in names} for line in lines]
    return found.inputs_hash == lines[0]["inputs_hash"] and [stored(line) for line in found.lines] == told


def _table(name: str, rows: list[dict[str, Any]], method: BallotMethod) -> Table:
    number = int(name.split("+", maxsplit=1)[0])
    if not rows[0]["only_sums"]:
        return Table(number, [_choices(row["choices"]) for row in rows])
    sums = _choices(rows[0]["choices"])
    return Table(number, (), Told(int(rows[0]["ballots"]), sums, sums if method is BallotMethod.APPROVAL else {}))


def _choices(told: str) -> dict[str, int]:
    pairs = (part.rpartition(":") for part in told.split("|") if part)
    return {folio: int(points) for folio, _, points in pairs}
