"""What the provider reports: only when signed and fresh, once each, in any order to the same end."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from app.kit import clock
from app.kit.db import Database
from app.mail import moves
from app.mail.models import DeliveryEvent
from app.mail.rules import OutboxState, StopReason
from app.post_office import webhook
from app.post_office.webhook import sendgrid_route
from app.post_office.worker import threads_for
from tests.fakes.sendgrid import Signer
from tests.post_office import letters

pytestmark = pytest.mark.either

S = OutboxState
SIGNER = Signer()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    route = sendgrid_route(database, SIGNER.public_key, clock.now, threads_for(database))
    transport = httpx2.ASGITransport(Starlette(routes=[route]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def event(message: uuid.UUID, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "email": "p0@example.org",
        "timestamp": int(time.time()),
        "event": kind,
        "sg_event_id": f"{kind}-{message}",
        "sg_message_id": "sg-1.filter",
        "message": str(message),
        **more,
    }


async def report(door: httpx2.AsyncClient, *events: dict[str, Any]) -> int:
    body = json.dumps(events).encode()
    answer = await door.post("/webhooks/sendgrid", content=body, headers=SIGNER.headers(body))
    return answer.status_code


def accepted(database: Database, count: int = 1) -> list[uuid.UUID]:
    found = letters.posted(database, count)
    for message in found:
        letters.put_into(database, message, S.ACCEPTED)
    return found


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(DeliveryEvent)) or 0


def stops(database: Database, address: str = "p0@example.org") -> set[StopReason]:
    with database.reading() as session:
        return moves.stops_of(session, [address]).get(address, set())


async def test_fifty_times_the_same_reports_shuffled_end_the_same(database: Database, door: httpx2.AsyncClient) -> None:
    messages = accepted(database, 6)
    kinds = ["processed", "deferred", "delivered", "bounce", "dropped", "spamreport"]
    ends = []
    for round_, message in enumerate(messages):
        chosen = random.Random(round_)
        events = [event(message, kind) for kind in kinds[:5]] * 50
        chosen.shuffle(events)
        for start in range(0, len(events), 40):
            assert await report(door, *events[start : start + 40]) == 204
        ends.append(letters.row(database, message).state)
    assert ends == [S.DELIVERED] * 6
    assert stored(database) == 6 * 5


@pytest.mark.parametrize(
    ("kinds", "end"),
    [
        (["delivered"], S.DELIVERED),
        (["delivered", "processed", "deferred"], S.DELIVERED),
        (["delivered", "bounce"], S.DELIVERED),
        (["bounce"], S.BOUNCED),
        (["blocked"], S.BOUNCED),
        (["dropped"], S.DROPPED),
        (["delivered", "spamreport"], S.COMPLAINED),
        (["open", "click", "group_resubscribe", "something_new"], S.ACCEPTED),
    ],
)
async def test_what_each_report_makes_of_a_letter(
    database: Database, door: httpx2.AsyncClient, kinds: list[str], end: OutboxState
) -> None:
    (message,) = accepted(database)
    for kind in kinds:
        assert await report(door, event(message, kind)) == 204
    assert letters.row(database, message).state is end


@pytest.mark.parametrize(
    ("told", "reasons"),
    [
        (("bounce", {"type": "bounce"}), {StopReason.HARD_BOUNCE}),
        (("bounce", {"type": "blocked"}), set()),
        (("blocked", {}), set()),
        (("spamreport", {}), {StopReason.COMPLAINT}),
        (("group_unsubscribe", {}), {StopReason.OPTOUT_OPTIONAL}),
        (("dropped", {"reason": "Bounced Address"}), {StopReason.HARD_BOUNCE}),
        (("delivered", {}), set()),
    ],
)
async def test_hard_bounces_and_complaints_stop_the_address(
    database: Database, door: httpx2.AsyncClient, told: tuple[str, dict[str, str]], reasons: set[StopReason]
) -> None:
    (message,) = accepted(database)
    assert await report(door, event(message, told[0], **told[1])) == 204
    assert stops(database) == reasons
    assert stops(database, "p1@example.org") == set()


async def test_a_report_settles_a_letter_in_doubt(database: Database, door: httpx2.AsyncClient) -> None:
    (message,) = letters.posted(database)
    letters.put_into(database, message, S.UNKNOWN)
    await report(door, event(message, "delivered"))
    row = letters.row(database, message)
    assert row.state is S.DELIVERED
    assert row.accepted_at is not None


async def test_what_is_stored_holds_no_address(database: Database, door: httpx2.AsyncClient) -> None:
    (message,) = accepted(database)
    more = {"reason": "550 <p0@example.org> unknown", "ip": "10.0.0.1", "status": "5.1.1", "type": "bounce"}
    await report(door, event(message, "bounce", **more))
    with database.reading() as session:
        (kept,) = session.scalars(select(DeliveryEvent))
    assert kept.detail == {"reason": "550 <[address]> unknown", "status": "5.1.1", "type": "bounce"}


# ------------------------------------------------------------------------------------------------- who may report


async def refused(door: httpx2.AsyncClient, body: bytes, headers: dict[str, str]) -> int:
    return (await door.post("/webhooks/sendgrid", content=body, headers=headers)).status_code


async def test_only_what_is_signed_and_fresh_is_heard(database: Database, door: httpx2.AsyncClient) -> None:
    (message,) = accepted(database)
    body = json.dumps([event(message, "bounce")]).encode()
    good = SIGNER.headers(body)
    name = webhook.SIGNATURE
    forged = Signer().headers(body)
    now = int(time.time())

    assert await refused(door, body, {}) == 403
    assert await refused(door, body, {name: good[name]}) == 403
    assert await refused(door, body, good | {name: ""}) == 403
    assert await refused(door, body, good | {name: "not base64!"}) == 403
    assert await refused(door, body, good | {name: "AAAA"}) == 403
    assert await refused(door, body, forged) == 403
    assert await refused(door, body + b" ", good) == 403
    assert await refused(door, b"\xff\xfe", SIGNER.headers(b"\xff\xfe")) == 403
    assert await refused(door, body, SIGNER.headers(body, now - 601)) == 403
    assert await refused(door, body, SIGNER.headers(body, now + 660)) == 403
    assert await refused(door, body, good | {webhook.TIMESTAMP: str(now - 5)}) == 403
    assert await refused(door, body, good | {webhook.TIMESTAMP: "9" * 30}) == 403
    assert await refused(door, body, good | {webhook.TIMESTAMP: "12.5"}) == 403
    assert letters.row(database, message).state is S.ACCEPTED
    assert stored(database) == 0

    assert await refused(door, body, SIGNER.headers(body, now - 590)) == 204
    assert letters.row(database, message).state is S.BOUNCED


async def test_without_a_key_nobody_is_heard(database: Database) -> None:
    route = sendgrid_route(database, "", clock.now, threads_for(database))
    transport = httpx2.ASGITransport(Starlette(routes=[route]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert await refused(client, b"[]", SIGNER.headers(b"[]")) == 403


NOBODYS = "00000000-0000-0000-0000-000000000000"


def saying(**changes: Any) -> bytes:
    plain = {"event": "delivered", "sg_event_id": "x", "timestamp": 1, "message": NOBODYS}
    return json.dumps([plain | changes]).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"not json",
        b"[1, null, {}, []]",
        b'[{"event": "delivered"}]',
        saying(),
        saying(message="no id"),
        saying(sg_event_id=""),
        saying(sg_event_id="x" * 201),
        saying(timestamp=float("inf")),
        saying(timestamp=99999999999999),
        saying(event=["delivered"]),
    ],
)
async def test_what_is_signed_but_says_nothing_of_ours_is_taken_and_passed_over(
    database: Database, door: httpx2.AsyncClient, body: bytes
) -> None:
    (message,) = accepted(database)
    assert await refused(door, body, SIGNER.headers(body)) == 204
    assert letters.row(database, message).state is S.ACCEPTED
    assert stored(database) == 0


async def test_five_thousand_reports_take_less_than_two_seconds(database: Database, door: httpx2.AsyncClient) -> None:
    took = []
    for turn in range(3):  # the quickest: what else the machine does meanwhile is not ours
        messages = accepted(database, 50)
        events = [
            event(messages[n % 50], "delivered" if n // 50 % 2 else "processed", sg_event_id=f"e{turn}-{n}")
            for n in range(5000)
        ]
        start = time.perf_counter()
        assert await report(door, *events) == 204
        took.append(time.perf_counter() - start)
    assert stored(database) == 15000
    assert letters.states(database) == {S.DELIVERED: 150}
    assert min(took) < 2
