"""Checking everything again: the chains, the private parts against their commitments, the counters against the rows.

Against the database it compares with the heads printed earlier; against an exported folder with the printed heads the
export carries, whose signatures are checked too. The first thing that does not fit is named.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.commitments.queries import comments, progress
from app.kit.db import Database
from app.process.models import Process
from app.proposals.models import Proposal, ProposalCount
from app.publication import draft_data, recomputing, recounting, remembering, rescoring
from app.publication.exporting import SEAL, fingerprints
from app.trail import queries as trail
from app.trail import signing
from app.trail.models import Chain, Entry, PrivatePart
from app.trail.rules import Break, Link, canonical, commitment, first_break

BATCH = 2000


@dataclass(frozen=True)
class Verdict:
    """What was checked and what, if anything, does not fit."""

    checked: list[str]
    fault: str | None = None


def check_database(url: str) -> Verdict:
    """Check the configured database."""
    database = Database(url)
    try:
        with database.reading() as session:
            return check_rows(session)
    finally:
        database.dispose()


def check_rows(session: Session) -> Verdict:
    """Check every chain and every process in what is open."""
    checked: list[str] = []
    for chain in trail.chains(session):
        broken = trail.check(session, chain) or _column_fault(session, chain) or _private_fault(session, chain)
        if broken:
            return Verdict(checked, f"{chain.name}: entry {broken.seq}: {broken.what}")
        checked.append(f"{chain.name}: {chain.length} entries hold")
    for process in session.scalars(select(Process).order_by(Process.slug)):
        fault = _count_fault(session, process) or recounting.fault_in(session, process)
        fault = fault or progress.fault_of(session, process) or comments.fault_of(session, process.id)
        fault = fault or rescoring.fault_in(session, process) or remembering.fault_in(session, process)
        if fault:
            return Verdict(checked, f"{process.slug}: {fault}")
    return Verdict(checked)


def _column_fault(session: Session, chain: Chain) -> Break | None:
    """The columns beside a leaf serve look-ups; they have to say what the leaf says."""
    rows = session.execute(
        select(Entry.seq, Entry.verb, Entry.subject, Entry.sealed_by, Entry.leaf)
        .where(Entry.chain_id == chain.id)
        .order_by(Entry.seq)
        .execution_options(yield_per=BATCH)
    )
    with rows:
        for seq, verb, subject, sealed_by, text in rows:
            leaf = json.loads(text)
            if (leaf["verb"], leaf["subject"], leaf["sealed_by"]) != (verb, subject, sealed_by):
                return Break(seq, "the columns beside the leaf say something else")
    return None


def _private_fault(session: Session, chain: Chain) -> Break | None:
    """A private part that still stands has to fit the commitment in its leaf; an erased one need not."""
    rows = session.execute(
        select(Entry.seq, Entry.leaf, PrivatePart.salt, PrivatePart.person_id, PrivatePart.data)
        .join(PrivatePart, (PrivatePart.chain_id == Entry.chain_id) & (PrivatePart.seq == Entry.seq))
        .where(Entry.chain_id == chain.id)
        .order_by(Entry.seq)
        .execution_options(yield_per=BATCH)
    )
    with rows:
        for seq, text, salt, person_id, data in rows:
            private = canonical({"person": str(person_id) if person_id else None, **data})
            if commitment(salt, private) != json.loads(text)["commitment"]:
                return Break(seq, "its private part was changed")
    return None


def _count_fault(session: Session, process: Process) -> str | None:
    rows = session.execute(
        select(Proposal.state, func.count()).where(Proposal.process_id == process.id).group_by(Proposal.state)
    )
    counted = {row[0]: row[1] for row in rows}
    kept = {
        row.state: row.n
        for row in session.scalars(select(ProposalCount).where(ProposalCount.process_id == process.id))
        if row.n
    }
    if counted != kept:
        return f"the counters say {sum(kept.values())} proposals and the rows {sum(counted.values())}, by state"
    if sum(counted.values()) != process.last_number:
        return f"{process.last_number} folios were given and {sum(counted.values())} proposals are there"
    return None


def check_export(folder: Path) -> Verdict:
    """Check an exported folder by itself, without the database it came from."""
    file = folder / "trail.jsonl"
    about = json.loads((folder / "about.json").read_text("utf-8"))
    heads = [_head(row) for row in about["heads"]]
    for head in heads:
        if not signing.is_signed_by(head, about["public_key"]):
            return Verdict([], f"{head.chain}: the head of entry {head.seq} is not signed by the export's key")
    with file.open(encoding="utf-8") as lines:
        broken = first_break(_links(lines), about["length"], {head.seq: head.hash for head in heads})
    if broken:
        return Verdict([], f"{about['chain']}: entry {broken.seq}: {broken.what}")
    checked = [f"{about['chain']}: {about['length']} entries hold, {len(heads)} signed heads"]
    fault = _file_fault(folder, about["public_key"])
    if fault is not None:
        return Verdict(checked, "; ".join(filter(None, (fault, _scoring_fault(folder)))))
    fault = _figures_fault(folder, about["counts"]) or rescoring.fault_of_export(folder)
    fault = fault or recounting.fault_of_export(folder) or recomputing.fault_of(folder) or draft_data.fault_of(folder)
    if fault is None:
        checked.append(
            "every file is as it was exported; the published counts, results, rankings, progress and points fit "
            "proposals, scores, ballots, reports and comments"
        )
    return Verdict(checked, fault)


def _scoring_fault(folder: Path) -> str | None:
    """What a changed file changed in the scoring, if it can still be read: the proposal says more than the file."""
    try:
        return rescoring.fault_of_export(folder)
    except (ValueError, LookupError, TypeError, ArithmeticError, OSError):
        return None


def _file_fault(folder: Path, public_key: str) -> str | None:
    """The first file that is not as it was exported; one that was added or taken away is named too."""
    seal = folder / SEAL
    if not seal.is_file():
        return f"{SEAL} is missing: whether the files are as they were exported cannot be told"
    said = json.loads(seal.read_text("utf-8"))
    if not signing.is_signed(canonical(said["files"]), said["signature"], public_key):
        return f"{SEAL} is not signed by the export's key"
    found = fingerprints(folder)
    differs = sorted(name for name in said["files"].keys() | found if said["files"].get(name) != found.get(name))
    return f"{differs[0]} is not as it was exported" if differs else None


def _head(row: dict[str, str | int]) -> signing.SignedHead:
    at = datetime.fromisoformat(str(row["at"]))
    return signing.SignedHead(str(row["chain"]), int(row["seq"]), str(row["hash"]), at, str(row["signature"]))


def _links(lines: Iterable[str]) -> Iterable[Link]:
    for line in lines:
        row = json.loads(line)
        yield Link(row["seq"], row["hash"], row.get("leaf"))


def _figures_fault(folder: Path, counts: dict[str, int]) -> str | None:
    with (folder / "proposals.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, int] = {}
    for row in rows:
        found[row["state"]] = found.get(row["state"], 0) + 1
    published = {state: n for state, n in counts.items() if state in found or n == 0}
    if any(found.get(state, 0) != n for state, n in published.items()):
        return "the published counts differ from the proposals of the export"
    return None
