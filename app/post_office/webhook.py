"""POST /webhooks/sendgrid: signed reports of the provider, and nothing else.

The signature stands over the timestamp and the raw body; an old or future timestamp is refused, so that a recorded
request cannot be played again. What is signed is always answered 2xx, even when it tells nothing new: the provider
would otherwise send it for a day.
"""

from __future__ import annotations

import binascii
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sendgrid.helpers.eventwebhook import EventWebhook
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.kit.clock import Clock
from app.kit.db import Database
from app.mail.rules import EventKind
from app.people.actor import Actor
from app.post_office import reports
from app.post_office.reports import Report
from app.post_office.together import Hop
from app.work.transaction import transaction

log = structlog.get_logger("minga.post_office")

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
FRESH = timedelta(minutes=10)
KEPT_DETAILS = ("reason", "status", "type", "attempt", "bounce_classification")
DETAIL_LENGTH = 300

KINDS = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "blocked": EventKind.BOUNCED,
    "dropped": EventKind.DROPPED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
}


def sendgrid_route(database: Database, public_key: str, clock: Clock, hop: Hop) -> Route:
    """The one address of the provider; without a key every request is refused, because nothing could be checked."""
    is_genuine = verifier(public_key)

    async def receive(request: Request) -> Response:
        body = await request.body()
        now = clock()
        if not is_genuine(body, request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, ""), now):
            return PlainTextResponse("not signed by the provider\n", 403)
        heard = parse(body)

        def take_in() -> int:
            with transaction(database, Actor.system(), now) as work:
                return reports.take_in(work, heard)

        applied = await hop(take_in) if heard else 0
        log.info("post office: reports", heard=len(heard), new=applied)
        return Response(status_code=204)

    return Route("/webhooks/sendgrid", receive, methods=["POST"], name="sendgrid_webhook")


def verifier(public_key: str) -> Callable[[bytes, str, str, datetime], bool]:
    """A check of body, signature and timestamp against the key that the provider shows (base64 of its DER form)."""
    checker = EventWebhook(public_key.strip()) if public_key.strip() else None

    def is_genuine(body: bytes, signature: str, timestamp: str, now: datetime) -> bool:
        if checker is None or not signature or not _is_fresh(timestamp, now):
            return False
        try:
            return bool(checker.verify_signature(body.decode("utf-8"), signature, timestamp))
        except (binascii.Error, ValueError):
            return False

    return is_genuine


def parse(body: bytes) -> list[Report]:
    """The reports that name a letter; unknown events and anything malformed are passed over, never refused."""
    try:
        events = json.loads(body)
    except ValueError:
        return []
    if not isinstance(events, list):
        return []
    return [report for event in events if (report := _report_of(event)) is not None]


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    return abs(now - datetime.fromtimestamp(int(timestamp), UTC)) <= FRESH


def _report_of(event: Any) -> Report | None:
    if not isinstance(event, dict):
        return None
    kind = KINDS.get(str(event.get("event")))
    key, at = event.get("sg_event_id"), event.get("timestamp")
    if kind is None or not isinstance(key, str) or not 0 < len(key) <= 200 or not isinstance(at, int):
        return None
    try:
        message = uuid.UUID(str(event.get("message")))
        moment = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Report(key, message, kind, moment, _details(event))


def _details(event: dict[str, Any]) -> dict[str, str]:
    kept = {name: event[name] for name in KEPT_DETAILS if isinstance(event.get(name), str)}
    if event.get("event") == "blocked":
        kept["type"] = "blocked"
    address = event.get("email")
    return {
        name: (value.replace(address, "[address]") if isinstance(address, str) and address else value)[:DETAIL_LENGTH]
        for name, value in kept.items()
    }
