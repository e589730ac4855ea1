"""The one place where a letter's state is assigned: a conditional UPDATE, so two workers never both make a move."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.kit import ids
from app.mail.models import OutboxMessage, Suppression
from app.mail.rules import OUTBOX, OutboxState, StopReason, normal_address


def move(
    session: Session, message: uuid.UUID, state: OutboxState, moves: Iterable[str], values: dict[str, Any] | None = None
) -> OutboxState | None:
    """Make these moves one after another from the state the caller saw; None when the row was no longer in it.

    `values` may hold the `claim_token` to compare under the key "held_by"; everything else is written with the move.
    """
    after = state
    for name in moves:
        after = OUTBOX.after(after, name)
    written = {**(values or {}), "state": after}
    holder = {"its_token": written.pop("held_by")} if "held_by" in written else {}
    told = {"the_letter": message, "its_state": state, **holder, **{f"new_{n}": value for n, value in written.items()}}
    statement = _moving(frozenset(written), *holder)
    session.flush()
    if not session.connection().execute(statement, told).rowcount:
        return None
    loaded = session.identity_map.get(identity_key(OutboxMessage, message))
    for name, value in written.items() if loaded is not None else ():
        set_committed_value(loaded, name, value)
    return after


@lru_cache(maxsize=256)
def _moving(names: frozenset[str], holder: str = "") -> Update:
    """The statement that writes these columns, made once: a letter moves three times on its way."""
    known = (OutboxMessage.id == bindparam("the_letter"), OutboxMessage.state == bindparam("its_state"))
    its = (OutboxMessage.claim_token == bindparam(holder),) if holder else ()
    statement = update(OutboxMessage).where(*known, *its)
    return statement.values({name: bindparam(f"new_{name}") for name in sorted(names)})


def move_all(session: Session, which: ColumnElement[bool], state: OutboxState, name: str, **values: Any) -> int:
    """Make one move for every letter in this state that `which` picks, in one statement; gives how many."""
    statement = update(OutboxMessage).where(OutboxMessage.state == state, which)
    statement = statement.values(state=OUTBOX.after(state, name), **values)
    changed = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", changed).rowcount


def stop(session: Session, address: str, reason: StopReason, now: datetime) -> bool:
    """Send nothing more to this address for this reason; says whether that is new."""
    normal = normal_address(address)
    standing = select(Suppression.id).where(
        Suppression.address_norm == normal, Suppression.reason == reason, Suppression.lifted_at.is_(None)
    )
    if session.execute(standing).first() is not None:
        return False
    session.add(Suppression(id=ids.new_id(), address_norm=normal, reason=reason, since=now))
    session.flush()
    return True


def lift(session: Session, address: str, now: datetime, *reasons: StopReason) -> None:
    """Take the stops off an address, because its owner confirmed it again or asked for the news again."""
    statement = update(Suppression).where(
        Suppression.address_norm == normal_address(address), Suppression.lifted_at.is_(None)
    )
    if reasons:
        statement = statement.where(Suppression.reason.in_(reasons))
    session.execute(statement.values(lifted_at=now))


_STOPS = select(Suppression.address_norm, Suppression.reason).where(
    Suppression.address_norm.in_(bindparam("addresses", expanding=True)), Suppression.lifted_at.is_(None)
)


def stops_of(session: Session, addresses: Iterable[str]) -> dict[str, set[StopReason]]:
    """The standing stops of these addresses, by normal address."""
    wanted = {normal_address(address) for address in addresses}
    rows = session.execute(_STOPS, {"addresses": list(wanted)})
    found: dict[str, set[StopReason]] = {}
    for address, reason in rows:
        found.setdefault(address, set()).add(reason)
    return found
