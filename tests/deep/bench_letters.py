"""How long ten thousand answers take, each with its own reason: written out, and sent to a mail server of our own.

Meanwhile people read public pages, and in the middle somebody asks for a link to sign in. On PostgreSQL two workers
send beside the web, on SQLite the one inside it. Run by `make bench-letters`; a number after it makes it smaller.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.duties import ledger
from app.feedback import actions as feedback
from app.kit import clock, schema
from app.kit.db import Database
from app.mail import rendering
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.people.actor import OPERATOR, Actor
from app.process import queries as processes
from app.proposals.actions import importing
from app.proposals.models import Proposal
from app.proposals.sheets import ImportRow
from app.settings import ROOT
from app.work import transaction
from tests import databases
from tests.clock import MovableClock
from tests.deep import load
from tests.deep.bench_server import SECRET, settings_for
from tests.world import World, address

LETTERS = 10_000
SLUG, STAGE = "plan", "decision"
SOME = 500
ALONGSIDE = 2
"""Readers at once, each asking for the next page the moment the last one came."""
MOST_WRITING, MOST_SENDING = 120.0, {"SQLite": 600.0, "PostgreSQL": 300.0}
MOST_PAGE, MOST_SIGN_IN = 300.0, 5.0
PATIENCE = 1800.0


@dataclass
class Figures:
    """What so many letters took."""

    letters: int
    writing: float = 0.0
    approving: float = 0.0
    sending: float = 0.0
    sign_in: float = 0.0
    arrived: int = 0
    pages: list[float] = field(default_factory=list)

    def told(self, name: str) -> str:
        """In a few lines, each with what is to be reached."""
        ordered = sorted(self.pages)
        slow = ordered[int(len(ordered) * 0.95)] * 1000 if ordered else 0.0
        said = [
            f"{name}: {self.letters} letters, each with a reason of its own; {self.arrived} arrived, each once",
            f"  written out: {self.writing:.1f} s (to reach: under {MOST_WRITING:.0f})",
            f"  approved: {self.approving:.1f} s",
            f"  sent: {self.sending:.1f} s (to reach: under {MOST_SENDING[name]:.0f})",
            f"  p95 of {len(ordered)} public pages meanwhile: {slow:.0f} ms (to reach: {MOST_PAGE:.0f})",
            f"  a sign-in link asked for in the middle: {self.sign_in:.1f} s (to reach: under {MOST_SIGN_IN:.0f})",
        ]
        return "\n".join(said)


def decided(folder: Path, count: int) -> tuple[Actor, Actor]:
    """So many people whose proposals were decided on yesterday, each with a reason; who writes and who approves."""
    at = MovableClock()
    at.set(clock.now() - timedelta(days=12))
    world = World(settings_for(folder), at)
    try:
        world.open_process(SLUG)
        rows = [_row(number) for number in range(1, count + 1)]
        importing.take_in(world.database, OPERATOR, world.now, (SLUG, "bench.json", "bench-letters", rows), _silent)
        world.clock.move(days=11)
        _decide(world.database, world.now)
        return world.actor("carla"), world.actor("hugo")
    finally:
        world.close()


def _silent(_done: int) -> None:
    """Nobody waits to hear."""


def _row(number: int) -> ImportRow:
    problem = "Las actas del concejo se publican como imágenes y nadie puede buscar en ellas. " * 4
    solution = f"Publicar cada acta como texto dentro de {number} días de la sesión. " * 3
    return ImportRow(number, f"Propuesta {number}", problem, solution, f"Vecina {number}", f"p{number}@example.org")


def _decide(database: Database, now: datetime) -> None:
    with database.reading() as session:
        keys = list(session.scalars(select(Proposal.id).order_by(Proposal.id)))
    for start in range(0, len(keys), SOME):
        with transaction(database, OPERATOR, now) as work:
            process = processes.by_slug(work.session, SLUG)
            stage = processes.stage_named(work.session, process.id, STAGE)
            body = decisions.body_for(work, process, stage)
            for proposal in work.session.scalars(select(Proposal).where(Proposal.id.in_(keys[start : start + SOME]))):
                outcome = ("selected", "not_selected")[proposal.number % 2]
                reason = f"Se revisó el punto {proposal.number} con el equipo de actas y su costo cabe en el año."
                decisions.take(work, process, stage, proposal, (body, Verdict(outcome, reason, ("other",))))
    with transaction(database, OPERATOR, now) as work:
        process = processes.by_slug(work.session, SLUG)
        decisions.publish(work, process, processes.stage_named(work.session, process.id, STAGE))


def measure(folder: Path, name: str, count: int) -> Figures:
    """Write, approve and send so many letters over the database of this folder."""
    from tests.deep.bench import serving

    settings = settings_for(folder)
    schema.migrate(settings.database_url)
    rendering.lay_out(settings)
    writer, approver = decided(folder, count)
    found, database = Figures(count), Database(settings.database_url)
    try:
        with ExitStack() as stack:
            arrivals = stack.enter_context(sink(folder))
            server = stack.enter_context(serving("whole" if database.is_sqlite else "ours", folder))
            for _ in range(0 if database.is_sqlite else 2):
                stack.enter_context(worker(folder))
            now, began = clock.now(), time.perf_counter()
            drafted = feedback.draft_all(database, writer, now, SLUG, STAGE)
            assert drafted == count, drafted
            found.writing, began = time.perf_counter() - began, time.perf_counter()
            feedback.approve_all(database, approver, now, SLUG, STAGE)
            found.approving = time.perf_counter() - began
            _look(database, approver)
            _send(database, server.port, arrivals, found)
            _count(database, arrivals, found)
    finally:
        database.dispose()
    return found


def _look(database: Database, approver: Actor) -> None:
    """Wait for the first twenty, then let the others leave."""
    _until(lambda: _standing(database, OutboxState.ACCEPTED) >= 1)
    with transaction(database, approver, clock.now()) as work:
        process = processes.by_slug(work.session, SLUG)
        feedback.let_rest_go(work, process, processes.stage_named(work.session, process.id, STAGE))


def _send(database: Database, port: int, arrivals: Path, found: Figures) -> None:
    """Read pages until all letters have left; half-way ask for a link to sign in, and wait for its letter."""
    began, asked = time.perf_counter(), False
    while (left := _unsent(database)) or not asked:
        found.pages += asyncio.run(load.measure(port, _pages(), 1.0, ALONGSIDE)).latencies
        if not asked and left <= found.letters // 2:
            asked = True
            found.sign_in = _sign_in(port, arrivals)
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{left} letters have not left in half an hour")
    found.sending = time.perf_counter() - began


def _sign_in(port: int, arrivals: Path) -> float:
    body, began = urlencode({"email": address("carla")}).encode(), time.perf_counter()
    origin = {"Sec-Fetch-Site": "same-origin"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/sign-in", body, origin)) as answer:
        assert answer.status == 200
    _until(lambda: address("carla") in arrivals.read_text("utf-8"))
    return time.perf_counter() - began


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("nothing came in two minutes")
        time.sleep(0.05)


def _standing(database: Database, *states: OutboxState) -> int:
    with database.reading() as session:
        wanted = (OutboxMessage.letter_id.is_not(None), OutboxMessage.state.in_(states))
        return session.scalar(select(func.count()).select_from(OutboxMessage).where(*wanted)) or 0


def _unsent(database: Database) -> int:
    on_the_way = (OutboxState.READY, OutboxState.CLAIMED, OutboxState.ATTEMPTING, OutboxState.RETRY_WAIT)
    return _standing(database, OutboxState.DRAFT, *on_the_way)


def _pages() -> load.Requests:
    """Public pages of the process in turn, a growing number keeping each out of the cache."""
    n = itertools.count(time.time_ns() % 10**12)
    paths = itertools.cycle(("", "/proposals", "/proposals/PLAN-0042", f"/decisions/{STAGE}", "/feedback"))
    return lambda: load.get(f"/p/{SLUG}{next(paths)}?x={next(n)}")


def _count(database: Database, arrivals: Path, found: Figures) -> None:
    """Each letter came to its own mailbox and once, and everybody was answered."""
    to = [line for line in arrivals.read_text("utf-8").splitlines() if line.startswith("p")]
    found.arrived = len(set(to))
    assert len(to) == found.arrived == found.letters, (len(to), found.arrived)
    with database.reading() as session:
        process = processes.by_slug(session, SLUG)
        tally = ledger.tally(session, processes.stage_named(session, process.id, STAGE).id)
    assert (tally.owed, tally.covered) == (0, found.letters), tally


@contextmanager
def sink(folder: Path) -> Iterator[Path]:
    """A mail server in a process of its own that writes down to whom each letter went; its address is in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arrivals = folder / "arrivals.txt"
    arrivals.touch()
    (folder / "smtp.url").write_text(f"smtp://127.0.0.1:{port}", "utf-8")
    process = subprocess.Popen([sys.executable, "-m", "tests.deep.bench_letters", "sink", str(port), str(arrivals)])
    try:
        yield arrivals
    finally:
        process.terminate()
        process.wait(20)


def take_letters(port: int, arrivals: Path) -> None:
    """Be that mail server until told to stop."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session

    with arrivals.open("a", encoding="utf-8", buffering=1) as file:

        class Sink:
            async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
                (to,) = envelope.rcpt_tos
                file.write(f"{to}\n")
                return "250 OK"

        Controller(Sink(), hostname="127.0.0.1", port=port).start()
        while True:
            time.sleep(1)


@contextmanager
def worker(folder: Path) -> Iterator[None]:
    """One `minga worker` over the database of this folder."""
    settings = settings_for(folder)
    told = {"DATABASE_URL": settings.database_url, "VAR": str(folder), "SECRET_KEY": SECRET, "MAIL": "smtp"}
    environment = {f"MINGA_{key}": value for key, value in (told | {"SMTP_URL": settings.smtp_url}).items()}
    process = subprocess.Popen([sys.executable, "-m", "app", "worker"], cwd=ROOT, env=os.environ | environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    """Print the figures on SQLite and on PostgreSQL."""
    if sys.argv[1:2] == ["sink"]:
        take_letters(int(sys.argv[2]), Path(sys.argv[3]))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else LETTERS
    for name, folder in databases.folders("minga-letters-"):
        print(measure(folder, name, count).told(name), flush=True)


if __name__ == "__main__":
    main()
