"""What a provider reports about letters, whoever the provider is: stored once, applied in any order to one same end.

Reports are no acts: they leave no trail entry but rows of their own. They move letters, stop addresses, and cover or
reopen duties.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.duties import ledger
from app.kit import ids
from app.mail import moves
from app.mail.models import DeliveryEvent, OutboxMessage
from app.mail.rules import NOT_REACHED, EventKind, moves_on_report, stop_of_report
from app.work.transaction import Work

AT_ONCE = 400


@dataclass(frozen=True)
class Report:
    """One thing a provider says about one letter; `detail` holds no address."""

    provider_event_id: str
    message_id: uuid.UUID
    kind: EventKind
    at: datetime
    detail: dict[str, str] = field(default_factory=dict)


def take_in(work: Work, reports: Sequence[Report]) -> int:
    """Store and apply what is new, and give how many; what is known or about no letter of ours is passed over."""
    once = {report.provider_event_id: report for report in reports}
    known = _known(work.session, once)
    fresh = {key: report for key, report in once.items() if key not in known}
    letters = _letters(work.session, {report.message_id for report in fresh.values()})
    ours = [report for report in fresh.values() if report.message_id in letters]
    if ours:
        work.session.execute(insert(DeliveryEvent), [_row(report, work.now) for report in ours])
    for report in ours:
        _apply(work, letters[report.message_id], report)
    return len(ours)


def _known(session: Session, keys: Iterable[str]) -> set[str]:
    wanted = list(keys)
    known: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        known.update(
            session.scalars(select(DeliveryEvent.provider_event_id).where(DeliveryEvent.provider_event_id.in_(part)))
        )
    return known


def _letters(session: Session, wanted: set[uuid.UUID]) -> dict[uuid.UUID, OutboxMessage]:
    """The letters, locked in the order of their keys so that two reports never wait for one another."""
    keys = sorted(wanted)
    found: dict[uuid.UUID, OutboxMessage] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.id.in_(keys[start : start + AT_ONCE]))
            .order_by(OutboxMessage.id)
            .with_for_update()
        )
        found.update({row.id: row for row in rows})
    return found


def _row(report: Report, now: datetime) -> dict[str, object]:
    return {
        "id": ids.new_id(),
        "message_id": report.message_id,
        "provider_event_id": report.provider_event_id,
        "kind": report.kind,
        "at": report.at,
        "detail": report.detail,
        "received_at": now,
    }


def _apply(work: Work, letter: OutboxMessage, report: Report) -> None:
    reason = stop_of_report(report.kind, report.detail)
    if reason is not None and letter.to_address:
        moves.stop(work.session, letter.to_address, reason, work.now)
    names = moves_on_report(letter.state, report.kind, letter.attempts)
    if not names:
        return
    values: dict[str, object] = {}
    if "hear" in names:
        values = {"accepted_at": work.now, "claim_token": None, "lease_until": None, "last_error": None}
    if report.kind in {EventKind.BOUNCED, EventKind.DROPPED}:
        values["last_error"] = report.detail.get("reason", report.kind.value)[:500]
    after = moves.move(work.session, letter.id, letter.state, names, values)
    if after is None:
        return
    if after in NOT_REACHED:
        ledger.reopened_by(work.session, letter.id, work.now)
    else:
        ledger.covered_by(work.session, letter.id, work.now)
