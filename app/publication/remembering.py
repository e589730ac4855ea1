"""Checking the rows against what the history remembers: what was born, how many came, and what was counted of it.

The published counts of a process are counted from rows. Here the rows themselves are compared with the history, which
nobody can change: a theme, a meeting, a technical table or a commitment that was taken away, added or renumbered, and a
number of people that was changed, are named.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.commitments.models import Commitment
from app.decisions.actions.grouping import groups_at
from app.decisions.models import Decision, DecisionCount, DecisionGroup, DecisionMark
from app.decisions.rules import ALL, GOES_ON
from app.meetings.models import Meeting
from app.prioritisation.models import Placement, Theme
from app.process.models import Process, Stage
from app.proposals.groups import dated_groups_of
from app.proposals.models import Proposal, ProposalGroup
from app.technical_tables.models import TechnicalTable
from app.trail import queries as trail
from app.trail.models import Chain, Entry

BATCH = 2000
Born = Theme | Meeting | TechnicalTable | Commitment
BORN: tuple[tuple[tuple[str, ...], type[Born]], ...] = (
    (("theme.named",), Theme),
    (("meeting.drafted", "meeting.convened", "meeting.reported"), Meeting),
    (("technical_table.named",), TechnicalTable),
    (("commitment.drafted",), Commitment),
)
"""With which words in the history the rows of a kind begin."""
TOLD = ("meeting.reported", "meeting.closed")
"""The entries that say how many people came."""


def fault_in(session: Session, process: Process) -> str | None:
    """The first row of a process that the history does not know as it stands, or the first count that differs."""
    chain = trail.chain_named(session, process.id)
    if chain is None:
        return "there is no history of it"
    for verbs, model in BORN:
        fault = _birth_fault(session, process, chain, (verbs, model))
        if fault:
            return fault
    fault = _people_fault(session, process, chain)
    for fault_of in (_theme_fault, _mark_fault, _sight_fault, _group_fault):
        fault = fault or fault_of(session, process)
    return fault


def _birth_fault(
    session: Session, process: Process, chain: Chain, born: tuple[tuple[str, ...], type[Born]]
) -> str | None:
    verbs, model = born
    wanted = (Entry.chain_id == chain.id, Entry.verb.in_(verbs))
    known = set(session.scalars(select(Entry.subject).where(*wanted).distinct()))
    rows: Iterable[Born] = session.scalars(select(model).where(model.process_id == process.id))
    there = {row.subject.name for row in rows if not (isinstance(row, Meeting) and row.convened_for)}
    for name in sorted(known - there):
        return f"the history knows {name} and there is no such row"
    for name in sorted(there - known):
        return f"the history does not know {name}"
    return None


def _people_fault(session: Session, process: Process, chain: Chain) -> str | None:
    """How many came to each meeting that is over, against what was written down then."""
    rows = session.execute(
        select(Entry.subject, Entry.leaf).where(Entry.chain_id == chain.id, Entry.verb.in_(TOLD)).order_by(Entry.seq)
    )
    told = {subject: json.loads(leaf)["facts"].get("people") or 0 for subject, leaf in rows}
    for meeting in session.scalars(select(Meeting).where(Meeting.process_id == process.id).order_by(Meeting.number)):
        name = meeting.subject.name
        if name in told and told[name] != meeting.people:
            return f"{name}: the history says that {told[name]} came and the row says {meeting.people}"
    return None


def _theme_fault(session: Session, process: Process) -> str | None:
    in_force = (Placement.process_id == process.id, Placement.ended_at.is_(None))
    rows = session.execute(select(Placement.theme_id, Placement.part).where(*in_force))
    standing = Counter((key, bool(part)) for key, part in rows)
    for theme in session.scalars(select(Theme).where(Theme.process_id == process.id).order_by(Theme.number)):
        if (theme.whole, theme.parts) != (standing[theme.id, False], standing[theme.id, True]):
            return f"theme {theme.number}: its counts are not those of what stands in it"
    return None


def _mark_fault(session: Session, process: Process) -> str | None:
    """The counts of the decisions in force, by outcome and kind of reason, against the newest published ones."""
    counted: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    newer = aliased(Decision)
    same = (newer.stage_id == Decision.stage_id, newer.proposal_id == Decision.proposal_id)
    replaced = exists().where(*same, newer.version > Decision.version, newer.published_at.is_not(None))
    in_force = (Decision.process_id == process.id, Decision.published_at.is_not(None), ~replaced)
    for decision in session.scalars(select(Decision).where(*in_force).execution_options(yield_per=BATCH)):
        counted[decision.stage_id].update(decision.marks)
    stages = session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)).all()
    for stage in stages:
        kept = _kept(session.scalars(select(DecisionCount).where(DecisionCount.stage_id == stage.id)))
        if kept != dict(counted[stage.id]):
            return f"stage {stage.slug}: the counts of its decisions are not those of the decisions"
    return None


def _sight_fault(session: Session, process: Process) -> str | None:
    """The proposals the public may see by sector, place, way and day, against the proposals themselves."""
    seen = select(Proposal).where(Proposal.process_id == process.id, Proposal.is_public)
    counted = Counter(
        group
        for proposal in session.scalars(seen.execution_options(yield_per=BATCH))
        for group in dated_groups_of(proposal, process.zone)
    )
    rows = session.scalars(select(ProposalGroup).where(ProposalGroup.process_id == process.id, ProposalGroup.n != 0))
    if {(row.dimension, row.value): row.n for row in rows} != dict(counted):
        return "the counts of proposals by sector, place, way and day are not those of the proposals"
    return None


def _group_fault(session: Session, process: Process) -> str | None:
    """Of how many of each group how many went on at each stage, against the decisions in force."""
    counted: dict[uuid.UUID, Counter[tuple[str, str, bool]]] = defaultdict(Counter)
    in_force = (
        select(Proposal, Decision)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(DecisionMark, DecisionMark.decision_id == Decision.id)
        .where(Decision.process_id == process.id, DecisionMark.mark == ALL)
    )
    for proposal, decision in session.execute(in_force.execution_options(yield_per=BATCH)):
        groups = groups_at(proposal, decision)
        counted[decision.stage_id].update((*group, decision.outcome in GOES_ON) for group in groups)
    for stage in session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)):
        kept: Counter[tuple[str, str, bool]] = Counter()
        for row in session.scalars(select(DecisionGroup).where(DecisionGroup.stage_id == stage.id)):
            kept[row.dimension, row.value, True] += row.went_on
            kept[row.dimension, row.value, False] += row.came - row.went_on
        if kept != counted[stage.id]:
            return f"stage {stage.slug}: of how many of each group how many went on is not what was decided"
    return None


def _kept(rows: Iterable[DecisionCount]) -> dict[str, int]:
    return {row.mark: row.n for row in rows if row.n}
