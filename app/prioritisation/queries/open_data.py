"""What of a closed round goes out: every ballot under the table or tables it is shown with, and the Pabulib file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.prioritisation.models import VotingRound
from app.prioritisation.queries import rounds
from app.prioritisation.rules import pabulib
from app.prioritisation.rules.counting import Table, sealed, together
from app.prioritisation.rules.results import label
from app.process.models import Process


def grouped(session: Session, found: VotingRound) -> Iterator[tuple[str, Table]]:
    """The counted tables of a closed round, small ones joined; nothing where too few voted in all."""
    if not found.result or not found.result["is_told"]:
        return
    by_number = {table.number: table for table in rounds.tables_to_count(session, found)}
    for group in found.result["groups"]:
        yield label(group["tables"]), together([by_number[number] for number in group["tables"]])


def ballots(session: Session, process: Process) -> Iterator[dict[str, Any]]:
    """Each ballot as a row, in an order that says nothing; where only sums were kept, one row with the sums."""
    for found in reversed(rounds.rounds_of(session, process.id)):
        for name, table in grouped(session, found):
            if table.told:
                yield _row(found, name, table.told.ballots, dict(table.told.sums), only_sums=True)
                continue
            for ballot in sorted(table.ballots, key=sealed):
                yield _row(found, name, 1, ballot, only_sums=False)


def _row(found: VotingRound, name: str, n: int, choices: Any, *, only_sums: bool) -> dict[str, Any]:
    told = "|".join(f"{folio}:{points}" for folio, points in sorted(choices.items()))
    return {"round": found.number, "tables": name, "ballots": n, "choices": told, "only_sums": only_sums}


def rankings(session: Session, process: Process) -> Iterator[dict[str, Any]]:
    """The ranking of each closed round, with the rule it follows from."""
    for found in reversed(rounds.rounds_of(session, process.id)):
        is_told = bool(found.result and found.result["is_told"])
        for line in (found.result or {"lines": []})["lines"]:
            figures = {name: line[name] if is_told else "" for name in ("score", "sum", "named")}
            yield {
                "round": found.number,
                "folio": line["folio"],
                "rank": line["rank"],
                "is_level": line["is_level"],
                **figures,
                "method": found.method.value,
                "over": found.over.value,
                "capacity": found.capacity,
                "inputs_hash": (found.result or {})["inputs_hash"],
            }


def pabulib_file(session: Session, process: Process, found: VotingRound) -> str:
    """The round as a Pabulib file; nothing before it is closed."""
    if not found.result or not found.result["is_told"]:
        raise NotFound
    votes, missing = [], []
    for name, table in grouped(session, found):
        if table.told:
            missing.append(f"{name} ({table.told.ballots})")
        votes += [(name, ballot) for ballot in sorted(table.ballots, key=sealed)]
    comment = f"Only sums were kept, so no votes are here, for tables: {', '.join(missing)}" if missing else ""
    name = f"{process.name_es}: {found.name_es}"
    facts = pabulib.Facts(name, process.slug, f"{found.number}", found.rule, found.capacity, comment)
    proposals = [(one.folio, one.title) for one in rounds.on_ballot(session, found.id)]
    return pabulib.written(facts, proposals, votes)
