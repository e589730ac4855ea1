"""The one place where a proposal's state is assigned: the table of legal moves is asked, the trail is written."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from sqlalchemy import Integer, Uuid, bindparam
from sqlalchemy.orm import Session

from app.kit import search
from app.kit.db import upsert_of
from app.process.models import Process
from app.proposals.actions.grouping import regroup
from app.proposals.models import Proposal, ProposalCount, SearchEntry
from app.proposals.rules import JOURNEY, RECORDED_AS, State, is_public
from app.work import Work


def advance(work: Work, proposal: Proposal, move: str, because: str, **facts: Any) -> None:
    """Move a proposal one step on its journey, or refuse with the legal moves; `because` names the row behind it.

    The caller has asked who may and whether the window is open; this asks only in which state.
    """
    before = proposal.state
    after = JOURNEY.after(before, move)
    _step(work, proposal, before, after)
    work.record(
        f"proposal.{RECORDED_AS[move]}",
        proposal.subject,
        because=because,
        state=after.value,
        before=before.value,
        **facts,
    )


def be_born(work: Work, process: Process) -> State:
    """The state of a proposal that has just been received, counted in its process."""
    state = JOURNEY.after(None, "submit")
    _count(work.session, process.id, state, 1)
    return state


def advance_again(work: Work, proposal: Proposal, target: State, because: str, **facts: Any) -> None:
    """Replace an outcome by that of a superseding decision; for `decisions`, before a later stage decided."""
    before = proposal.state
    _step(work, proposal, before, target)
    work.record(
        "proposal.decided_again", proposal.subject, because=because, state=target.value, before=before.value, **facts
    )


def _step(work: Work, proposal: Proposal, before: State, after: State) -> None:
    proposal.state = after
    _count(work.session, proposal.process_id, before, -1)
    _count(work.session, proposal.process_id, after, 1)
    if after is State.ADMITTED and proposal.admitted_at is None:
        proposal.admitted_at = work.now
    shown = is_public(after, was_admitted=proposal.admitted_at is not None)
    if shown != proposal.is_public:
        proposal.is_public = shown
        regroup(work.session, proposal)


def _count(session: Session, process_id: uuid.UUID, state: State, step: int) -> None:
    counted = _counting(session.get_bind().dialect.name)
    session.connection().execute(counted, {"process_id": process_id, "state": state, "n": step, "step": step})


@cache
def _counting(dialect: str) -> Any:
    insert = upsert_of(dialect)(ProposalCount)
    more = {"n": ProposalCount.n + bindparam("step", type_=Integer)}
    kinds = {"process_id": Uuid(), "state": ProposalCount.__table__.c.state.type, "n": Integer()}
    values = {name: bindparam(name, type_=kind) for name, kind in kinds.items()}
    return insert.values(values).on_conflict_do_update(index_elements=["process_id", "state"], set_=more)


def put_into_search(work: Work, proposal: Proposal, stemmed: str, scope: str) -> None:
    """Make a public proposal findable; its words were folded and stemmed before the transaction began."""
    if proposal.search_number is None:
        entry = SearchEntry(proposal_id=proposal.id)
        work.session.add(entry)
        work.session.flush()
        proposal.search_number = entry.number
    search.put(work.session, proposal.search_number, scope, stemmed)


def words_of(proposal: Proposal, *texts: str) -> str:
    """What a proposal is found by: folio, these texts (title, problem, solution) and names; stemming takes time."""
    return search.folded(" ".join((proposal.folio, *texts, proposal.public_names)))
