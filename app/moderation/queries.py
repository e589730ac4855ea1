"""Reports and holds: what waits for the office, what there was of one proposal, and the public counts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.commitments.models import DraftComment
from app.commitments.rules.comments import HeldBecause
from app.moderation.models import TextHold, TextReport
from app.moderation.rules import Ending, ReportState, Rule
from app.proposals.models import Admission, AdmissionOutcome, Proposal, ProposalFile
from app.proposals.rules import HeldFor

FEW = 100


@dataclass(frozen=True)
class Counts:
    """How often each thing was done, without whom and about what."""

    refused: dict[str, int]
    comments: dict[HeldBecause, int]
    files: dict[HeldFor, int]
    holds: dict[tuple[Rule, Ending | None], int]
    reports: dict[ReportState, int]


def counts(session: Session, process_id: uuid.UUID) -> Counts:
    """The public counts of a process; each is grouped by the database, however many rows there are."""
    of_process = Proposal.process_id == process_id
    codes = (
        select(Admission.reason_codes, func.count())
        .join(Proposal, Proposal.id == Admission.proposal_id)
        .where(of_process, Admission.outcome == AdmissionOutcome.REFUSED)
        .group_by(Admission.reason_codes)
    )
    refused: dict[str, int] = {}
    for named, n in session.execute(codes):
        for code in named:
            refused[code] = refused.get(code, 0) + n
    comments = select(DraftComment.held_because, func.count()).where(
        DraftComment.process_id == process_id, DraftComment.held_because.is_not(None)
    )
    files = (
        select(ProposalFile.held_for, func.count())
        .join(Proposal, Proposal.id == ProposalFile.proposal_id)
        .where(of_process, ProposalFile.held_for.is_not(None))
    )
    holds = select(TextHold.rule, TextHold.ending, func.count()).where(TextHold.process_id == process_id)
    reports = select(TextReport.state, func.count()).where(TextReport.process_id == process_id)
    return Counts(
        refused,
        {row[0]: row[1] for row in session.execute(comments.group_by(DraftComment.held_because)) if row[0]},
        {row[0]: row[1] for row in session.execute(files.group_by(ProposalFile.held_for)) if row[0]},
        {(row[0], row[1]): row[2] for row in session.execute(holds.group_by(TextHold.rule, TextHold.ending))},
        {row[0]: row[1] for row in session.execute(reports.group_by(TextReport.state))},
    )


def open_reports(session: Session, process_id: uuid.UUID) -> list[tuple[TextReport, str]]:
    """The reports nobody has looked at, the most urgent first, each with the folio it is about."""
    wanted = (TextReport.process_id == process_id, TextReport.state == ReportState.OPEN)
    rows = select(TextReport, Proposal.folio).join(Proposal, Proposal.id == TextReport.proposal_id).where(*wanted)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(TextReport.due_at).limit(FEW))]


def to_settle(session: Session, process_id: uuid.UUID) -> list[tuple[TextHold, str]]:
    """The holds that are in force or wait for a review, the most urgent first."""
    waits = TextHold.review_asked_at.is_not(None) & TextHold.reviewed_at.is_(None)
    wanted = (TextHold.process_id == process_id, or_(TextHold.ended_at.is_(None), waits))
    rows = select(TextHold, Proposal.folio).join(Proposal, Proposal.id == TextHold.proposal_id).where(*wanted)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(TextHold.until).limit(FEW))]


def reports_of(session: Session, proposal_id: uuid.UUID) -> list[TextReport]:
    """The reports of one proposal that nobody has looked at."""
    wanted = (TextReport.proposal_id == proposal_id, TextReport.state == ReportState.OPEN)
    return list(session.scalars(select(TextReport).where(*wanted).order_by(TextReport.at)))


def newest_hold(session: Session, proposal_id: uuid.UUID) -> TextHold | None:
    """The hold of a proposal that is in force, or else the last one."""
    rows = select(TextHold).where(TextHold.proposal_id == proposal_id).order_by(TextHold.held_at.desc()).limit(1)
    return session.scalars(rows).one_or_none()


def is_anything_due(session: Session, now: datetime) -> bool:
    """Whether the time of some report, hold or kept text is over."""
    late = exists().where(TextReport.state == ReportState.OPEN, TextReport.due_at <= now)
    held = exists().where(TextHold.ended_at.is_(None), TextHold.until <= now)
    return bool(session.scalar(select(late | held | exists().where(TextHold.kept_until <= now))))


def has_work(process_id: Any) -> ColumnElement[bool]:
    """Whether anything in a process waits for who moderates: a question for a statement."""
    waits = TextHold.review_asked_at.is_not(None) & TextHold.reviewed_at.is_(None)
    open_ones = exists().where(TextReport.process_id == process_id, TextReport.state == ReportState.OPEN)
    return open_ones | exists().where(TextHold.process_id == process_id, or_(TextHold.ended_at.is_(None), waits))
