"""Rounds of prioritisation with their ballots and results; nothing here reads a box while its vote is open."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.decisions.rules import RuleSays
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.prioritisation.models import Ballot, OnBallot, Table, Voting, VotingRound
from app.prioritisation.rules import counting, paper
from app.prioritisation.rules.counting import opened
from app.prioritisation.rules.results import counted
from app.prioritisation.rules.voting import GONE, Place, RoundState, VotingState, placed, read
from app.process.kinds import StageKind
from app.process.models import Stage
from app.proposals.models import Proposal, Revision
from app.proposals.rules import State

MOST_NUMBER = 1_000_000


@dataclass(frozen=True)
class OnIt:
    """One proposal on a ballot."""

    id: uuid.UUID
    folio: str
    number: int
    title: str
    state: State


def rounds_of(session: Session, process_id: uuid.UUID, *, drafts: bool = False) -> list[VotingRound]:
    """The rounds of a process, the newest first; the public sees those that were adopted."""
    wanted = select(VotingRound).where(VotingRound.process_id == process_id)
    if not drafts:
        wanted = wanted.where(VotingRound.state != RoundState.DRAFT)
    return list(session.scalars(wanted.order_by(VotingRound.number.desc())))


def round_numbered(session: Session, process_id: uuid.UUID, number: int) -> VotingRound:
    """The round of this number, drafts too; for those who set them."""
    if not 0 < number <= MOST_NUMBER:
        raise NotFound
    wanted = (VotingRound.process_id == process_id, VotingRound.number == number)
    found = session.scalars(select(VotingRound).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def public_round(session: Session, process_id: uuid.UUID, number: int) -> VotingRound:
    """The round of this number, once it was adopted."""
    found = round_numbered(session, process_id, number)
    if found.state is RoundState.DRAFT:
        raise NotFound
    return found


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest round of a process."""
    return session.scalar(select(func.max(VotingRound.number)).where(VotingRound.process_id == process_id)) or 0


def has_rounds(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has adopted a round of prioritisation; for a SELECT."""
    wanted = (VotingRound.process_id == process_id, VotingRound.state != RoundState.DRAFT)
    return exists(select(VotingRound.id).where(*wanted))


def count_rounds(session: Session, process_id: uuid.UUID) -> int:
    """How many rounds of prioritisation a process has adopted."""
    return len(rounds_of(session, process_id))


def stages_to_prioritise(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """The stages of a process in which tables set priorities."""
    wanted = (Stage.process_id == process_id, Stage.kind == StageKind.PRIORITISATION)
    return list(session.scalars(select(Stage).where(*wanted).order_by(Stage.position)))


def may_be_on(session: Session, stage: Stage, *, with_reserved: bool) -> list[Proposal]:
    """The proposals a round of this stage would put on its ballot: where a filter comes first, those it selected."""
    filters = (Stage.process_id == stage.process_id, Stage.kind == StageKind.FILTER, Stage.position < stage.position)
    is_filtered = session.scalar(select(Stage.id).where(*filters).limit(1)) is not None
    states = {State.SELECTED if is_filtered else State.ADMITTED} | ({State.RESERVED} if with_reserved else set())
    wanted = (Proposal.process_id == stage.process_id, Proposal.state.in_(states))
    return list(session.scalars(select(Proposal).where(*wanted).order_by(Proposal.number)))


def on_ballot(session: Session, round_id: uuid.UUID) -> list[OnIt]:
    """What is on the ballot of a round, by folio."""
    rows = session.execute(
        select(Proposal.id, Proposal.folio, Proposal.number, Proposal.title, Proposal.state)
        .join(OnBallot, OnBallot.proposal_id == Proposal.id)
        .where(OnBallot.round_id == round_id)
        .order_by(Proposal.number)
    )
    return [OnIt(*row) for row in rows]


def solutions_on(session: Session, round_id: uuid.UUID) -> dict[str, str]:
    """What each proposal on a ballot proposes, as its text stands, by folio."""
    rows = session.execute(
        select(Proposal.folio, Revision.solution)
        .join(OnBallot, OnBallot.proposal_id == Proposal.id)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(OnBallot.round_id == round_id)
    )
    return {row[0]: row[1] for row in rows}


def folios_on(session: Session, round_id: uuid.UUID) -> Sequence[str]:
    """The folios on the ballot of a round: all that counting a ballot asks."""
    on_it = select(Proposal.folio).join(OnBallot, OnBallot.proposal_id == Proposal.id)
    return session.scalars(on_it.where(OnBallot.round_id == round_id)).all()


def ballots_of(session: Session, votings: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The ballots of closed votes, sealed and sorted, by vote."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for key, choices in session.execute(select(Ballot.voting_id, Ballot.choices).where(Ballot.voting_id.in_(votings))):
        found[key].append(choices)
    return {key: sorted(rows) for key, rows in found.items()}


def closed_votes(session: Session, round_id: uuid.UUID) -> list[tuple[Table, Voting]]:
    """The tables of a round that have voted, each with the vote that counts."""
    rows = session.execute(
        select(Table, Voting)
        .join(Voting, Voting.table_id == Table.id)
        .where(Table.round_id == round_id, Voting.state == VotingState.CLOSED)
        .order_by(Table.number)
    )
    return [(row[0], row[1]) for row in rows]


def tables_to_count(session: Session, found: VotingRound) -> list[counting.Table]:
    """What the closed votes of a round hold, by table."""
    votes = closed_votes(session, found.id)
    ballots = ballots_of(session, [voting.id for _, voting in votes])
    return [as_counted(found, table.number, voting, ballots.get(voting.id, [])) for table, voting in votes]


def as_counted(found: VotingRound, number: int, voting: Voting, ballots: Sequence[str]) -> counting.Table:
    """One closed vote as it is counted."""
    if voting.told is not None:
        return counting.Table(number, (), paper.as_told(found.rule, voting.told))
    return counting.Table(number, opened(ballots))


def recounted(session: Session, found: VotingRound) -> dict[str, Any]:
    """The result of a round, counted from its ballots."""
    folios = [one.folio for one in on_ballot(session, found.id)]
    return counted(tables_to_count(session, found), folios, found.over)


def rule_of_ranking(session: Session, stage: Stage, proposal: Proposal) -> RuleSays:
    """What the ranking says of a proposal: nothing where no round has it, no decision before the round is closed."""
    found = session.scalars(
        select(VotingRound)
        .join(OnBallot, OnBallot.round_id == VotingRound.id)
        .where(VotingRound.stage_id == stage.id, OnBallot.proposal_id == proposal.id)
        .order_by(VotingRound.number.desc())
        .limit(1)
    ).one_or_none()
    if found is None or found.state is RoundState.DRAFT:
        return RuleSays()
    if found.result is None:
        return RuleSays(has_quorum=False, explained=T("The tables have not finished voting: the round is not closed."))
    place, of = _place(session, found, proposal.folio)
    return RuleSays(place.outcome, explained=_explained(found, place, of))


def place_in_words(session: Session, found: VotingRound, folio: str) -> Text:
    """Where a proposal stands in the ranking of a closed round, and what follows by the rule."""
    place, of = _place(session, found, folio)
    return _explained(found, place, of)


def _place(session: Session, found: VotingRound, folio: str) -> tuple[Place, int]:
    """A proposal's place among how many."""
    lines = [read(line) for line in (found.result or {})["lines"]]
    gone = {one.folio for one in on_ballot(session, found.id) if one.state in GONE}
    return placed(lines, found.capacity, gone)[folio], len(lines)


def _explained(found: VotingRound, place: Place, of: int) -> Text:
    facts = {"rank": place.rank, "of": of, "capacity": found.capacity}
    if place.is_gone:
        return T(
            "Place {rank} of {of} in the ranking; it was withdrawn or joined with another and takes none.", **facts
        )
    if place.outcome is None:
        return T(
            "Place {rank} of {of} in the ranking, level with others at the limit of {capacity}: the rule does not part "
            "them; whoever decides does, with the reason.",
            **facts,
        )
    return T("Place {rank} of {of} in the ranking; the first {capacity} go on.", **facts)
