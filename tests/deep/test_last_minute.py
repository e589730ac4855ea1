"""The last minute of a national consultation: fifty proposals a second until the window closes, and some after it.

A fifth of the people press the button twice, a twentieth three times at once. What was acknowledged is there, once,
with the same receipt for the same sending; what came after closing is not; and the pages can be read all the while.
Anchor: 415,693 acts on the last day of Chile's consultation of 2022, three times the rate of its last hour.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.kit import clock, schema
from app.kit.db import Database
from app.parts import fill_tables
from app.people.actor import OPERATOR
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.proposals.consent import CURRENT
from app.proposals.models import Proposal
from app.publication import verifying
from app.work import transaction
from tests.deep import bench, load
from tests.deep.bench_server import settings_for

pytestmark = pytest.mark.deep

A_SECOND, SECONDS_BEFORE, SECONDS_AFTER = 50, 60, 5
BUSY = 503


@dataclass
class Heard:
    """What the people of the last minute heard."""

    receipts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    waited: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    pages: list[float] = field(default_factory=list)


def open_until(folder: Path, closes: datetime) -> None:
    settings = settings_for(folder)
    schema.migrate(settings.database_url)
    fill_tables()
    database = Database(settings.database_url)
    wish = OpenProcess(slug="bench", name_es="Última hora", timezone="America/Santiago", template="simple_consultation")
    with transaction(database, OPERATOR, clock.now()) as work:
        process = process_actions.open_process(work, wish)
        stage = processes.stage_named(work.session, process.id, "consulta")
        process_actions.set_stage(work, process, stage, SetStage(clock.now() - timedelta(hours=1), closes))
    database.dispose()


async def exchange(port: int, request: bytes) -> tuple[int, str, float]:
    """One request on a connection of its own: its status, where it leads, and how long it took."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    answer = await reader.read()
    writer.close()
    place = re.search(rb"\r\nlocation: ([^\r]+)", answer, re.IGNORECASE)
    return int(answer[9:12]), place[1].decode() if place else "", time.perf_counter() - began


async def insisting(port: int, request: bytes) -> tuple[int, str, float]:
    """Send again what was answered with "too busy now", as the page asks people to, and as often as it takes."""
    waited = 0.0
    while True:
        status, place, seconds = await exchange(port, request)
        waited += seconds
        if status != BUSY:
            return status, place, waited
        await asyncio.sleep(1)
        waited += 1


async def send(port: int, number: int, heard: Heard, times: int) -> None:
    typed = {
        "title": f"Propuesta {number}",
        "problem": "Las actas del concejo se publican como imágenes y nadie puede buscar en ellas.",
        "solution": "Publicar cada acta como texto dentro de cinco días de la sesión.",
        "name": f"Vecina {number}",
        "contact_kind": "email",
        "contact": f"persona-{number}@example.org",
        "consent": CURRENT,
        "form_key": f"last-minute-{number}",
    }
    request = load.post("/p/bench/propose", urlencode(typed).encode())
    for status, place, seconds in await asyncio.gather(*(insisting(port, request) for _ in range(times))):
        heard.statuses[status] += 1
        if status == 303:
            heard.receipts[typed["title"]].add(place)
            heard.waited.append(seconds)


async def read_pages(port: int, heard: Heard, until: float) -> None:
    while time.perf_counter() < until:
        status, _, seconds = await exchange(port, load.get("/p/bench"))
        assert status == 200
        heard.pages.append(seconds)
        await asyncio.sleep(0.1)


async def rush(port: int, closes: datetime) -> Heard:
    heard, dice, tasks = Heard(), random.Random(5), []
    until = (closes - clock.now()).total_seconds() + SECONDS_AFTER
    began = time.perf_counter()
    reading = asyncio.create_task(read_pages(port, heard, began + until))
    for number in range(int(until * A_SECOND)):
        await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        times = dice.choices([1, 2, 3], [75, 20, 5])[0]
        tasks.append(asyncio.create_task(send(port, number, heard, times)))
    await asyncio.gather(*tasks, reading)
    return heard


def at(share: float, values: list[float]) -> float:
    return sorted(values)[int(len(values) * share)]


async def test_the_last_minute_loses_nothing_doubles_nothing_and_takes_nothing_late(tmp_path: Path) -> None:
    closes = clock.now() + timedelta(seconds=SECONDS_BEFORE + 15)
    open_until(tmp_path, closes)
    with bench.serving("ours", tmp_path) as server:
        begins = closes - timedelta(seconds=SECONDS_BEFORE)
        await asyncio.sleep(max(0.0, (begins - clock.now()).total_seconds()))
        heard = await rush(server.port, closes)
    database = Database(settings_for(tmp_path).database_url)
    with database.reading() as session:
        stored = {row.title: row.received_at for row in session.execute(select(Proposal.title, Proposal.received_at))}
        assert len(list(session.scalars(select(Proposal.id)))) == len(stored)
    database.dispose()
    assert stored.keys() == heard.receipts.keys()
    assert all(len(places) == 1 for places in heard.receipts.values())
    assert max(stored.values()) < closes
    assert heard.statuses.keys() == {303, 409}
    assert verifying.check_database(settings_for(tmp_path).database_url).fault is None
    print(f"\n{len(stored)} received, {dict(heard.statuses)}; receipt p95 {at(0.95, heard.waited):.2f} s, p99", end=" ")
    print(f"{at(0.99, heard.waited):.2f} s; pages p95 {at(0.95, heard.pages):.2f} s")
    assert len(stored) >= A_SECOND * SECONDS_BEFORE * 0.95
    assert at(0.95, heard.waited) <= 3
    assert at(0.99, heard.waited) <= 8
    assert at(0.95, heard.pages) <= 0.5
