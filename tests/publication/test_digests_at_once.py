"""Two workers that gather the same digests at once, and one killed in the middle: one letter, never two or none.

Who waits for whom is the database's own, so both are asked.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from app.people.actor import Actor
from app.publication import weekly
from app.publication.models import WeekLetter
from app.work import Work, transaction
from tests.publication.mailboxes import follow, mails, rows, withdraw
from tests.world import World

NEXT_MONDAY = datetime(2026, 6, 8, 12, tzinfo=UTC)


async def test_two_workers_and_one_that_dies_make_one_digest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.admitted(world.open_process())
    await follow(world, how_often="weekly")
    await follow(world, "/p/town/follow", how_often="weekly")
    before = len(mails(world))
    withdraw(world)
    world.clock.set(NEXT_MONDAY)
    with monkeypatch.context() as patched:
        patched.setattr(Work, "post_all", die)
        with pytest.raises(KeyboardInterrupt):
            weekly.tell_some(world.database, world.now)
    assert rows(world, WeekLetter) == (1, 2, 0)
    with world.database.reading() as session:
        batch = weekly._read(session, world.now)
    assert batch is not None
    both_ready = Barrier(2)

    def write() -> None:
        both_ready.wait(10)
        with transaction(world.database, Actor.system(), world.now) as work:
            weekly._write(work, batch)

    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(write) for _ in range(2)]:
            done.result(30)
    assert weekly.tell_some(world.database, world.now) == 0
    assert rows(world, WeekLetter) == (1, 2, 1)
    assert len(mails(world)) == before + 1


def die(*_: object) -> None:
    raise KeyboardInterrupt
