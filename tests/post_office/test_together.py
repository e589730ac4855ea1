"""What waits for the one writer goes into one transaction, and nobody's fault is another's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest

from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.mail import outbox
from app.mail.outbox import Recipient
from app.mail.transport import MemoryTransport
from app.post_office.together import Together
from app.post_office.worker import Worker, beside
from app.work.transaction import Work
from tests.post_office import letters

R = TypeVar("R")


class Gate:
    """A thread in which the first transaction waits until it may go on, while others come to wait behind it."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()

    async def hop(self, act: Callable[[], R], /) -> R:
        await self.is_open.wait()
        return await asyncio.to_thread(act)


def post(work: Work, number: int, *, refused: bool = False) -> int:
    letter = letters.written(f"carta {number}")
    outbox.put(work.session, letter, Recipient(None, f"p{number}@example.org"), clock.now())
    if refused:
        raise Conflict(T("Somebody else was quicker."))
    return number


async def asked_at_once(database: Database, *acts: Callable[[Work], int]) -> list[int | BaseException]:
    gate = Gate()
    together = Together(database, gate.hop)
    asked = [asyncio.create_task(together.write(acts[0]))]
    await asyncio.sleep(0.02)  # the first has begun when the others come
    asked += [asyncio.create_task(together.write(act)) for act in acts[1:]]
    await asyncio.sleep(0.02)
    gate.is_open.set()
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_what_waits_is_written_with_one_commit_where_one_writes(database: Database) -> None:
    before = database.writes
    found = await asked_at_once(database, *(partial(post, number=number) for number in range(9)))
    assert found == list(range(9))
    assert database.writes - before == (2 if database.is_sqlite else 9)
    assert letters.states(database).total() == 9


async def test_who_is_refused_takes_nobody_along(database: Database) -> None:
    acts = [partial(post, number=number, refused=number in {3, 5}) for number in range(7)]
    found = await asked_at_once(database, *acts)
    refused = [number for number, one in enumerate(found) if isinstance(one, Conflict)]
    assert refused == [3, 5]
    assert [one for one in found if not isinstance(one, BaseException)] == [0, 1, 2, 4, 6]
    assert letters.states(database).total() == 5


async def test_who_leaves_while_waiting_has_done_nothing_and_holds_up_nobody(database: Database) -> None:
    gate = Gate()
    together = Together(database, gate.hop)
    first = asyncio.create_task(together.write(partial(post, number=0)))
    await asyncio.sleep(0.02)
    left, last = (asyncio.create_task(together.write(partial(post, number=number))) for number in (1, 2))
    await asyncio.sleep(0.02)
    left.cancel()
    await asyncio.sleep(0.02)
    gate.is_open.set()
    assert list(await asyncio.gather(first, last)) == [0, 2]
    with pytest.raises(asyncio.CancelledError):
        await left
    assert letters.states(database).total() == 2


async def test_who_is_told_to_stop_before_beginning_comes_home_at_once(database: Database) -> None:
    began = time.monotonic()
    async with beside(Worker(database, MemoryTransport())):
        pass
    assert time.monotonic() - began < 3
