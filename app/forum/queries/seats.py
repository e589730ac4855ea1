"""Who sits in the forum, its sessions, and whether a session holds a quorum."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody
from app.decisions.rules import BodyKind
from app.forum.models import Doubt, ForumRule, ForumSession, Seat, SeatAttendance, SeatHolder
from app.forum.rules.seats import Presence, Quorum, QuorumRule, SeatAtTable, SessionState, quorum_of
from app.kit.errors import NotFound
from app.people.models import Person
from app.process.kinds import DECIDING, FilterMethod, StageKind
from app.process.models import Stage
from app.proposals.models import Proposal
from app.proposals.rules import Provenance


@dataclass(frozen=True)
class SeatRow:
    """One line of the public directory: a seat and who sits in it now."""

    seat: Seat
    holder: SeatHolder | None
    name: str
    alternate: SeatHolder | None
    alternate_name: str


def forum_of(session: Session, process_id: uuid.UUID) -> DecidingBody | None:
    """The forum that sits now, if the process has one; where all have ended, the last of them."""
    return next((body for body, _ in forums_of(session, process_id)), None)


def forums_of(session: Session, process_id: uuid.UUID) -> list[tuple[DecidingBody, ForumRule]]:
    """The forums a process has had, the one that sits now first, those made up to illustrate last."""
    rows = session.execute(
        select(DecidingBody, ForumRule)
        .join(ForumRule, ForumRule.body_id == DecidingBody.id)
        .where(DecidingBody.process_id == process_id, DecidingBody.kind == BodyKind.FORUM)
        .order_by(DecidingBody.slug)
    )
    return sorted(
        ((body, rule) for body, rule in rows),
        key=lambda row: (
            row[1].provenance is Provenance.ILLUSTRATIVE,
            row[1].ended_on is not None,
            -(row[1].founded_on or date.min).toordinal(),
        ),
    )


def forum_named(session: Session, process_id: uuid.UUID, slug: str) -> DecidingBody:
    """The forum of this short name, the present one or another."""
    found = next((body for body, _ in forums_of(session, process_id) if body.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def forum_for(session: Session, stage: Stage) -> DecidingBody:
    """The forum that decides at a stage: the one the stage names, else the one that sits now."""
    named = str(stage.settings.get("body", ""))
    forums = [body for body, _ in forums_of(session, stage.process_id)]
    found = next((body for body in forums if body.slug == named), next(iter(forums), None))
    if found is None:
        raise NotFound
    return found


def has_forum(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has a forum: a question for a statement."""
    return exists().where(DecidingBody.process_id == process_id, DecidingBody.kind == BodyKind.FORUM)


def require_forum(session: Session, process_id: uuid.UUID) -> DecidingBody:
    """The forum of a process; where there is none, nothing of it exists."""
    body = forum_of(session, process_id)
    if body is None:
        raise NotFound
    return body


def forum_stages(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """The stages of a process at which somebody other than the office decides: those a forum may decide."""
    wanted = (Stage.process_id == process_id, Stage.kind.in_(DECIDING))
    stages = session.scalars(select(Stage).where(*wanted).order_by(Stage.position))
    return [stage for stage in stages if stage.settings.get("body", "office") != "office"]


def forum_filters(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """Those of them that filter: only a filter has criteria and rounds of scoring."""
    return [stage for stage in forum_stages(session, process_id) if stage.kind is StageKind.FILTER]


def stages_of_body(session: Session, process_id: uuid.UUID, body_id: uuid.UUID) -> list[Stage]:
    """The filters that this forum decides, and not another one of the process."""
    return [stage for stage in forum_filters(session, process_id) if forum_for(session, stage).id == body_id]


def with_criteria(stages: Collection[Stage]) -> list[Stage]:
    """Those of them that are decided by criteria: by score sheets or down the list in a session."""
    return [stage for stage in stages if stage.settings.get("method", FilterMethod.SIMPLE) != FilterMethod.SIMPLE]


def rule_of(session: Session, body_id: uuid.UUID) -> QuorumRule:
    """The quorum a forum sits by."""
    row = session.get(ForumRule, body_id)
    return row.quorum if row else QuorumRule()


def sitting_rule(session: Session, process_id: uuid.UUID, body_id: uuid.UUID) -> ForumRule:
    """The rule with the days of notice and the casting vote; a forum that never set one has the usual one."""
    row = session.get(ForumRule, body_id)
    usual = {"over_percent": 50, "needs_both_sides": True, "notice_days": 5, "casting_vote": False}
    return row or ForumRule(body_id=body_id, process_id=process_id, **usual)


def seats_of(session: Session, body_id: uuid.UUID) -> list[Seat]:
    """The seats of a forum, by number."""
    return list(session.scalars(select(Seat).where(Seat.body_id == body_id).order_by(Seat.number)))


def seat_numbered(session: Session, body_id: uuid.UUID, number: int) -> Seat:
    """The seat of this number."""
    wanted = (Seat.body_id == body_id, Seat.number == number)
    seat = session.scalars(select(Seat).where(*wanted)).one_or_none()
    if seat is None:
        raise NotFound
    return seat


def directory(session: Session, body_id: uuid.UUID, now: datetime) -> list[SeatRow]:
    """Every seat with who sits in it at this instant; the public reads it."""
    rows = session.execute(
        select(SeatHolder, Person.public_name)
        .join(Person, Person.id == SeatHolder.person_id)
        .join(Seat, Seat.id == SeatHolder.seat_id)
        .where(Seat.body_id == body_id, *sits(now))
    )
    sitting = {(holder.seat_id, holder.is_alternate): (holder, name) for holder, name in rows}
    return [
        SeatRow(seat, *sitting.get((seat.id, False), (None, "")), *sitting.get((seat.id, True), (None, "")))
        for seat in seats_of(session, body_id)
    ]


def ever_held(session: Session, body_id: uuid.UUID) -> set[uuid.UUID]:
    """The seats of which somebody was ever written down as holder or alternate."""
    rows = select(SeatHolder.seat_id).join(Seat, Seat.id == SeatHolder.seat_id).where(Seat.body_id == body_id)
    return set(session.scalars(rows.distinct()))


def sits(now: datetime) -> list[Any]:
    """That a term runs at this instant: conditions for a statement."""
    return [SeatHolder.from_at <= now, or_(SeatHolder.to_at.is_(None), SeatHolder.to_at > now)]


def holder_of(session: Session, seat_id: uuid.UUID, now: datetime, *, is_alternate: bool = False) -> SeatHolder | None:
    """Who sits in a seat at this instant, or its alternate."""
    wanted = (SeatHolder.seat_id == seat_id, SeatHolder.is_alternate == is_alternate, *sits(now))
    return session.scalars(select(SeatHolder).where(*wanted).limit(1)).one_or_none()


def holder_by_id(session: Session, holder_id: uuid.UUID) -> SeatHolder:
    """The term with this key."""
    holder = session.get(SeatHolder, holder_id)
    if holder is None:
        raise NotFound
    return holder


def seat_held(session: Session, body_id: uuid.UUID, person_id: uuid.UUID | None, now: datetime) -> Seat | None:
    """The seat a person holds in a forum at this instant, as holder or alternate."""
    statement = (
        select(Seat)
        .join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .where(Seat.body_id == body_id, SeatHolder.person_id == person_id, *sits(now))
        .order_by(SeatHolder.is_alternate)
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def count_voting(session: Session, body_id: uuid.UUID) -> int:
    """How many seats vote."""
    return sum(seat.votes for seat in seats_of(session, body_id))


def sessions_of(session: Session, body_id: uuid.UUID) -> list[ForumSession]:
    """The sessions of a forum, newest first."""
    wanted = select(ForumSession).where(ForumSession.body_id == body_id)
    return list(session.scalars(wanted.order_by(ForumSession.number.desc())))


def sessions_in(session: Session, process_id: uuid.UUID) -> list[ForumSession]:
    """The sessions of every forum a process has had, newest first."""
    wanted = select(ForumSession).where(ForumSession.process_id == process_id)
    return list(session.scalars(wanted.order_by(ForumSession.number.desc())))


def sessions_before(session: Session, process_id: uuid.UUID, number: int, at_most: int) -> list[ForumSession]:
    """Some sessions of every forum of a process, newest first, beginning below this number; 0 begins at the newest."""
    wanted = select(ForumSession).where(ForumSession.process_id == process_id)
    if number:
        wanted = wanted.where(ForumSession.number < number)
    return list(session.scalars(wanted.order_by(ForumSession.number.desc()).limit(at_most)))


def count_sessions(session: Session, process_id: uuid.UUID) -> int:
    """How many sessions the forums of a process have had or called."""
    wanted = select(func.count()).select_from(ForumSession).where(ForumSession.process_id == process_id)
    return session.scalar(wanted) or 0


def held_sessions(session: Session, body_id: uuid.UUID) -> list[ForumSession]:
    """The sessions being held, in which the forum can adopt and decide."""
    return [meeting for meeting in sessions_of(session, body_id) if meeting.state is SessionState.HELD]


def session_numbered(session: Session, body_id: uuid.UUID, number: int) -> ForumSession:
    """The session of this number, whichever forum of the process held it: a successor counts on."""
    wanted = (ForumSession.process_id == _process_of(body_id), ForumSession.number == number)
    meeting = session.scalars(select(ForumSession).where(*wanted)).one_or_none()
    if meeting is None:
        raise NotFound
    return meeting


def last_number(session: Session, body_id: uuid.UUID) -> int:
    """The number of the last session of a process's forums, or 0."""
    mine = ForumSession.process_id == _process_of(body_id)
    return session.scalar(select(func.max(ForumSession.number)).where(mine)) or 0


def _process_of(body_id: uuid.UUID) -> Any:
    return select(DecidingBody.process_id).where(DecidingBody.id == body_id).scalar_subquery()


def attendance_of(session: Session, session_id: uuid.UUID) -> dict[uuid.UUID, SeatAttendance]:
    """What was written down about each seat at a session."""
    rows = session.scalars(select(SeatAttendance).where(SeatAttendance.session_id == session_id))
    return {row.seat_id: row for row in rows}


def alternates_among(session: Session, holder_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these terms are those of alternates."""
    wanted = select(SeatHolder.id).where(SeatHolder.id.in_(holder_ids), SeatHolder.is_alternate)
    return set(session.scalars(wanted))


def quorum_at(session: Session, meeting: ForumSession, without: Collection[uuid.UUID] = ()) -> Quorum:
    """Whether a session holds a quorum, leaving out the seats that stand aside."""
    return quorums_at(session, meeting)(without)


def quorums_at(session: Session, meeting: ForumSession) -> Callable[[Collection[uuid.UUID]], Quorum]:
    """The same for as many sets of seats that stand aside as are asked about, read once."""
    came, rule = attendance_of(session, meeting.id), rule_of(session, meeting.body_id)
    table = [
        (seat.id, SeatAtTable(seat.sector, seat.voting_right, _is_present(came.get(seat.id))))
        for seat in seats_of(session, meeting.body_id)
    ]
    return lambda without: quorum_of([seat for key, seat in table if key not in without], rule)


def _is_present(row: SeatAttendance | None) -> bool:
    return row is not None and row.presence is Presence.PRESENT


def doubts_of(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID, tuple[Doubt, int]]:
    """The last doubt about each proposal at a stage, with the number of the session that noted it."""
    rows = session.execute(
        select(Doubt, ForumSession.number)
        .join(ForumSession, ForumSession.id == Doubt.session_id)
        .where(Doubt.stage_id == stage_id)
        .order_by(Doubt.at)
    )
    return {doubt.proposal_id: (doubt, number) for doubt, number in rows}


def doubts_in(session: Session, session_id: uuid.UUID) -> list[tuple[Doubt, Proposal]]:
    """What a session left open, with the proposals."""
    rows = session.execute(
        select(Doubt, Proposal)
        .join(Proposal, Proposal.id == Doubt.proposal_id)
        .where(Doubt.session_id == session_id)
        .order_by(Proposal.number)
    )
    return [(row[0], row[1]) for row in rows]
