"""Casting a ballot: a code is spent and the box is rewritten in one transaction, and nothing else is written.

No entry in the trail, no time, no order, no person. One cast, no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import update

from app.kit.errors import Conflict, Invalid, NotNow
from app.kit.i18n import T
from app.people.rules import Permission
from app.prioritisation.actions.crediting import too_late
from app.prioritisation.models import BallotBox, Credential, RehearsalBox, Voting, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.codes import plain
from app.prioritisation.rules.counting import checked, with_one_more
from app.prioritisation.rules.voting import VotingState, VotingWay
from app.process.models import Process
from app.work import Work


class Spent(Conflict):
    """Somebody has voted with this code already; nothing was changed, and nobody is told what was cast."""


class Cast(StrEnum):
    """What somebody who sent a ballot is told; never what was on it."""

    VOTED = "voted"
    REHEARSED = "rehearsed"


def cast(work: Work, process: Process, found: VotingRound, code: str, typed: Mapping[str, int]) -> Cast:
    """Cast one ballot with a code; whoever holds the code may. With the code of a rehearsal nothing is counted."""
    ballot = checked(found.rule, typed, rounds.folios_on(work.session, found.id))
    code = plain(code)
    held = tables.held_with(work.session, code)
    if held is None:
        return _rehearsed(work, found, code)
    voting = tables.voting_now(work.session, held[0].voting_id)
    if voting.round_id != found.id or process.id != found.process_id:
        raise _unknown()
    _put_in(work, voting, held, ballot)
    return Cast.VOTED


def _unknown() -> Invalid:
    return Invalid(code=T("This code does not exist. Copy it from your paper, or ask at the table."))


def _rehearsed(work: Work, found: VotingRound, code: str) -> Cast:
    box = tables.rehearsal_by(work.session, code)
    tried_at = {at.table.id for at in tables.tables_of(work.session, found.id)} if box else set()
    if box is None or box.table_id not in tried_at:
        raise _unknown()
    counted = update(RehearsalBox).where(RehearsalBox.table_id == box.table_id)
    work.session.execute(counted.values(n=RehearsalBox.n + 1))
    return Cast.REHEARSED


def _put_in(work: Work, voting: Voting, held: tuple[Credential, BallotBox], ballot: Mapping[str, int]) -> None:
    credential, box = held
    if voting.state is VotingState.PREPARED:
        raise NotNow(T("The vote at this table has not been opened yet. Keep your code."))
    if voting.state is VotingState.ANNULLED:
        raise Conflict(T("The vote for which this code was made was annulled. Ask at the table for another one."))
    if voting.state is not VotingState.OPEN:
        raise NotNow(too_late())
    if voting.way is not VotingWay.CODES:
        raise Conflict(T("This table votes on paper."))
    mine = (Credential.id == credential.id, Credential.is_spent.is_(False))
    spent = work.session.execute(
        update(Credential).where(*mine).values(is_spent=True).returning(Credential.id),
        execution_options={"synchronize_session": False},
    ).all()
    if not spent:
        raise Spent(T("With this code somebody has voted already. Each code is good for one ballot."))
    if box.n >= tables.count_rights(work.session, voting.id):
        raise Conflict(
            T("More codes are being used than people were noted for a ballot. Go to the table: they note you first.")
        )
    box.ballots, box.n = with_one_more(box.ballots, ballot), box.n + 1
    work.session.flush()


def cast_assisted(
    work: Work, process: Process, at: AtTable, found: VotingRound, sent: tuple[str, Mapping[str, int]]
) -> None:
    """Type a ballot for somebody who cannot, with their code; counted apart as assisted. Facilitator or office."""
    work.require(Permission.RUN_TABLES, process.id)
    code, typed = sent
    held = tables.held_with(work.session, plain(code))
    if held is None or held[0].voting_id != at.voting.id:
        raise Invalid(code=T("This is not a code of this table."))
    ballot = checked(found.rule, typed, rounds.folios_on(work.session, found.id))
    _put_in(work, tables.voting_now(work.session, at.voting.id), held, ballot)
    held[1].assisted += 1
