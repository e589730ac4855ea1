"""Reading decisions: what the office has before it, what the public may see, and what a stage still lacks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.decisions.models import DecidingBody, Decision, DecisionCount, DecisionMark, Publication, Undecided
from app.decisions.rules import (
    AGAINST_RULE,
    ALL,
    CODE_MARK,
    GATES,
    OUTCOME_MARK,
    RULE_OF,
    WITHOUT_REASON,
    Outcome,
    RuleSays,
)
from app.people.models import Contact
from app.people.rules import ContactKind
from app.process.models import Stage
from app.proposals.models import Author, Proposal
from app.proposals.rules import State


@dataclass(frozen=True)
class ToDecide:
    """One line of the list a body goes down: a proposal and what was decided on it so far, if anything."""

    folio: str
    title: str
    state: State
    number: int
    revision: int
    decision: Decision | None

    @property
    def has_changed(self) -> bool:
        """Whether its text changed after the decision."""
        return self.decision is not None and self.decision.text_version < self.revision


@dataclass(frozen=True)
class StageFigures:
    """What became of the proposals at one stage, from published decisions only."""

    decided: int
    outcomes: dict[Outcome, int]
    reasons: list[tuple[str, int]]
    without_reason: int
    last_at: datetime | None
    against_rule: int
    last_to_the: str = "day"


def body_named(session: Session, process_id: uuid.UUID, slug: str) -> DecidingBody | None:
    """The deciding body of this short name."""
    wanted = (DecidingBody.process_id == process_id, DecidingBody.slug == slug)
    return session.scalars(select(DecidingBody).where(*wanted)).one_or_none()


def bodies_of(session: Session, process_id: uuid.UUID) -> list[DecidingBody]:
    """Every deciding body of a process."""
    wanted = select(DecidingBody).where(DecidingBody.process_id == process_id)
    return list(session.scalars(wanted.order_by(DecidingBody.slug)))


def named_bodies(session: Session, process_id: uuid.UUID, language: str) -> list[tuple[str, str]]:
    """Short name and name of every deciding body of a process, for whoever chooses one."""
    return [(body.slug, body.name(language)) for body in bodies_of(session, process_id)]


def rule_says(session: Session, stage: Stage, proposal: Proposal) -> RuleSays:
    """What the deciding body's own rule says of a proposal at a stage; nothing where it has none."""
    rule = RULE_OF.get((stage.kind, str(stage.settings.get("method", ""))))
    return rule(session, stage, proposal) if rule else RuleSays()


def rules_say(session: Session, stage: Stage, folios: Sequence[str]) -> dict[str, RuleSays]:
    """What the rule says of several proposals, by folio; empty where the stage has none."""
    if (stage.kind, str(stage.settings.get("method", ""))) not in RULE_OF:
        return {}
    wanted = (Proposal.process_id == stage.process_id, Proposal.folio.in_(folios))
    return {row.folio: rule_says(session, stage, row) for row in session.scalars(select(Proposal).where(*wanted))}


def current(session: Session, stage_id: uuid.UUID, proposal_id: uuid.UUID) -> Decision | None:
    """The decision of a stage on a proposal that counts now, published or not; for those who decide."""
    wanted = (Decision.stage_id == stage_id, Decision.proposal_id == proposal_id, Decision.is_current)
    return session.scalars(select(Decision).where(*wanted)).one_or_none()


def published_of(session: Session, proposal_id: uuid.UUID) -> list[tuple[Decision, Stage, DecidingBody]]:
    """Everything published about a proposal, in the order of the stages, with who decided."""
    rows = session.execute(
        select(Decision, Stage, DecidingBody)
        .join(Stage, Stage.id == Decision.stage_id)
        .join(DecidingBody, DecidingBody.id == Decision.body_id)
        .where(Decision.proposal_id == proposal_id, Decision.published_at.is_not(None))
        .order_by(Stage.position, Decision.version)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def owes(at: type[Stage]) -> ColumnElement[bool]:
    """Whether a stage owes a proposal in its state a decision."""
    return or_(*((at.kind == kind) & Proposal.state.in_(gate.owed) for kind, gate in GATES.items()))


def waits_before(at: Stage | type[Stage], now: datetime) -> ColumnElement[bool]:
    """Whether a proposal still waits at an earlier stage: one that has opened, is not concluded, owes it a decision and
    has neither published one nor left it undecided. It is decided on in the order of the stages.
    """
    earlier, taken, noted = aliased(Stage), aliased(Decision), aliased(Undecided)
    here = (taken.stage_id == earlier.id, taken.proposal_id == Proposal.id)
    is_decided = exists().where(*here, taken.is_current, taken.published_at.is_not(None)).correlate(earlier, Proposal)
    is_noted = exists().where(noted.stage_id == earlier.id, noted.proposal_id == Proposal.id)
    before = (earlier.process_id == at.process_id, earlier.position < at.position)
    runs = (earlier.opens_at <= now, earlier.concluded_at.is_(None))
    undone = (~is_decided, ~is_noted.correlate(earlier, Proposal))
    return exists().where(*before, *runs, owes(earlier), *undone).correlate(Stage, Proposal)


def has_to_wait(session: Session, stage: Stage, proposal: Proposal, now: datetime) -> bool:
    """Whether an earlier stage has still to decide on this proposal."""
    wanted = (Proposal.id == proposal.id, waits_before(stage, now))
    return session.scalar(select(Proposal.id).where(*wanted)) is not None


def is_decided_later(session: Session, stage: Stage, proposal_id: uuid.UUID) -> bool:
    """Whether a later stage has published a decision on a proposal: then that of this stage stays as it is."""
    later = select(Decision.id).join(Stage, Stage.id == Decision.stage_id).where(Stage.position > stage.position)
    wanted = (Decision.proposal_id == proposal_id, Decision.published_at.is_not(None))
    return session.scalar(later.where(*wanted).limit(1)) is not None


def awaiting(  # waiver: the stage, and what narrows and pages its list
    session: Session, stage: Stage, now: datetime, *, only: str = "all", after: int = 0, limit: int = 50
) -> list[ToDecide]:
    """The list a body goes down, by folio: `only` may be open (nothing taken yet), taken (not published) or all.

    What still waits at an earlier stage is not on it.
    """
    statement = (
        select(Proposal.folio, Proposal.title, Proposal.state, Proposal.number, Proposal.revision, Decision)
        .outerjoin(
            Decision,
            and_(Decision.proposal_id == Proposal.id, Decision.stage_id == stage.id, Decision.is_current),
        )
        .where(Proposal.process_id == stage.process_id, Proposal.number > after)
    )
    if only == "open":
        owed = (Decision.id.is_(None), Proposal.state.in_(GATES[stage.kind].owed), ~_noted(stage))
        statement = statement.where(*owed, ~waits_before(stage, now))
    elif only == "taken":
        statement = statement.where(Decision.id.is_not(None), Decision.published_at.is_(None))
    else:
        decided_here = Decision.id.is_not(None)
        may_be = Proposal.state.in_(GATES[stage.kind].open_to) & ~waits_before(stage, now)
        statement = statement.where(decided_here | may_be)
    rows = session.execute(statement.order_by(Proposal.number).limit(limit))
    return [ToDecide(*row) for row in rows]


def unpublished(session: Session, stage_id: uuid.UUID) -> Sequence[Decision]:
    """The decisions taken and not yet published, by proposal."""
    wanted = (Decision.stage_id == stage_id, Decision.is_current, Decision.published_at.is_(None))
    return session.scalars(select(Decision).where(*wanted).order_by(Decision.proposal_id)).all()


def changed_since(session: Session, stage_id: uuid.UUID, limit: int = 100) -> list[str]:
    """The folios whose text changed after a decision that is not published yet: they have to be decided again."""
    wanted = (Decision.stage_id == stage_id, Decision.is_current, Decision.published_at.is_(None))
    stale = select(Proposal.folio).join(Decision, Decision.proposal_id == Proposal.id)
    stale = stale.where(*wanted, Decision.text_version < Proposal.revision)
    return list(session.scalars(stale.order_by(Proposal.number).limit(limit)))


def count_taken(session: Session, stage_id: uuid.UUID) -> dict[str, int]:
    """How many decisions of a stage are taken, published, and taken without a reason."""
    here = (Decision.stage_id == stage_id, Decision.is_current)
    taken = session.scalar(select(func.count()).where(*here)) or 0
    published = session.scalar(select(func.count()).where(*here, Decision.published_at.is_not(None))) or 0
    silent = session.scalar(select(func.count()).where(*here, Decision.reason == "")) or 0
    return {"taken": taken, "published": published, "without_reason": silent}


def missing(session: Session, stage: Stage, limit: int = 20) -> list[str]:
    """The folios a stage still owes a decision: neither a published one nor a recorded "undecided"."""
    return list(
        session.scalars(_missing(stage).with_only_columns(Proposal.folio).order_by(Proposal.number).limit(limit))
    )


def count_missing(session: Session, stage: Stage) -> int:
    """How many proposals a stage still owes a decision."""
    return session.scalar(_missing(stage).with_only_columns(func.count())) or 0


def count_open(session: Session, stage: Stage, now: datetime) -> int:
    """How many proposals nobody has decided on yet at a stage, nor left undecided with a reason, and that have come so
    far.
    """
    return session.scalar(select(func.count()).select_from(Proposal).where(*_open(stage, now))) or 0


def open_at(session: Session, stage: Stage, now: datetime) -> list[Proposal]:
    """The proposals that count says, by folio: for an act on all of them at once."""
    return list(session.scalars(select(Proposal).where(*_open(stage, now)).order_by(Proposal.number)))


def _open(stage: Stage, now: datetime) -> tuple[ColumnElement[bool], ...]:
    taken = exists().where(Decision.proposal_id == Proposal.id, Decision.stage_id == stage.id, Decision.is_current)
    owed = (Proposal.process_id == stage.process_id, Proposal.state.in_(GATES[stage.kind].owed))
    return (*owed, ~taken, ~_noted(stage), ~waits_before(stage, now))


def _noted(stage: Stage) -> ColumnElement[bool]:
    return exists().where(Undecided.proposal_id == Proposal.id, Undecided.stage_id == stage.id)


def _missing(stage: Stage) -> Select[Proposal]:
    decided = exists().where(
        Decision.proposal_id == Proposal.id,
        Decision.stage_id == stage.id,
        Decision.is_current,
        Decision.published_at.is_not(None),
    )
    return select(Proposal).where(
        Proposal.process_id == stage.process_id, Proposal.state.in_(GATES[stage.kind].owed), ~decided, ~_noted(stage)
    )


def figures(session: Session, stage_id: uuid.UUID) -> StageFigures:
    """What was published at a stage: outcomes, kinds of reasons, how many without a reason or against the rule.

    Read from counts kept at publication, so it costs the same however many decisions there are.
    """
    counted = select(DecisionCount.mark, DecisionCount.n).where(DecisionCount.stage_id == stage_id, DecisionCount.n > 0)
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(counted)}
    outcomes = {outcome: counts[OUTCOME_MARK + outcome] for outcome in Outcome if OUTCOME_MARK + outcome in counts}
    told = [(mark.removeprefix(CODE_MARK), n) for mark, n in counts.items() if mark.startswith(CODE_MARK)]
    codes = sorted(told, key=lambda pair: (-pair[1], pair[0]))
    newest = select(Publication).where(Publication.stage_id == stage_id)
    last = session.scalars(newest.order_by(Publication.last_decided_at.desc()).limit(1)).one_or_none()
    known = last.known_to if last else "day"
    silent, against = counts.get(WITHOUT_REASON, 0), counts.get(AGAINST_RULE, 0)
    return StageFigures(
        counts.get(ALL, 0), outcomes, codes, silent, last.last_decided_at if last else None, against, known
    )


def decided_at_stage(  # waiver: the stage, and what narrows and pages its list
    session: Session,
    stage_id: uuid.UUID,
    *,
    outcome: Outcome | None = None,
    code: str = "",
    after: int = 0,
    limit: int = 50,
) -> list[tuple[Proposal, Decision]]:
    """The published decisions of a stage behind a bar: by kind of reason, else by outcome, in the order of folios."""
    mark = CODE_MARK + code if code else OUTCOME_MARK + outcome if outcome else ALL
    return _marked(session, stage_id, mark, after, limit)


def decided_as_of(
    session: Session, stage_id: uuid.UUID, at: datetime, *, after: int = 0, limit: int = 50
) -> list[tuple[Proposal, Decision]]:
    """The decisions of a stage as they stood published at an instant, in the order of folios."""
    newer = aliased(Decision)
    replaced = exists().where(
        newer.stage_id == stage_id, newer.proposal_id == Decision.proposal_id, newer.published_at <= at
    )
    rows = session.execute(
        select(Proposal, Decision)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Decision.stage_id == stage_id, Decision.published_at <= at)
        .where(Proposal.number > after, ~replaced.where(newer.version > Decision.version))
        .order_by(Proposal.number)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def last_edition(session: Session, stage_id: uuid.UUID) -> int:
    """The number of the last publication of a stage, or 0."""
    return session.scalar(select(func.max(Publication.edition)).where(Publication.stage_id == stage_id)) or 0


def publications_of(session: Session, stage_id: uuid.UUID) -> list[Publication]:
    """The publications of a stage, first edition first."""
    return list(
        session.scalars(select(Publication).where(Publication.stage_id == stage_id).order_by(Publication.edition))
    )


def same_reasons(session: Session, stage_id: uuid.UUID, more_than: int) -> list[tuple[str, int]]:
    """Reason texts that serve more than so many proposals of a stage: a sign that they explain nothing."""
    rows = session.execute(
        select(Decision.reason, func.count())
        .where(Decision.stage_id == stage_id, Decision.is_current, Decision.reason != "")
        .group_by(Decision.reason)
        .having(func.count() > more_than)
        .order_by(func.count().desc())
    )
    return [(row[0], row[1]) for row in rows]


def shared_reasons(session: Session, stage_id: uuid.UUID) -> tuple[int, int]:
    """How many decisions of a stage have a reason that stands at another proposal too, and how many have a reason."""
    each = (
        select(func.count().label("n"))
        .where(Decision.stage_id == stage_id, Decision.is_current, Decision.reason != "")
        .group_by(Decision.reason)
    ).subquery()
    shared = func.coalesce(func.sum(case((each.c.n > 1, each.c.n), else_=0)), 0)
    row = session.execute(select(shared, func.coalesce(func.sum(each.c.n), 0))).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True)
class WouldPublish:
    """What a publication would do: decisions made effective, people who will be owed an answer, what is amiss."""

    decisions: int
    people: int
    without_address: int
    without_reason: int


def would_publish(session: Session, stage_id: uuid.UUID) -> WouldPublish:
    """What would be published now, and to how many people an answer would be owed."""
    waiting = (Decision.stage_id == stage_id, Decision.is_current, Decision.published_at.is_(None))
    silent = session.scalar(select(func.count()).where(*waiting, Decision.reason == "")) or 0
    decided = session.scalar(select(func.count()).where(*waiting)) or 0
    persons = (
        select(Author.person_id).join(Decision, Decision.proposal_id == Author.proposal_id).where(*waiting).distinct()
    ).subquery()
    reached = exists().where(
        Contact.person_id == persons.c.person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None)
    )
    total = session.scalar(select(func.count()).select_from(persons)) or 0
    lost = session.scalar(select(func.count()).select_from(persons).where(~reached)) or 0
    return WouldPublish(decided, total, lost, silent)


def against_rule(session: Session, stage_id: uuid.UUID, limit: int = 100) -> list[tuple[Proposal, Decision]]:
    """The published decisions that left the body's own rule, each with its public reason for that."""
    return _marked(session, stage_id, AGAINST_RULE, 0, limit)


def without_reason(
    session: Session, stage_id: uuid.UUID, *, after: int = 0, limit: int = 50
) -> list[tuple[Proposal, Decision]]:
    """The published decisions that carry no reason: their letters are blocked until one is found."""
    return _marked(session, stage_id, WITHOUT_REASON, after, limit)


def _marked(
    session: Session, stage_id: uuid.UUID, mark: str, after: int, limit: int
) -> list[tuple[Proposal, Decision]]:
    here = (DecisionMark.stage_id == stage_id, DecisionMark.mark == mark, DecisionMark.number > after)
    rows = session.execute(
        select(Proposal, Decision)
        .select_from(DecisionMark)
        .join(Decision, Decision.id == DecisionMark.decision_id)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(*here)
        .order_by(DecisionMark.number)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def left_undecided(session: Session, stage_id: uuid.UUID, limit: int = 100) -> list[tuple[Proposal, Undecided]]:
    """The proposals a stage left undecided, each with the public reason, in the order in which that was said."""
    rows = session.execute(
        select(Proposal, Undecided)
        .join(Undecided, Undecided.proposal_id == Proposal.id)
        .where(Undecided.stage_id == stage_id)
        .order_by(Undecided.at, Undecided.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
