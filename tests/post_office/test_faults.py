"""Everything a provider may do to one campaign: each letter ends in its right state, and none holds up the rest."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from app.kit import clock
from app.kit.db import Database
from app.mail.composing import sender_of
from app.mail.rules import OutboxState
from app.mail.transport import SendGridTransport
from app.post_office.webhook import sendgrid_route
from app.post_office.worker import Worker, threads_for
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, Answer, FakeSendGrid, Signer
from tests.post_office import letters

S = OutboxState
SIGNER = Signer()
REST = 12
PATIENCE = 3.0
"""Seconds after which a call without an answer is given up; the provider would keep it for sixty."""


@dataclass(frozen=True)
class Fault:
    """What the provider answers about one address, one try after the other; how its letter ends, after how many."""

    answers: tuple[Answer, ...]
    ends: OutboxState
    tries: int
    reported: str = ""


FAULTS = {
    "busy": Fault((Answer(429, {"Retry-After": "2"}), Answer()), S.ACCEPTED, 2),
    "alwaysbusy": Fault((Answer(429),), S.FAILED, 6),
    "broken": Fault((Answer(500), Answer(503), Answer()), S.ACCEPTED, 3),
    "silent": Fault((Answer(wait=60),), S.UNKNOWN, 1),
    "reset": Fault((Answer(is_cut=True),), S.UNKNOWN, 1),
    "bounced": Fault((Answer(),), S.BOUNCED, 1, "bounce"),
    "delivered": Fault((Answer(),), S.DELIVERED, 1, "delivered"),
    "malformed": Fault((Answer(400, body="{}"),), S.FAILED, 1),
}


@pytest.fixture
def provider() -> Iterator[FakeSendGrid]:
    with sendgrid.serving() as fake:
        yield fake


def answering(fake: FakeSendGrid) -> None:
    """Each address is answered as its fault says, and every other taken at once."""
    tried: dict[str, int] = defaultdict(int)

    def answer(body: dict[str, Any]) -> Answer:
        who = str(body["personalizations"][0]["to"][0]["email"]).partition("@")[0]
        if who not in FAULTS:
            return Answer()
        answers = FAULTS[who].answers
        tried[who] += 1
        return answers[min(tried[who], len(answers)) - 1]

    fake.answer = answer


async def tell(database: Database, *told: tuple[uuid.UUID, str]) -> None:
    """The provider reports, signed."""
    route = sendgrid_route(database, SIGNER.public_key, clock.now, threads_for(database))
    now = int(time.time())
    events = [
        {"event": kind, "message": str(key), "timestamp": now, "sg_event_id": f"{kind}{key}"} for key, kind in told
    ]
    body = json.dumps(events).encode()
    door = httpx2.ASGITransport(Starlette(routes=[route]))
    async with httpx2.AsyncClient(transport=door, base_url="http://127.0.0.1") as client:
        assert (await client.post("/webhooks/sendgrid", content=body, headers=SIGNER.headers(body))).is_success


async def test_each_fault_ends_in_its_state_and_holds_up_nobody(database: Database, provider: FakeSendGrid) -> None:
    bad = {who: letters.posted(database, address=f"{who}@example.org")[0] for who in FAULTS}
    rest = letters.posted(database, count=REST)
    answering(provider)
    transport = SendGridTransport(KEY, sender_of("Minga <m@example.org>"), host=provider.url, seconds=PATIENCE)
    worker = Worker(database, transport, slots=3)
    first = asyncio.ensure_future(worker.run_until_idle())
    while letters.states(database)[S.ACCEPTED] < REST + 2:
        assert not first.done()
        await asyncio.sleep(0.02)
    assert letters.row(database, bad["silent"]).state is S.ATTEMPTING  # the rest has gone while this call still waits
    await first
    for _ in range(7):
        letters.let_waiting_pass(database)
        await worker.run_until_idle()
    await tell(database, *((bad[who], fault.reported) for who, fault in FAULTS.items() if fault.reported))
    ended = {who: (letters.row(database, key).state, letters.row(database, key).attempts) for who, key in bad.items()}
    assert ended == {who: (fault.ends, fault.tries) for who, fault in FAULTS.items()}
    assert {letters.row(database, key).state for key in rest} == {S.ACCEPTED}
    taken = provider.taken()
    assert {taken[str(key)] for key in rest} == {1}
    assert {who: taken[str(key)] for who, key in bad.items()} == {who: fault.tries for who, fault in FAULTS.items()}
