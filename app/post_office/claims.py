"""The database's side of sending: who holds which letter, and what became of the call.

Each function is one short transaction. A letter is held by a lease; a worker that dies loses it. What it had not yet
begun to send is claimed again; what it may have sent goes to `unknown` and waits for a report or a person.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select, update

from app.duties import ledger
from app.kit import ids
from app.kit.db import UtcDateTime, bound_key
from app.mail import moves, outbox, pausing
from app.mail.composing import Outgoing
from app.mail.models import OutboxMessage
from app.mail.rules import (
    CLAIMABLE,
    LANE_OF_ANSWERS,
    OutboxState,
    is_stopped,
    is_too_late,
    may_try_again,
    normal_address,
    wait_after,
)
from app.mail.transport import Accepted, InDoubt, Outcome, TryAgain
from app.work.transaction import Subject, Work

LEASE = timedelta(minutes=4)
SWEPT_AT_ONCE = 500
PACE_LOCK = 0x6D696E6761  # any number of our own: PostgreSQL locks by number


@dataclass(frozen=True)
class Held:
    """A letter this worker holds, and the token that proves it."""

    id: uuid.UUID
    token: uuid.UUID


def database_now(work: Work) -> datetime:
    """The database's own clock on PostgreSQL, so that workers on machines with wrong clocks agree about leases."""
    session = work.session
    if session.get_bind().dialect.name != "postgresql":
        return work.now
    return session.scalars(select(func.clock_timestamp(type_=UtcDateTime()))).one()


def claim(
    work: Work,
    limit: int,
    lease: timedelta = LEASE,
    process_id: uuid.UUID | None = None,
    per_minute: int = 0,
) -> list[Held]:
    """Take up to so many letters that are due: sign-ins and receipts first, then answers, then news; oldest first.

    With `process_id` only letters of that process. What is paused stays. With `per_minute` all workers together take
    no more answers and news in any minute; sign-ins and receipts keep no pace.
    """
    now = database_now(work)
    pace = _may_leave_now(work, now, per_minute) if per_minute else limit
    asked = {"now": now, "at_most": limit, "process": process_id}
    due = [work.session.execute(one, asked).all() for one in (_DUE_OF_ONE if process_id else _DUE)]
    rows = sorted((lane, at, key) for found in due for key, lane, at in found)[:limit]
    asked_for = [key for lane, _, key in rows if lane < LANE_OF_ANSWERS]
    found = asked_for + [key for lane, _, key in rows if lane >= LANE_OF_ANSWERS][:pace]
    if not found:
        return []
    token = ids.random_id()
    taking = {"found": found, "token": token, "now": now, "until": now + lease}
    work.session.connection().execute(_TAKING, taking)
    held = set(work.session.scalars(_TAKEN, {"token": token}))
    return [Held(message, token) for message in found if message in held]


def _due(state: OutboxState, *of: ColumnElement[bool]) -> Select[uuid.UUID, int, datetime]:
    """What is due and in this state, in its order, which is that of the index: none is sorted to find the first."""
    return (
        select(OutboxMessage.id, OutboxMessage.lane, OutboxMessage.next_try_at)
        .where(OutboxMessage.state == state, OutboxMessage.next_try_at <= bindparam("now"))
        .where(~pausing.is_held_back(), *of)
        .order_by(OutboxMessage.lane, OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(bindparam("at_most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


_DUE = [_due(state) for state in CLAIMABLE]
"""Made once, as what follows: workers ask them for every letter."""
_DUE_OF_ONE = [_due(state, OutboxMessage.process_id == bound_key("process")) for state in CLAIMABLE]
_TAKING = (
    update(OutboxMessage)
    .where(OutboxMessage.id.in_(bindparam("found", expanding=True)), OutboxMessage.state.in_(CLAIMABLE))
    .values(
        state=OutboxState.CLAIMED,
        claim_token=bindparam("token"),
        claimed_at=bindparam("now"),
        lease_until=bindparam("until"),
    )
)
_TAKEN = select(OutboxMessage.id).where(OutboxMessage.claim_token == bindparam("token"))
_LOOK_AGAIN = select(OutboxMessage, pausing.is_held_back()).where(OutboxMessage.id == bindparam("letter"))


def _may_leave_now(work: Work, now: datetime, per_minute: int) -> int:
    """How many answers and news may still be taken in this minute; workers count one after another."""
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(select(func.pg_advisory_xact_lock(PACE_LOCK)))
    return max(0, per_minute - pausing.left_lately(work.session, now))


def begin(work: Work, held: Held, lease: timedelta = LEASE) -> Outgoing | None:
    """Look at the letter once more and commit that a call is about to leave; None when it must not or is not ours.

    A letter to a stopped address ends here as failed, so that the office tries another way; so does a sign-in whose
    link is dead by now. One that was paused since it was claimed goes back.
    """
    looked = work.session.execute(_LOOK_AGAIN, {"letter": held.id}).one_or_none()
    row, is_paused = looked or (None, False)
    if row is None or row.claim_token != held.token or row.state is not OutboxState.CLAIMED:
        return None
    if is_paused:
        give_back(work, held)
        return None
    letter = outbox.outgoing(row)
    reason = _reason_to_keep(work, row)
    if reason:
        moves.move(work.session, held.id, OutboxState.CLAIMED, ["fail"], _let_go(held, f"not sent: {reason}"))
        return None
    values = {
        "held_by": held.token,
        "attempts": row.attempts + 1,
        "lease_until": database_now(work) + lease,
    }
    began = moves.move(work.session, held.id, OutboxState.CLAIMED, ["attempt"], values)
    return letter if began else None


def _reason_to_keep(work: Work, row: OutboxMessage) -> str | None:
    if is_too_late(row.kind, row.created_at, work.now):
        return "too late"
    stops = moves.stops_of(work.session, [row.to_address]).get(normal_address(row.to_address), set())
    return ", ".join(sorted(stops)) if is_stopped(row.kind, stops) else None


def record(work: Work, held: Held, outcome: Outcome, chance: float) -> OutboxState | None:
    """Write down what became of the call; None when a report of the provider was quicker or the lease was lost.

    An acceptance that comes after the lease was lost still settles the doubt that was noted meanwhile.
    """
    row = work.session.get(OutboxMessage, held.id)
    if row is not None and row.state is OutboxState.UNKNOWN and isinstance(outcome, Accepted):
        return _accept(work, row, "hear", _free(None) | {"provider_id": outcome.provider_id})
    if row is None or row.claim_token != held.token or row.state is not OutboxState.ATTEMPTING:
        return None
    if isinstance(outcome, Accepted):
        return _accept(work, row, "accept", _let_go(held, None) | {"provider_id": outcome.provider_id})
    tries = row.attempts - row.attempts_before
    values = _let_go(held, _nameless(outcome.reason, row.to_address))
    name = "fail"
    if isinstance(outcome, InDoubt):
        name = "lose_sight"
    elif isinstance(outcome, TryAgain) and may_try_again(tries):
        name = "wait"
        values["next_try_at"] = database_now(work) + wait_after(tries, chance, outcome.retry_after)
    return moves.move(work.session, held.id, row.state, [name], values)


def _accept(work: Work, row: OutboxMessage, name: str, values: dict[str, object]) -> OutboxState | None:
    after = moves.move(work.session, row.id, row.state, [name], values | {"accepted_at": work.now})
    if after is not None:
        ledger.covered_by(work.session, row.id, work.now)
        if row.letter_id and row.process_id:
            subject = Subject(f"letter:{row.letter_id}", row.letter_id, row.process_id)
            work.record("answer.accepted", subject, because=f"outbox:{row.id}")
    return after


def give_back(work: Work, held: Held) -> None:
    """Put a claimed letter back untouched, because this worker is going home."""
    values = _let_go(held, None) | {"next_try_at": work.now}
    moves.move(work.session, held.id, OutboxState.CLAIMED, ["wait"], values)


def sweep(work: Work) -> tuple[int, int]:
    """Take letters from workers whose lease ran out: (put back to be sent, now in doubt)."""
    now = database_now(work)
    lost = work.session.execute(
        select(OutboxMessage.id, OutboxMessage.state)
        .where(
            OutboxMessage.state.in_((OutboxState.CLAIMED, OutboxState.ATTEMPTING)),
            OutboxMessage.lease_until < now,
        )
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    put_back = in_doubt = 0
    for message, state in lost:
        if state is OutboxState.CLAIMED:
            values = _free("the worker that held it is gone") | {"next_try_at": now}
            put_back += moves.move(work.session, message, state, ["wait"], values) is not None
        else:
            values = _free("the worker died while sending")
            in_doubt += moves.move(work.session, message, state, ["lose_sight"], values) is not None
    return put_back, in_doubt


def forget_bodies(work: Work, before: datetime, limit: int = 500) -> int:
    """Drop address, subject and text of letters accepted (or given up) before then; hash, dates and states stay."""
    given_up = OutboxMessage.state.in_((OutboxState.FAILED, OutboxState.CANCELLED)) & (
        OutboxMessage.created_at < before
    )
    old = list(
        work.session.scalars(
            select(OutboxMessage.id)
            .where((OutboxMessage.accepted_at < before) | given_up, OutboxMessage.to_address != "")
            .limit(limit)
        )
    )
    if old:
        empty: dict[str, object] = {"to_address": "", "subject": "", "text": "", "html": "", "reply_to": None}
        statement = update(OutboxMessage).where(OutboxMessage.id.in_(old))
        work.session.execute(statement.values(**empty, headers={}, last_error=None))
    return len(old)


def _let_go(held: Held, error: str | None) -> dict[str, object]:
    return {"held_by": held.token, **_free(error)}


def _free(error: str | None) -> dict[str, object]:
    return {"claim_token": None, "lease_until": None, "last_error": error[:500] if error else None}


def _nameless(reason: str, address: str) -> str:
    """What the provider said, without the address: reasons outlive the letter's body."""
    return reason.replace(address, "[address]") if address else reason
