"""What waits for the office, counted by one statement each however many processes there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.commitments.models import DraftComment, DraftIssue, MonitoringRound, RoundCall
from app.commitments.rules.comments import CommentState
from app.decisions import queries as decisions
from app.decisions.models import Decision, Publication, Undecided
from app.duties.models import Duty, Promise
from app.duties.rules import DutyState
from app.feedback.models import FirstLook, Letter, Question, StageReport
from app.feedback.questions import is_to_hand_over
from app.feedback.rules import LetterState
from app.forum.models import Round
from app.forum.queries import bodies, records
from app.kit.errors import NotFound
from app.mail import pausing
from app.mail.models import OutboxMessage, SendingPause
from app.mail.rules import OutboxState
from app.people.actor import Actor
from app.people.rules import MAY, Permission
from app.process.models import Process, Stage
from app.proposals.models import Author, Invitation, Proposal
from app.proposals.rules import State
from app.technical_tables.models import FeasibilityRequest

THIS_WEEK = timedelta(days=7)
MOST_PROCESSES = 200
MOST_LETTERS = 50
NOWHERE = uuid.UUID(int=0)


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
    undated: list[Due]
    to_examine: list[Due]
    to_decide: list[Due]
    to_close: list[Due]
    to_seat: list[Due]
    unpublished: list[Due]
    owed: list[Due]
    late: list[Due]
    asked: list[Due]
    blocked: list[Due]
    to_approve: list[Due]
    to_look_at: list[Due]
    minutes: list[Due]
    unconfirmed: list[Due]
    uninvited: list[Due]
    to_read: list[Due]
    to_respond: list[Due]
    unanswered: list[Due]
    unreported: list[Due]
    to_report: list[Due]
    to_conclude: list[Due]
    letters: list[OutboxMessage]
    pauses: list[tuple[Process | None, SendingPause]]
    later: Edge | None = None

    @property
    def is_clear(self) -> bool:
        """Whether nothing at all is due."""
        return not any(value for name, value in vars(self).items() if name != "later")


ASKS: list[tuple[str, Permission]] = [
    ("undated", Permission.EDIT_PROCESS),
    ("to_examine", Permission.EXAMINE_PROPOSALS),
    ("to_decide", Permission.DECIDE),
    ("to_close", Permission.RECORD_SESSION),
    ("to_seat", Permission.APPOINT_SEATS),
    ("unpublished", Permission.DECIDE),
    ("owed", Permission.APPROVE_ANSWERS),
    ("late", Permission.PUBLISH_DECISIONS),
    ("asked", Permission.APPROVE_ANSWERS),
    ("blocked", Permission.APPROVE_ANSWERS),
    ("to_approve", Permission.APPROVE_ANSWERS),
    ("to_look_at", Permission.APPROVE_ANSWERS),
    ("minutes", Permission.RECORD_SESSION),
    ("unconfirmed", Permission.EXAMINE_PROPOSALS),
    ("uninvited", Permission.INVITE_BODIES),
    ("to_read", Permission.WRITE_COMMITMENTS),
    ("to_respond", Permission.WRITE_COMMITMENTS),
    ("unanswered", Permission.INVITE_BODIES),
    ("unreported", Permission.OPEN_MONITORING),
    ("to_conclude", Permission.EDIT_PROCESS),
]
"""What somebody has to be allowed to do for a line to stand on their desk: it leads where it is done."""


def desk_of(session: Session, actor: Actor, now: datetime) -> Desk:
    """What is due this week for somebody, in the processes they may see; twenty-three statements, whatever there is."""
    seen = {process.id: process for process in processes_of(session, actor, Permission.SEE_DESK)}
    ids = list(seen)
    stages = {stage.id: stage for stage in session.scalars(select(Stage).where(Stage.process_id.in_(ids)))}
    door = (Proposal.process_id.in_(ids), Proposal.state == State.SUBMITTED)
    late = (Author.confirmed_at.is_(None), Author.confirm_by <= now, Proposal.state != State.WITHDRAWN)
    ordered = list(stages.values())
    silent = (Invitation.process_id.in_(ids), Invitation.first_answer_at.is_(None))
    everything = Desk(
        edges=_edges(seen, ordered, now, now + THIS_WEEK),
        undated=_undated(seen, ordered),
        to_examine=_by_process(session, seen, _count(Proposal.process_id, Proposal.received_at).where(*door)),
        to_decide=_by_stage(session, seen, stages, _to_decide(ids, now)),
        to_close=_by_stage(session, seen, stages, _to_close(ids, now + THIS_WEEK)),
        to_seat=_by_process(session, seen, bodies.vacant(ids, now)),
        unpublished=_by_stage(session, seen, stages, _unpublished(ids)),
        owed=_by_stage(session, seen, stages, _owed(ids)),
        late=_by_stage(session, seen, stages, _late(ids, now)),
        asked=_by_stage(session, seen, stages, _asked(ids)),
        blocked=_by_stage(session, seen, stages, _drafts(ids).where(Letter.blocked_because.is_not(None))),
        to_approve=_by_stage(session, seen, stages, _drafts(ids).where(Letter.blocked_because.is_(None))),
        to_look_at=_by_stage(session, seen, stages, _to_look_at(ids)),
        minutes=_by_process(session, seen, records.minutes_to_approve(ids, actor.person_id)),
        unconfirmed=_by_process(session, seen, _unconfirmed(ids).where(*late)),
        uninvited=_by_process(session, seen, _count(Invitation.process_id, Invitation.sent_at).where(*silent)),
        to_read=_by_stage(session, seen, stages, _to_read(ids)),
        to_respond=_by_stage(session, seen, stages, _to_respond(ids)),
        unanswered=_by_process(session, seen, _unanswered(ids)),
        unreported=_by_process(session, seen, _unreported(ids)),
        to_report=_by_stage(session, seen, stages, _to_report(ids)),
        to_conclude=[Due(seen[s.process_id], 1, s.closes_at, s) for s in ordered if _is_to_conclude(s, now)],
        letters=letters_to_review(session, actor),
        pauses=[(seen.get(one.process_id or NOWHERE), one) for one in pausing.standing(session, ids)],
        later=next(iter(_edges(seen, ordered, now, None)), None),
    )
    own: dict[str, Any] = {
        name: [due for due in getattr(everything, name) if actor.may(may, due.process.id)] for name, may in ASKS
    }
    return replace(everything, **own)


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


def _undated(seen: dict[uuid.UUID, Process], stages: Sequence[Stage]) -> list[Due]:
    """The processes in which no stage has a date yet: nothing of them is public."""
    dated = {stage.process_id for stage in stages if stage.opens_at}
    return [Due(process, 1, process.opened_at) for key, process in seen.items() if key not in dated]


def _is_to_conclude(stage: Stage, now: datetime) -> bool:
    return stage.closes_at is not None and stage.closes_at <= now and stage.concluded_at is None


def _to_decide(ids: list[uuid.UUID], now: datetime) -> Select[Any]:
    """What a stage that has opened has neither decided on nor left undecided, by stage.

    A proposal waits at the first stage that owes it a decision; it does not wait at the later ones yet.
    """
    here = (Decision.stage_id == Stage.id, Decision.proposal_id == Proposal.id)
    taken = exists().where(*here, Decision.is_current)
    noted = exists().where(Undecided.stage_id == Stage.id, Undecided.proposal_id == Proposal.id)
    is_running = (Stage.opens_at <= now, Stage.concluded_at.is_(None))
    waiting = (decisions.owes(Stage), ~taken, ~noted, ~decisions.waits_before(Stage, now))
    counted = _count(Stage.id, Proposal.received_at).join(Proposal, Proposal.process_id == Stage.process_id)
    return counted.where(Stage.process_id.in_(ids), *is_running, *waiting)


def _to_close(ids: list[uuid.UUID], until: datetime) -> Select[Any]:
    wanted = (Round.process_id.in_(ids), Round.closed_at.is_(None), Round.closes_at <= until)
    return _count(Round.stage_id, Round.closes_at).where(*wanted)


def _late(ids: list[uuid.UUID], now: datetime) -> Select[Any]:
    """Dates by which answers were promised, that have passed while somebody waits and that nobody moved."""
    waits = exists().where(Duty.stage_id == Promise.stage_id, Duty.state == DutyState.OWED)
    passed = (Promise.promised_at <= now, Promise.slipped_at.is_(None))
    return _count(Promise.stage_id, Promise.promised_at).where(Promise.process_id.in_(ids), *passed, waits)


def _asked(ids: list[uuid.UUID]) -> Select[Any]:
    """Questions about decisions that nobody has answered, and answers that nobody has handed over."""
    waits = or_(Question.answered_at.is_(None), is_to_hand_over())
    return _count(Question.stage_id, Question.asked_at).where(Question.process_id.in_(ids), waits)


def _to_read(ids: list[uuid.UUID]) -> Select[Any]:
    """Comments on a draft that nobody has read yet."""
    waiting = (DraftComment.process_id.in_(ids), DraftComment.state == CommentState.RECEIVED)
    return _count(DraftComment.stage_id, DraftComment.received_at).where(*waiting)


def _to_respond(ids: list[uuid.UUID]) -> Select[Any]:
    """Points that comments make and nobody has answered, or whose answer is not public yet."""
    said = exists().where(DraftComment.issue_id == DraftIssue.id, DraftComment.answered_version.is_(None))
    return _count(DraftIssue.stage_id, DraftIssue.named_at).where(DraftIssue.process_id.in_(ids), said)


def _unanswered(ids: list[uuid.UUID]) -> Select[Any]:
    """Institutions that were asked whether something can be done, and have neither answered nor been given up."""
    waiting = (FeasibilityRequest.approved_at.is_(None), FeasibilityRequest.silent_at.is_(None))
    counted = _count(FeasibilityRequest.process_id, FeasibilityRequest.sent_at)
    return counted.where(FeasibilityRequest.process_id.in_(ids), *waiting)


def _unreported(ids: list[uuid.UUID]) -> Select[Any]:
    """Institutions that were asked in an open round of monitoring and have reported nothing."""
    counted = _count(MonitoringRound.process_id, RoundCall.sent_at).join(
        MonitoringRound, MonitoringRound.id == RoundCall.round_id
    )
    silent = (MonitoringRound.closed_at.is_(None), RoundCall.first_report_at.is_(None))
    return counted.where(MonitoringRound.process_id.in_(ids), *silent)


def _to_report(ids: list[uuid.UUID]) -> Select[Any]:
    told = exists().where(StageReport.stage_id == Publication.stage_id, StageReport.at >= Publication.at)
    counted = _count(Publication.stage_id, Publication.at).join(Stage, Stage.id == Publication.stage_id)
    return counted.where(Stage.process_id.in_(ids), ~told)


def _edges(
    seen: dict[uuid.UUID, Process], stages: Sequence[Stage], now: datetime, until: datetime | None
) -> list[Edge]:
    found = []
    for stage in stages:
        for at, opens in ((stage.opens_at, True), (stage.closes_at, False)):
            if at and now < at and (until is None or at <= until) and not stage.concluded_at:
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


def _to_look_at(ids: list[uuid.UUID]) -> Select[Any]:
    return _count(FirstLook.stage_id, FirstLook.begun_at).where(
        FirstLook.process_id.in_(ids), FirstLook.ended_at.is_(None)
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
