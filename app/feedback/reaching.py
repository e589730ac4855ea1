"""Which participants of a meeting a letter can reach, and for whom the published answer stands alone.

The answer to a meeting is public and says nothing about anybody, so it may go to an address that nobody confirmed: one
typed from a list on paper or taken from the report of a video platform. No other letter may.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased, defer

from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.feedback import queries
from app.feedback.models import CollectiveAnswer, Letter, LetterDuty
from app.feedback.rules import LetterState, Way
from app.feedback.sections import COLLECTIVE, Section
from app.mail import moves
from app.mail.models import OutboxMessage, Suppression
from app.mail.rules import NOT_REACHED, OutboxState, normal_address
from app.people import queries as people
from app.people.models import Contact, Person
from app.people.rules import ContactKind

LEFT = frozenset(
    {
        OutboxState.CLAIMED,
        OutboxState.ATTEMPTING,
        OutboxState.UNKNOWN,
        OutboxState.ACCEPTED,
        OutboxState.DELIVERED,
        OutboxState.COMPLAINED,
    }
)
"""Where a letter stands that its person has, or may have."""


def left_addresses_of(session: Session, persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The addresses left for these people that nobody confirmed and whose reader did not ask to be left alone.

    For those who have an address that may be written to at all, see `queries.addresses_of`.
    """
    rows = session.execute(
        select(Contact.person_id, Contact.value)
        .where(Contact.person_id.in_(list(persons)), Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_(None))
        .order_by(Contact.id.desc())
    ).all()
    stopped = moves.stops_of(session, [address for _, address in rows])
    return {person: address for person, address in rows if normal_address(address) not in stopped}


def is_left_alone(session: Session, address: str) -> bool:
    """Whether nothing is sent to this address any more."""
    return bool(moves.stops_of(session, [address]))


def is_confirmed(session: Session, address: str) -> bool:
    """Whether somebody has shown that this mailbox is theirs."""
    wanted = (Contact.kind == ContactKind.EMAIL, Contact.value == normal_address(address))
    return session.scalar(select(Contact.id).where(*wanted, Contact.confirmed_at.is_not(None)).limit(1)) is not None


def is_public_answer(sections: Iterable[Section]) -> bool:
    """Whether a letter tells nothing but what is published for everybody who took part."""
    return all(section.outcome == COLLECTIVE for section in sections)


def reached_by_letter(session: Session, stage_id: uuid.UUID, persons: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these people to whom the answer to their meeting can go by letter.

    An address nobody confirmed serves only whoever is owed nothing of their own: that would be in the same letter.
    """
    known = set(queries.addresses_of(session, persons))
    others = set(left_addresses_of(session, set(persons) - known))
    own = select(Duty.person_id).where(
        Duty.stage_id == stage_id,
        Duty.person_id.in_(others),
        Duty.state == DutyState.OWED,
        Duty.part != Part.PARTICIPANT,
    )
    return known | (others - set(session.scalars(own)))


def telling_of(session: Session, meeting_id: uuid.UUID) -> dict[uuid.UUID, tuple[Letter, OutboxState | None]]:
    """For each person the newest letter that stands for what is owed about a meeting, and where it is on its way."""
    rows = session.execute(
        select(Letter, OutboxMessage.state)
        .join(LetterDuty, LetterDuty.letter_id == Letter.id)
        .join(Duty, Duty.id == LetterDuty.duty_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Letter.outbox_message_id)
        .where(Duty.subject_id == meeting_id, Letter.state != LetterState.CANCELLED)
        .options(defer(Letter.text), defer(Letter.html))
        .order_by(Letter.edition)
    )
    return {letter.person_id: (letter, state) for letter, state in rows}


def _has_letter(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(LetterDuty.duty_id == Duty.id, Letter.id == LetterDuty.letter_id, *which)


def beyond_letters(session: Session, limit: int) -> list[Duty]:
    """What is owed to participants of a meeting whose answer is public and whom no letter reaches after all.

    Their address was never confirmed, and the letter to it came back, or its reader asked to be left alone. While a
    letter is only drafted nothing is closed. The rows are held.
    """
    told = Duty.subject_id.in_(select(CollectiveAnswer.meeting_id))
    came_back = (OutboxMessage.id == Letter.outbox_message_id, OutboxMessage.state.in_(NOT_REACHED))
    by_hand = (Letter.state == LetterState.APPROVED, Letter.way == Way.HAND, ~_tells_more())
    waits = _has_letter(Letter.state.in_((LetterState.DRAFT, LetterState.APPROVED)))
    ended = _has_letter(*came_back) | _has_letter(*by_hand) | ~(waits | _has_address(_is_open()))
    wanted = (Duty.part == Part.PARTICIPANT, Duty.state == DutyState.OWED, told, ended)
    unwanted = (_has_letter(Letter.state == LetterState.DRAFT), people.is_reached_by_mail(Duty.person_id))
    found = select(Duty).where(*wanted, *(~one for one in unwanted), ~_is_imported())
    return list(session.scalars(found.order_by(Duty.id).limit(limit).with_for_update(skip_locked=True)))


def _tells_more() -> ColumnElement[bool]:
    """A letter that also answers something of the person's own is handed over whole."""
    other, its = aliased(LetterDuty), aliased(Duty)
    return exists().where(other.letter_id == Letter.id, its.id == other.duty_id, its.part != Part.PARTICIPANT)


def handed_to_nobody(session: Session, duties: Sequence[Duty]) -> list[Letter]:
    """The approved letters that wait to be handed over and stand only for some of these duties."""
    wanted = select(Letter).join(LetterDuty, LetterDuty.letter_id == Letter.id)
    waits = (Letter.state == LetterState.APPROVED, Letter.way == Way.HAND, ~_tells_more())
    return list(session.scalars(wanted.where(LetterDuty.duty_id.in_([duty.id for duty in duties]), *waits)).unique())


def _has_address(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Contact.person_id == Duty.person_id, Contact.kind == ContactKind.EMAIL, which)


def _is_open() -> ColumnElement[bool]:
    stopped = (Suppression.address_norm == Contact.value, Suppression.lifted_at.is_(None))
    return ~exists().where(*stopped)


def _is_imported() -> ColumnElement[bool]:
    return exists().where(Person.id == Duty.person_id, Person.is_imported)
