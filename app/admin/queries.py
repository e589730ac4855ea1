"""What waits for the office, counted by one statement each however many processes there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.decisions.models import Decision
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback.models import Letter
from app.feedback.rules import LetterState
from app.kit.errors import NotFound
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.people.actor import Actor
from app.people.rules import MAY, Permission
from app.process.models import Process, Stage
from app.proposals.models import Author, Invitation, Proposal
from app.proposals.rules import State

THIS_WEEK = timedelta(days=7)
MOST_PROCESSES = 200
MOST_LETTERS = 50


@dataclass(frozen=True)
class Due:
    """So many things of one kind that wait in one process (or one stage of it), the oldest since then."""

    process: Process
    n: int
    since: datetime | None
    stage: Stage | None = None


@dataclass(frozen=True)
class Edge:
    """A window that opens or closes within the week."""

    process: Process
    stage: Stage
    at: datetime
    opens: bool


@dataclass(frozen=True)
class Desk:
    """Everything that is due, in the order in which it hurts."""

    edges: list[Edge]
    to_examine: list[Due]
    unpublished: list[Due]
    owed: list[Due]
    blocked: list[Due]
    to_approve: list[Due]
    unconfirmed: list[Due]
    uninvited: list[Due]
    letters: list[OutboxMessage]

    @property
    def is_clear(self) -> bool:
        """Whether nothing at all is due."""
        return not any(vars(self).values())


def desk_of(session: Session, actor: Actor, now: datetime) -> Desk:
    """What is due this week for somebody, in the processes they may see; ten statements, whatever there is."""
    seen = {process.id: process for process in processes_of(session, actor, Permission.SEE_DESK)}
    ids = list(seen)
    stages = {stage.id: stage for stage in session.scalars(select(Stage).where(Stage.process_id.in_(ids)))}
    door = (Proposal.process_id.in_(ids), Proposal.state == State.SUBMITTED)
    late = (Author.confirmed_at.is_(None), Author.confirm_by <= now, Proposal.state != State.WITHDRAWN)
    silent = (Invitation.process_id.in_(ids), Invitation.first_answer_at.is_(None))
    return Desk(
        edges=_edges(seen, list(stages.values()), now),
        to_examine=_by_process(session, seen, _count(Proposal.process_id, Proposal.received_at).where(*door)),
        unpublished=_by_stage(session, seen, stages, _unpublished(ids)),
        owed=_by_stage(session, seen, stages, _owed(ids)),
        blocked=_by_stage(session, seen, stages, _drafts(ids).where(Letter.blocked_because.is_not(None))),
        to_approve=_by_stage(session, seen, stages, _drafts(ids).where(Letter.blocked_because.is_(None))),
        unconfirmed=_by_process(session, seen, _unconfirmed(ids).where(*late)),
        uninvited=_by_process(session, seen, _count(Invitation.process_id, Invitation.sent_at).where(*silent)),
        letters=letters_to_review(session, actor),
    )


def processes_of(session: Session, actor: Actor, permission: Permission) -> list[Process]:
    """The processes that run and in which somebody may do something, newest first."""
    held = [one.process_id for one in actor.held if permission in MAY[one.role]]
    wanted = select(Process).where(Process.ended_at.is_(None))
    if None not in held:
        wanted = wanted.where(Process.id.in_([key for key in held if key]))
    return list(session.scalars(wanted.order_by(Process.opened_at.desc(), Process.slug).limit(MOST_PROCESSES)))


def letters_to_review(session: Session, actor: Actor) -> list[OutboxMessage]:
    """The letters in doubt, which only a person may settle, oldest first; none for who may not review them."""
    held = [one.process_id for one in actor.held if Permission.REVIEW_OUTBOX in MAY[one.role]]
    wanted = select(OutboxMessage).where(OutboxMessage.state == OutboxState.UNKNOWN)
    if None not in held:
        wanted = wanted.where(OutboxMessage.process_id.in_([key for key in held if key]))
    return list(session.scalars(wanted.order_by(OutboxMessage.id).limit(MOST_LETTERS)))


def letter(session: Session, letter_id: uuid.UUID, actor: Actor) -> OutboxMessage:
    """One letter for who may review it; for anybody else it does not exist."""
    found = session.get(OutboxMessage, letter_id)
    if found is None or not actor.may(Permission.REVIEW_OUTBOX, found.process_id):
        raise NotFound
    return found


def _edges(seen: dict[uuid.UUID, Process], stages: Sequence[Stage], now: datetime) -> list[Edge]:
    found = []
    for stage in stages:
        for at, opens in ((stage.opens_at, True), (stage.closes_at, False)):
            if at and now < at <= now + THIS_WEEK and not stage.concluded_at:
                found.append(Edge(seen[stage.process_id], stage, at, opens))
    return sorted(found, key=lambda edge: (edge.at, edge.stage.position))


def _count(key: Any, since: Any) -> Select[Any]:
    return select(key, func.count(), func.min(since)).group_by(key)


def _unpublished(ids: list[uuid.UUID]) -> Select[Any]:
    taken = (Decision.process_id.in_(ids), Decision.is_current, Decision.published_at.is_(None))
    return _count(Decision.stage_id, Decision.decided_at).where(*taken)


def _owed(ids: list[uuid.UUID]) -> Select[Any]:
    return _count(Duty.stage_id, Duty.owed_at).where(Duty.process_id.in_(ids), Duty.state == DutyState.OWED)


def _drafts(ids: list[uuid.UUID]) -> Select[Any]:
    return _count(Letter.stage_id, Letter.drafted_at).where(
        Letter.process_id.in_(ids), Letter.state == LetterState.DRAFT
    )


def _unconfirmed(ids: list[uuid.UUID]) -> Select[Any]:
    counted = _count(Proposal.process_id, Author.confirm_by).join(Author, Author.proposal_id == Proposal.id)
    return counted.where(Proposal.process_id.in_(ids), Author.confirm_by.is_not(None))


def _by_process(session: Session, seen: dict[uuid.UUID, Process], counted: Select[Any]) -> list[Due]:
    return _oldest_first([Due(seen[key], n, since) for key, n, since in session.execute(counted)])


def _by_stage(
    session: Session, seen: dict[uuid.UUID, Process], stages: dict[uuid.UUID, Stage], counted: Select[Any]
) -> list[Due]:
    rows = [(stages[key], n, since) for key, n, since in session.execute(counted)]
    return _oldest_first([Due(seen[stage.process_id], n, since, stage) for stage, n, since in rows])


def _oldest_first(found: list[Due]) -> list[Due]:
    return sorted(found, key=lambda due: (due.since is None, due.since))
