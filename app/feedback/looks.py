"""Reading what waits for a person's look: the first letters of many, what became of them, and how many wait."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.feedback.models import FirstLook, Letter
from app.feedback.queries import Line
from app.mail import pausing
from app.mail.models import OutboxMessage, SendingPause
from app.mail.rules import IN_HAND, OutboxState
from app.people.models import Person
from app.process.models import Stage

UNSENT = (OutboxState.DRAFT, OutboxState.READY, OutboxState.RETRY_WAIT)
NOT_YET = frozenset({*UNSENT, *IN_HAND})


@dataclass(frozen=True)
class Waiting:
    """The first letters of many with what became of each, and how many wait for somebody to look at these."""

    look: FirstLook
    first: list[Line]
    waiting: int

    @property
    def may_be_had(self) -> bool:
        """Whether there is something to look at: the first have begun to leave."""
        return not self.first or any(line.sent not in NOT_YET for line in self.first)

    @property
    def outcomes(self) -> Counter[OutboxState | None]:
        """How many of the first stand where."""
        return Counter(line.sent for line in self.first)


def latest(session: Session, stage_id: uuid.UUID) -> FirstLook | None:
    """The newest look of a stage, open or over."""
    wanted = select(FirstLook).where(FirstLook.stage_id == stage_id)
    return session.scalars(wanted.order_by(FirstLook.begun_at.desc(), FirstLook.id.desc()).limit(1)).first()


def open_in(session: Session, stage_ids: Iterable[uuid.UUID]) -> Sequence[FirstLook]:
    """The looks of these stages that nobody has had yet."""
    wanted = (FirstLook.stage_id.in_(list(stage_ids)), FirstLook.ended_at.is_(None))
    return session.scalars(select(FirstLook).where(*wanted)).all()


def _keys(look: FirstLook) -> list[uuid.UUID]:
    return [uuid.UUID(key) for key in look.letters]


def states_of(session: Session, look: FirstLook) -> Counter[OutboxState]:
    """How many of the first letters stand where."""
    return Counter(session.scalars(select(OutboxMessage.state).where(OutboxMessage.id.in_(_keys(look)))))


def waiting(session: Session, stage_id: uuid.UUID) -> Waiting | None:
    """What waits for a look at this stage, if something does."""
    look = latest(session, stage_id)
    if look is None or look.ended_at is not None:
        return None
    first = (
        select(Letter, Person.name, OutboxMessage.state)
        .join(Person, Person.id == Letter.person_id)
        .join(OutboxMessage, OutboxMessage.id == Letter.outbox_message_id)
        .where(OutboxMessage.id.in_(_keys(look)))
        .order_by(Letter.id)
    )
    rest = (
        select(func.count())
        .select_from(Letter)
        .join(OutboxMessage, OutboxMessage.id == Letter.outbox_message_id)
        .where(Letter.stage_id == stage_id, OutboxMessage.state == OutboxState.DRAFT)
    )
    return Waiting(look, [Line(*row) for row in session.execute(first)], session.scalar(rest) or 0)


def unsent(session: Session, stage_id: uuid.UUID) -> int:
    """How many answers of a stage are approved and have not left."""
    left = (OutboxMessage.id == Letter.outbox_message_id, OutboxMessage.state.in_(UNSENT))
    return (
        session.scalar(
            select(func.count())
            .select_from(Letter)
            .join(OutboxMessage, left[0])
            .where(Letter.stage_id == stage_id, left[1])
        )
        or 0
    )


def pauses_of(session: Session, process_id: uuid.UUID, stage_id: uuid.UUID) -> list[SendingPause]:
    """The pauses in force that hold back the answers of a stage; the widest first."""
    return [one for one in pausing.standing(session, [process_id]) if one.stage_id in {None, stage_id}]


def is_paused(session: Session, process_id: uuid.UUID, stage_id: uuid.UUID) -> bool:
    """Whether anything holds back the answers of a stage."""
    return bool(pauses_of(session, process_id, stage_id))


def stages_of(session: Session, process_id: uuid.UUID) -> list[uuid.UUID]:
    """The stages of a process."""
    return list(session.scalars(select(Stage.id).where(Stage.process_id == process_id).order_by(Stage.id)))


def was_stopped(session: Session, stage: Stage, since: datetime) -> bool:
    """Whether somebody took back the letters of this stage, or of all, since then."""
    of_stage = SendingPause.stage_id == stage.id
    of_process = (SendingPause.process_id == stage.process_id) & SendingPause.stage_id.is_(None)
    pauses = select(SendingPause.id).where(
        SendingPause.is_stopped, SendingPause.ended_at >= since, or_(of_stage, of_process)
    )
    ended = (FirstLook.is_stopped, FirstLook.ended_at >= since, FirstLook.stage_id == stage.id)
    found = session.execute(pauses.limit(1)).first() or session.execute(select(FirstLook.id).where(*ended)).first()
    return found is not None
