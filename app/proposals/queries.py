"""Reading proposals: rows shaped for one page, the public's reading filtered in the query itself."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.kit import ids
from app.kit.db import bound_key
from app.kit.errors import NotFound
from app.people.models import Organisation
from app.process.models import Process
from app.process.rules import folios_meant
from app.proposals.lists import (
    MERGED_INTO,
    PAGE,
    Filters,
    Listing,
    Row,
    counts_of,
    public_list,
)
from app.proposals.models import Admission, Author, Invitation, Merge, Proposal, ProposalFile, Revision
from app.proposals.rules import PUBLIC_STATES, HeldFor, State

FEW = 5
WENT_ON = frozenset(State) - {
    State.SUBMITTED,
    State.RETURNED,
    State.INADMISSIBLE,
    State.ADMITTED,
    State.WITHDRAWN,
    State.MERGED,
    State.RESERVED,
    State.NOT_SELECTED,
}


def count_public(session: Session, process_id: uuid.UUID) -> int:
    """How many proposals the public may see, from the kept counters."""
    return sum(n for state, n in counts_of(session, process_id).items() if state in PUBLIC_STATES)


def count_received(session: Session, process_id: uuid.UUID) -> int:
    """How many proposals a process has received, whatever became of them."""
    return sum(counts_of(session, process_id).values())


def count_selected(session: Session, process_id: uuid.UUID) -> int:
    """How many proposals went on from a filter, wherever they stand now."""
    counts = counts_of(session, process_id)
    return sum(counts.get(state, 0) for state in WENT_ON)


def by_folio(session: Session, process_id: uuid.UUID, folio: str) -> Proposal:
    """The proposal with this folio, whether public or not; for those who may."""
    wanted = (Proposal.process_id == process_id, Proposal.folio.in_(folios_meant(folio)))
    proposal = session.scalars(select(Proposal).where(*wanted)).one_or_none()
    if proposal is None:
        raise NotFound
    return proposal


def public_by_folio(session: Session, process_id: uuid.UUID, folio: str) -> Proposal:
    """The proposal with this folio if the public may see it; otherwise refused like one that does not exist."""
    proposal = by_folio(session, process_id, folio)
    if not proposal.is_public:
        raise NotFound
    return proposal


def public_among(session: Session, process_id: uuid.UUID, folios: Collection[str]) -> list[Proposal]:
    """Those of these folios, spelt as they are kept, that the public may see."""
    wanted = (Proposal.process_id == process_id, Proposal.folio.in_(folios), Proposal.is_public)
    return list(session.scalars(select(Proposal).where(*wanted))) if folios else []


def by_id(session: Session, proposal_id: uuid.UUID) -> Proposal:
    """The proposal with this key."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound
    return proposal


def revisions_of(session: Session, proposal_id: uuid.UUID) -> list[Revision]:
    """Every version of the text, newest first."""
    wanted = select(Revision).where(Revision.proposal_id == proposal_id)
    return list(session.scalars(wanted.order_by(Revision.number.desc())))


def newest_revision(session: Session, proposal: Proposal) -> Revision:
    """The text as it stands."""
    wanted = (Revision.proposal_id == proposal.id, Revision.number == proposal.revision)
    return session.scalars(select(Revision).where(*wanted)).one()


def newest_texts(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> dict[str, Revision]:
    """The texts of some proposals as they stand, by folio."""
    rows = session.execute(
        select(Proposal.folio, Revision)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Proposal.process_id == process_id, Proposal.folio.in_(folios))
    )
    return {row[0]: row[1] for row in rows}


_WORDS = (
    select(Proposal.folio, Revision.problem, Revision.solution, Revision.cause, Revision.result)
    .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
    .where(Proposal.process_id == bound_key("process"), Proposal.folio.in_(bindparam("folios", expanding=True)))
)


def words_of(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> dict[str, str]:
    """What some proposals say, in one text each, by folio: what a search looked through besides the title."""
    rows = session.connection().execute(_WORDS, {"process": process_id, "folios": list(folios)})
    return {folio: " ".join(said) for folio, *said in rows}


@dataclass(frozen=True)
class Attached:
    """A file beside a proposal: its number there, what it is, in which versions it stood, and why it is held back."""

    number: int
    document: Document
    from_revision: int
    until_revision: int | None
    held_for: HeldFor | None

    @property
    def stands(self) -> bool:
        """Whether it belongs to the text as it stands."""
        return self.until_revision is None

    @property
    def last_revision(self) -> float:
        """The last version it stood in; of one that stands there is none yet."""
        return math.inf if self.until_revision is None else self.until_revision


def files_of(session: Session, proposal_id: uuid.UUID) -> list[Attached]:
    """The files of a proposal, those of earlier versions among them, in the order in which they came."""
    wanted = select(ProposalFile, Document).join(Document, Document.id == ProposalFile.document_id)
    rows = session.execute(wanted.where(ProposalFile.proposal_id == proposal_id).order_by(ProposalFile.number))
    return [
        Attached(row[0].number, row[1], row[0].from_revision, row[0].until_revision, row[0].held_for) for row in rows
    ]


def file_of(session: Session, proposal_id: uuid.UUID, number: int) -> Attached:
    """One file of a proposal, by its number there."""
    for one in files_of(session, proposal_id):
        if one.number == number:
            return one
    raise NotFound


def authors_of(session: Session, proposal_id: uuid.UUID) -> list[Author]:
    """Everybody who is answered for a proposal."""
    return list(session.scalars(select(Author).where(Author.proposal_id == proposal_id).order_by(Author.id)))


def merged_into(session: Session, proposal_id: uuid.UUID) -> list[tuple[Proposal, Revision]]:
    """The proposals that were joined with this one, each with its text."""
    rows = session.execute(
        select(Proposal, Revision)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Proposal.merged_into_id == proposal_id)
        .order_by(Proposal.number)
    )
    return [(row[0], row[1]) for row in rows]


def folio_of_into(session: Session, proposal: Proposal) -> str:
    """The folio of the proposal this one was joined with, if it was."""
    into = session.get(Proposal, proposal.merged_into_id) if proposal.merged_into_id else None
    return into.folio if into else ""


def merge_of(session: Session, proposal: Proposal) -> tuple[datetime, str]:
    """When a proposal was merged with another, and why."""
    row = session.execute(select(Merge.at, Merge.reason).where(Merge.proposal_id == proposal.id)).one()
    return row[0], row[1]


def admissions_of(session: Session, proposal_id: uuid.UUID) -> list[Admission]:
    """What the office decided at the door, in order."""
    wanted = select(Admission).where(Admission.proposal_id == proposal_id)
    return list(session.scalars(wanted.order_by(Admission.number)))


def author_by_code(session: Session, folio: str, code: str) -> tuple[Proposal, Author] | None:
    """The author who holds this folio and code; both must fit together, however they are spaced and written."""
    hashed = ids.hash_token("".join(character for character in code.upper() if character.isalnum()))
    statement = (
        select(Proposal, Author)
        .join(Author, Author.proposal_id == Proposal.id)
        .where(Proposal.folio.in_(folios_meant(folio)), Author.code_hash == hashed)
    )
    found = session.execute(statement).first()
    return (found[0], found[1]) if found else None


def with_folio(session: Session, typed: str) -> list[Proposal]:
    """The proposals somebody may mean by this folio: one, but for processes that chose the same letters."""
    meant = folios_meant(typed)
    prefixes = {folio.partition("-")[0] for folio in meant}
    wanted = select(Proposal).join(Process, Process.id == Proposal.process_id)
    return list(session.scalars(wanted.where(Process.folio_prefix.in_(prefixes), Proposal.folio.in_(meant)).limit(FEW)))


def public_meant(session: Session, process: Process, typed: str) -> str | None:
    """The folio somebody wrote in place of words, if the public may see that proposal."""
    folios = folios_meant(typed) if any(one.isdigit() for one in typed) else []
    mine = [folio for folio in folios if folio.startswith(f"{process.folio_prefix}-")]
    if not mine:
        return None
    wanted = (Proposal.process_id == process.id, Proposal.folio.in_(mine), Proposal.is_public)
    return session.scalar(select(Proposal.folio).where(*wanted).limit(1))


def author_by_token(session: Session, process_id: uuid.UUID, token: str) -> tuple[Proposal, Author]:
    """The author whose receipt carried this confirmation link."""
    statement = (
        select(Proposal, Author)
        .join(Author, Author.proposal_id == Proposal.id)
        .where(Author.confirm_hash == ids.hash_token(token), Proposal.process_id == process_id)
    )
    found = session.execute(statement).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def own_of(session: Session, author_id: uuid.UUID) -> tuple[Proposal, Author]:
    """A proposal and the author a signed link names."""
    found = session.execute(
        select(Proposal, Author).join(Author, Author.proposal_id == Proposal.id).where(Author.id == author_id)
    ).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def of_person(session: Session, person_id: uuid.UUID) -> list[tuple[Proposal, Author]]:
    """A person's own proposals in every process, newest first."""
    rows = session.execute(
        select(Proposal, Author)
        .join(Author, Author.proposal_id == Proposal.id)
        .where(Author.person_id == person_id)
        .order_by(Proposal.received_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def to_examine(session: Session, process_id: uuid.UUID, limit: int = 50, after: int = 0) -> list[Proposal]:
    """Proposals waiting at the door, oldest first."""
    wanted = (Proposal.process_id == process_id, Proposal.state == State.SUBMITTED, Proposal.number > after)
    return list(session.scalars(select(Proposal).where(*wanted).order_by(Proposal.number).limit(limit)))


def unconfirmed(session: Session, process_id: uuid.UUID, now: datetime, limit: int = 50) -> list[Proposal]:
    """Proposals whose author's address was not confirmed in time: the office tries another way."""
    late = and_(Author.confirmed_at.is_(None), Author.confirm_by.is_not(None), Author.confirm_by <= now)
    statement = (
        select(Proposal)
        .join(Author, Author.proposal_id == Proposal.id)
        .where(Proposal.process_id == process_id, late, or_(Proposal.state != State.WITHDRAWN))
        .order_by(Proposal.number)
        .limit(limit)
    )
    return list(session.scalars(statement))


def invitations_of(session: Session, process_id: uuid.UUID) -> list[tuple[Invitation, str, int]]:
    """The invitations of a process with the body's name and how many proposals came of each."""
    answers = (
        select(Proposal.invitation_id, func.count().label("n"))
        .where(Proposal.process_id == process_id, Proposal.invitation_id.is_not(None))
        .group_by(Proposal.invitation_id)
        .subquery()
    )
    rows = session.execute(
        select(Invitation, Organisation.name, func.coalesce(answers.c.n, 0))
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(answers, answers.c.invitation_id == Invitation.id)
        .where(Invitation.process_id == process_id)
        .order_by(Invitation.sent_at)
    )
    return [(row[0], row[1], row[2]) for row in rows]


__all__ = ["MERGED_INTO", "PAGE", "Filters", "Listing", "Row", "counts_of", "public_list"]
