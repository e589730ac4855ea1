"""Commitments with everything that is said of them; the public sees those that are in the plan, or were."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.commitments.models import (
    Commitment,
    CommitmentActor,
    CommitmentLead,
    CommitmentSource,
    CommitmentText,
    Continuity,
    Indicator,
    Milestone,
    MilestoneVersion,
    RegisterEntry,
)
from app.commitments.rules.plan import MOST_COMMITMENTS, PUBLIC, RegisterKind, SourcePart, Told, missing
from app.commitments.rules.progress import Source
from app.decisions.models import DecidingBody, Decision
from app.kit.errors import NotFound
from app.kit.i18n import Text
from app.people.actor import Actor
from app.people.models import Organisation, Person
from app.people.rules import Permission
from app.process.kinds import MonitoringSettings, StageKind
from app.process.models import Process, Stage
from app.proposals.models import Proposal

PAGE = 50


def within(number: int) -> int:
    """A number out of an address as a column can hold it: what no row can have is 0, and finds nothing."""
    return number if 0 < number < 2**31 else 0


def numbered(session: Session, process_id: uuid.UUID, number: int) -> Commitment:
    """The commitment of this number, a draft too; for those who write the plan."""
    wanted = (Commitment.process_id == process_id, Commitment.number == within(number))
    found = session.scalars(select(Commitment).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def public_numbered(session: Session, process_id: uuid.UUID, number: int) -> Commitment:
    """The commitment of this number, if the public may see it."""
    found = numbered(session, process_id, number)
    if found.state not in PUBLIC:
        raise NotFound
    return found


def public_among(session: Session, process_id: uuid.UUID, numbers: Collection[int]) -> list[Commitment]:
    """Those of these numbers that the public may see."""
    wanted = (Commitment.process_id == process_id, Commitment.number.in_(numbers), Commitment.state.in_(PUBLIC))
    return list(session.scalars(select(Commitment).where(*wanted))) if numbers else []


def all_of(session: Session, process_id: uuid.UUID) -> list[Commitment]:
    """Every commitment of a process by number, drafts too; for those who write the plan."""
    wanted = select(Commitment).where(Commitment.process_id == process_id)
    return list(session.scalars(wanted.order_by(Commitment.number).limit(MOST_COMMITMENTS)))


def public_of(session: Session, process_id: uuid.UUID) -> list[tuple[Commitment, str]]:
    """The commitments the public may see, by number, each with the name of the institution that leads it."""
    rows = session.execute(
        select(Commitment, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Commitment.lead_id)
        .where(Commitment.process_id == process_id, Commitment.state.in_(PUBLIC))
        .order_by(Commitment.number)
        .limit(MOST_COMMITMENTS)
    )
    return [(row[0], row[1] or "") for row in rows]


def count_public(session: Session, process_id: uuid.UUID) -> int:
    """How many commitments the plan of a process has."""
    wanted = (Commitment.process_id == process_id, Commitment.state.in_(PUBLIC))
    return session.scalar(select(func.count()).select_from(Commitment).where(*wanted)) or 0


def has_commitments(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has commitments in its plan; for a SELECT."""
    return exists(select(Commitment.id).where(Commitment.process_id == process_id, Commitment.state.in_(PUBLIC)))


def may_have_commitments(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has a stage at which a plan is made; for a SELECT."""
    return exists(select(Stage.id).where(Stage.process_id == process_id, Stage.kind == StageKind.PLAN))


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest commitment of a process."""
    return session.scalar(select(func.max(Commitment.number)).where(Commitment.process_id == process_id)) or 0


def texts_of(session: Session, commitment_id: uuid.UUID) -> list[CommitmentText]:
    """The versions of a commitment's text, newest first."""
    wanted = select(CommitmentText).where(CommitmentText.commitment_id == commitment_id)
    return list(session.scalars(wanted.order_by(CommitmentText.number.desc())))


def text_of(session: Session, commitment: Commitment) -> CommitmentText:
    """The text of a commitment that counts now."""
    wanted = (CommitmentText.commitment_id == commitment.id, CommitmentText.number == commitment.text_version)
    return session.scalars(select(CommitmentText).where(*wanted)).one()


def speaks_for(session: Session, actor: Actor, commitment: Commitment, source: Source) -> bool:
    """Whether somebody may report as a source: for one's own institution; the office writes down reports of others."""
    if actor.may(Permission.WRITE_COMMITMENTS, commitment.process_id):
        return True
    person = session.get(Person, actor.person_id) if actor.person_id else None
    own = person.organisation_id if person else None
    return own is not None and own == (commitment.lead_id if source is Source.INSTITUTION else commitment.companion_id)


def leads_of(session: Session, commitment_id: uuid.UUID) -> list[tuple[CommitmentLead, str]]:
    """Who leads and led a commitment, the first at first."""
    rows = session.execute(
        select(CommitmentLead, Organisation.name)
        .join(Organisation, Organisation.id == CommitmentLead.organisation_id)
        .where(CommitmentLead.commitment_id == commitment_id)
        .order_by(CommitmentLead.from_on, CommitmentLead.id)
    )
    return [(row[0], row[1]) for row in rows]


def actors_of(session: Session, commitment_id: uuid.UUID) -> list[tuple[CommitmentActor, str]]:
    """Who helps to carry a commitment out, by name."""
    rows = session.execute(
        select(CommitmentActor, Organisation.name)
        .join(Organisation, Organisation.id == CommitmentActor.organisation_id)
        .where(CommitmentActor.commitment_id == commitment_id)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]


def organisation_name(session: Session, organisation_id: uuid.UUID | None) -> str:
    """The name of an organisation; nothing where there is none."""
    if organisation_id is None:
        return ""
    return session.scalar(select(Organisation.name).where(Organisation.id == organisation_id)) or ""


def sources_of(session: Session, commitment_id: uuid.UUID) -> list[tuple[CommitmentSource, Proposal]]:
    """The public proposals behind a commitment, by folio."""
    rows = session.execute(
        select(CommitmentSource, Proposal)
        .join(Proposal, Proposal.id == CommitmentSource.proposal_id)
        .where(CommitmentSource.commitment_id == commitment_id, Proposal.is_public)
        .order_by(Proposal.number)
    )
    return [(row[0], row[1]) for row in rows]


def summaries_of(session: Session, commitment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The summaries in Spanish that count now, of these commitments."""
    rows = session.execute(
        select(Commitment.id, CommitmentText.summary_es)
        .join(CommitmentText, CommitmentText.commitment_id == Commitment.id)
        .where(Commitment.id.in_(commitment_ids), CommitmentText.number == Commitment.text_version)
    )
    return {row[0]: row[1] for row in rows}


def folios_of(session: Session, commitment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, SourcePart]]]:
    """The folios of the public proposals behind these commitments, each with its part."""
    rows = session.execute(
        select(CommitmentSource.commitment_id, Proposal.folio, CommitmentSource.part)
        .join(Proposal, Proposal.id == CommitmentSource.proposal_id)
        .where(CommitmentSource.commitment_id.in_(commitment_ids), Proposal.is_public)
        .order_by(Proposal.number)
    )
    found: dict[uuid.UUID, list[tuple[str, SourcePart]]] = defaultdict(list)
    for key, folio, part in rows:
        found[key].append((folio, part))
    return found


def names_of(session: Session, organisation_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these organisations."""
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids)))
    return {row[0]: row[1] for row in rows}


def plan_decisions(session: Session, proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Decision, str, Stage]]:
    """What the plan's stage published about these proposals and who decided: the decision that counts, by proposal."""
    rows = session.execute(
        select(Decision, DecidingBody, Stage)
        .join(Stage, Stage.id == Decision.stage_id)
        .join(DecidingBody, DecidingBody.id == Decision.body_id)
        .where(Decision.proposal_id.in_(proposal_ids), Decision.published_at.is_not(None))
        .where(Decision.is_current, Stage.kind == StageKind.PLAN)
        .order_by(Stage.position)
    )
    return {decision.proposal_id: (decision, body.name_es, stage) for decision, body, stage in rows}


def of_proposal(session: Session, proposal_id: uuid.UUID) -> list[tuple[CommitmentSource, Commitment]]:
    """The commitments of the plan that a proposal became, or became a part of."""
    rows = session.execute(
        select(CommitmentSource, Commitment)
        .join(Commitment, Commitment.id == CommitmentSource.commitment_id)
        .where(CommitmentSource.proposal_id == proposal_id, Commitment.state.in_(PUBLIC))
        .order_by(Commitment.number)
    )
    return [(row[0], row[1]) for row in rows]


def indicators_of(session: Session, commitment_id: uuid.UUID) -> list[Indicator]:
    """What a commitment is measured by."""
    wanted = (Indicator.commitment_id == commitment_id, Indicator.dropped_at.is_(None))
    return list(session.scalars(select(Indicator).where(*wanted).order_by(Indicator.number)))


Versions = list[tuple[Milestone, list[MilestoneVersion]]]


def milestones_of(session: Session, commitment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Versions]:
    """The milestones of these commitments by number, each with all its versions, the first at first."""
    rows = session.execute(
        select(Milestone, MilestoneVersion)
        .join(MilestoneVersion, MilestoneVersion.milestone_id == Milestone.id)
        .where(Milestone.commitment_id.in_(commitment_ids))
        .order_by(Milestone.commitment_id, Milestone.number, MilestoneVersion.number)
    )
    found: dict[uuid.UUID, Versions] = defaultdict(list)
    for milestone, version in rows:
        of = found[milestone.commitment_id]
        if not of or of[-1][0].id != milestone.id:
            of.append((milestone, []))
        of[-1][1].append(version)
    return found


def in_force(versions: Versions, at: datetime) -> list[tuple[Milestone, MilestoneVersion]]:
    """The milestones as they stood at an instant, without those that were given up by then."""
    stood = [(milestone, [one for one in some if one.at <= at]) for milestone, some in versions]
    return [(milestone, some[-1]) for milestone, some in stood if some and not some[-1].is_dropped]


def milestone_numbered(session: Session, commitment_id: uuid.UUID, number: int) -> tuple[Milestone, MilestoneVersion]:
    """The milestone of this number with its newest version."""
    row = session.execute(
        select(Milestone, MilestoneVersion)
        .join(MilestoneVersion, MilestoneVersion.milestone_id == Milestone.id)
        .where(Milestone.commitment_id == commitment_id, Milestone.number == within(number))
        .where(MilestoneVersion.number == Milestone.current)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def missing_of(session: Session, commitment: Commitment, now: datetime) -> list[Text]:
    """What is missing for anybody to verify a commitment later."""
    standing = in_force(milestones_of(session, [commitment.id])[commitment.id], now)
    return missing(
        Told(
            has_lead=commitment.lead_id is not None,
            sections={name: str(words) for name, words in text_of(session, commitment).sections.items()},
            milestones=[(v.post, v.deliverable, v.due_on is not None) for _, v in standing],
            levels=[indicator.level for indicator in indicators_of(session, commitment.id)],
        )
    )


def continuity_of(session: Session, commitment_id: uuid.UUID) -> Continuity | None:
    """What was decided about a commitment at the end of the plan."""
    return session.scalars(select(Continuity).where(Continuity.commitment_id == commitment_id)).one_or_none()


def register_of(
    session: Session, process_id: uuid.UUID, kind: RegisterKind, limit: int = PAGE
) -> list[tuple[RegisterEntry, int | None]]:
    """The newest lines of one register, each with the number of its commitment."""
    rows = session.execute(
        select(RegisterEntry, Commitment.number)
        .outerjoin(Commitment, Commitment.id == RegisterEntry.commitment_id)
        .where(RegisterEntry.process_id == process_id, RegisterEntry.kind == kind)
        .order_by(RegisterEntry.on_day.desc(), RegisterEntry.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def monitoring(session: Session, process: Process) -> MonitoringSettings:
    """The thresholds and days of a process's monitoring; the usual ones where it has no such stage."""
    wanted = (Stage.process_id == process.id, Stage.kind == StageKind.MONITORING)
    kept = session.scalar(select(Stage.settings).where(*wanted).order_by(Stage.position).limit(1))
    return MonitoringSettings.model_validate(kept or {})
