"""What a session recorded: its items with their proposals, its motions with every voice, its tasks, its minutes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.forum.models import ForumSession, Seat
from app.forum.records import (
    ItemProposal,
    Motion,
    MotionVoice,
    SessionAddendum,
    SessionItem,
    SessionMinutes,
    SessionTask,
)
from app.forum.rules.minutes import MinutesState
from app.forum.rules.motions import Matter, MotionState
from app.forum.rules.seats import SessionState
from app.kit.errors import NotFound
from app.proposals.models import Proposal

MOST_TASKS = 200


@dataclass(frozen=True)
class Said:
    """One seat's voice on a motion."""

    seat: Seat
    row: MotionVoice


def items_of(session: Session, session_id: uuid.UUID) -> list[SessionItem]:
    """The items of a session, in order."""
    wanted = select(SessionItem).where(SessionItem.session_id == session_id)
    return list(session.scalars(wanted.order_by(SessionItem.number)))


def item_numbered(session: Session, session_id: uuid.UUID, number: int) -> SessionItem:
    """The item of this number."""
    wanted = (SessionItem.session_id == session_id, SessionItem.number == number)
    found = session.scalars(select(SessionItem).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def proposals_of(session: Session, session_id: uuid.UUID) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Folio and title of the public proposals each item is about."""
    rows = session.execute(
        select(ItemProposal.item_id, Proposal.folio, Proposal.title)
        .join(SessionItem, SessionItem.id == ItemProposal.item_id)
        .join(Proposal, Proposal.id == ItemProposal.proposal_id)
        .where(SessionItem.session_id == session_id, Proposal.is_public)
        .order_by(Proposal.number)
    )
    found: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for item_id, folio, title in rows:
        found[item_id].append((folio, title))
    return found


def motions_of(session: Session, session_id: uuid.UUID) -> list[Motion]:
    """The motions of a session, in the order in which they were put."""
    return list(session.scalars(select(Motion).where(Motion.session_id == session_id).order_by(Motion.number)))


def carried_on(session: Session, session_id: uuid.UUID, matter: Matter) -> list[Motion]:
    """The motions on this matter that a session carried, in order."""
    wanted = (Motion.session_id == session_id, Motion.matter == matter, Motion.state == MotionState.CARRIED)
    return list(session.scalars(select(Motion).where(*wanted).order_by(Motion.number)))


def minutes_to_approve(process_ids: Collection[uuid.UUID], but: uuid.UUID | None) -> Select[Any]:
    """How many drafts of minutes of closed sessions wait for somebody other than their writer, by process."""
    told: list[Any] = [ForumSession.process_id, func.count(), func.min(SessionMinutes.written_at)]
    wanted = (SessionMinutes.state == MinutesState.DRAFT, ForumSession.state == SessionState.CLOSED)
    return (
        select(*told)
        .join(ForumSession, ForumSession.id == SessionMinutes.session_id)
        .where(ForumSession.process_id.in_(process_ids), *wanted)
        .where(SessionMinutes.written_by_person_id.is_distinct_from(but))
        .group_by(ForumSession.process_id)
    )


def motion_numbered(session: Session, session_id: uuid.UUID, number: int) -> Motion:
    """The motion of this number."""
    wanted = (Motion.session_id == session_id, Motion.number == number)
    found = session.scalars(select(Motion).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def voices_of(session: Session, session_id: uuid.UUID) -> dict[uuid.UUID, list[Said]]:
    """What each seat said, by motion, in the order of the seats."""
    rows = session.execute(
        select(MotionVoice, Seat)
        .join(Motion, Motion.id == MotionVoice.motion_id)
        .join(Seat, Seat.id == MotionVoice.seat_id)
        .where(Motion.session_id == session_id)
        .order_by(Seat.number)
    )
    found: dict[uuid.UUID, list[Said]] = defaultdict(list)
    for voice, seat in rows:
        found[voice.motion_id].append(Said(seat, voice))
    return found


def tasks_of(session: Session, session_id: uuid.UUID) -> list[SessionTask]:
    """What was undertaken in a session, in order."""
    wanted = select(SessionTask).where(SessionTask.session_id == session_id)
    return list(session.scalars(wanted.order_by(SessionTask.number)))


def task_numbered(session: Session, session_id: uuid.UUID, number: int) -> SessionTask:
    """The task of this number."""
    wanted = (SessionTask.session_id == session_id, SessionTask.number == number)
    found = session.scalars(select(SessionTask).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_tasks(session: Session, body_id: uuid.UUID, *, public: bool) -> list[tuple[SessionTask, int]]:
    """What a forum undertook and has not done, the soonest first, with the number of the session.

    The public reads of a task once the minutes that tell of it are published.
    """
    rows = (
        select(SessionTask, ForumSession.number)
        .join(ForumSession, ForumSession.id == SessionTask.session_id)
        .where(ForumSession.body_id == body_id, SessionTask.done_on.is_(None))
        .order_by(SessionTask.due_on.is_(None), SessionTask.due_on, ForumSession.number, SessionTask.number)
        .limit(MOST_TASKS)
    )
    if public:
        rows = rows.join(SessionMinutes, SessionMinutes.session_id == ForumSession.id)
        rows = rows.where(SessionMinutes.state == MinutesState.PUBLISHED)
    return [(task, number) for task, number in session.execute(rows)]


def minutes_of(session: Session, session_id: uuid.UUID) -> SessionMinutes | None:
    """The minutes of a session, in whatever state."""
    return session.get(SessionMinutes, session_id)


def states_of(session: Session, session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MinutesState]:
    """Where the minutes of these sessions stand; those without any are not in it."""
    rows = select(SessionMinutes.session_id, SessionMinutes.state).where(SessionMinutes.session_id.in_(session_ids))
    return {row.session_id: row.state for row in session.execute(rows)}


def addenda_of(session: Session, session_id: uuid.UUID) -> list[SessionAddendum]:
    """What was added after publication, in order."""
    wanted = select(SessionAddendum).where(SessionAddendum.session_id == session_id)
    return list(session.scalars(wanted.order_by(SessionAddendum.number)))
