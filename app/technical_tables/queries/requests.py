"""What institutions were asked by official letter, what they answered, and what the answers say together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.decisions.rules import GATES, RuleSays
from app.kit import ids
from app.kit.errors import NotFound
from app.people.models import Organisation, Person
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals.models import Proposal, Revision
from app.proposals.rules import State
from app.technical_tables.models import Assessment, Colleague, Extension, FeasibilityRequest, RequestLink, TableProposal
from app.technical_tables.rules import MOST_ASKED, Said, together

GONE = frozenset({State.WITHDRAWN, State.MERGED})


@dataclass(frozen=True)
class Asked:
    """One proposal in a request, with the text the institution was asked about and its answer."""

    assessment: Assessment
    proposal: Proposal
    title: str

    @property
    def is_gone(self) -> bool:
        """Whether nothing is asked about it any more: its author withdrew it, or it goes on with another."""
        return self.proposal.state in GONE


@dataclass(frozen=True)
class Told:
    """What the public reads of one institution's answer about one proposal."""

    assessment: Assessment
    request: FeasibilityRequest
    institution: str
    extension: Extension | None = None

    @property
    def is_public(self) -> bool:
        """Whether the head of service has approved the answer."""
        return self.request.approved_at is not None and self.assessment.answer is not None


def stage_of_tables(session: Session, process_id: uuid.UUID) -> Stage | None:
    """The stage of a process at which institutions are asked, the first that is not concluded."""
    wanted = (Stage.process_id == process_id, Stage.kind == StageKind.TECHNICAL_TABLES)
    stages = list(session.scalars(select(Stage).where(*wanted).order_by(Stage.position)))
    return next((stage for stage in stages if stage.concluded_at is None), stages[-1] if stages else None)


def requests_of(session: Session, process_id: uuid.UUID) -> list[tuple[FeasibilityRequest, str]]:
    """Every request of a process with the institution's name, by number."""
    rows = session.execute(
        select(FeasibilityRequest, Organisation.name)
        .join(Organisation, Organisation.id == FeasibilityRequest.organisation_id)
        .where(FeasibilityRequest.process_id == process_id)
        .order_by(FeasibilityRequest.number)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Owed:
    """One request to an institution: about how many proposals, and how many of them have no answer yet."""

    request: FeasibilityRequest
    asked: int
    unanswered: int


def asked_of(session: Session, process_id: uuid.UUID, organisation_id: uuid.UUID, limit: int = 100) -> list[Owed]:
    """What one institution was asked in a process: what is open first, by its due day; then what is approved."""
    stands = Proposal.state.not_in(GONE)
    unanswered = func.count(case((stands & Assessment.answer.is_(None), 1)))
    rows = session.execute(
        select(FeasibilityRequest, func.count(case((stands, 1))), unanswered)
        .join(Assessment, Assessment.request_id == FeasibilityRequest.id)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .where(FeasibilityRequest.process_id == process_id, FeasibilityRequest.organisation_id == organisation_id)
        .group_by(FeasibilityRequest.id)
        .order_by(FeasibilityRequest.approved_at.is_not(None), FeasibilityRequest.due_on, FeasibilityRequest.number)
        .limit(limit)
    )
    return [Owed(*row) for row in rows]


def request_numbered(session: Session, process_id: uuid.UUID, number: int) -> FeasibilityRequest:
    """The request of this number."""
    wanted = (FeasibilityRequest.process_id == process_id, FeasibilityRequest.number == number)
    request = session.scalars(select(FeasibilityRequest).where(*wanted)).one_or_none()
    if request is None:
        raise NotFound
    return request


def request_by_token(session: Session, process_id: uuid.UUID, token: str) -> FeasibilityRequest:
    """The request a link belongs to, in this process."""
    request = session.scalars(
        select(FeasibilityRequest)
        .join(RequestLink, RequestLink.request_id == FeasibilityRequest.id)
        .where(RequestLink.token_hash == ids.hash_token(token), FeasibilityRequest.process_id == process_id)
    ).one_or_none()
    if request is None:
        raise NotFound
    return request


def extension_of(session: Session, request: FeasibilityRequest) -> Extension | None:
    """That an institution was given more time, if it was."""
    return session.get(Extension, request.id)


def extensions_in(session: Session, process_id: uuid.UUID) -> dict[uuid.UUID, Extension]:
    """Every request of a process with more time, by its key."""
    wanted = select(Extension).join(FeasibilityRequest, FeasibilityRequest.id == Extension.request_id)
    found = session.scalars(wanted.where(FeasibilityRequest.process_id == process_id))
    return {extension.request_id: extension for extension in found}


def colleagues_of(session: Session, request: FeasibilityRequest) -> dict[uuid.UUID, Colleague]:
    """To whom each proposal of a request was passed on, where that was not taken back."""
    wanted = (Colleague.request_id == request.id, Colleague.withdrawn_at.is_(None))
    found = session.scalars(select(Colleague).where(*wanted).order_by(Colleague.id))
    return {colleague.proposal_id: colleague for colleague in found}


def count_passed_on(session: Session, request: FeasibilityRequest) -> int:
    """How often proposals of a request were passed on, those that were taken back too."""
    return session.scalar(select(func.count()).where(Colleague.request_id == request.id)) or 0


def passed_on_by_token(
    session: Session, process_id: uuid.UUID, token: str
) -> tuple[Colleague, FeasibilityRequest, str]:
    """What a colleague's link opens: the request and the folio of the one proposal; nothing once it was taken back."""
    row = session.execute(
        select(Colleague, FeasibilityRequest, Proposal.folio)
        .join(FeasibilityRequest, FeasibilityRequest.id == Colleague.request_id)
        .join(Proposal, Proposal.id == Colleague.proposal_id)
        .where(Colleague.token_hash == ids.hash_token(token), Colleague.withdrawn_at.is_(None))
        .where(FeasibilityRequest.process_id == process_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def by_id(session: Session, request_id: uuid.UUID) -> FeasibilityRequest:
    """The request with this key."""
    return session.get_one(FeasibilityRequest, request_id)


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest request, or 0."""
    wanted = FeasibilityRequest.process_id == process_id
    return session.scalar(select(func.max(FeasibilityRequest.number)).where(wanted)) or 0


def institution_of(session: Session, request: FeasibilityRequest) -> Organisation:
    """The institution a request goes to."""
    return session.get_one(Organisation, request.organisation_id)


def speaks_for(session: Session, person_id: uuid.UUID | None, organisation_id: uuid.UUID) -> bool:
    """Whether a person belongs to this institution."""
    person = session.get(Person, person_id) if person_id else None
    return person is not None and person.organisation_id == organisation_id


def asked_in(session: Session, request: FeasibilityRequest) -> list[Asked]:
    """The proposals of a request, by folio."""
    rows = session.execute(
        select(Assessment, Proposal, Proposal.title)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .where(Assessment.request_id == request.id)
        .order_by(Assessment.number)
    )
    return [Asked(*row) for row in rows]


def asked_about(session: Session, request: FeasibilityRequest, folio: str) -> tuple[Assessment, Proposal, Revision]:
    """One proposal of a request with its newest text; refused where it is not about it, or not any more."""
    row = session.execute(
        select(Assessment, Proposal, Revision)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Assessment.request_id == request.id, Proposal.folio == folio, Proposal.state.not_in(GONE))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def may_be_asked_about(session: Session, process: Process) -> list[Proposal]:
    """The proposals a stage of technical tables has to decide on, by folio; without any, those it may take up."""
    gate = GATES[StageKind.TECHNICAL_TABLES]
    here = select(Proposal).where(Proposal.process_id == process.id).order_by(Proposal.number).limit(MOST_ASKED)
    owed = list(session.scalars(here.where(Proposal.state.in_(gate.owed))))
    return owed or list(session.scalars(here.where(Proposal.state.in_(gate.may))))


def with_folios(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> list[Proposal]:
    """The proposals of these folios, by folio."""
    wanted = (Proposal.process_id == process_id, Proposal.folio.in_(folios))
    return list(session.scalars(select(Proposal).where(*wanted).order_by(Proposal.number)))


def due(session: Session, now: datetime) -> list[FeasibilityRequest]:
    """The requests about which the clock has something to do."""
    wanted = (FeasibilityRequest.next_at.is_not(None), FeasibilityRequest.next_at <= now)
    return list(session.scalars(select(FeasibilityRequest).where(*wanted).order_by(FeasibilityRequest.id).limit(50)))


def is_looked_at(session: Session, proposal_id: uuid.UUID) -> bool:
    """Whether a proposal lies on a technical table, or an institution was asked about it."""
    lies = exists(select(TableProposal.table_id).where(TableProposal.proposal_id == proposal_id))
    asked = exists(select(Assessment.id).where(Assessment.proposal_id == proposal_id))
    return bool(session.scalar(select(or_(lies, asked))))


def told_of(session: Session, proposal_id: uuid.UUID, stage_id: uuid.UUID | None = None) -> list[Told]:
    """Every institution that was asked about a proposal, in the order of the letters."""
    statement = (
        select(Assessment, FeasibilityRequest, Organisation.name, Extension)
        .join(FeasibilityRequest, FeasibilityRequest.id == Assessment.request_id)
        .join(Organisation, Organisation.id == FeasibilityRequest.organisation_id)
        .outerjoin(Extension, Extension.request_id == FeasibilityRequest.id)
        .where(Assessment.proposal_id == proposal_id)
        .order_by(FeasibilityRequest.number)
    )
    if stage_id is not None:
        statement = statement.where(FeasibilityRequest.stage_id == stage_id)
    return [Told(*row) for row in session.execute(statement)]


def told_about(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> dict[str, list[Told]]:
    """The same for several proposals at once, by folio."""
    found: dict[str, list[Told]] = {folio: [] for folio in folios}
    rows = session.execute(
        select(Proposal.folio, Assessment, FeasibilityRequest, Organisation.name)
        .join(Assessment, Assessment.proposal_id == Proposal.id)
        .join(FeasibilityRequest, FeasibilityRequest.id == Assessment.request_id)
        .join(Organisation, Organisation.id == FeasibilityRequest.organisation_id)
        .where(Proposal.process_id == process_id, Proposal.folio.in_(folios))
        .order_by(FeasibilityRequest.number)
    )
    for row in rows:
        found[row[0]].append(Told(*row[1:]))
    return found


def rule_of_answers(session: Session, stage: Stage, proposal: Proposal) -> RuleSays:
    """What the institutions' answers say of a proposal at a stage of technical tables."""
    return together(
        Said(
            told.institution,
            told.assessment.answer if told.is_public else None,
            told.assessment.obstacles if told.is_public else (),
            is_silent=told.request.silent_at is not None,
        )
        for told in told_of(session, proposal.id, stage.id)
    )
