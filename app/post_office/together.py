"""Short transactions that wait for the one writer of SQLite are made together, so that one commit serves many letters.

PostgreSQL writes side by side, and there two who each hold several rows could wait for one another: each act stays a
transaction of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar, cast

import anyio
import structlog

from app.kit import clock
from app.kit.db import Database
from app.people.actor import Actor
from app.work.transaction import Work, transaction

R = TypeVar("R")
log = structlog.get_logger("minga.post_office")


class Hop(Protocol):
    """Where a transaction runs: the one writer thread of the web process, or a thread of our own."""

    def __call__(self, act: Callable[[], R], /) -> Awaitable[R]: ...


@dataclass(eq=False)
class _Asked:
    """One act that waits for its transaction, and what came of it."""

    act: Callable[[Work], Any]
    is_done: bool = False
    result: Any = None
    fault: Exception | None = None

    def told(self) -> Any:
        if self.fault is not None:
            raise self.fault
        return self.result


class Together:
    """The writing of one worker. On SQLite whatever waits while a transaction runs goes into the next one, whole.

    Where one of them fails all are undone, and each is done again by itself: nobody's fault is another's.
    """

    def __init__(self, database: Database, hop: Hop) -> None:
        self._database = database
        self._hop = hop
        self._waiting: list[_Asked] = []
        self._turn = anyio.Lock()

    async def write(self, act: Callable[[Work], R]) -> R:
        """Do the act and give what it gives once it is committed; raises what it raised."""
        asked = _Asked(act)
        if not self._database.is_sqlite:
            await self._hop(partial(self._do_alone, asked))
            return cast("R", asked.told())
        self._waiting.append(asked)
        try:
            async with self._turn:
                if not asked.is_done:
                    await self._do_all()
        finally:
            if not asked.is_done:
                self._waiting.remove(asked)
        return cast("R", asked.told())

    async def _do_all(self) -> None:
        batch = list(self._waiting)
        with anyio.CancelScope(shield=True):  # what has begun in a thread is not undone by leaving it
            await self._hop(partial(self._do, batch))
        self._waiting = [one for one in self._waiting if not one.is_done]

    def _do(self, batch: Sequence[_Asked]) -> None:
        if len(batch) > 1 and self._are_done(batch):
            return
        for asked in batch:
            self._do_alone(asked)

    def _are_done(self, batch: Sequence[_Asked]) -> bool:
        try:
            with transaction(self._database, Actor.system(), clock.now()) as work:
                results = [asked.act(work) for asked in batch]
        except Exception as error:  # noqa: BLE001 - whose fault it was is told when each is done by itself
            log.warning("post office: one of several failed", error=type(error).__name__, several=len(batch))
            return False
        for asked, result in zip(batch, results, strict=True):
            asked.result, asked.is_done = result, True
        return True

    def _do_alone(self, asked: _Asked) -> None:
        try:
            with transaction(self._database, Actor.system(), clock.now()) as work:
                asked.result = asked.act(work)
        except Exception as error:  # noqa: BLE001 - told to whoever asked, in the loop
            asked.fault = error
        asked.is_done = True
