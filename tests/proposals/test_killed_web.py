"""SIGKILL of the web process under a hundred concurrent submissions: every acknowledged one is there, and there once.

What was not acknowledged is sent again with the same key after the restart, as a browser or a person would: it may be
there already or not, but never twice.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from app.mail.models import OutboxMessage
from app.proposals.consent import CURRENT
from app.proposals.models import Proposal, Revision
from app.publication import verifying
from app.settings import Settings
from app.trail.models import Entry
from tests.clock import MovableClock
from tests.serving import free_port, start_apart
from tests.world import World

AT_ONCE = 100


@dataclass
class Ledger:
    """What the clients themselves know: what was acknowledged, and what they sent without hearing an answer."""

    acknowledged: set[str] = field(default_factory=set)
    in_doubt: set[str] = field(default_factory=set)
    count: int = 0


def form(title: str) -> bytes:
    typed = {
        "title": title,
        "problem": "Las actas del concejo se publican como imágenes y nadie puede buscar en ellas.",
        "solution": "Publicar cada acta como texto dentro de cinco días.",
        "name": f"Vecina {title}",
        "contact_kind": "email",
        "contact": f"{title.replace(' ', '-')}@example.org",
        "consent": CURRENT,
        "form_key": f"key of {title}",
    }
    return urlencode(typed).encode()


async def send(port: int, title: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = form(title)
    head = (
        "POST /p/town/propose HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    return int(answer[9:12]) if len(answer) > 12 and b"\r\n\r\n" in answer else 0


async def client(port: int, ledger: Ledger, turn: int, until: asyncio.Event) -> None:
    while not until.is_set():
        ledger.count += 1
        title = f"propuesta {turn} {ledger.count}"
        ledger.in_doubt.add(title)
        try:
            status = await send(port, title)
        except OSError:
            return
        if status == 303:
            ledger.in_doubt.discard(title)
            ledger.acknowledged.add(title)


def start(url: str, var: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    return start_apart(url, var, port), port


async def one_life(url: str, var: Path, ledger: Ledger, turn: int, after: float) -> None:
    process, port = await asyncio.to_thread(start, url, var)
    for title in sorted(ledger.in_doubt):
        if await send(port, title) == 303:
            ledger.in_doubt.discard(title)
            ledger.acknowledged.add(title)
    until = asyncio.Event()
    clients = [asyncio.create_task(client(port, ledger, turn, until)) for _ in range(AT_ONCE)]
    await asyncio.sleep(after)
    process.send_signal(signal.SIGKILL)
    until.set()
    await asyncio.gather(*clients)
    await asyncio.to_thread(process.wait, 20)


async def play(world: World, var: Path, kills: int) -> None:
    ledger, dice = Ledger(), random.Random(kills)
    for turn in range(kills):
        await one_life(world.settings.database_url, var, ledger, turn, after=0.3 + dice.random())
    process, port = await asyncio.to_thread(start, world.settings.database_url, var)
    for title in sorted(ledger.in_doubt):
        assert await send(port, title) == 303
        ledger.acknowledged.add(title)
    process.terminate()
    await asyncio.to_thread(process.wait, 20)
    check(world, ledger)


def check(world: World, ledger: Ledger) -> None:
    with world.database.reading() as session:
        titles = list(session.scalars(select(Proposal.title)))
        folios = list(session.scalars(select(Proposal.folio)))
        revisions = session.scalar(select(func.count()).select_from(Revision))
        letters = session.scalar(select(func.count()).select_from(OutboxMessage))
        entries = session.scalar(select(func.count()).where(Entry.verb == "proposal.submitted"))
    assert len(ledger.acknowledged) >= 20
    assert sorted(titles) == sorted(ledger.acknowledged)
    assert len(set(folios)) == len(folios) == revisions == letters == entries
    assert verifying.check_database(world.settings.database_url).fault is None


@pytest.fixture
def town(settings: Settings, clock: MovableClock) -> World:
    from app.kit import clock as real

    clock.set(real.now())
    world = World(settings, clock)
    world.open_process()
    return world


@pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.deep, pytest.mark.postgres])],
    indirect=True,
)
async def test_what_was_acknowledged_survives_three_kills(town: World, tmp_path: Path) -> None:
    await play(town, tmp_path, 3)
    town.close()


@pytest.mark.deep
async def test_what_was_acknowledged_survives_twenty_kills(town: World, tmp_path: Path) -> None:
    await play(town, tmp_path, 20)
    town.close()
