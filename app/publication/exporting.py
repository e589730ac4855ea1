"""Giving everything public out: each dataset as CSV and JSON, the dictionary, the trail with its signed heads."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.cells import harmless
from app.kit.db import Database
from app.kit.errors import NotFound
from app.people.actor import Actor
from app.prioritisation.queries import open_data, rounds
from app.process import queries as processes
from app.process.models import Process
from app.proposals import queries as proposals
from app.publication.columns import Dataset
from app.publication.datasets import DATASETS, LICENCE
from app.settings import Settings, WrongSetting
from app.trail import queries as trail
from app.trail import signing
from app.trail.models import Chain, PrintedHead
from app.trail.rules import canonical, instant
from app.work import transaction

SEAL = "seal.json"


def export(settings: Settings, slug: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Write everything public of a process into a folder; gives each file with its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        _sign(settings, database)
        with database.reading() as session:
            process = _process(session, slug)
            for dataset in DATASETS.values():
                yield dataset.name, _write(session, process, dataset, folder)
            yield from _write_rounds(session, process, folder)
            _write_dictionary(folder)
            yield "trail", _write_trail(settings, session, process, folder)
            seal(folder, settings)
    finally:
        database.dispose()


def _process(session: Session, slug: str) -> Process:
    try:
        return processes.by_slug(session, slug)
    except NotFound:
        known = ", ".join(session.scalars(select(Process.slug).order_by(Process.slug).limit(20)))
        raise WrongSetting(f"There is no process {slug!r}. There are: {known or 'none yet'}.") from None


def _sign(settings: Settings, database: Database) -> None:
    key = signing.key_at(settings.trail_key_path)
    with transaction(database, Actor.system(), clock.now()) as work:
        for chain in trail.chains(work.session):
            signing.sign_if_due(work.session, chain, key, work.now)


def _write(session: Session, process: Process, dataset: Dataset, folder: Path) -> int:
    rows = list(dataset.rows(session, process))
    with (folder / f"{dataset.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(file, dataset, rows)
    with (folder / f"{dataset.name}.json").open("w", encoding="utf-8") as file:
        json.dump({"dataset": dataset.name, "licence": LICENCE, "rows": rows}, file, ensure_ascii=False, indent=1)
    return len(rows)


def _write_rounds(session: Session, process: Process, folder: Path) -> Iterator[tuple[str, int]]:
    """Each closed round as a Pabulib file."""
    for found in rounds.rounds_of(session, process.id):
        if found.result and found.result["is_told"]:
            name = f"round-{found.number}.pb"
            (folder / name).write_text(open_data.pabulib_file(session, process, found), encoding="utf-8")
            yield name, int(found.result["ballots"])


def write_csv(file: TextIO, dataset: Dataset, rows: Iterable[dict[str, Any]]) -> None:
    """The rows as CSV that no spreadsheet mistakes for formulas."""
    names = [column.name for column in dataset.columns]
    writer = csv.DictWriter(file, names)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: harmless(row[name]) for name in names})


def dictionary() -> list[dict[str, Any]]:
    """Every dataset with its columns and what they mean."""
    return [
        {
            "dataset": dataset.name,
            "about": dataset.about,
            "licence": LICENCE,
            "columns": [{"name": c.name, "kind": c.kind, "meaning": c.meaning} for c in dataset.columns],
        }
        for dataset in DATASETS.values()
    ]


def seal(folder: Path, settings: Settings) -> None:
    """Write down the SHA-256 of every file, signed, so that whoever changes one byte of one is found out."""
    listed = canonical(fingerprints(folder))
    signed = {"files": json.loads(listed), "signature": signing.sign(signing.key_at(settings.trail_key_path), listed)}
    (folder / SEAL).write_text(json.dumps(signed, indent=1), encoding="utf-8")


def fingerprints(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of an export but the seal itself."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SEAL)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _write_dictionary(folder: Path) -> None:
    (folder / "dictionary.json").write_text(json.dumps(dictionary(), ensure_ascii=False, indent=1), encoding="utf-8")


def _write_trail(settings: Settings, session: Session, process: Process, folder: Path) -> int:
    chain = trail.chain_named(session, process.id)
    if chain is None:
        raise LookupError("a process has no chain")
    count = 0
    with (folder / "trail.jsonl").open("w", encoding="utf-8") as file:
        for link in trail.links(session, chain.id, public=True):
            row: dict[str, Any] = {"seq": link.seq, "hash": link.hash}
            if link.leaf is not None:
                row["leaf"] = link.leaf
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    about = {
        "process": process.slug,
        "chain": chain.name,
        "length": chain.length,
        "head": chain.head_hash,
        "public_key": signing.public_key(signing.key_at(settings.trail_key_path)),
        "heads": _heads(session, chain),
        "counts": {state.value: n for state, n in proposals.counts_of(session, process.id).items()},
        "licence": LICENCE,
    }
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return count


def _heads(session: Session, chain: Chain) -> list[dict[str, Any]]:
    heads = session.scalars(select(PrintedHead).where(PrintedHead.chain_id == chain.id).order_by(PrintedHead.seq))
    return [
        {"chain": chain.name, "seq": head.seq, "hash": head.hash, "at": instant(head.at), "signature": head.signature}
        for head in heads
    ]
