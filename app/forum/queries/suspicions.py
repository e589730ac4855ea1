"""What suggests that somebody of a seat has a conflict on a proposal: worked out anew each time it is asked.

So it follows whoever is appointed, corrected, joined or erased meanwhile. What was confirmed is a recusal, what was
dismissed is kept with its reason; neither is a suspicion any more.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from app.forum.models import DismissedSuspicion, Recusal, Round, Seat, SeatHolder
from app.forum.queries.rounds import before_the_forum
from app.forum.queries.seats import sits
from app.forum.rules.suspecting import Mark, Sign, marks, signs
from app.people.models import Contact, Organisation, Person
from app.people.rules import ContactKind
from app.proposals.models import Author, Proposal


@dataclass(frozen=True)
class Sitter:
    """Somebody who sits in a seat, as holder or alternate."""

    seat_id: uuid.UUID
    number: int
    seat_name: str
    person_id: uuid.UUID
    is_alternate: bool


@dataclass(frozen=True)
class Suspicion:
    """Somebody of a seat, a proposal, and what they have in common with one of its authors."""

    sitter: Sitter
    proposal_id: uuid.UUID
    folio: str
    title: str
    signs: tuple[Sign, ...]

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.folio}-{self.sitter.number}-{'alternate' if self.sitter.is_alternate else 'holder'}"


def open_suspicions(
    session: Session,
    found: Round,
    now: datetime,
    *,
    person_id: uuid.UUID | None = None,
    proposal_id: uuid.UUID | None = None,
) -> list[Suspicion]:
    """What nobody has confirmed or dismissed yet, by folio and seat; of one person or on one proposal only if asked."""
    sitters = _sitters(session, found, now, person_id)
    if not sitters:
        return []
    known = defaultdict(set)
    for sitter, mark in _marks_of_sitters(session, sitters):
        known[mark].add(sitter)
    only = () if proposal_id is None else (Proposal.id == proposal_id,)
    proposals, theirs = _marks_of_authors(session, found, only)
    common: dict[tuple[uuid.UUID, Sitter], set[Mark]] = defaultdict(set)
    for key, mark in theirs:
        for sitter in known.get(mark, ()):
            common[key, sitter].add(mark)
    settled, aside = _settled(session, found)
    rows = [
        Suspicion(sitter, key, *proposals[key][1:], signs(shared))
        for (key, sitter), shared in common.items()
        if not aside & {(key, sitter.seat_id, None), (key, sitter.seat_id, sitter.person_id)}
        and not set(signs(shared)) <= settled.get((key, sitter.person_id), set())
    ]
    return sorted(rows, key=lambda row: (proposals[row.proposal_id][0], row.sitter.number, row.sitter.is_alternate))


def _sitters(session: Session, found: Round, now: datetime, person_id: uuid.UUID | None) -> list[Sitter]:
    rows = session.execute(
        select(Seat.id, Seat.number, Seat.name, SeatHolder.person_id, SeatHolder.is_alternate)
        .join(SeatHolder, SeatHolder.seat_id == Seat.id)
        .where(Seat.body_id == found.body_id, *sits(now))
        .where(*(() if person_id is None else (SeatHolder.person_id == person_id,)))
    )
    return [Sitter(*row) for row in rows]


def _marks_of_sitters(session: Session, sitters: Sequence[Sitter]) -> Iterable[tuple[Sitter, Mark]]:
    people = {sitter.person_id for sitter in sitters}
    addresses = defaultdict(list)
    wanted = (Contact.kind == ContactKind.EMAIL, Contact.person_id.in_(people))
    for person_id, value in session.execute(select(Contact.person_id, Contact.value).where(*wanted)):
        addresses[person_id].append(value)
    belongs = {
        row[0]: row[1]
        for row in session.execute(
            select(Person.id, Organisation.name)
            .join(Organisation, Organisation.id == Person.organisation_id)
            .where(Person.id.in_(people))
        )
    }
    for sitter in sitters:
        person = sitter.person_id
        for mark in marks(person, addresses[person], (belongs.get(person), sitter.seat_name)):
            yield sitter, mark


Listed = dict[uuid.UUID, tuple[int, str, str]]


def _marks_of_authors(
    session: Session, found: Round, only: Sequence[ColumnElement[bool]]
) -> tuple[Listed, set[tuple[uuid.UUID, Mark]]]:
    """The proposals of a round, and what their authors can be recognised by, in one statement."""
    theirs, named = aliased(Organisation), aliased(Organisation)
    rows = session.execute(
        select(
            Proposal.id,
            Proposal.number,
            Proposal.folio,
            Proposal.title,
            named.name,
            Author.person_id,
            theirs.name,
            Contact.value,
        )
        .outerjoin(Author, Author.proposal_id == Proposal.id)
        .outerjoin(Person, Person.id == Author.person_id)
        .outerjoin(theirs, theirs.id == Person.organisation_id)
        .outerjoin(named, named.id == Proposal.organisation_id)
        .outerjoin(Contact, (Contact.person_id == Author.person_id) & (Contact.kind == ContactKind.EMAIL))
        .where(*before_the_forum(found), *only)
    )
    listed: Listed = {}
    found_marks: set[tuple[uuid.UUID, Mark]] = set()
    for key, number, folio, title, organisation, person_id, belongs, address in rows:
        listed[key] = (number, folio, title)
        given = marks(person_id, [address] if address else (), (organisation, belongs))
        found_marks.update((key, mark) for mark in given)
    return listed, found_marks


Stood = set[tuple[uuid.UUID, uuid.UUID, uuid.UUID | None]]


def _settled(session: Session, found: Round) -> tuple[dict[tuple[uuid.UUID, uuid.UUID], set[Sign]], Stood]:
    """The signs that were dismissed, by proposal and person, and who stands aside already."""
    dismissed: dict[tuple[uuid.UUID, uuid.UUID], set[Sign]] = defaultdict(set)
    mine = select(DismissedSuspicion).where(DismissedSuspicion.stage_id == found.stage_id)
    for row in session.scalars(mine):
        dismissed[row.proposal_id, row.person_id].update(map(Sign, row.signs))
    rows = session.execute(
        select(Recusal.proposal_id, Recusal.seat_id, Recusal.person_id).where(
            Recusal.stage_id == found.stage_id, Recusal.stands()
        )
    )
    return dict(dismissed), {(row[0], row[1], row[2]) for row in rows}


def dismissed_in(session: Session, stage_id: uuid.UUID) -> list[tuple[str, int, DismissedSuspicion]]:
    """What was looked at and dismissed at a stage, for the chair and the office: folio, number of the seat, and why."""
    rows = session.execute(
        select(Proposal.folio, Seat.number, DismissedSuspicion)
        .join(DismissedSuspicion, DismissedSuspicion.proposal_id == Proposal.id)
        .join(Seat, Seat.id == DismissedSuspicion.seat_id)
        .where(DismissedSuspicion.stage_id == stage_id)
        .order_by(Proposal.number, Seat.number, DismissedSuspicion.at)
    )
    return [(row[0], row[1], row[2]) for row in rows]
