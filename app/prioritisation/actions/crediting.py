"""Who may vote: one right for each person and round, given out at the table; and codes that belong to nobody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T, Text
from app.meetings.queries import registrations
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.prioritisation.models import BallotRight, Credential, Voting, VotingRound
from app.prioritisation.queries import tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.codes import codes
from app.prioritisation.rules.voting import MOST_CODES, RoundState, VotingState
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Given:
    """How many people got the right to a ballot now, how many had it here, and how many had theirs elsewhere."""

    new: int
    here: int
    elsewhere: int


def print_codes(work: Work, process: Process, at: AtTable, found: VotingRound, made: tuple[str, str, int]) -> int:
    """Keep the hashes of so many new codes, of which each is good for one ballot. Facilitator or office.

    `made` are this installation's key, the seed of the batch and how many. They belong to nobody: whoever is handed one
    is noted apart, and no more ballots can be cast than people were noted.
    """
    work.require(Permission.RUN_TABLES, process.id)
    secret, seed, n = made
    if not 1 <= n <= MOST_CODES:
        raise Invalid(n=T("Write a number from {fewest} to {most}.", fewest=1, most=MOST_CODES))
    if found.state is not RoundState.ADOPTED:
        raise WrongState(T("Codes are made once the round is adopted."), found.state.value, [])
    _require_before_closing(at.voting)
    hashes = sorted(ids.hash_token(code) for code in codes(secret, seed, n))
    rows = [{"id": ids.random_id(), "voting_id": at.voting.id, "code_hash": one, "is_spent": False} for one in hashes]
    work.session.execute(insert(Credential), rows)
    work.record("table.codes_made", at.table.subject, take=at.voting.take, codes=n)
    return n


def _require_before_closing(voting: Voting) -> None:
    if voting.state not in {VotingState.PREPARED, VotingState.OPEN}:
        raise NotNow(too_late(), voting.opened_at, voting.closed_at)


def too_late() -> Text:
    """What somebody is told who comes after the vote was closed."""
    return T("The vote at this table is closed. Whoever comes now has a voice, and no ballot any more.")


def give_rights(work: Work, process: Process, at: AtTable, found: VotingRound, persons: Sequence[uuid.UUID]) -> Given:
    """Note to whom a code or a ballot on paper is handed: one for each person and round. Facilitator or office.

    Only who was noted as being there; whoever had theirs at another table of the round has a voice here, and no more.
    """
    work.require(Permission.RUN_TABLES, process.id)
    if not persons:
        raise Invalid(persons=T("Tick at least one person."))
    if found.state is not RoundState.ADOPTED:
        raise WrongState(T("Tables vote only in a round that is adopted and not closed."), found.state.value, [])
    if at.meeting.state is not MeetingState.HELD:
        text = T("Ballots are handed out while the meeting takes place.")
        raise NotNow(text, at.meeting.starts_at, at.meeting.ends_at)
    _require_before_closing(at.voting)
    new = here = elsewhere = 0
    for person in dict.fromkeys(persons):
        outcome = _give(work, at, person)
        new, here, elsewhere = new + (outcome == "new"), here + (outcome == "here"), elsewhere + (outcome == "other")
    work.session.flush()
    if new:
        work.record("table.ballots_handed_out", at.table.subject, take=at.voting.take, people=new)
    return Given(new, here, elsewhere)


def _give(work: Work, at: AtTable, person_id: uuid.UUID) -> str:
    if registrations.attendance_of(work.session, at.meeting.id, person_id) is None:
        raise Conflict(T("Only people who were noted as being here can be given a ballot."))
    right = tables.right_of(work.session, at.table.round_id, person_id)
    if right is None:
        row = BallotRight(round_id=at.table.round_id, voting_id=at.voting.id, person_id=person_id)
        work.session.add(row)
        return "new"
    if right.voting_id == at.voting.id:
        return "here"
    if work.session.get_one(Voting, right.voting_id).state is not VotingState.ANNULLED:
        return "other"
    right.voting_id = at.voting.id
    return "new"


def hand_out(
    work: Work, process: Process, at: AtTable, found: VotingRound, handed: tuple[Sequence[uuid.UUID], str, str]
) -> Given:
    """Give people the right to a ballot and make as many codes, in no order. Facilitator or office.

    `handed` are the people, this installation's key and the seed of the batch.
    """
    persons, secret, seed = handed
    given = give_rights(work, process, at, found, persons)
    if given.new:
        print_codes(work, process, at, found, (secret, seed, given.new))
    return given
