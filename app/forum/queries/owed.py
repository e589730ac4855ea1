"""What is still to be handed in, by seat and by the person of it who can: done or not done, and never what it says."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.forum.models import Round, RoundReminder
from app.forum.queries.aside import recused_by, seats_aside
from app.forum.queries.assigned import given, seated
from app.forum.queries.rounds import done_in, scorable
from app.forum.rules.reminding import ONCE_IN
from app.forum.rules.scoring import RoundState

Owed = set[tuple[uuid.UUID, uuid.UUID]]
"""Proposal and seat of each sheet that is missing."""


def owed(session: Session, found: Round, now: datetime) -> Owed:
    """The missing sheets of seats that vote: those on which nobody sits or that stand aside owe none."""
    voting = [row.seat.id for row in seated(session, found.body_id, now)]
    all_of_them = {(key, seat_id) for key, _, _ in scorable(session, found) for seat_id in voting}
    if found.is_shared:
        all_of_them &= {(key, seat_id) for key, some in given(session, found).items() for seat_id in some}
    aside = {(key, seat_id) for key, some in seats_aside(session, found, now).items() for seat_id in some}
    return all_of_them - done_in(session, found) - aside


def late(session: Session, found: Round, now: datetime) -> Counter[uuid.UUID]:
    """How many sheets each person still has to hand in: the holder of the seat, or who enters for them."""
    sitting = {row.seat.id: row for row in seated(session, found.body_id, now)}
    recused = recused_by(session, found.stage_id)
    missing: Counter[uuid.UUID] = Counter()
    for proposal_id, seat_id in owed(session, found, now):
        aside = {row.person_id for row in recused.get(proposal_id, {}).get(seat_id, ())}
        people = [one.person_id for one in (sitting[seat_id].holder, sitting[seat_id].alternate) if one]
        free = [person for person in people if person not in aside]
        if free:
            missing[free[0]] += 1
    return missing


def to_remind(session: Session, found: Round, now: datetime) -> dict[uuid.UUID, int]:
    """Those who are late and were not written to within a day, with what each has to hand in."""
    last = select(RoundReminder.person_id, func.max(RoundReminder.at)).where(RoundReminder.round_id == found.id)
    written = {row[0]: row[1] for row in session.execute(last.group_by(RoundReminder.person_id))}
    return {
        person: n
        for person, n in late(session, found, now).items()
        if person not in written or now - written[person] >= ONCE_IN
    }


def not_reminded(session: Session, now: datetime) -> list[Round]:
    """The open rounds of which the program has not reminded by itself yet."""
    wanted = (
        Round.state == RoundState.OPEN,
        Round.reminded_at.is_(None),
        Round.remind_days > 0,
        Round.opens_at <= now,
        Round.closes_at > now,
    )
    return list(session.scalars(select(Round).where(*wanted)))


def count_missing(session: Session, found: Round, now: datetime) -> int:
    """How many sheets of voting seats are still to come."""
    return len(owed(session, found, now))


def may_close(session: Session, found: Round, now: datetime) -> bool:
    """Whether a round can be closed now: its time has passed, or every sheet that is owed is in."""
    if found.closed_at is not None:
        return False
    if found.follows_id is not None:  # every sheet is in from the start: what is waited for is the discussion
        return now >= found.closes_at
    return now >= found.closes_at or (bool(done_in(session, found)) and not count_missing(session, found, now))
