"""The dates by which answers were promised, each kept for ever: what was promised, what became of it, and why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.models import Promise

ANSWERS = "answers"


def of_stage(session: Session, stage_id: uuid.UUID) -> list[Promise]:
    """Every date that was promised for the answers of a stage, in the order in which it was promised."""
    wanted = (Promise.stage_id == stage_id, Promise.what == ANSWERS)
    return list(session.scalars(select(Promise).where(*wanted).order_by(Promise.made_at, Promise.promised_at)))


def in_force(promises: Sequence[Promise]) -> Promise | None:
    """The date that holds now: the latest that was not moved."""
    standing = [promise for promise in promises if promise.slipped_at is None]
    return max(standing, key=lambda promise: promise.promised_at, default=None)


def told(promises: Sequence[Promise], zone: tzinfo, owed: int) -> list[tuple[Promise, bool]]:
    """What a page says of them, no day twice; with each whether another day was named before it.

    Decisions that are published in two parts promise twice; a date that took the place of one that was moved is told
    with that one, and by itself only while somebody waits for it.
    """
    rows: list[tuple[Promise, bool]] = []
    said: set[date] = set()
    moved: set[date] = set()
    for promise in promises:
        day = promise.promised_at.astimezone(zone).date()
        if promise.new_at is not None:
            moved.add(promise.new_at.astimezone(zone).date())
            rows.append((promise, False))
        elif day not in said and not (day in moved and not owed):
            rows.append((promise, bool(said)))
            said.add(day)
    return rows


def is_late(promise: Promise | None, owed: int, now: datetime) -> bool:
    """Whether a promised date has passed and somebody still waits."""
    return promise is not None and owed > 0 and promise.promised_at <= now
