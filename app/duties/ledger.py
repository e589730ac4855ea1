"""Moving duties: owed, covered by a letter that was accepted, owed again when it came back, settled with a reason.

`work.owe` is the only place where a duty is born; the worker covers and reopens; `feedback` settles.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from app.duties.models import Duty, DutyLetter
from app.duties.rules import DUTY, DutyState, SettledBecause
from app.kit.db import bound_key


@dataclass(frozen=True)
class Tally:
    """How many duties of a stage stand where."""

    owed: int = 0
    covered: int = 0
    settled: int = 0

    @property
    def total(self) -> int:
        """Every duty there ever was."""
        return self.owed + self.covered + self.settled


def covers(session: Session, outbox_message_id: uuid.UUID, duty_ids: list[uuid.UUID]) -> None:
    """Note which duties a letter will cover once it is accepted."""
    session.add_all(DutyLetter(duty_id=duty_id, outbox_message_id=outbox_message_id) for duty_id in duty_ids)


def covered_by(session: Session, outbox_message_id: uuid.UUID, now: datetime) -> int:
    """Cover every owed duty of a letter that the provider has accepted; gives how many.

    With it what is owed about an older version of the same: whoever was told the newer is not told the older after it.
    """
    return len(_cover(session, _of_letter(session, outbox_message_id), now))


def covered_by_hand(session: Session, duties: list[Duty], now: datetime) -> int:
    """Cover what a letter stands for that was handed over, and what is owed about older versions; gives how many."""
    return len(_cover(session, duties, now))


def _cover(session: Session, duties: list[Duty], now: datetime) -> list[Duty]:
    covered = _move(duties, "cover", now)
    if any(duty.subject_version > 1 for duty in covered):
        covered += _move(_older_than(session, covered), "cover", now)
    return covered


def reopened_by(session: Session, outbox_message_id: uuid.UUID, now: datetime) -> int:
    """Owe again what a bounced or dropped letter had covered; gives how many.

    Not what was answered in a newer version meanwhile: that would tell a decision that no longer holds.
    """
    return len(_move(_without_a_newer(session, _of_letter(session, outbox_message_id)), "reopen", now))


_OF_LETTER = (
    select(Duty)
    .join(DutyLetter, DutyLetter.duty_id == Duty.id)
    .where(DutyLetter.outbox_message_id == bound_key("letter"))
    .with_for_update(of=Duty)
)


def _of_letter(session: Session, outbox_message_id: uuid.UUID) -> list[Duty]:
    return list(session.scalars(_OF_LETTER, {"letter": outbox_message_id}))


def _older_than(session: Session, duties: list[Duty]) -> list[Duty]:
    """What is owed to the same people at the same stage about older versions of the same."""
    newer = aliased(Duty)
    older = select(Duty).join(newer, _is_the_same(Duty, newer) & (Duty.subject_version < newer.subject_version))
    wanted = older.where(newer.id.in_([duty.id for duty in duties]), Duty.state == DutyState.OWED)
    return list(session.scalars(wanted.with_for_update(of=Duty)))


def _without_a_newer(session: Session, duties: list[Duty]) -> list[Duty]:
    """Those of which no newer version was answered."""
    newer = aliased(Duty)
    answered = select(Duty.id).join(newer, _is_the_same(Duty, newer) & (Duty.subject_version < newer.subject_version))
    wanted = answered.where(Duty.id.in_([duty.id for duty in duties]), newer.state != DutyState.OWED)
    outdated = set(session.scalars(wanted))
    return [duty for duty in duties if duty.id not in outdated]


def _is_the_same(one: type[Duty], other: type[Duty]) -> ColumnElement[bool]:
    return and_(one.person_id == other.person_id, one.stage_id == other.stage_id, one.subject == other.subject)


def _move(duties: list[Duty], move: str, now: datetime) -> list[Duty]:
    moved = [duty for duty in duties if DUTY.may(duty.state, move)]
    for duty in moved:
        duty.state = DUTY.after(duty.state, move)
        duty.closed_at = now if duty.state is DutyState.COVERED else None
    return moved


def cover_published(duties: list[Duty], now: datetime) -> int:
    """Cover what a published collective answer answers; gives how many. The caller holds the rows."""
    for duty in duties:
        duty.state, duty.closed_at = DUTY.after(duty.state, "cover"), now
    return len(duties)


def settle(session: Session, duty: Duty, because: SettledBecause, note: str, now: datetime) -> None:
    """Close a duty without a letter that arrived, for one of the listed reasons."""
    duty.state = DUTY.after(duty.state, "settle")
    duty.settled_because, duty.settled_note, duty.closed_at = because, note, now


def settle_withdrawn(session: Session, subject_id: uuid.UUID, now: datetime) -> None:
    """Settle what is still owed about something its author withdrew."""
    session.execute(
        update(Duty)
        .where(Duty.subject_id == subject_id, Duty.state == DutyState.OWED)
        .values(state=DutyState.SETTLED, settled_because=SettledBecause.WITHDREW, closed_at=now)
    )


def take_back(session: Session, subject_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take back a duty that was born by mistake, while no letter stands for it: it was never owed."""
    told = select(DutyLetter.duty_id)
    wanted = (Duty.subject_id == subject_id, Duty.person_id == person_id, Duty.state == DutyState.OWED)
    session.execute(delete(Duty).where(*wanted, Duty.id.not_in(told)))


def owed_since(session: Session, stage_id: uuid.UUID) -> datetime | None:
    """Since when the oldest answer of a stage is owed."""
    return session.scalar(select(func.min(Duty.owed_at)).where(Duty.stage_id == stage_id, Duty.state == DutyState.OWED))


def is_answered(session: Session, subject_id: uuid.UUID) -> bool:
    """Whether a letter about this subject was accepted and no other is owed."""
    states = set(session.scalars(select(Duty.state).where(Duty.subject_id == subject_id)))
    return DutyState.COVERED in states and DutyState.OWED not in states


def tally(session: Session, stage_id: uuid.UUID) -> Tally:
    """How many duties of a stage are owed, covered and settled."""
    rows = session.execute(select(Duty.state, func.count()).where(Duty.stage_id == stage_id).group_by(Duty.state)).all()
    return Tally(**{state.value: count for state, count in rows})


def tallies(session: Session, stage_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    """The same for several stages, in one reading; stages without a duty are not among them."""
    counted: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    some = select(Duty.stage_id, Duty.state, func.count()).where(Duty.stage_id.in_(list(stage_ids)))
    for stage_id, state, count in session.execute(some.group_by(Duty.stage_id, Duty.state)):
        counted[stage_id][state.value] = count
    return {stage_id: Tally(**counts) for stage_id, counts in counted.items()}


def owed(session: Session, stage_id: uuid.UUID, limit: int = 50) -> list[Duty]:
    """The duties of a stage that are still owed, oldest first."""
    return list(
        session.scalars(
            select(Duty)
            .where(Duty.stage_id == stage_id, Duty.state == DutyState.OWED)
            .order_by(Duty.owed_at, Duty.id)
            .limit(limit)
        )
    )
