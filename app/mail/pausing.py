"""Which letters wait because somebody said so: asked in the query that claims them, so that every worker obeys at once.

A pause of a stage or of a process holds back answers and letters about meetings, never what was just asked for. The
pause of everything holds back all but sign-in links, and those too where it says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.mail.models import OutboxMessage, SendingPause
from app.mail.rules import LANE_OF_ANSWERS, LetterKind

EVERYTHING = "everything"
A_MINUTE = timedelta(minutes=1)


def scope_of(process_id: uuid.UUID | None, stage_id: uuid.UUID | None = None) -> str:
    """How a pause names what it holds back."""
    if stage_id is not None:
        return f"stage:{stage_id}"
    return f"process:{process_id}" if process_id is not None else EVERYTHING


def is_held_back() -> ColumnElement[bool]:
    """The condition that a letter waits for somebody to say go on."""
    pause, letter = SendingPause, OutboxMessage
    of_all = and_(pause.scope == EVERYTHING, or_(letter.kind != LetterKind.SIGN_IN, pause.has_sign_ins))
    of_process = and_(pause.stage_id.is_(None), pause.process_id == letter.process_id)
    of_answers = and_(letter.lane == LANE_OF_ANSWERS, or_(of_process, pause.stage_id == letter.stage_id))
    return exists().where(pause.ended_at.is_(None), or_(of_all, of_answers))


def left_lately(session: Session, now: datetime) -> int:
    """How many letters of answers and news workers took in the last minute."""
    taken = (OutboxMessage.claimed_at > now - A_MINUTE, OutboxMessage.lane >= LANE_OF_ANSWERS)
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(*taken)) or 0


def standing(session: Session, process_ids: Iterable[uuid.UUID] = ()) -> Sequence[SendingPause]:
    """The pauses in force: of everything, and of these processes and their stages; the widest first."""
    of_these = or_(SendingPause.scope == EVERYTHING, SendingPause.process_id.in_(list(process_ids)))
    wanted = select(SendingPause).where(SendingPause.ended_at.is_(None), of_these)
    widest = (SendingPause.process_id.is_not(None), SendingPause.stage_id.is_not(None), SendingPause.begun_at)
    return session.scalars(wanted.order_by(*widest)).all()
