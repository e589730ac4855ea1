"""A round of prioritisation: set, its tables joined, adopted before anybody can register, closed and counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.decisions import queries as decided
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T
from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingKind, MeetingState
from app.people.rules import Permission
from app.prioritisation.models import BallotBox, OnBallot, Table, Voting, VotingRound
from app.prioritisation.queries import rounds as queries
from app.prioritisation.queries import tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.counting import BallotMethod, OverTables
from app.prioritisation.rules.voting import (
    MOST_ON_A_BALLOT,
    ROUND,
    VOTING,
    RoundState,
    RoundWish,
    Scope,
    VotingState,
    checked,
)
from app.process import queries as processes
from app.process.models import Process, Stage
from app.work import Work

ENDED = frozenset({MeetingState.CLOSED, MeetingState.CANCELLED})


def set_round(
    work: Work, process: Process, stage: Stage, wish: RoundWish, found: VotingRound | None = None
) -> VotingRound:
    """Draft a round, or change a draft: how people vote, what weighs the same, how many go on. Office only."""
    work.require(Permission.SET_ROUNDS, process.id)
    require_running(process, stage)
    rule = checked(wish)
    if found is None:
        found = VotingRound(
            id=ids.new_id(),
            process_id=process.id,
            stage_id=stage.id,
            number=queries.last_number(work.session, process.id) + 1,
            state=ROUND.after(None, "draft"),
        )
        work.session.add(found)
    elif found.state is not RoundState.DRAFT:
        raise WrongState(_adopted(), found.state.value, ROUND.moves_from(found.state))
    found.name_es, found.name_en = wish.name_es.strip(), wish.name_en.strip()
    found.method, found.most, found.each = BallotMethod(rule.method), rule.most, rule.each
    found.over, found.capacity = OverTables(wish.over), wish.capacity or 1
    found.with_reserved = wish.with_reserved
    work.session.flush()
    work.record("voting_round.set", found.subject, **_facts(found))
    return found


def _adopted() -> Any:
    return T("This round was adopted: its rules no longer change.")


def _facts(found: VotingRound) -> dict[str, Any]:
    return {
        "method": found.method.value,
        "most": found.most,
        "each": found.each,
        "over": found.over.value,
        "capacity": found.capacity,
        "with_reserved": found.with_reserved,
    }


def require_running(process: Process, stage: Stage) -> None:
    """Refuse what is done in a process that stands still, or at a stage that is concluded."""
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)


def join_table(work: Work, process: Process, found: VotingRound, meeting: Meeting, scope: str) -> Table:
    """Let a meeting vote in a round. Office only; refused where people could register before they knew the rules."""
    work.require(Permission.SET_ROUNDS, process.id)
    require_running(process, processes.stage_by_id(work.session, found.stage_id))
    if scope not in set(Scope):
        raise Invalid(scope=T("Choose one of the list."))
    if meeting.kind is not MeetingKind.PRIORITISATION_TABLE or meeting.stage_id != found.stage_id:
        raise Invalid(meeting=T("Only a territorial, youth or thematic meeting of this stage can vote in the round."))
    if found.state is RoundState.CLOSED:
        raise WrongState(T("This round is closed."), found.state.value, ROUND.moves_from(found.state))
    _require_untouched(meeting, found.adopted_at, work.now)
    table = Table(
        id=ids.new_id(),
        process_id=process.id,
        round_id=found.id,
        meeting_id=meeting.id,
        number=meeting.number,
        scope=Scope(scope),
        joined_at=work.now,
    )
    work.session.add(table)
    work.session.flush()
    prepare_vote(work, table, 1)
    work.record("table.joined", table.subject, round=found.number, scope=scope)
    return table


def _require_untouched(meeting: Meeting, adopted_at: datetime | None, now: datetime) -> None:
    """Nobody may have registered, nor had the time to, before the rules stood."""
    if meeting.last_in_line or meeting.came:
        raise Conflict(
            T("People have registered for meeting {n} already: the rules had to stand before.", n=meeting.number)
        )
    opens_at = None if meeting.state is MeetingState.DRAFT else meeting.registration.opens_at
    if opens_at is not None and (opens_at < adopted_at if adopted_at else opens_at <= now):
        text = T(
            "The registration for meeting {n} opened before the rules of the round were adopted.", n=meeting.number
        )
        raise NotNow(text, opens_at, meeting.registration.closes_at)


def prepare_vote(work: Work, table: Table, take: int) -> Voting:
    """Put an empty box ready for the next vote of a table."""
    state = VOTING.after(None, "prepare")
    voting = Voting(id=ids.new_id(), table_id=table.id, round_id=table.round_id, take=take, state=state)
    work.session.add(voting)
    work.session.flush()
    work.session.add(BallotBox(voting_id=voting.id, ballots=[], n=0, assisted=0))
    work.session.flush()
    return voting


def leave_round(work: Work, process: Process, found: VotingRound, table: Table) -> None:
    """Take a meeting out of a round that was not adopted yet. Office only."""
    work.require(Permission.SET_ROUNDS, process.id)
    if found.state is not RoundState.DRAFT:
        raise WrongState(_adopted(), found.state.value, ROUND.moves_from(found.state))
    for voting in tables.votes_of(work.session, table.id):
        work.session.delete(work.session.get_one(BallotBox, voting.id))
        work.session.delete(voting)
    for group in tables.subgroups_of(work.session, table.id):
        work.session.delete(group)
    work.session.flush()
    work.session.delete(table)
    work.record("table.left", table.subject, round=found.number)


def adopt(work: Work, process: Process, found: VotingRound) -> VotingRound:
    """Adopt a round and publish it: from now on its rules and its ballot stand. Office only.

    Refused once the registration for one of its tables has opened, and where nothing can be prioritised.
    """
    work.require(Permission.SET_ROUNDS, process.id)
    stage = processes.stage_by_id(work.session, found.stage_id)
    require_running(process, stage)
    state = ROUND.after(found.state, "adopt")
    for at in tables.tables_of(work.session, found.id):
        _require_untouched(at.meeting, None, work.now)
    chosen = queries.may_be_on(work.session, stage, with_reserved=found.with_reserved)
    if not chosen:
        raise Conflict(T("There is no proposal yet that could be prioritised."))
    if len(chosen) > MOST_ON_A_BALLOT:
        raise Conflict(T("A ballot of {n} proposals is too long for anybody: decide first.", n=len(chosen)))
    if found.method is BallotMethod.APPROVAL and found.most > len(chosen):
        raise Conflict(T("There are only {n} proposals: nobody can name {most}.", n=len(chosen), most=found.most))
    work.session.add_all(OnBallot(round_id=found.id, proposal_id=proposal.id) for proposal in chosen)
    found.state, found.adopted_at = state, work.now
    work.record(
        "voting_round.adopted", found.subject, proposals=[proposal.folio for proposal in chosen], **_facts(found)
    )
    return found


def close_round(work: Work, process: Process, found: VotingRound) -> VotingRound:
    """Close a round once every table of it has voted or is over, count it, and show all results together. Office only.

    The results of all tables are shown at once, so that none votes after what another has said.
    """
    work.require(Permission.SET_ROUNDS, process.id)
    require_running(process, processes.stage_by_id(work.session, found.stage_id))
    state = ROUND.after(found.state, "close")
    waiting = [at for at in tables.tables_of(work.session, found.id) if not _is_done(at)]
    if waiting:
        numbers = ", ".join(str(at.table.number) for at in waiting)
        raise Conflict(T("These tables have not finished: {numbers}.", numbers=numbers))
    found.result = queries.recounted(work.session, found)
    if not found.result["ballots"]:
        raise Conflict(T("No ballot was cast in this round: there is nothing to count."))
    found.state, found.closed_at = state, work.now
    work.record(
        "voting_round.closed",
        found.subject,
        ballots=found.result["ballots"],
        inputs_hash=found.result["inputs_hash"],
        order=[line["folio"] for line in found.result["lines"]],
    )
    return found


def _is_done(at: AtTable) -> bool:
    if at.voting.state is VotingState.CLOSED:
        return True
    return at.voting.state is VotingState.PREPARED and at.meeting.state in ENDED


def reopen(work: Work, found: VotingRound) -> None:
    """Count a closed round again later, because one of its votes was annulled; refused once decisions are public."""
    if found.state is not RoundState.CLOSED:
        return
    if decided.publications_of(work.session, found.stage_id):
        raise Conflict(T("Decisions that follow from this ranking are public: they would have to be decided again."))
    before = (found.result or {}).get("inputs_hash")
    found.state, found.result, found.closed_at = ROUND.after(found.state, "reopen"), None, None
    work.record("voting_round.reopened", found.subject, inputs_hash=before)
