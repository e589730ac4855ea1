"""What a program is told about a proposal: the fields by name, so that nothing private can slip in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, RootModel
from sqlalchemy.orm import Session

from app.decisions import queries as decisions
from app.process.models import Process
from app.proposals.models import Proposal, Revision
from app.proposals.queries import Row
from app.proposals.rules import plain_state
from app.trail.queries import PublicEntry


class ProposalLine(BaseModel):
    """One line of the list of proposals."""

    folio: str
    title: str
    state: str
    plain_state: str
    origin_sector: str
    territory: str | None
    theme: str | None
    submitted_at: str
    url: str


class ProposalPage(BaseModel):
    """One page of the list, where the next one begins, and how many there are (searches count to a cap)."""

    items: list[ProposalLine]
    next: str | None
    total: int
    total_is_capped: bool


class RevisionTold(BaseModel):
    """One version of a proposal's text."""

    number: int
    at: str
    title: str
    problem: str
    solution: str
    cause: str
    result: str


class DecisionTold(BaseModel):
    """One published decision on a proposal; superseded ones stay, marked."""

    stage: str
    outcome: str
    reason: str
    reason_codes: list[str]
    body: str
    session: str
    act: str
    decided_on: str
    decided_to_the: str
    published_at: str
    version: int
    text_version: int
    is_current: bool
    follows_rule: bool | None
    override_reason: str
    provenance: str


class ProposalInFull(ProposalLine):
    """One proposal with everything the public may read about it."""

    problem: str
    solution: str
    cause: str
    result: str
    published_as: str
    values: list[str]
    channel: str
    provenance: str
    not_from_the_consultation: str
    entered_afterwards: str
    received_to_the: str
    admitted_at: str | None
    revisions: list[RevisionTold]
    decisions: list[DecisionTold]
    commitments: list[str]


class TrailLine(BaseModel):
    """One public leaf of the trail with its place in the chain."""

    seq: int
    at: str
    recorded_at: str
    verb: str
    role: str
    because: str | None
    facts: dict[str, Any]
    hash: str


class History(RootModel[list[TrailLine]]):
    """The public leaves about one subject."""


class ColumnTold(BaseModel):
    """One column of a dataset and what it means."""

    name: str
    kind: str
    meaning: str


class DatasetTold(BaseModel):
    """One public dataset, its licence, its columns, and the addresses of its files by format."""

    name: str
    about: str
    licence: str
    columns: list[ColumnTold]
    files: dict[str, str]


class DatasetPage(BaseModel):
    """Every public dataset of a process."""

    items: list[DatasetTold]
    next: str | None = None
    total: int
    total_is_capped: bool = False


def iso(moment: datetime) -> str:
    """An instant as the API says it: UTC, to the second, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def line(row: Row, url: str, theme: str | None) -> ProposalLine:
    """One line of the list."""
    return ProposalLine(
        folio=row.folio,
        title=row.title,
        state=row.state.value,
        plain_state=plain_state(row.state).value,
        origin_sector=row.origin_sector.value,
        territory=row.territory,
        theme=theme,
        submitted_at=iso(row.received_at),
        url=url,
    )


def in_full(
    proposal: Proposal, revisions: list[Revision], line: ProposalLine, decided: list[DecisionTold], became: list[str]
) -> ProposalInFull:
    """One proposal with its versions, the published decisions on it, and the addresses of the commitments it became."""
    newest = revisions[0]
    return ProposalInFull(
        **line.model_dump(),
        problem=newest.problem,
        solution=newest.solution,
        cause=newest.cause,
        result=newest.result,
        published_as=proposal.public_names,
        values=list(proposal.values),
        channel=proposal.channel.value,
        provenance=proposal.provenance.value,
        not_from_the_consultation=proposal.not_from_the_consultation,
        entered_afterwards=proposal.entered_afterwards,
        received_to_the=proposal.received_to_the.value,
        admitted_at=iso(proposal.admitted_at) if proposal.admitted_at else None,
        revisions=[_revision(revision) for revision in revisions],
        decisions=decided,
        commitments=became,
    )


def _revision(revision: Revision) -> RevisionTold:
    return RevisionTold(
        number=revision.number,
        at=iso(revision.at),
        title=revision.title,
        problem=revision.problem,
        solution=revision.solution,
        cause=revision.cause,
        result=revision.result,
    )


def decided_on(session: Session, process: Process, proposal: Proposal, language: str) -> list[DecisionTold]:
    """The published decisions on a proposal, with their days in the zone of the process."""
    return [
        DecisionTold(
            stage=stage.slug,
            outcome=decision.outcome.value,
            reason=decision.reason,
            reason_codes=list(decision.reason_codes),
            body=body.name(language),
            session=decision.session_name,
            act=decision.act_number,
            decided_on=decision.decided_at.astimezone(process.zone).date().isoformat(),
            decided_to_the=decision.decided_to_the.value,
            published_at=iso(decision.published_at) if decision.published_at else "",
            version=decision.version,
            text_version=decision.text_version,
            is_current=decision.is_current,
            follows_rule=decision.follows_rule,
            override_reason=decision.override_reason,
            provenance=decision.provenance.value,
        )
        for decision, stage, body in decisions.published_of(session, proposal.id)
    ]


def trail_line(entry: PublicEntry) -> TrailLine:
    """One public leaf; its subject is the one that was asked for."""
    leaf = entry.leaf or {}
    return TrailLine(
        seq=entry.seq,
        at=leaf["at"],
        recorded_at=leaf["recorded_at"],
        verb=leaf["verb"],
        role=leaf["role"],
        because=leaf["because"],
        facts=leaf["facts"],
        hash=entry.hash,
    )
