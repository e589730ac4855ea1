"""A hall of a thousand phones votes within a minute, on SQLite, with the program served as it is installed.

`minga serve` in a process of its own, one table, a thousand people with a code of their own. Each phone is one
connection: it opens the ballot, takes its time, casts, and reads that it voted. One in ten loses the first answer and
sends the same again on a new connection. All of them come from one address, as behind the wireless network of a hall.
Then the vote is closed and every ballot in the box is compared with what was chosen. Part of `make bench`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.kit import clock, schema
from app.parts import fill_tables
from app.prioritisation.models import Ballot, Credential
from tests.clock import MovableClock
from tests.deep import load
from tests.deep.bench_server import SECRET, settings_for
from tests.prioritisation.voting import Town
from tests.world import World

PHONES, MINUTE, RUSH = 1_000, 60.0, 10.0
BATCH = 100
LOST = 0.1
"""Of the phones, how many lose the first answer to their ballot."""
MOST_TRIES = 20
VOTE = "/p/town/vote"
DONE, USED = f"{VOTE}/done", f"{VOTE}/used"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
AS_INSTALLED = """import runpy, sys
sys.modules["rich"] = None
runpy.run_module("app", run_name="__main__", alter_sys=True)"""


@dataclass
class Hall:
    """What the phones of one hall were answered, and what was found in the box afterwards."""

    cast: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    spent: int = 0
    resent: int = 0
    log: str = ""
    cpu: float = 0.0

    def at(self, share: float) -> float:
        """So many casts were answered within this many seconds."""
        ordered = sorted(self.cast)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def told(self, name: str) -> str:
        """One line of figures."""
        figures = ", ".join(f"{word} {self.at(share) * 1000:.0f}" for word, share in (("p50", 0.5), ("p99", 0.99)))
        page = sorted(self.opened)[int(len(self.opened) * 0.99)] * 1000
        return (
            f"ballots, {name}: {PHONES} phones in {self.seconds:.0f} s, cast in ms: {figures}, max "
            f"{max(self.cast) * 1000:.0f}; page p99 {page:.0f} ms; {dict(self.statuses)}; {self.resent} sent twice, "
            f"{self.spent} codes used, {self.lost} ballots lost, {self.doubled} too many; the server computed for "
            f"{self.cpu:.1f} s, load of the machine {os.getloadavg()[0]:.1f}"
        )


class OpenTable:
    """One table whose vote is open, in an installation of its own, with a code for each of its people."""

    def __init__(self, folder: Path) -> None:
        settings = settings_for(folder)
        schema.migrate(settings.database_url)
        fill_tables()
        self.world = World(settings, MovableClock(clock.now() - timedelta(days=40)))
        self.town = Town(self.world)
        self.town.adopted()
        self.town.hold()
        names = [f"Persona {at:04}" for at in range(PHONES)]
        people = [person for at in range(0, PHONES, BATCH) for person in self.town.came(names[at : at + BATCH])]
        batches = [self.town.given(people[at : at + BATCH]) for at in range(0, PHONES, BATCH)]
        self.town.open()
        dice = random.Random(5)
        self.chosen = {
            code: sorted(dice.sample(self.town.folios, dice.randint(0, 2))) for batch in batches for code in batch
        }

    def count(self, hall: Hall) -> None:
        """Close the vote and compare every ballot with what was chosen."""
        self.town.close()
        wanted = Counter(json.dumps(dict.fromkeys(some, 1), separators=(",", ":")) for some in self.chosen.values())
        with self.world.database.reading() as session:
            found = Counter(session.scalars(select(Ballot.choices)))
            hall.spent = session.scalar(select(func.count()).where(Credential.is_spent)) or 0
        hall.lost, hall.doubled = (wanted - found).total(), (found - wanted).total()


@contextmanager
def served(folder: Path, hall: Hall) -> Iterator[int]:
    """`minga serve` over this folder's database; gives its port, and tells afterwards what it wrote to its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = settings_for(folder)
    told = {
        "MINGA_DATABASE_URL": settings.database_url,
        "MINGA_VAR": str(folder),
        "MINGA_SECRET_KEY": SECRET,
        "MINGA_MAIL": "file",
        "MINGA_BASE_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-c", AS_INSTALLED, "serve", "--port", str(port)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGA_")}
    log = folder / "serve.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=kept | told, stdout=subprocess.DEVNULL, stderr=written)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.05)
        before = cpu_seconds(process.pid)
        yield port
        hall.cpu = cpu_seconds(process.pid) - before
    finally:
        process.terminate()
        process.wait(30)
        hall.log = log.read_text("utf-8")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def ask(line: Line, request: bytes) -> tuple[int, str]:
    """One request over a phone's connection: the status and where it leads."""
    reader, writer = line
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    place = re.search(rb"\r\nlocation: ([^\r]+)", head, re.IGNORECASE)
    return int(head[9:12]), place[1].decode() if place else ""


async def leave(line: Line) -> None:
    """Let go of a connection."""
    line[1].close()
    with contextlib.suppress(ConnectionError):
        await line[1].wait_closed()


class Phone:
    """Somebody with a code and a choice."""

    def __init__(self, port: int, code: str, chosen: list[str], hall: Hall) -> None:
        self.port = port
        self.hall = hall
        typed = [("round", "1"), ("code", code), *(("ballot", folio) for folio in chosen)]
        typed += [] if chosen else [("blank", "yes")]
        self.ballot = load.post(VOTE, urlencode(typed).encode())

    async def vote(self, comes: float, thinks: float, *, loses: bool) -> None:
        """Come, open the ballot, think, cast; send it again where the answer was lost or the house was full."""
        await asyncio.sleep(comes)
        line = await asyncio.open_connection("127.0.0.1", self.port)
        began = time.perf_counter()
        status, _ = await ask(line, load.get(VOTE))
        self.hall.opened.append(time.perf_counter() - began)
        assert status == 200, status
        await asyncio.sleep(thinks)
        if loses:
            await leave(line)
            line = await asyncio.open_connection("127.0.0.1", self.port)
            line[1].write(self.ballot)
            await line[1].drain()
            await leave(line)
            await asyncio.sleep(1)
            self.hall.resent += 1
        await self._insist(line)

    async def _insist(self, line: Line) -> None:
        began = time.perf_counter()
        for _ in range(MOST_TRIES):
            try:
                status, place = await ask(line, self.ballot)
            except (asyncio.IncompleteReadError, ConnectionError, RuntimeError):
                await leave(line)
                line = await asyncio.open_connection("127.0.0.1", self.port)  # the server let go of it meanwhile
                continue
            self.hall.statuses[f"{status} {place.removeprefix(VOTE)}".strip()] += 1
            if place in {DONE, USED}:
                self.hall.cast.append(time.perf_counter() - began)
                assert (await ask(line, load.get(place)))[0] == 200
                await leave(line)
                return
            await asyncio.sleep(1)
        raise AssertionError(f"a phone was never let in: {self.hall.statuses}")


async def crowd(port: int, hall: Hall, chosen: dict[str, list[str]], within: float) -> None:
    """All phones come, think and cast within so many seconds, each at its own moment."""
    dice = random.Random(7)
    began = time.perf_counter()
    coming = []
    for code, some in chosen.items():
        comes = dice.uniform(0, within * 0.7)
        thinks = dice.uniform(within * 0.05, within * 0.3)
        coming.append(Phone(port, code, some, hall).vote(comes, thinks, loses=dice.random() < LOST))
    await asyncio.gather(*coming)
    hall.seconds = time.perf_counter() - began


def measure(folder: Path, within: float) -> Hall:
    """One hall from the first phone to the last, counted."""
    table, hall = OpenTable(folder), Hall()
    try:
        with served(folder, hall) as port:
            asyncio.run(crowd(port, hall, table.chosen, within))
        table.count(hall)
    finally:
        table.world.close()
    return hall


def main() -> None:
    """Print the figures of a hall that takes a minute, and of one in which everybody waits for the last ten seconds."""
    for name, within in (("spread over a minute", MINUTE), ("all in the last ten seconds", RUSH)):
        folder = Path(tempfile.mkdtemp(prefix="minga-ballots-"))
        try:
            print(measure(folder, within).told(name) + (" (to reach: p99 1000)" if within == MINUTE else ""))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
