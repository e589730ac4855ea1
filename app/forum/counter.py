"""The process that counts a round: reads one moment of the database, tells how far it is, and hands the outcome back.

It is a little nicer than the web (`nice`), so that pages are answered first, and stops by itself after ten minutes of
processor.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import uuid
from typing import Any

import orjson

from app.forum.models import RoundResult
from app.forum.queries import counting
from app.forum.rules import stored
from app.kit import clock
from app.kit.db import Database

NICER = 2
MOST_SECONDS = 600
EVERY = 0.5
"""Seconds between two words about progress; each is a short write of the web."""


class Progress:
    """Says how many proposals are done, twice a second at most, and once when all are."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, done: int, total: int) -> None:
        if done == total or clock.ticks() - self._said >= EVERY:
            self._said = clock.ticks()
            say({"done": done, "total": total})


def say(what: dict[str, Any]) -> None:
    """One line to whoever asked."""
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    os.nice(NICER)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    order = json.loads(sys.stdin.buffer.read())
    database = Database(order["database"])
    with database.reading() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        found = counting.sheets_of(session, session.get_one(RoundResult, uuid.UUID(order["result"])))
    database.dispose()
    progress = Progress()
    progress(0, len(found.public))
    say({"outcome": stored.stored(counting.compute(found, progress))})


if __name__ == "__main__":
    main()
