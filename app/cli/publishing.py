"""Taking proposals in from a file, giving everything public out, and checking everything again."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from app.publication.verifying import Verdict
from app.settings import Settings

SHOWN_FAULTS = 200


def add_to(commands: Any) -> None:
    """Add import, export and verify."""
    import_command = commands.add_parser("import", help="takes in proposals from a CSV, XLSX or JSON file")
    import_command.add_argument("what", choices=["proposals"])
    import_command.add_argument("file", type=Path)
    import_command.add_argument("--process", required=True, metavar="SLUG")
    import_command.add_argument("--mapping", type=Path, metavar="FILE")
    import_command.add_argument("--dry-run", action="store_true")
    import_command.set_defaults(run=take_in)
    export_command = commands.add_parser("export", help="every public dataset with its dictionary, and the trail")
    export_command.add_argument("--process", required=True, metavar="SLUG")
    export_command.add_argument("--out", required=True, type=Path, metavar="DIR")
    export_command.set_defaults(run=export)
    verify_command = commands.add_parser("verify", help="checks the trail and the figures")
    verify_command.add_argument("where", nargs="?", metavar="EXPORT_DIR")
    verify_command.set_defaults(run=verify)


def take_in(settings: Settings, asked: argparse.Namespace) -> int:
    """Take in a file whole, or refuse it row by row and keep nothing."""
    from tqdm import tqdm  # noqa: PLC0415 - only an import shows a bar

    from app.kit import clock  # noqa: PLC0415
    from app.kit.db import Database  # noqa: PLC0415
    from app.people.actor import OPERATOR  # noqa: PLC0415
    from app.proposals import sheets  # noqa: PLC0415
    from app.proposals.actions import importing  # noqa: PLC0415

    sheet = sheets.read(asked.file, sheets.mapping_from(asked.mapping))
    if sheet.faults:
        return _say_faults(sheet)
    if asked.dry_run:
        print(f"{len(sheet.rows)} rows can be taken in; nothing was stored (dry run).")
        return 0
    database = Database(settings.database_url)
    file_hash = hashlib.sha256(asked.file.read_bytes()).hexdigest()
    try:
        with tqdm(total=len(sheet.rows), unit=" proposals", file=sys.stderr) as bar:
            wish = (asked.process, asked.file.name, file_hash, sheet.rows)
            count = importing.take_in(database, OPERATOR, clock.now(), wish, bar.update)
    finally:
        database.dispose()
    print(f"imported: {count} proposals into {asked.process}")
    return 0


def _say_faults(sheet: Any) -> int:
    for fault in sheet.faults[:SHOWN_FAULTS]:
        print(f"row {fault.row}, column {fault.column}: {fault.reason}", file=sys.stderr)
    more = len(sheet.faults) - SHOWN_FAULTS
    if more > 0:
        print(f"… and {more} more", file=sys.stderr)
    print(f"Refused: {len(sheet.faults)} faults. Nothing was stored.", file=sys.stderr)
    return 1


def export(settings: Settings, asked: argparse.Namespace) -> int:
    """Write every public dataset of a process into a folder."""
    from app.publication import exporting  # noqa: PLC0415

    for name, rows in exporting.export(settings, asked.process, asked.out):
        print(f"exported: {name} {rows}")
    return 0


def verify(settings: Settings, asked: argparse.Namespace) -> int:
    """Check the configured database, or an exported folder by itself; exit 1 names what does not fit."""
    from app.publication import verifying  # noqa: PLC0415

    if asked.where:
        from app.cli import refuse  # noqa: PLC0415

        if not (Path(asked.where) / "about.json").is_file():
            return refuse(f"There is no export at {asked.where}: it has no about.json.")
        return say_verified(verifying.check_export(Path(asked.where)))
    return say_verified(verifying.check_database(settings.database_url))


def say_verified(verdict: Verdict) -> int:
    """Say what holds, and what does not."""
    for line in verdict.checked:
        print(f"holds: {line}")
    if verdict.fault:
        print(f"DOES NOT HOLD: {verdict.fault}", file=sys.stderr)
        return 1
    return 0
