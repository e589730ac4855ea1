"""What many pages share is read once in two seconds: never from before a write, and kept in no page for longer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import pytest

from app.kit import clock
from app.kit.db import Database
from app.process import actions, queries
from app.web.cache import KEPT_SECONDS
from app.web.hops import Hops
from app.work import transaction
from tests.costs import statements
from tests.world import World

pytestmark = pytest.mark.either

LIST = "/p/town/proposals"
SHARED = 5
"""The process, its places, its themes, what it has, and when a window opens or closes next."""


async def readings(browser: httpx2.AsyncClient, path: str) -> int:
    with statements() as said:
        assert (await browser.get(path)).status_code == 200
    return max(said.values())


@contextmanager
def elsewhere(world: World) -> Iterator[Database]:
    """The database as another program of the same installation opens it."""
    database = Database(str(world.settings.database_url))
    try:
        yield database
    finally:
        database.dispose()


def rename(world: World, database: Database, name: str) -> None:
    with transaction(database, world.actor("carla"), world.now) as work:
        actions.set_texts(work, queries.by_slug(work.session, "town"), {"name_es": name})


async def test_pages_of_a_process_read_once_what_they_share(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser() as browser:
        first = await readings(browser, f"{LIST}?x=1")
        assert first - await readings(browser, f"{LIST}?x=2") == SHARED
        assert first - await readings(browser, f"{LIST}?sort=title") == SHARED


async def test_nothing_is_shown_from_before_a_write(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        for number in range(3):
            rename(world, world.database, f"Proceso {number} del pueblo")
            assert f"Proceso {number} del pueblo" in (await browser.get(f"{LIST}?x={number}")).text


async def test_another_programs_write_is_seen_after_two_seconds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open_process()
    async with world.browser() as browser, world.browser("carla") as office:
        await browser.get(f"{LIST}?x=1")
        with elsewhere(world) as database:
            rename(world, database, "Otro nombre")
        assert "Otro nombre" not in (await browser.get(f"{LIST}?x=2")).text
        assert "Otro nombre" in (await office.get(f"{LIST}?x=2")).text, "whoever works reads for themselves"
        later = clock.ticks() + KEPT_SECONDS + 0.01
        monkeypatch.setattr(clock, "ticks", lambda: later)
        assert "Otro nombre" in (await browser.get(f"{LIST}?x=2")).text


async def test_a_page_is_kept_no_longer_than_what_it_was_made_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open_process()
    began = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: began)
    async with world.browser() as browser:
        await browser.get(f"{LIST}?x=1")
        monkeypatch.setattr(clock, "ticks", lambda: began + 1.5)
        await browser.get(f"{LIST}?x=2")
    kept = world.app.state.house.cache.get(f"{LIST}?x=2".encode())
    assert kept is not None
    assert kept.until == pytest.approx(began + KEPT_SECONDS)


def test_a_reading_that_began_before_a_write_is_kept_for_nobody(world: World) -> None:
    """It may have seen the old state, and who comes after the write must not be shown that."""
    world.open_process()
    house = world.app.state.house
    scope = {"type": "http", "cache_key": b"any"}
    with world.database.reading() as session:
        rename(world, world.database, "Nombre nuevo")
        assert house.recently(scope, session, "key", lambda: "old") == "old"
    with world.database.reading() as session:
        assert house.recently(scope, session, "key", lambda: "new") == "new"
        assert house.recently(scope, session, "key", lambda: "again") == "new"


async def test_a_window_that_opens_ends_the_page_that_was_kept_before_it(world: World) -> None:
    """Also where the hour of it was read for another page."""
    process = world.open_process()
    async with world.browser() as browser:
        closes = world.stage(process, "consulta").closes_at
        assert closes is not None
        world.clock.set(closes - timedelta(seconds=1))
        world.app.state.house.cache.clear()
        await browser.get(f"{LIST}?x=1")
        await browser.get(f"{LIST}?x=2")
    kept = world.app.state.house.cache.get(f"{LIST}?x=2".encode())
    assert kept is not None
    assert kept.until - clock.ticks() <= 1.0


async def test_reads_in_the_loop_are_answered_in_the_order_they_came(world: World) -> None:
    """One for each round of the loop: who asks while others are answered stands behind those who wait already."""
    hops = Hops(world.database)
    answered: list[str] = []
    try:
        await asyncio.gather(*(_ask_twice(hops, name, answered) for name in "abc"))
    finally:
        hops.close()
    assert answered == [*"abc", *"abc"]


async def _ask_twice(hops: Hops, name: str, answered: list[str]) -> None:
    for _ in range(2):
        await hops.read(lambda _session: answered.append(name))
