"""The worker that sends: claim, commit, look again, commit that a call leaves, call, write down what became of it.

It runs in a thread of the web process or apart; any number may run on PostgreSQL. One letter at a time in each slot.
Nothing of the network happens inside a transaction and no write to the database in the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.abc
import structlog
from anyio import CapacityLimiter, to_thread

from app.kit import clock
from app.kit.db import Database
from app.mail.rules import OutboxState
from app.mail.transport import InDoubt, Outcome, Refused, Transport
from app.post_office import claims, steps
from app.post_office.claims import Held
from app.post_office.together import Hop, Together
from app.work.transaction import Work

R = TypeVar("R")
log = structlog.get_logger("minga.post_office")

SLOTS = 4
IDLE_SECONDS = 1.0
SWEEP_SECONDS = 20.0
PAUSE_SECONDS = 60.0
GRACE_SECONDS = 50.0
INSIST_SECONDS = (0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 10.0)


def threads_for(database: Database) -> Hop:
    """Threads of our own: one for SQLite, which has one writer, and some for PostgreSQL."""
    limiter = CapacityLimiter(1 if database.is_sqlite else 4)

    async def hop(act: Callable[[], R], /) -> R:
        return await to_thread.run_sync(act, limiter=limiter)

    return hop


@dataclass
class Worker:
    """One sender of letters; `hop` says where its transactions run, `at_step` is only ever set by crash tests.

    `per_minute` is how many answers and news all workers together may send in a minute; nought is no limit.
    """

    database: Database
    transport: Transport
    slots: int = SLOTS
    lease: timedelta = claims.LEASE
    hop: Hop | None = None
    at_step: steps.AtStep = steps.go_on
    per_minute: int = 0
    sent: int = 0
    _stopping: bool = False
    _paused_until: float = 0.0
    _swept: float = -SWEEP_SECONDS
    _together: Together = field(init=False)
    _loop: asyncio.AbstractEventLoop | None = None
    _woken: anyio.Event = field(default_factory=anyio.Event)
    _chance: random.Random = field(default_factory=random.SystemRandom)

    async def run(self) -> None:
        """Send until told to stop; a fault of the database is logged and survived."""
        self._loop = asyncio.get_running_loop()
        async with self._staffed() as give:
            while not self._stopping:
                try:
                    await self._sweep_if_due()
                    found = await give()
                except Exception:
                    log.exception("post office: the round failed")
                    found = 0
                if not found:
                    await self._rest()

    async def run_until_idle(self) -> int:
        """Send everything that is due now, then come home; for tests, the demo and the command line."""
        self._stopping, self._swept = False, -SWEEP_SECONDS
        before = self.sent
        async with self._staffed() as give:
            await self._sweep_if_due()
            while not self._stopping and await give():
                pass
        return self.sent - before

    def stop(self) -> None:
        """Finish the calls that have left, put back the rest, and come home; from any thread."""
        self._stopping = True
        self.wake()

    def wake(self) -> None:
        """Look into the outbox now instead of at the next round; from any thread."""
        with contextlib.suppress(RuntimeError):  # it came home meanwhile
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._woken.set)

    async def _rest(self) -> None:
        with anyio.move_on_after(IDLE_SECONDS):
            await self._woken.wait()
        if not self._stopping:
            self._woken = anyio.Event()

    async def _sweep_if_due(self) -> None:
        if clock.ticks() - self._swept < SWEEP_SECONDS:
            return
        self._swept = clock.ticks()
        put_back, in_doubt = await self._write(claims.sweep)
        if put_back or in_doubt:
            log.warning("post office: a worker was lost", put_back=put_back, in_doubt=in_doubt)

    @contextlib.asynccontextmanager
    async def _staffed(self) -> AsyncIterator[Callable[[], Awaitable[int]]]:
        """Open the counters: what is given inside waits for a free slot, claims, and hands each letter to its slot."""
        self._together = Together(self.database, self.hop or threads_for(self.database))
        free = anyio.Semaphore(self.slots)
        async with anyio.create_task_group() as group:

            async def give() -> int:
                if self._is_paused():
                    return 0
                taken = await _take_all(free)
                held: list[Held] = []
                try:
                    held = await self._write(self._claim_of(taken))
                finally:
                    for _ in range(taken - len(held)):
                        free.release()
                for letter in held:
                    group.start_soon(self._in_slot, letter, free)
                return len(held)

            yield give

    def _claim_of(self, free: int) -> Callable[[Work], list[Held]]:
        return partial(claims.claim, limit=free, lease=self.lease, per_minute=self.per_minute)

    async def _in_slot(self, held: Held, free: anyio.Semaphore) -> None:
        # A call that has left is not cut off by a shutdown: its answer is worth waiting for.
        try:
            with anyio.CancelScope(shield=True):
                await self._send(held)
        except Exception:
            log.exception("post office: a letter was left in hand", message=str(held.id))
        finally:
            free.release()

    async def _send(self, held: Held) -> None:
        if self._stopping or self._is_paused():
            await self._write(partial(claims.give_back, held=held))
            return
        letter = await self._write(partial(claims.begin, held=held, lease=self.lease))
        if letter is None:
            return
        self.at_step(steps.BEFORE_CALL)
        try:
            outcome = await self.transport.send(letter)
        except Exception as error:
            log.exception("post office: the transport broke its promise", message=str(held.id))
            outcome = InDoubt(type(error).__name__)
        self.at_step(steps.AFTER_ANSWER)
        await self._note(held, outcome)

    async def _note(self, held: Held, outcome: Outcome) -> None:
        state = await self._insist(partial(self._record, held=held, outcome=outcome))
        if state is OutboxState.ACCEPTED:
            self.sent += 1
        else:
            log.warning("post office: not accepted", message=str(held.id), state=state, outcome=type(outcome).__name__)
        if isinstance(outcome, Refused) and outcome.ours:
            self._paused_until = clock.ticks() + PAUSE_SECONDS
            log.error("post office: paused, the provider refuses us and not the letter", reason=outcome.reason)

    def _record(self, work: Work, held: Held, outcome: Outcome) -> OutboxState | None:
        state = claims.record(work, held, outcome, self._chance.random())
        self.at_step(steps.BEFORE_COMMIT)
        return state

    def _is_paused(self) -> bool:
        return clock.ticks() < self._paused_until

    async def _insist(self, act: Callable[[Work], R]) -> R:
        """Try again for half a minute: an answer that is not written down would put the letter in doubt."""
        for wait in INSIST_SECONDS:
            try:
                return await self._write(act)
            except Exception as error:  # noqa: BLE001 - whatever the database's fault is, the answer must be kept
                log.warning("post office: writing again", error=type(error).__name__, wait=wait)
                await anyio.sleep(wait)
        return await self._write(act)

    async def _write(self, act: Callable[[Work], R]) -> R:
        return await self._together.write(act)


async def _take_all(free: anyio.Semaphore) -> int:
    """Wait for one free slot, then take every other that is free as well."""
    await free.acquire()
    taken = 1
    with contextlib.suppress(anyio.WouldBlock):
        while True:
            free.acquire_nowait()
            taken += 1
    return taken


@contextlib.asynccontextmanager
async def beside(worker: Worker) -> AsyncIterator[Worker]:
    """Run the worker beside the web for as long as the block lasts, in a thread and a loop of its own.

    In the loop of the web each step of a letter would wait for a page.
    """
    alone = partial(to_thread.run_sync, abandon_on_cancel=True, limiter=CapacityLimiter(1))
    async with anyio.create_task_group() as group:
        group.start_soon(alone, partial(anyio.run, worker.run))
        try:
            yield worker
        finally:
            worker.stop()
            group.cancel_scope.deadline = anyio.current_time() + GRACE_SECONDS


async def until_told(worker: Worker, *beside_it: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the worker (and what else is due) apart from the web until SIGTERM or SIGINT; what has left is waited for."""
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_when_told, worker, group.cancel_scope)
        for other in beside_it:
            group.start_soon(other)
        await worker.run()
        group.cancel_scope.cancel()


async def _stop_when_told(worker: Worker, scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as told:
        async for _ in told:
            worker.stop()
            scope.deadline = anyio.current_time() + GRACE_SECONDS
            return
