"""What of a stage can be decided as the rule says, all at once, and what somebody has to look at one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.decisions import queries as decided
from app.decisions.rules import Outcome
from app.forum.models import ForumSession
from app.forum.queries import deciding, seats
from app.forum.queries.deciding import Draft
from app.forum.queries.standing import Standings
from app.forum.rules.standing import Way
from app.process.models import Process, Stage
from app.proposals.models import Proposal

STOPPED = frozenset({Way.REMAINING, Way.OUTSIDE, Way.ALTERNATES, Way.BROKEN})
"""Where those who stand aside left no ordinary quorum: nobody decides that in one act with all the rest."""


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

    To be looked at is what carries a flag, lacks score sheets, was left in doubt in a session, or has no ordinary
    quorum because somebody stands aside on it. Only after the close of the round.
    """
    drafts = {draft.folio: draft for draft in deciding.drafts(session, process, stage, now)}
    doubtful = seats.doubts_of(session, stage.id)
    standings = Standings(session, meeting, stage.id)
    weak = {key for key in standings.recused if standings.on(key).way in STOPPED}
    by_rule: list[Proposal] = []
    to_look_at: list[Proposal] = []
    for row in decided.open_at(session, stage, now):
        draft = drafts.get(row.folio)
        settled = draft is not None and draft.says is not None and not draft.is_flagged
        stopped = row.id in doubtful or row.id in weak
        (by_rule if settled and not stopped else to_look_at).append(row)
    return SortedOut(drafts, by_rule, to_look_at)
