"""The forum as a body: its rules in every version, the terms of its seats, what is vacant, and when it last met."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.forum.models import ForumRule, ForumSession, ForumText, Seat, SeatHolder
from app.forum.rules.body import QUIET, Parity, parity_of
from app.forum.rules.seats import TOOK_PLACE, Right
from app.people.models import Person
from app.proposals.rules import Provenance


def rules_of(session: Session, body_id: uuid.UUID) -> list[ForumText]:
    """The forum's own rules, every version, the one in force first."""
    wanted = select(ForumText).where(ForumText.body_id == body_id)
    return list(session.scalars(wanted.order_by(ForumText.version.desc())))


def former_terms(session: Session, body_id: uuid.UUID, now: datetime) -> dict[uuid.UUID, list[tuple[SeatHolder, str]]]:
    """Who sat in the seats of a forum before, the last first, by seat, with the name each is published under."""
    rows = session.execute(
        select(SeatHolder, Person.public_name)
        .join(Person, Person.id == SeatHolder.person_id)
        .join(Seat, Seat.id == SeatHolder.seat_id)
        .where(Seat.body_id == body_id, SeatHolder.to_at <= now)
        .order_by(SeatHolder.to_at.desc())
    )
    found: dict[uuid.UUID, list[tuple[SeatHolder, str]]] = defaultdict(list)
    for holder, name in rows:
        found[holder.seat_id].append((holder, name))
    return dict(found)


def parity_in(seats: Collection[Seat]) -> Parity:
    """The parity meter of these seats."""
    return parity_of((seat.sector, seat.voting_right) for seat in seats)


def vacant(process_ids: Collection[uuid.UUID], now: datetime) -> Select[Any]:
    """How many voting seats nobody holds, by process, and when the first of them was left; as a statement.

    Only of forums that sit now and were set up here. A seat that nobody ever held was never left.
    """
    held = (SeatHolder.seat_id == Seat.id, SeatHolder.is_alternate.is_(False))
    sits = exists().where(*held, SeatHolder.from_at <= now, (SeatHolder.to_at.is_(None)) | (SeatHolder.to_at > now))
    left = select(func.max(SeatHolder.to_at)).where(*held, SeatHolder.to_at <= now).scalar_subquery()
    told: list[Any] = [Seat.process_id, func.count(), func.min(left)]
    return (
        select(*told)
        .join(ForumRule, ForumRule.body_id == Seat.body_id)
        .where(Seat.process_id.in_(process_ids), Seat.voting_right == Right.VOTE, ~sits)
        .where(ForumRule.ended_on.is_(None), ForumRule.provenance == Provenance.NATIVE)
        .group_by(Seat.process_id)
    )


def quiet_for(session: Session, rule: ForumRule, now: datetime) -> int | None:
    """How many days a forum that met before has not met, once they are too many; None before that."""
    held = (ForumSession.body_id == rule.body_id, ForumSession.state.in_(TOOK_PLACE))
    last = session.scalar(select(func.max(ForumSession.held_at)).where(*held))
    if last is None or rule.ended_on is not None or now - last < QUIET:
        return None
    return (now - last).days
