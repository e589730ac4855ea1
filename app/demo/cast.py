"""The people of the demo, none of them real, and the roles they hold."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Contact, Organisation, Person, RoleGrant
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Role
from app.work import Work

CAST: dict[str, tuple[str, str, Role | None]] = {
    "alicia": ("Alicia Bravo", "administra el sitio", Role.ADMIN),
    "carla": ("Carla Fuentes", "oficina", Role.OFFICE),
    "hugo": ("Hugo Pino", "oficina, aprueba cartas", Role.OFFICE),
    "gloria": ("Gloria Paz", "facilita encuentros", Role.FACILITATOR),
    "felix": ("Félix Mora", "institución", Role.INSTITUTION),
    "sofia": ("Sofía Neira", "secretaría del foro", None),
    "ana": ("Ana Soto", "propone", None),
    "bruno": ("Bruno Rivas", "propone", None),
    "diego": ("Diego Vera", "foro, preside y vota", None),
    "elena": ("Elena Lagos", "foro, con voz", None),
    "ines": ("Inés Mella", "foro, vota", None),
    "jorge": ("Jorge Campos", "foro, vota", None),
    "laura": ("Laura Ruiz", "foro, vota", None),
    "mario": ("Mario Tapia", "foro, vota", None),
}
DOMAIN = "example.org"


def address(who: str) -> str:
    """The mailbox of somebody of the demo; nothing is ever delivered there."""
    return f"{who}@{DOMAIN}"


def gather(work: Work) -> dict[str, Person]:
    """Everybody of the demo, made where missing, with the roles that are granted; seats are given later."""
    return {who: _person(work, who) for who in CAST}


def find(session: Session, who: str) -> Person | None:
    """Somebody of the demo, if it was loaded."""
    return session.scalars(
        select(Person)
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.kind == ContactKind.EMAIL, Contact.value == address(who), Person.name == CAST[who][0])
    ).first()


def make_spokesman(work: Work, institution: str) -> None:
    """Félix speaks for the institution of the rehearsal, once it is there."""
    person = find(work.session, "felix")
    body = work.session.scalars(select(Organisation).where(Organisation.name == institution)).one_or_none()
    if person is not None and body is not None:
        person.organisation_id = body.id


def make_secretary(work: Work, process_id: uuid.UUID) -> None:
    """Sofía keeps the forum of one process, and has nothing to do with the other."""
    person = find(work.session, "sofia")
    wanted = (RoleGrant.process_id == process_id, RoleGrant.role == Role.OFFICE)
    if person is not None and not work.session.scalar(
        select(RoleGrant.id).where(*wanted, RoleGrant.person_id == person.id)
    ):
        _grant(work, person, Role.OFFICE, process_id)


def _person(work: Work, who: str) -> Person:
    found = find(work.session, who)
    if found is not None:
        return found
    name, _, role = CAST[who]
    person = Person(
        name=name,
        public_name=name,
        language="es",
        origin_sector=OriginSector.CITIZEN,
        identity_level=IdentityLevel.OFFICE_CONFIRMED,
        created_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    contact = Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address(who), confirmed_at=work.now)
    work.session.add(contact)
    if role is not None:
        _grant(work, person, role)
    return person


def _grant(work: Work, person: Person, role: Role, process_id: uuid.UUID | None = None) -> None:
    work.session.add(RoleGrant(person_id=person.id, role=role, process_id=process_id, from_at=work.now))
    work.session.flush()
