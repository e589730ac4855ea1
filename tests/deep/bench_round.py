"""How long a large round takes from its close to its stored results, and what that does to public pages meanwhile.

A thousand proposals, twelve seats that vote, six criteria: 12,000 score sheets. The program is served whole, closes the
round by its clock, and counts it in a process of its own. Part of `make bench`, on both databases.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from app.forum import actions as forum
from app.forum.actions import AddSeat, Appointment
from app.forum.actions.criteria import Thresholds
from app.forum.models import ForumSession, Round, RoundResult, ScaleLevel, Score, ScoreSheet
from app.forum.queries import criteria, rounds, seats
from app.forum.rules.scoring import CriterionKind, CriterionText, SheetState, parse_levels
from app.kit import clock, ids, schema
from app.kit.db import Database
from app.people.actor import OPERATOR, Actor
from app.process.models import Process
from app.proposals.actions import importing
from app.proposals.sheets import ImportRow
from app.settings import Settings
from tests import databases
from tests.acts import by_hand
from tests.clock import MovableClock
from tests.deep import load
from tests.deep.bench_server import settings_for
from tests.forum.building import ForumBuilder
from tests.world import World

PROPOSALS, SEATS, SCORED = 1_000, 12, 5
ALREADY_VOTE = 4
FIVE = "0 | Nada\n1 | Poco\n2 | Algo\n3 | Bastante\n4 | Mucho\n5 | Todo"
WEIGHTS = ("2.5", "1", "1.5", "0.75", "2")
ALONGSIDE = 4
"""Readers at once, each asking for the next page the moment the last one came."""
MOST_SECONDS, MOST_PAGE, MOST_RESULTS = 20.0, 300.0, 300.0
VISITS = 20


@dataclass
class Figures:
    """What one large round took."""

    seconds: float = 0.0
    before: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)
    results: list[float] = field(default_factory=list)

    def told(self, name: str) -> str:
        """In a few lines, each with what is to be reached."""
        first, later = self.results[0], self.results[1:]
        middle = statistics.median(later)
        fast, slow, pages = p95(self.before), p95(self.meanwhile), len(self.meanwhile)
        said = [
            f"{name}: {PROPOSALS} proposals, {SEATS} seats, {SCORED + 1} criteria",
            f"  close to stored results: {self.seconds:.1f} s (to reach: under {MOST_SECONDS:.0f})",
            f"  p95 of {pages} public pages: {fast:.0f} ms before, {slow:.0f} meanwhile (to reach: {MOST_PAGE:.0f})",
            f"  page of results: {first:.0f} ms, then {middle:.0f} ({max(later):.0f}; to reach: {MOST_RESULTS:.0f})",
        ]
        return "\n".join(said)


def p95(latencies: list[float]) -> float:
    """The slowest of the fastest 95 of 100, in milliseconds."""
    ordered = sorted(latencies)
    return ordered[int(len(ordered) * 0.95)] * 1000 if ordered else 0.0


def a_large_round(settings: Settings, now: datetime) -> Round:
    """A round whose seats have handed in everything, with a week to go."""
    at = MovableClock()
    at.set(now - timedelta(hours=1))
    world = World(settings, at)
    try:
        process = world.open_process("plan", template="ogp_action_plan")
        builder = ForumBuilder(world, process)
        _more_seats(world, builder)
        rows = [_row(number) for number in range(1, PROPOSALS + 1)]
        wish = ("plan", "bench.json", "bench-round", rows)
        importing.take_in(world.database, OPERATOR, world.now, wish, lambda _n: None)
        _adopt(world, builder)
        with world.work("carla") as work:
            made = forum.open_round(work, process, builder.stage, forum.Plan(now + timedelta(days=7)))
        _hand_in(world, process, made)
    finally:
        world.close()
    return made


def _row(number: int) -> ImportRow:
    return ImportRow(number, f"Propuesta {number}", "Un problema. " * 20, "Lo que se propone. " * 20, "Vecina", "")


def _more_seats(world: World, builder: ForumBuilder) -> None:
    sectors = itertools.cycle(("government", "civil_society", "academia"))
    for number in range(SEATS - ALREADY_VOTE):
        who = f"seat-{number}"
        world.somebody(who, f"Integrante {number}")
        with world.work("carla") as work:
            seat = forum.add_seat(work, builder.process, AddSeat(f"Organismo {number}", next(sectors)))
            forum.appoint(work, builder.process, seat, Appointment("Res. 1", person_id=world.people[who].id))


def _adopt(world: World, builder: ForumBuilder) -> None:
    texts = [
        CriterionText(
            key="scope",
            title_es="Es materia del plan",
            kind=CriterionKind.KNOCKOUT,
            levels=parse_levels("0 | No\n1 | Sí"),
            weight=Decimal(0),
        )
    ]
    for number, weight in enumerate(WEIGHTS):
        text = CriterionText(f"c{number}", f"Criterio {number}", parse_levels(FIVE), weight=Decimal(weight))
        texts.append(text)
    present = dict.fromkeys(range(1, SEATS + 2), "holder")
    meeting = builder.session(present)
    with world.work("carla") as work:
        draft = forum.begin_set(work, builder.process, builder.stage)
        for text in texts:
            forum.add_criterion(work, builder.process, draft, text)
        forum.set_thresholds(work, builder.process, draft, Thresholds(capacity=200))
        held = work.session.get_one(ForumSession, meeting.id)
        builder.carry_criteria(work, held)
        forum.adopt(work, builder.process, draft, held)


def _hand_in(world: World, process: Process, made: Round) -> None:
    """Every sheet of every seat, written as rows: twelve thousand acts would take the evening."""
    dice = random.Random(7)
    with by_hand(), world.work(Actor.system()) as work:
        before = [key for key, _, _ in rounds.scorable(work.session, made)]
        assert len(before) == PROPOSALS, f"{len(before)} of {process.slug}"
        voting = [seat.id for seat in seats.seats_of(work.session, made.body_id) if seat.votes]
        scales = [(row.criterion.id, row.levels) for row in criteria.criteria_of(work.session, made.criteria_set_id)]
        person = world.people["diego"].id
        sheets: list[dict[str, Any]] = []
        scores: list[dict[str, Any]] = []
        for proposal_id, seat_id in itertools.product(before, voting):
            sheet_id = ids.new_id()
            sheets.append(
                {
                    "id": sheet_id,
                    "round_id": made.id,
                    "proposal_id": proposal_id,
                    "seat_id": seat_id,
                    "person_id": person,
                    "state": SheetState.SUBMITTED,
                    "counts": True,
                    "saved_at": world.now,
                    "submitted_at": world.now,
                    "version": 1,
                }
            )
            scores += [_score(sheet_id, scale, dice) for scale in scales]
        work.session.execute(insert(ScoreSheet), sheets)
        work.session.execute(insert(Score), scores)


def _score(sheet_id: Any, scale: tuple[Any, list[ScaleLevel]], dice: random.Random) -> dict[str, Any]:
    criterion_id, levels = scale
    likely = levels[-1] if len(levels) == 2 and dice.random() < 0.9 else dice.choice(levels)
    return {"id": ids.new_id(), "sheet_id": sheet_id, "criterion_id": criterion_id, "level_id": likely.id, "reason": ""}


def measure(folder: Path) -> Figures:
    """One large round over the database of this folder, from its close to the page of its results."""
    from tests.deep.bench import serving  # which prints this among its own figures

    settings, now = settings_for(folder), clock.now()
    schema.migrate(settings.database_url)
    made = a_large_round(settings, now)
    found, database = Figures(), Database(settings.database_url)
    try:
        with serving("whole", folder) as server:
            found.before = asyncio.run(load.measure(server.port, _pages(), 3.0, ALONGSIDE)).latencies
            with by_hand(), database.writing() as session:
                session.execute(update(Round).values(closes_at=clock.now()))
                session.commit()
            kept = _counted(database, server.port, found)
            with database.reading() as session:
                closed_at = session.get_one(Round, made.id).closed_at
            assert closed_at is not None
            assert kept.computed_at is not None
            found.seconds = (kept.computed_at - closed_at).total_seconds()
            found.results = [_visit(server.port, turn) for turn in range(VISITS)]
    finally:
        database.dispose()
    return found


def _pages() -> load.Requests:
    """Public pages of the process in turn, a growing number keeping each out of the cache."""
    n = itertools.count(time.time_ns() % 10**12)
    paths = itertools.cycle(("", "/proposals", "/proposals/PLAN-0042", "/forum", "/forum/criteria", "/feedback"))
    return lambda: load.get(f"/p/plan{next(paths)}?x={next(n)}")


def _counted(database: Database, port: int, found: Figures) -> RoundResult:
    """Read pages until the count is stored; only those asked for while it runs are kept."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        latencies = asyncio.run(load.measure(port, _pages(), 0.5, ALONGSIDE)).latencies
        with database.reading() as session:
            kept = session.scalars(select(RoundResult)).one_or_none()
        if kept is not None:
            found.meanwhile += latencies
            if kept.computed_at is not None:
                return kept
    raise SystemExit("the round was not counted in two minutes")


def _visit(port: int, turn: int) -> float:
    address = f"http://127.0.0.1:{port}/p/plan/forum/results?page={1 + turn % 3}&x={time.time_ns()}"
    began = time.perf_counter()
    with urllib.request.urlopen(address) as answer:
        body = answer.read().decode()
    took = (time.perf_counter() - began) * 1000
    assert "PLAN-" in body
    return took


def main() -> None:
    """Print the figures on SQLite and on PostgreSQL."""
    for name, folder in databases.folders("minga-round-"):
        print(measure(folder).told(name), flush=True)


if __name__ == "__main__":
    main()
