"""Finding people, their addresses and the roles they hold now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.kit.db import bound_key
from app.people.actor import Actor, ActorKind, Held
from app.people.models import Contact, Organisation, Person, RoleGrant
from app.people.rules import GRANTABLE, MAY, ContactKind, OriginSector, Permission, Role


def normal_address(address: str) -> str:
    """An e-mail address as it is stored and compared: no outer space, domain and mailbox in lower case."""
    return address.strip().casefold()


_ROLES = (
    select(RoleGrant.role, RoleGrant.process_id)
    .where(RoleGrant.person_id == bound_key("person"), RoleGrant.from_at <= bindparam("now"))
    .where(or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > bindparam("now")))
    .order_by(RoleGrant.from_at)
)
"""Made once: everybody who is signed in is asked for it at every page."""


def roles_of(session: Session, person_id: uuid.UUID, now: datetime) -> tuple[Held, ...]:
    """The roles a person holds at this instant."""
    rows = session.connection().execute(_ROLES, {"person": person_id, "now": now})
    return tuple(Held(role, process_id) for role, process_id in rows)


def actor_of(session: Session, person: Person, now: datetime) -> Actor:
    """The Actor a signed-in person is."""
    return Actor(ActorKind.PERSON, person.id, person.name, roles_of(session, person.id, now))


def with_address(session: Session, address: str) -> list[Person]:
    """Everybody whom this mailbox serves, in the order in which they came; erased persons are not among them."""
    return list(
        session.scalars(
            select(Person)
            .join(Contact, Contact.person_id == Person.id)
            .where(Contact.kind == ContactKind.EMAIL, Contact.value == normal_address(address))
            .where(Person.erased_at.is_(None))
            .order_by(Person.created_at, Person.id)
        )
    )


def names_at(session: Session, address: str) -> list[tuple[uuid.UUID, str]]:
    """Key and name of everybody whom this mailbox serves; cheap, for what happens many times a second."""
    rows = session.connection().execute(_NAMES_AT, {"address": normal_address(address)})
    return [(row[0], row[1]) for row in rows]


_NAMES_AT = (
    select(Person.id, Person.name)
    .join(Contact, Contact.person_id == Person.id)
    .where(Contact.kind == ContactKind.EMAIL, Contact.value == bindparam("address"))
    .where(Person.erased_at.is_(None))
    .order_by(Person.created_at, Person.id)
)


def names_of(session: Session, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How these people are addressed, for those who may see it."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(persons)))
    return {row[0]: row[1] for row in rows}


def email_of(session: Session, person_id: uuid.UUID) -> Contact | None:
    """The e-mail address of a person, a confirmed one first."""
    return session.scalars(
        select(Contact)
        .where(Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL)
        .order_by(Contact.confirmed_at.is_(None), Contact.confirmed_at)
        .limit(1)
    ).one_or_none()


def is_reached_by_mail(person_id: Any) -> ColumnElement[bool]:
    """Whether a person has an e-mail address that was confirmed: a question for a statement."""
    return exists().where(
        Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None)
    )


def contacts_of(session: Session, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Contact]]:
    """Every way to reach these people, for those who may see it; confirmed addresses first."""
    found: dict[uuid.UUID, list[Contact]] = {person: [] for person in persons}
    wanted = select(Contact).where(Contact.person_id.in_(persons))
    for contact in session.scalars(wanted.order_by(Contact.kind, Contact.confirmed_at.is_(None), Contact.id)):
        found[contact.person_id].append(contact)
    return found


def holders(session: Session, role: Role, process_id: uuid.UUID | None, now: datetime) -> list[Person]:
    """Everybody who holds a role in a process, or everywhere, at this instant."""
    return list(
        session.scalars(
            select(Person)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(RoleGrant.role == role, RoleGrant.from_at <= now)
            .where(or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > now))
            .where(or_(RoleGrant.process_id.is_(None), RoleGrant.process_id == process_id))
            .distinct()
        )
    )


def roles_in(
    session: Session, process_id: uuid.UUID, now: datetime, limit: int = 200
) -> list[tuple[RoleGrant, str, str]]:
    """The roles that were granted in a process or everywhere and hold now; those of seats are apart.

    Each with the name of the person, and of the institution the person belongs to, if any.
    """
    rows = session.execute(
        select(RoleGrant, Person.name, Organisation.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(RoleGrant.from_at <= now, or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > now))
        .where(or_(RoleGrant.process_id == process_id, RoleGrant.process_id.is_(None)))
        .where(RoleGrant.role.in_(GRANTABLE))
        .order_by(RoleGrant.process_id.is_(None), RoleGrant.role, Person.name)
        .limit(limit)
    )
    return [(row[0], row[1], row[2] or "") for row in rows]


def organisation_named(session: Session, name: str) -> Organisation | None:
    """The organisation of exactly this name, if there is one."""
    return session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()


def organisation_of(session: Session, person_id: uuid.UUID | None) -> Organisation | None:
    """The organisation that a person belongs to or speaks for, if that was ever said."""
    mine = select(Organisation).join(Person, Person.organisation_id == Organisation.id).where(Person.id == person_id)
    return session.scalars(mine).one_or_none() if person_id else None


def public_bodies(session: Session, limit: int = 500) -> list[str]:
    """The names of the public bodies that are known, to be offered where one is named."""
    wanted = select(Organisation.name).where(Organisation.sector == OriginSector.PUBLIC)
    return list(session.scalars(wanted.order_by(Organisation.name).limit(limit)))


def others_who_may(
    session: Session, permission: Permission, process_id: uuid.UUID, but: uuid.UUID | None, now: datetime
) -> list[Person]:
    """Everybody else who may do something in a process: the possible second pair of eyes."""
    roles = [role for role, permissions in MAY.items() if permission in permissions]
    found = {person.id: person for role in roles for person in holders(session, role, process_id, now)}
    return [person for key, person in found.items() if key != but]
