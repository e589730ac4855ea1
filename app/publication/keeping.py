"""Copying, backing up and restoring a whole installation, table by table, the same on both databases.

A backup is a ZIP with one JSON-lines file for each table, read in one transaction, so it is one moment of the site.
Erasures are written beside the database as well (`erasures.log` under VAR): a restore replays them, so that nobody who
was erased comes back with an older backup.
"""

from __future__ import annotations

import base64
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select, text
from sqlalchemy import Enum as EnumType

from app.accounts import erasing
from app.kit import clock, schema, search
from app.kit.db import Database, unpooled
from app.kit.errors import Refusal
from app.kit.i18n import T
from app.people.actor import Actor
from app.proposals.models import Proposal, Revision
from app.settings import Settings
from app.work import transaction, wholesale

BATCH, BATCH_OF_FILES = 1000, 4
FORMAT = 1


def copy(source: str, target: str) -> Iterator[tuple[str, int]]:
    """Copy every table into another, empty database in one transaction; gives each table with its rows."""
    schema.migrate(target)
    with unpooled(source).connect() as reading, wholesale(target) as writing:
        _require_empty(writing)
        for table in _tables():
            rows = 0
            for batch in _batches(reading, table):
                writing.execute(insert(table), batch)
                rows += len(batch)
            yield table.name, rows
        _set_sequences(writing)
    _index_again(target)


def backup(settings: Settings, file: Path) -> int:
    """Write every row into one file, as they stood at one moment, while the site runs; keys are not in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    _write_erasures_down(settings)
    total = 0
    with (
        unpooled(settings.database_url).connect() as reading,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        if reading.dialect.name == "postgresql":
            reading.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        else:
            reading.exec_driver_sql("BEGIN")
        archive.writestr("about.json", json.dumps({"format": FORMAT, "schema": schema.head()}))
        for table in _tables():
            with (
                archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as raw,
                TextIOWrapper(raw, "utf-8") as lines,
            ):
                for batch in _batches(reading, table):
                    lines.writelines(json.dumps(row, default=_plain, ensure_ascii=False) + "\n" for row in batch)
                    total += len(batch)
    return total


def not_held(settings: Settings) -> list[str]:
    """What a backup does not hold and this installation cannot do without, each with where it is."""
    in_file = settings.secret_key_file or settings.var / "secret.key"
    secret = "MINGA_SECRET_KEY" if settings.secret_key else str(in_file)
    lines = [
        f"the key that signs the trail: {settings.trail_key_path}",
        f"the secret key: {secret}",
        "the settings: the environment, or the file .env",
        f"the list of erasures: {settings.var / erasing.LOG}; minga erasures FILE writes it anywhere",
    ]
    if settings.mail == "file":
        lines.append(f"letters that were only written to disk: {settings.var / 'mail'}")
    return lines


def missing_keys(settings: Settings) -> list[str]:
    """The keys that a restored installation had and this machine does not have; without them new ones are made."""
    missing = []
    if not settings.trail_key_path.exists():
        missing.append(f"the key that signs the trail: {settings.trail_key_path}; earlier heads are of another key")
    in_file = settings.secret_key_file or settings.var / "secret.key"
    if not settings.secret_key and not in_file.exists():
        missing.append(f"the secret key: {in_file}; without it links in letters already sent no longer open")
    return missing


def write_erasures(settings: Settings, file: Path) -> int:
    """Write the list of erasures into a file, to be kept apart from the backups; gives how many there are."""
    _write_erasures_down(settings)
    written = settings.var / erasing.LOG
    text = written.read_text("utf-8") if written.exists() else ""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return len(text.splitlines())


def restore(settings: Settings, file: Path, erasures: Path | None = None) -> tuple[int, int]:
    """Put a backup into an empty database and replay the erasures made since; gives rows and erasures.

    The list of erasures under VAR is replayed, and another one that was kept apart. Refused, before anything is made,
    where a file is missing or is no backup of this version, and where the database holds rows.
    """
    _require_files(file, erasures)
    total = 0
    with zipfile.ZipFile(file) as archive:
        _require_same_schema(archive)
        schema.migrate(settings.database_url)
        with wholesale(settings.database_url) as writing:
            total = _put_back(writing, archive)
    _index_again(settings.database_url)
    return total, erasing.replay_from(settings, erasures)


def _require_files(file: Path, erasures: Path | None) -> None:
    if not zipfile.is_zipfile(file):
        raise Refusal(T("There is no backup at {file}.", file=str(file)))
    if erasures is not None and not erasures.is_file():
        raise Refusal(T("There is no list of erasures at {file}.", file=str(erasures)))


def _put_back(writing: Connection, archive: zipfile.ZipFile) -> int:
    total = 0
    _require_empty(writing)
    for table in _tables():
        with archive.open(f"{table.name}.jsonl") as raw:
            total += _insert_lines(writing, table, TextIOWrapper(raw, "utf-8"))
    _set_sequences(writing)
    return total


def _tables() -> list[Table]:
    return list(schema.metadata().sorted_tables)


def _at_once(table: Table) -> int:
    """How many rows of a table are held in memory: few of those that are whole files."""
    is_of_files = any(isinstance(column.type, LargeBinary) and not column.type.length for column in table.c)
    return BATCH_OF_FILES if is_of_files else BATCH


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    most = _at_once(table)
    result = connection.execution_options(yield_per=most).execute(select(table))
    for rows in result.mappings().partitions(most):
        yield [dict(row) for row in rows]


def _insert_lines(writing: Connection, table: Table, lines: TextIOWrapper) -> int:
    total, most = 0, _at_once(table)
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(_typed(table, json.loads(line)))
        if len(batch) == most:
            writing.execute(insert(table), batch)
            total, batch = total + len(batch), []
    if batch:
        writing.execute(insert(table), batch)
    return total + len(batch)


_WRITTEN: dict[type, tuple[str, Callable[[Any], str]]] = {
    bytes: ("~bytes", lambda value: base64.b64encode(value).decode()),
    datetime: ("~instant", lambda value: value.astimezone(UTC).isoformat()),
    date: ("~date", lambda value: value.isoformat()),
    uuid.UUID: ("~key", str),
    Decimal: ("~decimal", str),
    Fraction: ("~fraction", str),
}
_READ: dict[str, Callable[[str], Any]] = {
    "~bytes": base64.b64decode,
    "~instant": datetime.fromisoformat,
    "~date": date.fromisoformat,
    "~key": uuid.UUID,
    "~decimal": Decimal,
    "~fraction": Fraction,
}


def _plain(value: Any) -> Any:
    """What JSON has no word for is written with the name of its kind."""
    if isinstance(value, Enum):
        return value.value
    name, write = _WRITTEN[type(value)]
    return {name: write(value)}


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _READ:
        return _READ[next(iter(value))](next(iter(value.values())))
    if isinstance(kind, EnumType) and kind.enum_class is not None and value is not None:
        return kind.enum_class(value)
    return value


def _require_same_schema(archive: zipfile.ZipFile) -> None:
    about = json.loads(archive.read("about.json")) if "about.json" in archive.namelist() else {}
    if about.get("schema") != schema.head():
        raise Refusal(T("This backup is of another version of the program. Restore it with that one, then upgrade."))


def _require_empty(writing: Connection) -> None:
    for table in _tables():
        if writing.execute(select(func.count()).select_from(table)).scalar_one():
            raise Refusal(T("The database is not empty: {table} holds rows. Nothing was changed.", table=table.name))


def _set_sequences(writing: Connection) -> None:
    if writing.dialect.name == "postgresql":
        writing.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('search_entries', 'number'), COALESCE(MAX(number), 1)) "
                "FROM search_entries"
            )
        )


def _index_again(url: str) -> None:
    """Write the search index anew: it is derived, so it is neither copied nor backed up."""
    database = Database(url)
    try:
        with transaction(database, Actor.system(), clock.now()) as work:
            session = work.session
            rows = session.execute(
                select(Proposal, Revision)
                .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
                .where(Proposal.search_number.is_not(None))
            )
            for proposal, revision in rows:
                words = (proposal.folio, revision.title, revision.problem, revision.solution, proposal.public_names)
                stemmed = search.folded(" ".join(words))
                search.put(session, proposal.search_number or 0, str(proposal.process_id), stemmed)
    finally:
        database.dispose()


def _write_erasures_down(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            erasing.write_down(session, settings)
    finally:
        database.dispose()
