"""How fast pages and submissions are, beside two baselines; run by `make bench`.

Ten thousand proposals, one process for each server, rounds interleaved, the median of five printed. Every server runs
on the same machine as the client, so compare the rows with one another rather than with other machines.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import event, func, select

from app.kit import clock, schema
from app.kit.db import Database
from app.mail.models import OutboxMessage
from app.parts import fill_tables
from app.people.actor import OPERATOR
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.proposals.actions import importing
from app.proposals.consent import CURRENT
from app.proposals.models import Proposal
from app.proposals.sheets import ImportRow
from app.trail.models import Entry
from app.work import transaction
from tests.deep import bench_ballots, bench_themes, load
from tests.deep.bench_server import settings_for

ROUNDS = 5
SECONDS = 3.0
TEXT = """agua escuela plaza actas concejo transporte ciclovía parque salud barrio jóvenes mayores datos presupuesto
comuna región lectura árboles sombra iluminación calles basura reciclaje biblioteca feria horario cámara seguridad
deporte cancha música teatro museo río costanera paradero vereda rampa acceso internet trámite"""
WORDS = TEXT.split()
AS_INSTALLED = """import runpy, sys
sys.modules["rich"] = None
runpy.run_module("tests.deep.bench_server", run_name="__main__", alter_sys=True)"""
"""A tool of development brings a library that the logger loads where it is there; the program installs without it."""
SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
EIGHT = "(c) submission, eight at once"
"""Sixteen people who each send again the moment they are answered only measure the queue; see both."""


@dataclass
class Server:
    """One server process and where it listens."""

    kind: str
    port: int
    process: subprocess.Popen[bytes]
    first_answer: float = 0.0

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def fill(folder: Path, count: int, row: Callable[[int, random.Random], ImportRow] | None = None) -> None:
    """A process with so many public proposals, made of few words so that searches find many."""
    settings = settings_for(folder)
    schema.migrate(settings.database_url)
    fill_tables()
    database = Database(settings.database_url)
    now = clock.now()
    wish = OpenProcess(
        slug="bench", name_es="Banco de pruebas", timezone="America/Santiago", template="simple_consultation"
    )
    with transaction(database, OPERATOR, now) as work:
        process = process_actions.open_process(work, wish)
        stage = processes.stage_named(work.session, process.id, "consulta")
        window = SetStage(now - timedelta(days=1), now + timedelta(days=30))
        process_actions.set_stage(work, process, stage, window)
    dice = random.Random(7)
    rows = [(row or _row)(number, dice) for number in range(1, count + 1)]
    importing.take_in(database, OPERATOR, now, ("bench", "bench.json", f"bench-{count}", rows), lambda _n: None)
    database.dispose()


def _row(number: int, dice: random.Random) -> ImportRow:
    def say(count: int) -> str:
        return " ".join(dice.choices(WORDS, k=count))

    return ImportRow(number, say(7).capitalize(), say(40), say(30), f"Vecina {number}", f"vecina-{number}@example.test")


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-c", AS_INSTALLED, kind, str(folder), str(port)]
    process = subprocess.Popen(command)
    server = Server(kind, port, process)
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(load.get("/healthz" if kind == "ours" else "/"))
                if line.recv(12):
                    break
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"the {kind} server did not start") from None
            time.sleep(0.02)
    server.first_answer = time.perf_counter() - began
    try:
        yield server
    finally:
        process.terminate()
        process.wait(20)


def cases() -> dict[str, tuple[str, load.Requests]]:
    """What is asked of which server; a growing number in the address keeps a page out of the cache."""
    n = itertools.count(time.time_ns() % 10**12)

    def fresh(path: str) -> load.Requests:
        return lambda: load.get(f"{path}?x={next(n)}")

    dice = random.Random(11)

    def search() -> bytes:
        return load.get("/p/bench/proposals/search?" + urlencode({"q": " ".join(dice.sample(WORDS, 2)), "x": next(n)}))

    def submit() -> bytes:
        number = next(n)
        typed = {
            "title": f"Propuesta {number}",
            "problem": "Las actas del concejo se publican como imágenes y nadie puede buscar en ellas.",
            "solution": "Publicar cada acta como texto dentro de cinco días de la sesión.",
            "name": f"Vecina {number}",
            "contact_kind": "email",
            "contact": f"persona-{number}@example.org",
            "consent": CURRENT,
            "form_key": f"bench-{number}",
        }
        return load.post("/p/bench/propose", urlencode(typed).encode())

    return {
        "(a) bare page of 10 KB": ("bare", lambda: load.get("/")),
        "(b) plain list, session in the loop": ("plain", fresh("/p/bench/proposals")),
        "(c) list, uncached": ("ours", fresh("/p/bench/proposals")),
        "(c) list, cached": ("ours", lambda: load.get("/p/bench/proposals")),
        "(c) one proposal, uncached": ("ours", fresh("/p/bench/proposals/BENC-0042")),
        "(c) search of two words": ("ours", search),
        "(c) submission with receipt": ("ours", submit),
        EIGHT: ("ours", submit),
    }


async def rounds(servers: dict[str, Server], asked: dict[str, tuple[str, load.Requests]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in asked}
    for turn in range(ROUNDS + 1):
        for name, (kind, requests) in asked.items():
            server = servers[kind]
            before = server.cpu_seconds()
            seconds, at_once = SECONDS if turn else 1.0, 8 if name == EIGHT else 16
            measured = await load.measure(server.port, requests, seconds, at_once)
            cpu = (server.cpu_seconds() - before) / max(len(measured.latencies), 1) * 1000
            if turn:
                found[name].append((measured, cpu))
    return found


def say(found: dict[str, list[Any]]) -> dict[str, float]:
    print(f"{'':38} {'req/s':>8} {'min–max':>15} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8}  statuses")
    rates = {}
    for name, runs in found.items():
        rate = [measured.rate for measured, _ in runs]
        p50, p99 = (statistics.median(m.percentile(share) for m, _ in runs) for share in (0.5, 0.99))
        cpu = statistics.median(cpu for _, cpu in runs)
        statuses: dict[int, int] = {}
        for measured, _ in runs:
            for status, n in measured.statuses.items():
                statuses[status] = statuses.get(status, 0) + n
        rates[name] = statistics.median(rate)
        spread = f"{min(rate):.0f}–{max(rate):.0f}"
        print(f"{name:38} {rates[name]:8.0f} {spread:>15} {p50:8.1f} {p99:8.1f} {cpu:8.2f}  {statuses}")
    return rates


def statements(folder: Path) -> None:
    """How many statements each page and a submission take, counted in this process."""
    from starlette.testclient import TestClient

    from tests.deep.bench_server import ours

    app = ours(settings_for(folder))
    counted: list[str] = []
    database = app.state.house.database
    for engine in {database.engine, database._read_engine, database._loop_engine}:
        event.listen(engine, "before_cursor_execute", lambda _c, _cu, sql, *_: counted.append(sql))
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    client.headers["sec-fetch-site"] = "same-origin"
    asked: list[tuple[str, Callable[[], Any]]] = [
        ("list", lambda: client.get("/p/bench/proposals?x=s")),
        ("one proposal", lambda: client.get("/p/bench/proposals/BENC-0042?x=s")),
        ("search", lambda: client.get("/p/bench/proposals/search?q=agua+plaza&x=s")),
    ]
    for name, ask in asked:
        counted.clear()
        status = ask().status_code
        print(f"statements: {name}: {len(counted)} (status {status})")
    body = cases()["(c) submission with receipt"][1]().split(b"\r\n\r\n", 1)[1]
    counted.clear()
    sent = client.post("/p/bench/propose", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    print(f"statements: submission: {len(counted)} (status {sent.status_code})")


def check_submissions(folder: Path) -> None:
    """What was acknowledged is there, with receipt, trail and outbox row."""
    database = Database(settings_for(folder).database_url)
    with database.reading() as session:
        stored = session.scalar(select(func.count()).where(Proposal.channel == "web")) or 0
        letters = session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
        entries = session.scalar(select(func.count()).where(Entry.verb == "proposal.submitted")) or 0
    database.dispose()
    print(
        f"stored after the bench: {stored} submissions, {letters} letters in the outbox, {entries} entries in the trail"
    )


def compare_sizes(folder: Path) -> None:
    """The list and the search with 100,000 proposals beside the list with 1,000."""
    found: dict[int, dict[str, Any]] = {}
    for count in (SMALL, LARGE):
        place = folder / str(count)
        place.mkdir()
        fill(place, count)
        with serving("ours", place) as server:
            asked = cases()
            wanted = {name: asked[name] for name in ("(c) list, uncached", "(c) search of two words")}
            found[count] = asyncio.run(rounds({"ours": server}, wanted))
            print(f"\n{count} proposals")
            say(found[count])
    lists = {
        count: statistics.median(measured.percentile(0.5) for measured, _ in runs["(c) list, uncached"])
        for count, runs in found.items()
    }
    p99 = statistics.median(m.percentile(0.99) for m, _ in found[LARGE]["(c) search of two words"])
    print(f"list at {LARGE} / list at {SMALL}: {lists[LARGE] / lists[SMALL]:.2f} (to reach: at most 1.30)")
    print(f"search at {LARGE}: p99 {p99:.0f} ms with 16 at once (to reach: at most 150)")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="minga-bench-"))
    try:
        middle = folder / "middle"
        middle.mkdir()
        began = time.perf_counter()
        fill(middle, MIDDLE)
        print(f"{MIDDLE} proposals loaded in {time.perf_counter() - began:.1f} s")
        with serving("bare", middle) as a, serving("plain", middle) as b, serving("ours", middle) as c:
            print(f"first answer after {c.first_answer:.1f} s (to reach: at most 3.5)")
            rates = say(asyncio.run(rounds({s.kind: s for s in (a, b, c)}, cases())))
            print(f"peak memory of the program: {c.peak_mb():.0f} MB (to reach: at most 180)")
        uncached = rates["(c) list, uncached"] / rates["(b) plain list, session in the loop"]
        cached = rates["(c) list, cached"] / rates["(a) bare page of 10 KB"]
        print(f"uncached list / (b): {uncached:.0%} (to reach: 60 %)")
        print(f"cached list / (a): {cached:.0%} (to reach: 25 %)")
        print(f"submissions: {rates['(c) submission with receipt']:.0f}/s (to reach: 150)")
        check_submissions(middle)
        statements(middle)
        if "--short" not in sys.argv:
            compare_sizes(folder)
            from tests.deep import bench_round, bench_search  # which measure with this page

            bench_search.main()
            bench_round.main()
            bench_themes.main()
            bench_ballots.main()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
