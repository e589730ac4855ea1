"""The technical tables of a process with what lies on them and who sits there."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.kit.i18n import T
from app.meetings.elsewhere import Elsewhere
from app.meetings.models import Meeting
from app.meetings.rules.meeting import PUBLIC_STATES, MeetingKind
from app.people.rules import Permission
from app.process.kinds import StageKind
from app.process.models import Stage
from app.proposals.models import Proposal
from app.proposals.rules import State
from app.technical_tables.models import TableActor, TableProposal, TechnicalTable
from app.technical_tables.rules import Role, Share


@dataclass(frozen=True)
class OnTable:
    """One proposal on a table: how much of it lies there, and in which words."""

    table_id: uuid.UUID
    folio: str
    title: str
    state: State
    share: Share
    words: str


def tables_of(session: Session, process_id: uuid.UUID) -> list[TechnicalTable]:
    """The technical tables of a process, by number."""
    wanted = select(TechnicalTable).where(TechnicalTable.process_id == process_id)
    return list(session.scalars(wanted.order_by(TechnicalTable.number)))


def table_numbered(session: Session, process_id: uuid.UUID, number: int) -> TechnicalTable:
    """The technical table of this number."""
    wanted = (TechnicalTable.process_id == process_id, TechnicalTable.number == number)
    table = session.scalars(select(TechnicalTable).where(*wanted)).one_or_none()
    if table is None:
        raise NotFound
    return table


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest technical table, or 0."""
    return session.scalar(select(func.max(TechnicalTable.number)).where(TechnicalTable.process_id == process_id)) or 0


def count_tables(session: Session, process_id: uuid.UUID) -> int:
    """How many technical tables a process has."""
    wanted = TechnicalTable.process_id == process_id
    return session.scalar(select(func.count()).select_from(TechnicalTable).where(wanted)) or 0


def has_technical_tables(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has such a stage, or tables already; for a SELECT."""
    staged = (Stage.process_id == process_id, Stage.kind == StageKind.TECHNICAL_TABLES)
    named = exists(select(TechnicalTable.id).where(TechnicalTable.process_id == process_id))
    return or_(named, exists(select(Stage.id).where(*staged)))


def on_tables(
    session: Session, tables: Sequence[TechnicalTable], *, public: bool = True
) -> dict[uuid.UUID, list[OnTable]]:
    """What lies on each of these tables, by folio; the public sees public proposals only."""
    statement = (
        select(
            TableProposal.table_id,
            Proposal.folio,
            Proposal.title,
            Proposal.state,
            TableProposal.share,
            TableProposal.words,
        )
        .join(Proposal, Proposal.id == TableProposal.proposal_id)
        .where(TableProposal.table_id.in_([table.id for table in tables]))
        .order_by(TableProposal.number)
    )
    found: dict[uuid.UUID, list[OnTable]] = defaultdict(list)
    for row in session.execute(statement.where(Proposal.is_public) if public else statement):
        found[row[0]].append(OnTable(*row))
    return found


def actors_of(session: Session, tables: Sequence[TechnicalTable]) -> dict[uuid.UUID, dict[Role, list[str]]]:
    """Who sits at each of these tables, every role named; an empty list is somebody missing."""
    found: dict[uuid.UUID, dict[Role, list[str]]] = {table.id: {role: [] for role in Role} for table in tables}
    wanted = select(TableActor).where(TableActor.table_id.in_(found.keys()))
    for actor in session.scalars(wanted.order_by(TableActor.table_id, TableActor.role, TableActor.number)):
        found[actor.table_id][actor.role].append(actor.name)
    return found


def placed(session: Session, table_id: uuid.UUID, proposal_id: uuid.UUID) -> TableProposal | None:
    """How a proposal lies on a table, if it does."""
    return session.get(TableProposal, (table_id, proposal_id))


def tables_with(session: Session, proposal_id: uuid.UUID) -> list[tuple[TableProposal, TechnicalTable]]:
    """The tables a proposal lies on, by number."""
    rows = session.execute(
        select(TableProposal, TechnicalTable)
        .join(TechnicalTable, TechnicalTable.id == TableProposal.table_id)
        .where(TableProposal.proposal_id == proposal_id)
        .order_by(TechnicalTable.number)
    )
    return [(row[0], row[1]) for row in rows]


def told_elsewhere(session: Session, meeting: Meeting) -> Elsewhere | None:
    """Where the technical table that met in a meeting is told."""
    if meeting.kind is not MeetingKind.TECHNICAL_TABLE:
        return None
    wanted = select(TechnicalTable.number).where(TechnicalTable.meeting_id == meeting.id)
    number = session.scalar(wanted.order_by(TechnicalTable.number).limit(1))
    if number is None:
        return None
    words, run = T("Its technical table: who sat there, and each proposal"), T("Work on its technical table")
    where = f"/technical-tables/{number}"
    return Elsewhere(words, where, run, f"/office{where}", Permission.CONVENE_MEETINGS)


def meetings_of(session: Session, tables: Sequence[TechnicalTable]) -> dict[uuid.UUID, Meeting]:
    """The public meeting of each of these tables that has one."""
    keys = [table.meeting_id for table in tables if table.meeting_id]
    wanted = (Meeting.id.in_(keys), Meeting.state.in_(PUBLIC_STATES))
    by_key = {meeting.id: meeting for meeting in session.scalars(select(Meeting).where(*wanted))}
    return {table.id: by_key[table.meeting_id] for table in tables if table.meeting_id in by_key}


def meetings_for(session: Session, process_id: uuid.UUID) -> list[Meeting]:
    """The meetings of a process that are technical tables, the latest first."""
    wanted = (Meeting.process_id == process_id, Meeting.kind == MeetingKind.TECHNICAL_TABLE)
    return list(session.scalars(select(Meeting).where(*wanted).order_by(Meeting.number.desc()).limit(100)))
