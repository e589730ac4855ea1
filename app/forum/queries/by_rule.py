"""What of a stage can be decided as the rule says, all at once, and what somebody has to look at one by one."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions import queries as decided
from app.decisions.rules import Outcome
from app.forum.models import ForumSession, Recusal
from app.forum.queries import deciding, seats
from app.forum.queries.deciding import Draft
from app.process.models import Process, Stage
from app.proposals.models import Proposal


@dataclass(frozen=True)
class SortedOut:
    """The proposals not decided on yet, by folio: those the rule settles with its drafts, and those to look at."""

    drafts: dict[str, Draft]
    by_rule: list[Proposal]
    to_look_at: list[Proposal]

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """How many go on, stay in reserve and do not go on by the rule."""
        counted = Counter(self.drafts[row.folio].says for row in self.by_rule)
        return {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}

    @property
    def as_counted(self) -> str:
        """These numbers in one word, so that whoever confirms them confirms what they read."""
        told = [f"{outcome.value}:{n}" for outcome, n in self.outcomes.items()]
        return " ".join([*told, f"left:{len(self.to_look_at)}"])


def sort_out(session: Session, process: Process, stage: Stage, meeting: ForumSession, now: datetime) -> SortedOut:
    """Sort what is open at a stage, in as many statements for a thousand proposals as for one.

    To be looked at is what carries a flag, lacks score sheets, was left in doubt in a session, or would be decided
    without a quorum because seats stand aside on it. Only after the close of the round.
    """
    drafts = {draft.folio: draft for draft in deciding.drafts(session, process, stage, now)}
    doubtful = seats.doubts_of(session, stage.id)
    aside = _aside(session, stage.id)
    quorum = seats.quorums_at(session, meeting)
    weak = {some for some in set(aside.values()) if quorum(()).holds and not quorum(some).holds}
    by_rule: list[Proposal] = []
    to_look_at: list[Proposal] = []
    for row in decided.open_at(session, stage, now):
        draft = drafts.get(row.folio)
        settled = draft is not None and draft.says is not None and not draft.is_flagged
        stopped = row.id in doubtful or aside.get(row.id) in weak
        (by_rule if settled and not stopped else to_look_at).append(row)
    return SortedOut(drafts, by_rule, to_look_at)


def _aside(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    rows = session.execute(select(Recusal.proposal_id, Recusal.seat_id).where(Recusal.stage_id == stage_id))
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for proposal_id, seat_id in rows:
        found[proposal_id].add(seat_id)
    return {proposal_id: frozenset(some) for proposal_id, some in found.items()}
