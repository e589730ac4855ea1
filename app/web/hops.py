"""Where the synchronous work of a request runs: in exactly one hop from the event loop.

SQLite reads run in the loop itself while they are short (measured fastest, 1,490 pages a second against 960 in one
hop); one that finds the database busy or takes more than 10 ms is run again in a thread. SQLite writes run in the one
writer thread, whose queue is bounded. PostgreSQL runs in a pool of threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Busy

T = TypeVar("T")
LOOP_SECONDS = 0.010
STEPS_BETWEEN_LOOKS = 2000
READERS = {"sqlite": 4, "postgresql": 8}  # SQLite reads mostly in the loop; each thread keeps a connection
POSTGRESQL_WRITERS = 12
LOOKERS = 2  # each holds a file in memory, and a process beside it that may take a gigabyte
LONGEST_QUEUE = 400
LONGEST_LOOKING = 40


class Hops:
    """The threads of one program, and the rule of who runs where."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers = ThreadPoolExecutor(READERS[database.url.get_backend_name()], thread_name_prefix="reads")
        writers = 1 if database.is_sqlite else POSTGRESQL_WRITERS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="writes")
        self._lookers = ThreadPoolExecutor(LOOKERS, thread_name_prefix="looks")
        self._waiting = 0
        self._looking = 0
        self._deadline = 0.0
        self._limited: Any = None

    async def read(self, work: Callable[[Session], T], *, is_long: bool = False) -> T:
        """Run a reading in one hop; `is_long` (search, exports, results) goes to a thread at once."""
        if self._database.is_sqlite and not is_long:
            try:
                return self._read_in_loop(work)
            except OperationalError as error:
                if not _is_only_late(error):
                    raise
        return await self._in(self._readers, lambda: self._read(work))

    async def write(self, work: Callable[[], T]) -> T:
        """Run a writing; refused as busy when more wait than can be served before a person gives up."""
        if self._waiting >= LONGEST_QUEUE:
            raise Busy
        self._waiting += 1
        try:
            return await self._in(self._writers, work)
        finally:
            self._waiting -= 1

    async def think(self, work: Callable[[], T]) -> T:
        """Run something slow that touches no database (a PDF, statistics) in a thread."""
        return await self._in(self._readers, work)

    async def look(self, work: Callable[[], T]) -> T:
        """Look at files that were sent, two forms at a time and beside everything else; refused when too many wait."""
        if self._looking >= LONGEST_LOOKING:
            raise Busy
        self._looking += 1
        try:
            return await self._in(self._lookers, work)
        finally:
            self._looking -= 1

    def close(self) -> None:
        """Let the threads finish what they hold, then end them."""
        self._readers.shutdown(wait=True)
        self._lookers.shutdown(wait=True)
        self._writers.shutdown(wait=True)

    def _read(self, work: Callable[[Session], T]) -> T:
        with self._database.reading() as session:
            return work(session)

    def _read_in_loop(self, work: Callable[[Session], T]) -> T:
        self._hang_time_limit()
        self._deadline = clock.ticks() + LOOP_SECONDS
        with self._database.reading(in_loop=True) as session:
            return work(session)

    def _hang_time_limit(self) -> None:
        connection = self._database.loop_connection
        if connection is not self._limited:
            connection.set_progress_handler(lambda: int(clock.ticks() > self._deadline), STEPS_BETWEEN_LOOKS)
            self._limited = connection

    @staticmethod
    async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _is_only_late(error: OperationalError) -> bool:
    return any(word in str(error.orig) for word in ("interrupted", "locked", "busy"))
