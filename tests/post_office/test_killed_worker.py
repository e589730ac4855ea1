"""Workers killed at every named step, while calling and at any moment: no letter is lost and none is doubled."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.kit import clock
from app.kit.db import Database
from app.mail.composing import sender_of
from app.mail.rules import EventKind, OutboxState
from app.mail.transport import SendGridTransport
from app.people.actor import Actor
from app.post_office import claims, reports, review, steps
from app.post_office.reports import Report
from app.post_office.worker import Worker
from app.work.transaction import transaction
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, Answer, FakeSendGrid
from tests.post_office import dying_worker, letters

SCRIPT = Path(dying_worker.__file__)
SLOTS = 3
LEASE = 1.5
SENDER = sender_of("Minga <minga@example.org>")
WAYS = [*steps.STEPS, dying_worker.DURING_CALL, dying_worker.AT_ANY_TIME]


def told(database: Database, provider: FakeSendGrid, **more: Any) -> str:
    url = database.url.render_as_string(hide_password=False)
    return json.dumps(
        {"database_url": url, "provider": provider.url, "key": KEY, "slots": SLOTS, "lease": LEASE, **more}
    )


def deaths(rounds: int) -> list[tuple[str, int, float]]:
    chosen = random.Random(20261122)
    planned = []
    for way in WAYS * rounds:
        wait = chosen.uniform(20, 160) if way == dying_worker.AT_ANY_TIME else chosen.uniform(0, 12)
        planned.append((way, chosen.randrange(3), wait))
    return planned


@pytest.mark.parametrize("rounds", [3, pytest.param(25, marks=pytest.mark.deep)])
async def test_killed_at_every_step_no_letter_is_lost_and_none_doubled(database: Database, rounds: int) -> None:
    planned = deaths(rounds)
    posted = letters.posted(database, count=len(planned) * (SLOTS + 3))
    with sendgrid.serving() as provider:
        provider.answer = lambda _body: Answer(wait=0.006)
        killed = await asyncio.to_thread(_kill, told(database, provider, deaths=planned))
        assert {way for way, died in killed if died} == set(WAYS)
        assert all(died for way, died in killed if way != dying_worker.AT_ANY_TIME)

        await asyncio.sleep(LEASE + 0.2)
        fresh = Worker(database, SendGridTransport(KEY, SENDER, host=provider.url))
        await fresh.run_until_idle()
        _assert_nothing_lost_or_doubled(database, provider, posted, sum(died for _, died in killed))
        await _settle_doubts(database, provider, fresh)
    assert letters.states(database) == Counter(_after_settling(database))
    assert provider.taken() == {str(message): 1 for message in posted}


def _kill(argument: str) -> list[tuple[str, bool]]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), argument], capture_output=True, text=True, check=True, timeout=600
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("[")]


def _assert_nothing_lost_or_doubled(
    database: Database, provider: FakeSendGrid, posted: list[uuid.UUID], kills: int
) -> None:
    taken, states = provider.taken(), letters.state_of_each(database)
    assert set(states) == {str(message) for message in posted}
    assert set(states.values()) == {OutboxState.ACCEPTED, OutboxState.UNKNOWN}
    assert max(taken.values()) == 1
    for message, state in states.items():
        assert state is OutboxState.UNKNOWN or taken.get(message) == 1, message
    in_doubt = Counter(states.values())[OutboxState.UNKNOWN]
    assert 0 < in_doubt <= kills * SLOTS


async def _settle_doubts(database: Database, provider: FakeSendGrid, worker: Worker) -> None:
    """The provider reports what it has; the rest a person orders again."""
    doubts = [uuid.UUID(key) for key, state in letters.state_of_each(database).items() if state is OutboxState.UNKNOWN]
    taken = provider.taken()
    with transaction(database, Actor.system(), clock.now()) as work:
        heard = [Report(f"e{key}", key, EventKind.DELIVERED, work.now) for key in doubts if str(key) in taken]
        assert reports.take_in(work, heard) == len(heard)
    for message in [key for key in doubts if str(key) not in taken]:
        with transaction(database, letters.OFFICE, clock.now()) as work:
            review.order_again(work, message, "the provider has no trace of it")
    await worker.run_until_idle()


def _after_settling(database: Database) -> dict[OutboxState, int]:
    found = letters.states(database)
    assert set(found) == {OutboxState.ACCEPTED, OutboxState.DELIVERED}
    return dict(found)


async def test_told_to_stop_it_waits_for_the_call_that_left_and_gives_the_rest_back(database: Database) -> None:
    posted = letters.posted(database, count=12)
    with sendgrid.serving() as provider:
        provider.answer = lambda _body: Answer(wait=0.8)
        argument = told(database, provider, for_ever=True, deaths=[])
        process = subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
            [sys.executable, str(SCRIPT), argument], stdout=subprocess.DEVNULL
        )
        try:
            await _until(lambda: len(provider.received) >= SLOTS)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 20) == 0
        finally:
            process.kill()
            process.wait()
        assert provider.taken() == dict.fromkeys(provider.taken(), 1)
        found = letters.states(database)
        assert set(found) <= {OutboxState.ACCEPTED, OutboxState.READY, OutboxState.RETRY_WAIT}
        assert found[OutboxState.ACCEPTED] == len(provider.received) < len(posted)


async def _until(happened: Any) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.02)


async def test_two_workers_never_send_one_letter_twice(database: Database) -> None:
    posted = letters.posted(database, count=40)
    with sendgrid.serving() as provider:
        workers = [Worker(database, SendGridTransport(KEY, SENDER, host=provider.url)) for _ in range(3)]
        sent = await asyncio.gather(*(worker.run_until_idle() for worker in workers))
        assert sum(sent) == 40
        assert provider.taken() == {str(message): 1 for message in posted}
    assert letters.states(database) == {OutboxState.ACCEPTED: 40}


async def test_a_lease_that_ran_out_gives_back_what_had_not_left(database: Database) -> None:
    claimed, attempting, living = letters.posted(database, count=3)
    gone = clock.now() - timedelta(minutes=10)
    letters.put_into(database, claimed, OutboxState.CLAIMED, tries=0, lease_until=gone, token=uuid.uuid4())
    letters.put_into(database, attempting, OutboxState.ATTEMPTING, lease_until=gone, token=uuid.uuid4())
    ahead = clock.now() + timedelta(minutes=1)
    letters.put_into(database, living, OutboxState.ATTEMPTING, lease_until=ahead, token=uuid.uuid4())
    with transaction(database, Actor.system(), clock.now()) as work:
        assert claims.sweep(work) == (1, 1)
    with transaction(database, Actor.system(), clock.now()) as work:
        assert claims.sweep(work) == (0, 0)
    assert letters.row(database, claimed).state is OutboxState.RETRY_WAIT
    assert letters.row(database, attempting).state is OutboxState.UNKNOWN
    assert letters.row(database, living).state is OutboxState.ATTEMPTING
