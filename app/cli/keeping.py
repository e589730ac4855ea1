"""Keeping the data: copying it to PostgreSQL, backing it up while the site runs, restoring it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.settings import Settings


def add_to(commands: Any) -> None:
    """Add copy, backup, erasures and restore."""
    copy_command = commands.add_parser("copy", help="copies everything into another database, whole and verified")
    copy_command.add_argument("--to", required=True, metavar="URL")
    copy_command.set_defaults(run=copy)
    backup_command = commands.add_parser("backup", help="one file with everything, while the site runs")
    backup_command.add_argument("file", type=Path)
    backup_command.set_defaults(run=backup)
    restore_command = commands.add_parser("restore", help="puts a backup into an empty database and replays erasures")
    restore_command.add_argument("file", type=Path)
    restore_command.add_argument("--erasures", type=Path, metavar="LIST", help="a list that `minga erasures` wrote")
    restore_command.set_defaults(run=restore, needs_database=False)
    erasures_command = commands.add_parser("erasures", help="writes the list of erasures, to be kept apart")
    erasures_command.add_argument("file", type=Path)
    erasures_command.set_defaults(run=write_erasures)


def copy(settings: Settings, asked: argparse.Namespace) -> int:
    """Copy everything into another, empty database and verify every chain there."""
    from app.publication import keeping  # noqa: PLC0415 - commands that do not copy never load it

    for table, rows in keeping.copy(settings.database_url, asked.to):
        if rows:
            print(f"copied: {table} {rows}")
    return _verified(asked.to)


def backup(settings: Settings, asked: argparse.Namespace) -> int:
    """Write one file with everything as it stood at one moment."""
    from app.publication import keeping  # noqa: PLC0415

    rows = keeping.backup(settings, asked.file)
    print(f"backed up: {rows} rows into {asked.file}")
    print("It holds every row of the database and nothing else. Keep apart, and safe:")
    for line in keeping.not_held(settings):
        print(f"  {line}")
    return 0


def write_erasures(settings: Settings, asked: argparse.Namespace) -> int:
    """Write who was erased and when, by key and without names, into a file."""
    from app.publication import keeping  # noqa: PLC0415

    print(f"written: {keeping.write_erasures(settings, asked.file)} erasures into {asked.file}")
    return 0


def restore(settings: Settings, asked: argparse.Namespace) -> int:
    """Restore into an empty database, replay the erasures made since, and verify."""
    from app.parts import fill_tables  # noqa: PLC0415
    from app.publication import keeping  # noqa: PLC0415

    fill_tables()
    rows, erased = keeping.restore(settings, asked.file, asked.erasures)
    print(f"restored: {rows} rows; erasures replayed: {erased}")
    for line in keeping.missing_keys(settings):
        print(f"not here, put it back from where it was kept: {line}")
    return _verified(settings.database_url)


def _verified(url: str) -> int:
    from app.cli.publishing import say_verified  # noqa: PLC0415
    from app.publication import verifying  # noqa: PLC0415

    return say_verified(verifying.check_database(url))
