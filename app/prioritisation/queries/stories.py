"""What the meetings that vote did with one proposal, for its story; nothing before they are over."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingState
from app.prioritisation.models import OnBallot, Table, TableNote, VotingRound
from app.prioritisation.rules.voting import RoundState


def rounds_with(session: Session, proposal_id: uuid.UUID) -> list[VotingRound]:
    """The adopted rounds on whose ballot a proposal stands."""
    wanted = (OnBallot.proposal_id == proposal_id, VotingRound.state != RoundState.DRAFT)
    rows = select(VotingRound).join(OnBallot, OnBallot.round_id == VotingRound.id).where(*wanted)
    return list(session.scalars(rows.order_by(VotingRound.number)))


def notes_about(session: Session, proposal_id: uuid.UUID) -> list[tuple[TableNote, Table, Meeting]]:
    """What was noted about a proposal at the meetings that are closed, in their order and that of their groups."""
    rows = session.execute(
        select(TableNote, Table, Meeting)
        .join(Table, Table.id == TableNote.table_id)
        .join(Meeting, Meeting.id == Table.meeting_id)
        .where(TableNote.proposal_id == proposal_id, Meeting.state == MeetingState.CLOSED)
        .order_by(Meeting.ends_at, Table.number, TableNote.subgroup)
    )
    return [(row[0], row[1], row[2]) for row in rows]
