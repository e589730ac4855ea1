"""Where the synchronous work of a request runs: in exactly one hop from the event loop.

SQLite reads run in the loop itself while they are short (measured fastest, 1,490 pages a second against 960 in one
hop); one that finds the database busy or asks it for more than 10 ms is run again in a thread. SQLite writes run in the
one writer thread, whose queue is bounded. What looks through a whole index, and every read of PostgreSQL, runs in two
threads, in the order they came: four answer no more of them, and the slowest waits a fifth longer. What may take
seconds has two threads of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Busy

T = TypeVar("T")
LOOP_SECONDS = 0.010
STEPS_BETWEEN_LOOKS = 2000
READERS = LONG_READERS = 2  # each keeps a connection
POSTGRESQL_WRITERS = 12
LOOKERS = 2  # each holds a file in memory, and a process beside it that may take a gigabyte
LONGEST_QUEUE = 400
LONGEST_LOOKING = 40


class Length(Enum):
    """How long a reading takes: a page, a look through a whole index, or seconds (exports, results, files)."""

    SHORT = "short"
    SEARCH = "search"
    LONG = "long"


class Hops:
    """The threads of one program, and the rule of who runs where."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reads")
        self._long_readers = ThreadPoolExecutor(LONG_READERS, thread_name_prefix="reads-long")
        writers = 1 if database.is_sqlite else POSTGRESQL_WRITERS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="writes")
        self._lookers = ThreadPoolExecutor(LOOKERS, thread_name_prefix="looks")
        self._waiting = 0
        self._counting = Lock()
        self._looking = 0
        self._deadline = 0.0
        self._limited: Any = None
        self._turn = asyncio.Lock()
        if database.is_sqlite:
            database.before_loop_statements(self._wind_up)

    async def read(self, work: Callable[[Session], T], length: Length = Length.SHORT) -> T:
        """Run a reading in one hop."""
        if self._database.is_sqlite and length is Length.SHORT:
            try:
                return await self._in_turn(work)
            except OperationalError as error:
                if not _is_only_late(error):
                    raise
        pool = self._long_readers if length is Length.LONG else self._readers
        return await self._in(pool, lambda: self._read(work))

    async def write(self, work: Callable[[], T]) -> T:
        """Run a writing; refused as busy when more wait than can be served before a person gives up."""
        self._count(1)
        try:
            return await self._in(self._writers, work)
        finally:
            self._count(-1)

    async def think(self, work: Callable[[], T]) -> T:
        """Run something slow that touches no database (a PDF, statistics) in a thread."""
        return await self._in(self._long_readers, work)

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
        self._long_readers.shutdown(wait=True)
        self._lookers.shutdown(wait=True)
        self._writers.shutdown(wait=True)

    def _count(self, one: int) -> None:
        with self._counting:  # the post office writes from a loop of its own
            if one > 0 and self._waiting >= LONGEST_QUEUE:
                raise Busy
            self._waiting += one

    def _read(self, work: Callable[[Session], T]) -> T:
        with self._database.reading() as session:
            return work(session)

    async def _in_turn(self, work: Callable[[Session], T]) -> T:
        """One reading for each round of the loop, in the order they came.

        Otherwise all that wait are answered in one round, and who asked just after it began waits for two: one in
        eight of eight who keep asking.
        """
        async with self._turn:
            await asyncio.sleep(0)
            return self._read_in_loop(work)

    def _read_in_loop(self, work: Callable[[Session], T]) -> T:
        self._hang_time_limit()
        with self._database.reading(in_loop=True) as session:
            return work(session)

    def _hang_time_limit(self) -> None:
        connection = self._database.loop_connection
        if connection is not self._limited:
            connection.set_progress_handler(lambda: int(clock.ticks() > self._deadline), STEPS_BETWEEN_LOOKS)
            self._limited = connection

    def _wind_up(self, *_statement: object) -> None:
        self._deadline = clock.ticks() + LOOP_SECONDS

    @staticmethod
    async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _is_only_late(error: OperationalError) -> bool:
    return any(word in str(error.orig) for word in ("interrupted", "locked", "busy"))
