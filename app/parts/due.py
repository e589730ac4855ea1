"""What the program does without being asked: sends letters, does jobs, and what is due when a window has closed.

It runs inside the web process or apart (`minga worker`); on PostgreSQL any number may run beside one another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.db import Database
from app.mail.transport import transport_of
from app.people.actor import Actor
from app.post_office import claims
from app.post_office.together import Hop
from app.post_office.worker import Worker, beside, threads_for, until_told
from app.proposals.actions import drafting
from app.settings import Settings
from app.trail import queries as trail
from app.trail import signing
from app.web import replays
from app.web.house import House
from app.work import Work, jobs, transaction
from app.work.models import Job

log = structlog.get_logger("minga.due")

Tell = Callable[[int, int], None]
JobWork = Callable[[Database, dict[str, Any], Tell], None]
JOBS: dict[str, JobWork] = {}
"""Name of a job → what does it; filled by `fill_tables`."""
BY_THE_CLOCK: list[Callable[[Work], None]] = []
"""What is due when a window has closed; each is short and does nothing when nothing is due."""

LOOK_EVERY = 2.0
BODIES_KEPT = timedelta(days=90)


async def run_inside(house: House) -> None:
    """Send letters and do what is due beside the web, sharing its one writer."""
    pace = house.settings.mail_per_minute
    worker = Worker(house.database, transport_of(house.settings), hop=house.hops.write, per_minute=pace)
    async with beside(worker):
        await _look_again_and_again(house.settings, house.database, house.hops.write, house.clock)


async def run_apart(settings: Settings) -> None:
    """The same in a process of its own, until told to stop."""
    database = Database(settings.database_url)
    hop = threads_for(database)
    look = partial(_look_again_and_again, settings, database, hop, clock.now)
    try:
        pace = settings.mail_per_minute
        await until_told(Worker(database, transport_of(settings), hop=hop, per_minute=pace), look)
    finally:
        database.dispose()


async def _look_again_and_again(settings: Settings, database: Database, hop: Hop, now: clock.Clock) -> None:
    while True:
        try:
            await hop(partial(do_what_is_due, settings, database, now))
            job = await hop(partial(_claim, database, now))
            if job is not None:
                await asyncio.to_thread(do_job, database, job, now)
                continue
        except Exception:
            log.exception("due: the round failed")
        await asyncio.sleep(LOOK_EVERY)


def do_what_is_due(settings: Settings, database: Database, now: clock.Clock) -> None:
    """Sign the heads of the chains once a day, close what the clock has closed, and forget what has had its time."""
    for due in BY_THE_CLOCK:
        with transaction(database, Actor.system(), now()) as work:
            due(work)
    with database.reading() as session:
        stale = _has_stale_head(session, now)
    if not stale:
        return
    key = signing.key_at(settings.trail_key_path)
    with transaction(database, Actor.system(), now()) as work:
        for chain in trail.chains(work.session):
            signing.sign_if_due(work.session, chain, key, work.now)
        replays.forget_old(work.session, work.now)
        drafting.forget_old(work)
        claims.forget_bodies(work, work.now - BODIES_KEPT)


def _has_stale_head(session: Session, now: clock.Clock) -> bool:
    for chain in trail.chains(session):
        newest = signing.newest_head(session, chain)
        if chain.length and (newest is None or (now() - newest.at >= signing.ONCE_A and newest.seq < chain.length)):
            return True
    return False


def _claim(database: Database, now: clock.Clock) -> Job | None:
    with database.reading() as session:
        if not jobs.is_any_due(session, now()):
            return None
    with transaction(database, Actor.system(), now()) as work:
        return jobs.claim(work.session, work.now)


def do_job(database: Database, job: Job, now: clock.Clock) -> None:
    """Do one claimed job; a fault gives it back for later, a name nobody knows fails it for good."""

    def tell(done: int, total: int) -> None:
        with transaction(database, Actor.system(), now()) as work:
            jobs.tell(work.session, job, done, total, work.now)

    try:
        JOBS[job.name](database, job.arguments, tell)
    except Exception as error:
        log.exception("due: a job failed", job=job.name)
        with transaction(database, Actor.system(), now()) as work:
            jobs.give_back(work.session, job, f"{type(error).__name__}: {error}", work.now)
        return
    with transaction(database, Actor.system(), now()) as work:
        jobs.finish(work.session, job, work.now)
