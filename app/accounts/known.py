"""Who somebody without an account is: whoever has this name at this mailbox, or somebody new; and a mailbox proved."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.kit import ids, search
from app.people import queries as people
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel, OriginSector
from app.work import Work


@dataclass(frozen=True)
class Known:
    """What somebody says of themselves; an address may be missing."""

    name: str
    email: str
    language: str


def person_of(work: Work, told: Known) -> Person:
    """Whoever is signed in at this address, else whoever has this name at this mailbox, else somebody new."""
    same = search.plain(told.name)
    known: list[tuple[uuid.UUID, str]] = people.names_at(work.session, told.email) if told.email else []
    for key, name in known:
        if key == work.actor.person_id or search.plain(name) == same:
            return work.session.get_one(Person, key)
    person = Person(
        id=ids.new_id(),
        name=told.name,
        public_name=told.name,
        language=told.language,
        origin_sector=OriginSector.CITIZEN,
        identity_level=IdentityLevel.UNCONFIRMED,
        created_at=work.now,
    )
    work.session.add(person)
    if told.email:
        address = people.normal_address(told.email)
        work.session.add(Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address))
    work.session.flush()
    return person


def prove(work: Work, person_id: uuid.UUID) -> None:
    """The mailbox of a person is theirs: whoever holds the link that was sent there has shown it."""
    person = work.session.get(Person, person_id)
    contact = people.email_of(work.session, person_id)
    if person is not None and person.identity_level is IdentityLevel.UNCONFIRMED:
        person.identity_level = IdentityLevel.EMAIL_CONFIRMED
    if contact is not None and contact.confirmed_at is None:
        contact.confirmed_at = work.now
