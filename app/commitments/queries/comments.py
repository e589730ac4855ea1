"""Comments on the draft of the plan, the issues they are grouped into, and what the public may read of both."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.commitments.models import Commitment, CommitmentText, DraftComment, DraftIssue, DraftResponse
from app.commitments.queries.commitments import within
from app.commitments.rules.comments import CommentState, HeldBecause
from app.commitments.rules.plan import MOST_COMMITMENTS, PUBLIC, Standing
from app.kit import ids
from app.kit.errors import NotFound
from app.people.models import Organisation
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Stage
from app.process.rules import WindowStatus

PAGE = 50


def stage_of(session: Session, process_id: uuid.UUID, now: datetime) -> Stage | None:
    """The stage at which the draft is commented on: the open one, else the last that was, else the next."""
    stages = [one for one in processes.stages_of(session, process_id) if one.kind is StageKind.DRAFT_COMMENT]
    by_status = {status: [one for one in stages if one.window.status(now) is status] for status in WindowStatus}
    for status, pick in ((WindowStatus.OPEN, 0), (WindowStatus.CLOSED, -1), (WindowStatus.SCHEDULED, 0)):
        if by_status[status]:
            return by_status[status][pick]
    return None


def has_draft(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has a dated stage at which its draft is commented on; for a SELECT."""
    here = (Stage.process_id == process_id, Stage.kind == StageKind.DRAFT_COMMENT)
    return exists(select(Stage.id).where(*here, Stage.opens_at.is_not(None)))


def is_shown(stage: Stage | None, commitment: Commitment, now: datetime) -> bool:
    """Whether the public may read a draft: once its stage has opened, unless it was begun after that was concluded."""
    if stage is None or commitment.state is Standing.DROPPED or stage.window.status(now) is WindowStatus.SCHEDULED:
        return False
    return stage.concluded_at is None or commitment.drafted_at < stage.concluded_at


def shown_of(session: Session, stage: Stage) -> list[tuple[Commitment, str]]:
    """The commitments of an opened draft by number, each with the name of the institution that leads it."""
    wanted = [Commitment.process_id == stage.process_id, Commitment.state != Standing.DROPPED]
    if stage.concluded_at is not None:
        wanted.append(Commitment.drafted_at < stage.concluded_at)
    rows = session.execute(
        select(Commitment, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Commitment.lead_id)
        .where(*wanted)
        .order_by(Commitment.number)
        .limit(MOST_COMMITMENTS)
    )
    return [(row[0], row[1] or "") for row in rows]


def public_texts(session: Session, stage: Stage | None, commitment: Commitment) -> list[CommitmentText]:
    """The versions of a text the public may read, newest first: of a draft the one the stage opened with, and later."""
    wanted = (CommitmentText.commitment_id == commitment.id,)
    texts = list(session.scalars(select(CommitmentText).where(*wanted).order_by(CommitmentText.number.desc())))
    if commitment.state in PUBLIC or stage is None or stage.opens_at is None:
        return texts
    opened_with = max((one.number for one in texts if one.at <= stage.opens_at), default=1)
    return [one for one in texts if one.number >= opened_with]


@dataclass(frozen=True)
class Counted:
    """How many comments of a stage stand where; every one that was received is in exactly one of the first three."""

    waiting: int = 0
    admitted: int = 0
    held: dict[HeldBecause, int] = field(default_factory=dict)
    answered: int = 0

    @property
    def held_back(self) -> int:
        """How many are not made public, for whatever reason."""
        return sum(self.held.values())

    @property
    def received(self) -> int:
        """Every comment there is."""
        return self.waiting + self.admitted + self.held_back


def counted(session: Session, stage_id: uuid.UUID) -> Counted:
    """The comments of a stage by where they stand, and how many were answered publicly."""
    rows = session.execute(
        select(DraftComment.state, DraftComment.held_because, func.count(), func.count(DraftComment.answered_version))
        .where(DraftComment.stage_id == stage_id)
        .group_by(DraftComment.state, DraftComment.held_because)
    ).all()
    by_state = {state: n for state, reason, n, _ in rows if reason is None}
    return Counted(
        waiting=by_state.get(CommentState.RECEIVED, 0),
        admitted=by_state.get(CommentState.ADMITTED, 0),
        held={reason: n for _, reason, n, _ in rows if reason is not None},
        answered=sum(answered for state, _, _, answered in rows if state is CommentState.ADMITTED),
    )


def count_by_commitment(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID | None, int]:
    """How many public comments each commitment has; under None those on the whole draft."""
    here = (DraftComment.stage_id == stage_id, DraftComment.state == CommentState.ADMITTED)
    rows = session.execute(
        select(DraftComment.commitment_id, func.count()).where(*here).group_by(DraftComment.commitment_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Said:
    """One comment with the number of the commitment it is about, and of the issue it stands in, if any."""

    comment: DraftComment
    about: int | None
    issue: int | None = None
    is_answered: bool = False


def comments(
    session: Session, stage_id: uuid.UUID, *narrowed: ColumnElement[bool], after: int = 0, limit: int = PAGE + 1
) -> list[Said]:
    """The comments of a stage in the order in which they came, narrowed as is asked."""
    rows = session.execute(
        select(DraftComment, Commitment.number, DraftIssue.number)
        .outerjoin(Commitment, Commitment.id == DraftComment.commitment_id)
        .outerjoin(DraftIssue, DraftIssue.id == DraftComment.issue_id)
        .where(DraftComment.stage_id == stage_id, DraftComment.number > within(after), *narrowed)
        .order_by(DraftComment.number)
        .limit(limit)
    )
    return [Said(comment, about, issue, comment.answered_version is not None) for comment, about, issue in rows]


IS_PUBLIC: ColumnElement[bool] = DraftComment.state == CommentState.ADMITTED
IS_WAITING: ColumnElement[bool] = DraftComment.state == CommentState.RECEIVED
IS_HELD: ColumnElement[bool] = DraftComment.state == CommentState.HELD_BACK
IS_LOOSE: ColumnElement[bool] = and_(DraftComment.state == CommentState.ADMITTED, DraftComment.issue_id.is_(None))
IS_UNANSWERED: ColumnElement[bool] = and_(IS_PUBLIC, DraftComment.answered_version.is_(None))
IS_ANSWERED: ColumnElement[bool] = DraftComment.answered_version.is_not(None)


def is_about(commitment: Commitment) -> ColumnElement[bool]:
    """Comments on one commitment."""
    return DraftComment.commitment_id == commitment.id


def makes(issue: DraftIssue) -> ColumnElement[bool]:
    """Comments that stand in one issue."""
    return DraftComment.issue_id == issue.id


def count(session: Session, stage_id: uuid.UUID, narrowed: ColumnElement[bool]) -> int:
    """How many comments of a stage are so."""
    wanted = select(func.count()).select_from(DraftComment).where(DraftComment.stage_id == stage_id, narrowed)
    return session.scalar(wanted) or 0


def chosen(session: Session, stage_id: uuid.UUID, folios: Sequence[str]) -> list[DraftComment]:
    """The comments of these folios, held for this transaction; refused as not there when one is not."""
    wanted = (DraftComment.stage_id == stage_id, DraftComment.folio.in_(folios))
    found = list(session.scalars(select(DraftComment).where(*wanted).order_by(DraftComment.number).with_for_update()))
    if len(found) != len(set(folios)):
        raise NotFound
    return found


def by_key(session: Session, process_id: uuid.UUID, key: uuid.UUID) -> DraftComment:
    """The comment with this key in this process."""
    found = session.get(DraftComment, key)
    if found is None or found.process_id != process_id:
        raise NotFound
    return found


def by_token(session: Session, process_id: uuid.UUID, token: str) -> DraftComment:
    """The comment whose sender holds this link."""
    wanted = (DraftComment.process_id == process_id, DraftComment.confirm_hash == ids.hash_token(token))
    found = session.scalars(select(DraftComment).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def commitment_of(session: Session, comment: DraftComment) -> Commitment | None:
    """The commitment a comment is about; none for the whole draft."""
    return session.get(Commitment, comment.commitment_id) if comment.commitment_id else None


def answer_of(session: Session, comment: DraftComment) -> DraftIssue | None:
    """The issue whose published answer answers a comment, if one does."""
    is_answered = comment.issue_id is not None and comment.answered_version is not None
    return session.get(DraftIssue, comment.issue_id) if is_answered else None


@dataclass(frozen=True)
class Answered:
    """One issue with what is answered to it in the version asked for, and how many comments make the point."""

    issue: DraftIssue
    response: DraftResponse | None
    said_by: int


def issues(session: Session, stage_id: uuid.UUID, after: int = 0, limit: int = PAGE + 1) -> list[Answered]:
    """Every issue of a stage with what was written about it last; for the office."""
    said = _said_by(select(func.count()).where(DraftComment.issue_id == DraftIssue.id))
    rows = session.execute(
        select(DraftIssue, DraftResponse, said)
        .outerjoin(
            DraftResponse,
            and_(DraftResponse.issue_id == DraftIssue.id, DraftResponse.number == DraftIssue.written_version),
        )
        .where(DraftIssue.stage_id == stage_id, DraftIssue.number > within(after))
        .order_by(DraftIssue.number)
        .limit(limit)
    )
    return [Answered(*row) for row in rows]


def published(session: Session, stage_id: uuid.UUID, after: int = 0, limit: int = PAGE + 1) -> list[Answered]:
    """The issues whose answer is public, with it, and how many comments it answers."""
    rows = session.execute(
        _published()
        .where(DraftIssue.stage_id == stage_id, DraftIssue.number > within(after))
        .order_by(DraftIssue.number)
        .limit(limit)
    )
    return [Answered(*row) for row in rows]


def _said_by(counting: Select[Any]) -> Any:
    return counting.correlate(DraftIssue).scalar_subquery()


def _published() -> Select[Any]:
    answered = (DraftComment.issue_id == DraftIssue.id, DraftComment.answered_version.is_not(None))
    said = _said_by(select(func.count()).where(*answered))
    shown = and_(DraftResponse.issue_id == DraftIssue.id, DraftResponse.number == DraftIssue.published_version)
    return select(DraftIssue, DraftResponse, said).join(DraftResponse, shown)


def count_published(session: Session, stage_id: uuid.UUID) -> int:
    """How many issues of a stage are answered publicly."""
    wanted = (DraftIssue.stage_id == stage_id, DraftIssue.published_version > 0)
    return session.scalar(select(func.count()).select_from(DraftIssue).where(*wanted)) or 0


def published_one(session: Session, process_id: uuid.UUID, number: int) -> Answered:
    """The issue of this number, if its answer is public."""
    wanted = (DraftIssue.process_id == process_id, DraftIssue.number == within(number))
    row = session.execute(_published().where(*wanted)).one_or_none()
    if row is None:
        raise NotFound
    return Answered(*row)


def issue_numbered(session: Session, stage_id: uuid.UUID, number: int) -> DraftIssue:
    """The issue of this number; for the office."""
    wanted = (DraftIssue.stage_id == stage_id, DraftIssue.number == within(number))
    found = session.scalars(select(DraftIssue).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def responses_of(session: Session, issue_id: uuid.UUID) -> list[DraftResponse]:
    """Every version of what was answered to an issue, newest first."""
    wanted = select(DraftResponse).where(DraftResponse.issue_id == issue_id)
    return list(session.scalars(wanted.order_by(DraftResponse.number.desc())))


def hold(session: Session, stage_id: uuid.UUID) -> None:
    """Hold the issues of a stage for this transaction, as they stand now."""
    wanted = select(DraftIssue).where(DraftIssue.stage_id == stage_id).order_by(DraftIssue.number).with_for_update()
    session.scalars(wanted.execution_options(populate_existing=True)).all()


def to_publish(session: Session, stage_id: uuid.UUID) -> list[tuple[DraftIssue, DraftResponse]]:
    """The issues with something to publish: a new answer, or a comment that the published one does not answer yet."""
    here = (DraftComment.issue_id == DraftIssue.id, DraftComment.state == CommentState.ADMITTED)
    untold = exists().where(*here, DraftComment.answered_version.is_distinct_from(DraftIssue.written_version))
    rows = session.execute(
        select(DraftIssue, DraftResponse)
        .join(
            DraftResponse,
            and_(DraftResponse.issue_id == DraftIssue.id, DraftResponse.number == DraftIssue.written_version),
        )
        .where(DraftIssue.stage_id == stage_id, untold)
        .order_by(DraftIssue.number)
    )
    return [(row[0], row[1]) for row in rows]


def of_issue(session: Session, issue_id: uuid.UUID) -> list[DraftComment]:
    """The public comments that make the point of an issue."""
    wanted = (DraftComment.issue_id == issue_id, DraftComment.state == CommentState.ADMITTED)
    return list(session.scalars(select(DraftComment).where(*wanted).order_by(DraftComment.number)))


def count_unanswered_issues(session: Session, stage_id: uuid.UUID) -> int:
    """How many issues with comments have no written answer."""
    said = exists().where(DraftComment.issue_id == DraftIssue.id)
    wanted = (DraftIssue.stage_id == stage_id, DraftIssue.written_version == 0, said)
    return session.scalar(select(func.count()).select_from(DraftIssue).where(*wanted)) or 0


def changed_since(session: Session, stage: Stage) -> list[tuple[int, int]]:
    """Number of commitment and version of every text written after the stage opened: what comments may have changed."""
    if stage.opens_at is None:
        return []
    rows = session.execute(
        select(Commitment.number, CommitmentText.number)
        .join(CommitmentText, CommitmentText.commitment_id == Commitment.id)
        .where(Commitment.process_id == stage.process_id, Commitment.state != Standing.DROPPED)
        .where(CommitmentText.number > 1, CommitmentText.at > stage.opens_at)
        .order_by(Commitment.number, CommitmentText.number)
        .limit(MOST_COMMITMENTS)
    )
    return [(row[0], row[1]) for row in rows]


def titles_of(session: Session, process_id: uuid.UUID, numbers: Sequence[int]) -> dict[int, Commitment]:
    """The commitments of these numbers that the draft shows."""
    wanted = (Commitment.process_id == process_id, Commitment.number.in_(numbers), Commitment.state != Standing.DROPPED)
    return {one.number: one for one in session.scalars(select(Commitment).where(*wanted))}


def fault_of(session: Session, process_id: uuid.UUID) -> str | None:
    """The first issue or comment whose published figures do not fit its rows."""
    answered = and_(DraftComment.answered_version.is_not(None), DraftComment.process_id == process_id)
    homeless = or_(DraftComment.issue_id.is_(None), DraftComment.state != CommentState.ADMITTED)
    astray = session.scalar(select(DraftComment.folio).where(answered, homeless).order_by(DraftComment.number).limit(1))
    if astray:
        return f"{astray} counts as answered and stands in no issue"
    rows = session.execute(
        select(DraftIssue.number, DraftIssue.published_version, func.max(DraftResponse.number))
        .outerjoin(
            DraftResponse, and_(DraftResponse.issue_id == DraftIssue.id, DraftResponse.published_at.is_not(None))
        )
        .where(DraftIssue.process_id == process_id)
        .group_by(DraftIssue.number, DraftIssue.published_version)
        .order_by(DraftIssue.number)
    )
    for number, told, there in rows:
        if told != (there or 0):
            return f"draft point {number}: version {told} is told to be published and {there or 0} is"
    return None
