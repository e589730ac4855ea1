"""The vote at a table: rehearsed, opened, closed and counted, annulled and made again."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.prioritisation.actions.rounding import prepare_vote, reopen, require_running
from app.prioritisation.actions.sweeping import sweep_later
from app.prioritisation.models import Ballot, BallotBox, RehearsalBox, Subgroup, Voting, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules import counting
from app.prioritisation.rules.voting import (
    LONGEST_NAME,
    MOST_SUBGROUPS,
    ROUND,
    SHORTEST_REASON,
    VOTING,
    RoundState,
    VotingState,
    VotingWay,
)
from app.process import queries as processes
from app.process.models import Process
from app.work import Work


def set_subgroups(work: Work, process: Process, at: AtTable, groups: list[tuple[str, str]]) -> None:
    """Say into which groups a table divides: for each the role that facilitates and the one that takes notes."""
    work.require(Permission.RUN_TABLES, process.id)
    if len(groups) > MOST_SUBGROUPS or any(len(name) > LONGEST_NAME for pair in groups for name in pair):
        raise Invalid(groups=T("At most {n} groups, each with two short names.", n=MOST_SUBGROUPS))
    if at.meeting.state in {MeetingState.CLOSED, MeetingState.CANCELLED}:
        raise Conflict(T("This meeting is over."))
    work.session.execute(delete(Subgroup).where(Subgroup.table_id == at.table.id))
    for number, (facilitator, note_taker) in enumerate(groups, 1):
        group = Subgroup(table_id=at.table.id, number=number, facilitator=facilitator, note_taker=note_taker)
        work.session.add(group)
    work.record("table.divided", at.table.subject, groups=len(groups))


def rehearse(work: Work, process: Process, at: AtTable, found: VotingRound) -> str:
    """Begin a rehearsal: one code that everybody may try, and a box that is thrown away. Facilitator or office."""
    work.require(Permission.RUN_TABLES, process.id)
    _require_adopted(found)
    if at.voting.state is not VotingState.PREPARED:
        raise WrongState(T("The real vote has begun: nothing is rehearsed now."), at.voting.state.value, [])
    if tables.rehearsal_of(work.session, at.table.id) is not None:
        raise Conflict(T("A rehearsal is running already."))
    code = ids.new_follow_code()
    work.session.add(RehearsalBox(table_id=at.table.id, code_hash=ids.hash_token(code), n=0))
    work.record("table.rehearsal_begun", at.table.subject)
    return code


def end_rehearsal(work: Work, process: Process, at: AtTable) -> int:
    """Throw the box of a rehearsal away; gives how many tried it. Facilitator or office."""
    work.require(Permission.RUN_TABLES, process.id)
    box = tables.rehearsal_of(work.session, at.table.id)
    if box is None:
        raise Conflict(T("No rehearsal is running."))
    work.session.delete(box)
    work.record("table.rehearsal_ended", at.table.subject, tried=box.n)
    return box.n


def _require_adopted(found: VotingRound) -> None:
    if found.state is not RoundState.ADOPTED:
        moves = ROUND.moves_from(found.state)
        raise WrongState(T("Tables vote only in a round that is adopted and not closed."), found.state.value, moves)


def open_vote(work: Work, process: Process, at: AtTable, found: VotingRound, way: str) -> None:
    """Open the vote of a table while its meeting takes place. Facilitator or office."""
    work.require(Permission.RUN_TABLES, process.id)
    require_running(process, processes.stage_by_id(work.session, found.stage_id))
    if way not in set(VotingWay):
        raise Invalid(way=T("Choose one of the list."))
    _require_adopted(found)
    if at.meeting.state is not MeetingState.HELD:
        text = T("The vote is opened while the meeting takes place.")
        raise NotNow(text, at.meeting.starts_at, at.meeting.ends_at)
    if tables.rehearsal_of(work.session, at.table.id) is not None:
        raise Conflict(T("End the rehearsal first: its box is thrown away."))
    at.voting.state = VOTING.after(at.voting.state, "open")
    at.voting.way, at.voting.opened_at = VotingWay(way), work.now
    work.record("table.vote_opened", at.table.subject, take=at.voting.take, way=way)


def locked_box(work: Work, voting: Voting) -> BallotBox:
    """The box of a vote, held for this transaction, with the vote as it stands now."""
    wanted = select(BallotBox).where(BallotBox.voting_id == voting.id)
    box = work.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one()
    work.session.refresh(voting)
    return box


def close_vote(work: Work, process: Process, at: AtTable, found: VotingRound) -> Voting:
    """Close the vote: the box becomes ballots under random keys, and its hash is told. Facilitator or office.

    On paper it waits until two people have typed the same. From here on the database refuses to change a ballot.
    """
    work.require(Permission.RUN_TABLES, process.id)
    voting = at.voting
    box = locked_box(work, voting)
    state = VOTING.after(voting.state, "close")
    if voting.way is VotingWay.PAPER:
        sheet = tables.sheet_of(work.session, voting.id)
        if sheet is None or sheet.checked_at is None:
            raise Conflict(T("The count on paper has to be typed by two different people first."))
        box.ballots, voting.told = list(sheet.rows), sheet.told
        sheet.rows = []
    rows = sorted((ids.random_id(), choices) for choices in box.ballots)
    work.session.add_all(Ballot(id=key, voting_id=voting.id, choices=choices) for key, choices in rows)
    counted = rounds.as_counted(found, at.table.number, voting, box.ballots)
    voting.assisted = box.assisted
    box.ballots, box.n, box.assisted = [], 0, 0
    voting.state, voting.closed_at = state, work.now
    voting.ballots, voting.box_salt = counted.size, ids.new_salt().hex()
    voting.box_hash = counting.box_hash(counted, voting.box_salt)
    work.session.flush()
    sweep_later(work, voting.id)
    facts = {"take": voting.take, "ballots": voting.ballots, "box_hash": voting.box_hash}
    work.record("table.vote_closed", at.table.subject, assisted=voting.assisted, way=voting.way.value, **facts)
    work.record("table.tallied", at.table.subject, formula=counting.FORMULA, only_sums=voting.told is not None, **facts)
    return voting


def annul(work: Work, process: Process, at: AtTable, found: VotingRound, reason: str) -> Voting:
    """Annul the vote of a table for a reason that the public reads, and prepare it to be made again. Office only.

    What was cast stays in the database and counts no more; whoever had a ballot here may have another one.
    """
    work.require(Permission.SET_ROUNDS, process.id)
    require_running(process, processes.stage_by_id(work.session, found.stage_id))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(reason=T("Write the reason that the public will read, in at least one short sentence."))
    voting = at.voting
    box = locked_box(work, voting)
    was = voting.state
    voting.state = VOTING.after(voting.state, "annul")
    reopen(work, found)
    voting.annulled_at, voting.annulled_because = work.now, reason.strip()
    if was is VotingState.OPEN:
        voting.ballots = box.n
    box.ballots, box.n, box.assisted = [], 0, 0
    sweep_later(work, voting.id)
    work.record(
        "table.vote_annulled", at.table.subject, take=voting.take, ballots=voting.ballots, reason=reason.strip()
    )
    return prepare_vote(work, at.table, voting.take + 1)
