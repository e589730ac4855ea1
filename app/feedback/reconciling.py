"""What became of everything that was owed at a stage: each duty counted once, and the letters that want a look.

Several numbers that stand in different tables are brought together here, so that they add up to what was owed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session, defer

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback.models import Letter, LetterDuty
from app.feedback.queries import Line
from app.feedback.rules import LetterState, Way
from app.mail.models import OutboxMessage
from app.mail.rules import IN_HAND, NOT_REACHED, OutboxState
from app.people.models import Person

QUIET_AFTER = timedelta(hours=48)
ON_THE_WAY = (OutboxState.DRAFT, OutboxState.READY, OutboxState.RETRY_WAIT, *IN_HAND)
ARRIVED = (OutboxState.DELIVERED, OutboxState.COMPLAINED)


class Fate(StrEnum):
    """What became of one thing that was owed; the first four cover it, and after `settled` it is still owed."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"
    TOGETHER = "together"
    SETTLED = "settled"
    IN_DOUBT = "in_doubt"
    WAITING = "waiting"
    RETURNED = "returned"
    TO_HAND_OVER = "to_hand_over"
    DRAFTED = "drafted"
    UNWRITTEN = "unwritten"


COVERS = (Fate.DELIVERED, Fate.ACCEPTED, Fate.HANDED_OVER, Fate.TOGETHER)


@dataclass(frozen=True)
class Reckoning:
    """How many duties ended how, and how many letters of each kind somebody should look at."""

    fates: dict[Fate, int]
    letters: dict[str, int]

    @property
    def covered(self) -> int:
        """What was answered."""
        return sum(self.fates[fate] for fate in COVERS)

    @property
    def settled(self) -> int:
        """What was settled without a letter that arrived."""
        return self.fates[Fate.SETTLED]

    @property
    def owed(self) -> int:
        """What is still owed."""
        return self.total - self.covered - self.settled

    @property
    def total(self) -> int:
        """Everything there ever was to answer."""
        return sum(self.fates.values())


def reckoning(session: Session, stage_id: uuid.UUID, quiet_before: datetime) -> Reckoning:
    """The figures of a stage: two statements, however many letters there are."""
    fate = _fate().label("fate")
    counted = select(fate, func.count()).where(Duty.stage_id == stage_id).group_by(fate)
    found = {Fate(row[0]): row[1] for row in session.execute(counted)}
    kinds = [func.count().filter(which).label(kind) for kind, which in _kinds(quiet_before).items()]
    letters = select(*kinds).select_from(Letter).outerjoin(*_sent()).where(Letter.stage_id == stage_id)
    row = session.execute(letters).one()
    return Reckoning({fate: found.get(fate, 0) for fate in Fate}, dict(row._mapping))  # noqa: SLF001 - its public name


def letters_of(
    session: Session, stage_id: uuid.UUID, of: tuple[str, datetime], after: uuid.UUID | None, limit: int
) -> list[Line]:
    """One page of the letters of one kind; what is quiet has been so since before then."""
    kind, quiet_before = of
    statement = (
        select(Letter, Person.name, OutboxMessage.state)
        .join(Person, Person.id == Letter.person_id)
        .outerjoin(*_sent())
        .where(Letter.stage_id == stage_id, _kinds(quiet_before)[kind])
        .options(defer(Letter.text), defer(Letter.html))
    )
    if after is not None:
        statement = statement.where(Letter.id > after)
    return [Line(*row) for row in session.execute(statement.order_by(Letter.id).limit(limit))]


def rows(session: Session, stage_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Every duty of a stage with its fate, for the office's file; they are as many as the page counts."""
    columns = (Duty.subject, Person.name, Duty.part, Duty.state, _fate(), Duty.owed_at, Duty.closed_at)
    wanted = select(*columns, Duty.settled_because).join(Person, Person.id == Duty.person_id)
    names = ("subject", "person", "part", "state", "fate", "owed_at", "closed_at", "settled_because")
    for row in session.execute(wanted.where(Duty.stage_id == stage_id).order_by(Duty.subject, Duty.id)):
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value) if value is not None else ""


KINDS = ("quiet", "unknown", "came_back", "failed", "waiting", "accepted", "delivered", "handed_over", "hand", "draft")


def _kinds(quiet_before: datetime) -> dict[str, ColumnElement[bool]]:
    sent = OutboxMessage.state
    is_quiet = and_(sent == OutboxState.ACCEPTED, OutboxMessage.accepted_at < quiet_before)
    is_approved = Letter.state == LetterState.APPROVED
    conditions = (
        and_(is_quiet, Letter.state != LetterState.CANCELLED),
        sent == OutboxState.UNKNOWN,
        and_(is_approved, sent.in_((OutboxState.BOUNCED, OutboxState.DROPPED))),
        and_(is_approved, sent.in_((OutboxState.FAILED, OutboxState.CANCELLED))),
        sent.in_(ON_THE_WAY),
        sent == OutboxState.ACCEPTED,
        sent.in_(ARRIVED),
        Letter.handed_over_at.is_not(None),
        and_(is_approved, Letter.way == Way.HAND),
        Letter.state == LetterState.DRAFT,
    )
    return dict(zip(KINDS, conditions, strict=True))


def _sent() -> tuple[type[OutboxMessage], ColumnElement[bool]]:
    return OutboxMessage, OutboxMessage.id == Letter.outbox_message_id


def _fate() -> ColumnElement[str]:
    """What became of a duty; whoever is asked first wins, so that each is counted once."""
    owed, covered = Duty.state == DutyState.OWED, Duty.state == DutyState.COVERED
    not_left = (*NOT_REACHED, OutboxState.CANCELLED)
    return case(
        (Duty.state == DutyState.SETTLED, literal(Fate.SETTLED.value)),
        (and_(covered, _posted(*ARRIVED)), literal(Fate.DELIVERED.value)),
        (and_(covered, _posted(OutboxState.ACCEPTED)), literal(Fate.ACCEPTED.value)),
        (and_(covered, _written(Letter.handed_over_at.is_not(None))), literal(Fate.HANDED_OVER.value)),
        (covered, literal(Fate.TOGETHER.value)),
        (_posted(OutboxState.UNKNOWN), literal(Fate.IN_DOUBT.value)),
        (_posted(*ON_THE_WAY), literal(Fate.WAITING.value)),
        (and_(owed, _posted(*not_left)), literal(Fate.RETURNED.value)),
        (_written(Letter.state == LetterState.APPROVED, Letter.way == Way.HAND), literal(Fate.TO_HAND_OVER.value)),
        (_written(Letter.state == LetterState.DRAFT), literal(Fate.DRAFTED.value)),
        else_=literal(Fate.UNWRITTEN.value),
    )


def _written(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(LetterDuty.duty_id == Duty.id, Letter.id == LetterDuty.letter_id, *which)


def _posted(*states: OutboxState) -> ColumnElement[bool]:
    not_given_up = Letter.state != LetterState.CANCELLED
    return _written(not_given_up, OutboxMessage.id == Letter.outbox_message_id, OutboxMessage.state.in_(states))
