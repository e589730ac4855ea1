"""Tables with their votes, who may vote at them, and their notes. How many voted is told; what was voted, never."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Integer, and_, func, select
from sqlalchemy.orm import Session

from app.kit import ids, search
from app.kit.errors import NotFound
from app.kit.i18n import T
from app.meetings.elsewhere import Elsewhere
from app.meetings.models import Attendance, Meeting
from app.meetings.rules.meeting import MeetingKind
from app.people.models import Person
from app.people.rules import Permission
from app.prioritisation.models import (
    BallotBox,
    BallotRight,
    CountSheet,
    Credential,
    RehearsalBox,
    Subgroup,
    Table,
    TableNote,
    Voting,
    VotingRound,
)
from app.prioritisation.queries.rounds import MOST_NUMBER
from app.prioritisation.rules.voting import RoundState, VotingState, VotingWay


@dataclass(frozen=True)
class AtTable:
    """A table with its meeting and its newest vote."""

    table: Table
    meeting: Meeting
    voting: Voting

    @property
    def takes_codes(self) -> bool:
        """Whether people vote here by codes at this moment."""
        return takes_codes(self.voting)


def takes_codes(voting: Voting) -> bool:
    """Whether a vote by codes is open."""
    return voting.state is VotingState.OPEN and voting.way is VotingWay.CODES


@dataclass(frozen=True)
class Turnout:
    """How many have voted, of how many who may; never more than that."""

    voted: int
    may: int


@dataclass(frozen=True)
class Voter:
    """Somebody noted at a meeting: whether they have their ballot here, or had it at another table.

    Whoever left no address is somebody new at each meeting; `namesake` is the table where one of this name had theirs.
    """

    person_id: uuid.UUID
    name: str
    is_here: bool
    elsewhere: int | None
    namesake: int | None = None


def tables_of(session: Session, round_id: uuid.UUID) -> list[AtTable]:
    """The tables of a round by number, each with its newest vote."""
    rows = session.execute(
        select(Table, Meeting, Voting)
        .join(Meeting, Meeting.id == Table.meeting_id)
        .join(Voting, Voting.table_id == Table.id)
        .where(Table.round_id == round_id)
        .order_by(Table.number, Voting.take)
    )
    newest = {row[0].id: AtTable(*row) for row in rows}
    return list(newest.values())


def of_rounds(session: Session, rounds: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[AtTable]]:
    """The tables of several rounds."""
    rows = session.execute(
        select(Table, Meeting, Voting)
        .join(Meeting, Meeting.id == Table.meeting_id)
        .join(Voting, Voting.table_id == Table.id)
        .where(Table.round_id.in_(rounds))
        .order_by(Table.number, Voting.take)
    )
    newest = {row[0].id: AtTable(*row) for row in rows}
    found: dict[uuid.UUID, list[AtTable]] = defaultdict(list)
    for one in newest.values():
        found[one.table.round_id].append(one)
    return found


def table_numbered(session: Session, process_id: uuid.UUID, number: int) -> tuple[AtTable, VotingRound]:
    """The table of this number with its newest vote and its round; for those who run it."""
    if not 0 < number <= MOST_NUMBER:
        raise NotFound
    row = session.execute(
        select(Table, Meeting, Voting, VotingRound)
        .join(Meeting, Meeting.id == Table.meeting_id)
        .join(Voting, Voting.table_id == Table.id)
        .join(VotingRound, VotingRound.id == Table.round_id)
        .where(Table.process_id == process_id, Table.number == number)
        .order_by(Voting.take.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    return AtTable(row[0], row[1], row[2]), row[3]


def public_table(session: Session, process_id: uuid.UUID, number: int) -> tuple[AtTable, VotingRound]:
    """The table of this number, once its round was adopted."""
    at, found = table_numbered(session, process_id, number)
    if found.state is RoundState.DRAFT:
        raise NotFound
    return at, found


def told_elsewhere(session: Session, meeting: Meeting) -> Elsewhere | None:
    """Where the vote of a meeting is told, once its round was adopted."""
    if meeting.kind is not MeetingKind.PRIORITISATION_TABLE:
        return None
    row = session.execute(
        select(Table.number, VotingRound.number, Voting)
        .join(VotingRound, VotingRound.id == Table.round_id)
        .join(Voting, Voting.table_id == Table.id)
        .where(Table.meeting_id == meeting.id, VotingRound.state != RoundState.DRAFT)
        .order_by(Table.number.desc(), Voting.take.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    number, in_round, voting = row
    words, run = T("Its vote: the rules, how many voted, the result"), T("Run its vote")
    told = Elsewhere(words, f"/tables/{number}", run, f"/office/tables/{number}", Permission.RUN_TABLES)
    return replace(told, act_words=T("Vote"), act_url=f"/vote?at={in_round}") if takes_codes(voting) else told


def votes_of(session: Session, table_id: uuid.UUID) -> list[Voting]:
    """Every vote of a table, annulled ones too, oldest first."""
    return list(session.scalars(select(Voting).where(Voting.table_id == table_id).order_by(Voting.take)))


def may_be_joined(session: Session, found: VotingRound) -> list[Meeting]:
    """The meetings of the round's stage that vote in no round yet."""
    joined = select(Table.meeting_id)
    wanted = (
        Meeting.process_id == found.process_id,
        Meeting.stage_id == found.stage_id,
        Meeting.kind == MeetingKind.PRIORITISATION_TABLE,
        Meeting.id.not_in(joined),
    )
    return list(session.scalars(select(Meeting).where(*wanted).order_by(Meeting.number)))


def turnout(session: Session, voting: Voting) -> Turnout:
    """How many have voted at a vote, of how many who have the right to."""
    rights = select(func.count()).select_from(BallotRight).where(BallotRight.voting_id == voting.id)
    box = select(BallotBox.n).where(BallotBox.voting_id == voting.id)
    row = session.execute(select(rights.scalar_subquery(), box.scalar_subquery())).one()
    voted = voting.ballots if voting.state is VotingState.CLOSED else row[1] or 0
    return Turnout(voted, row[0])


def voters(session: Session, at: AtTable) -> list[Voter]:
    """Everybody noted by name at the meeting of a table, by name."""
    other = select(Table.number).where(Table.id == Voting.table_id).scalar_subquery()
    rows = session.execute(
        select(Person.id, Person.name, BallotRight.voting_id, Voting.state, other)
        .join(Attendance, Attendance.person_id == Person.id)
        .outerjoin(BallotRight, and_(BallotRight.person_id == Person.id, BallotRight.round_id == at.table.round_id))
        .outerjoin(Voting, Voting.id == BallotRight.voting_id)
        .where(Attendance.meeting_id == at.meeting.id)
        .order_by(Person.name, Person.id)
    )
    names = _named_elsewhere(session, at)
    return [
        Voter(
            person,
            name,
            voting == at.voting.id,
            number if voting not in {None, at.voting.id} and state is not VotingState.ANNULLED else None,
            names.get(_plain(name)),
        )
        for person, name, voting, state, number in rows
    ]


def _named_elsewhere(session: Session, at: AtTable) -> dict[str, int]:
    """The names of those who had their ballot at another table of the round, with its number."""
    rows = session.execute(
        select(Person.name, Table.number)
        .join(BallotRight, BallotRight.person_id == Person.id)
        .join(Voting, Voting.id == BallotRight.voting_id)
        .join(Table, Table.id == Voting.table_id)
        .where(BallotRight.round_id == at.table.round_id, Table.id != at.table.id)
        .where(Voting.state != VotingState.ANNULLED)
    )
    return {_plain(name): number for name, number in rows}


def _plain(name: str) -> str:
    return " ".join(search.plain(name).split())


def guests_at(session: Session, meeting_id: uuid.UUID) -> int:
    """How many were counted at a meeting without a name: they have a voice, and no ballot."""
    wanted = (Attendance.meeting_id == meeting_id, Attendance.person_id.is_(None))
    return session.scalar(select(func.count()).select_from(Attendance).where(*wanted)) or 0


def right_of(session: Session, round_id: uuid.UUID, person_id: uuid.UUID) -> BallotRight | None:
    """The right to a ballot that a person has in a round."""
    wanted = (BallotRight.round_id == round_id, BallotRight.person_id == person_id)
    return session.scalars(select(BallotRight).where(*wanted)).one_or_none()


def held_with(session: Session, code: str) -> tuple[Credential, BallotBox] | None:
    """The credential of a code and the box it is good for, the box held for this transaction."""
    row = session.execute(
        select(Credential, BallotBox)
        .join(BallotBox, BallotBox.voting_id == Credential.voting_id)
        .where(Credential.code_hash == ids.hash_token(code))
        .with_for_update(of=BallotBox)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def voting_now(session: Session, voting_id: uuid.UUID) -> Voting:
    """A vote as it stands after its box was taken, whatever this transaction had read of it before."""
    return session.get_one(Voting, voting_id, populate_existing=True)


def count_rights(session: Session, voting_id: uuid.UUID) -> int:
    """How many have the right to a ballot at a vote."""
    return session.scalar(select(func.count()).where(BallotRight.voting_id == voting_id)) or 0


def rehearsal_by(session: Session, code: str) -> RehearsalBox | None:
    """The rehearsal of a code."""
    return session.scalars(select(RehearsalBox).where(RehearsalBox.code_hash == ids.hash_token(code))).one_or_none()


def rehearsal_of(session: Session, table_id: uuid.UUID) -> RehearsalBox | None:
    """The rehearsal that runs at a table."""
    return session.get(RehearsalBox, table_id)


def count_codes(session: Session, voting_id: uuid.UUID) -> tuple[int, int]:
    """How many codes there are for a vote, and how many of them were used."""
    spent = func.coalesce(func.sum(Credential.is_spent.cast(Integer)), 0)
    row = session.execute(select(func.count(), spent).where(Credential.voting_id == voting_id)).one()
    return row[0], int(row[1])


def sheet_of(session: Session, voting_id: uuid.UUID) -> CountSheet | None:
    """The count sheet of a vote on paper."""
    return session.get(CountSheet, voting_id)


def subgroups_of(session: Session, table_id: uuid.UUID) -> list[Subgroup]:
    """The groups of a table."""
    return list(session.scalars(select(Subgroup).where(Subgroup.table_id == table_id).order_by(Subgroup.number)))


def notes_of(session: Session, table_id: uuid.UUID) -> dict[tuple[uuid.UUID, int], TableNote]:
    """The notes of a table, by proposal and group."""
    rows = session.scalars(select(TableNote).where(TableNote.table_id == table_id).order_by(TableNote.subgroup))
    return {(row.proposal_id, row.subgroup): row for row in rows}


def open_rounds(session: Session, process_id: uuid.UUID) -> list[VotingRound]:
    """The rounds in which a table votes or rehearses at this moment."""
    votes = select(Voting.round_id).where(Voting.state == VotingState.OPEN)
    rehearsing = select(Table.round_id).join(RehearsalBox, RehearsalBox.table_id == Table.id)
    here = (VotingRound.process_id == process_id, VotingRound.id.in_(votes.union(rehearsing)))
    return list(session.scalars(select(VotingRound).where(*here).order_by(VotingRound.number)))
