"""Granting and revoking: a role holds somewhere and from-to, belongs to a post, and whoever changes it leaves a trace.

Whatever changes what somebody may do ends that person's sessions and links at once, so that no open page keeps a right
that was taken, and no old cookie gains one that was given.
"""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select

from app.accounts import links, security, sessions
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound, Refusal
from app.kit.i18n import T
from app.people import queries as people
from app.people.actor import ActorKind
from app.people.models import Contact, Person, RoleGrant
from app.people.rules import FROM_A_SEAT, ContactKind, IdentityLevel, OriginSector, Permission, Role
from app.work import Work
from app.work.transaction import Subject


def grant(work: Work, who: Person | str, role: Role, process_id: uuid.UUID | None = None, post: str = "") -> RoleGrant:
    """Give a role to a person (or to the one with this address), in one process or everywhere.

    Admins only, and the operator's own terminal. The forum's roles are refused: they follow from a seat.
    """
    _require(work, process_id)
    _refuse_seats(role)
    person = _person_of(work, who)
    if held(work, person, role, process_id):
        raise Conflict(T("This person holds the role here already. Nothing was changed."))
    given = RoleGrant(id=ids.new_id(), person_id=person.id, role=role, process_id=process_id, from_at=work.now)
    given.post = post.strip()[:160]
    work.session.add(given)
    _tell(work, "role.granted", person, given)
    return given


def revoke(work: Work, who: Person | str, role: Role, process_id: uuid.UUID | None = None) -> None:
    """Take a role from a person where it was given; what it allowed ends with this transaction."""
    _require(work, process_id)
    _refuse_seats(role)
    person = _person_of(work, who)
    standing = held(work, person, role, process_id)
    if not standing:
        raise Conflict(T("This person does not hold the role here. Nothing was changed."))
    for given in standing:
        given.to_at = work.now
        _tell(work, "role.revoked", person, given)


def changed(work: Work, person_id: uuid.UUID) -> None:
    """What follows whenever somebody's roles changed, by a grant or by a seat: every session, token and link ends."""
    sessions.end_all(work.session, person_id, work.now)
    addresses = select(Contact.value).where(Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL)
    for address in work.session.scalars(addresses).all():
        links.void(work.session, address, work.now)
    links.void_of(work.session, person_id, work.now)


def known_or_new(work: Work, address: str) -> Person:
    """The person with this address, or a new one for whom the operator vouches; for the first admin of a site."""
    found = people.with_address(work.session, address)
    if found:
        return _only(found)
    _require_operator(work)
    normal = people.normal_address(address)
    name = normal.partition("@")[0][:160]
    person = Person(
        id=ids.new_id(),
        name=name,
        public_name=name,
        origin_sector=OriginSector.PUBLIC,
        identity_level=IdentityLevel.OFFICE_CONFIRMED,
        created_at=work.now,
    )
    contact = Contact(person_id=person.id, kind=ContactKind.EMAIL, value=normal, confirmed_at=work.now)
    work.session.add_all([person, contact])
    work.session.flush()
    work.record("person.vouched_for", Subject("person", person.id, None))
    return person


def by_address(work: Work, address: str) -> Person:
    """The one person with this address; refused when there is none, or more than one."""
    return _only(people.with_address(work.session, address))


def _only(found: list[Person]) -> Person:
    if not found:
        raise NotFound(T("Nobody is known under this address."))
    if len(found) > 1:
        raise Invalid(email=T("Several people share this address. Give each of them one of their own first."))
    return found[0]


def _person_of(work: Work, who: Person | str) -> Person:
    return by_address(work, who) if isinstance(who, str) else who


def held(work: Work, person: Person, role: Role, process_id: uuid.UUID | None) -> list[RoleGrant]:
    """The grants by which a person holds a role exactly here: in this process, or (None) everywhere."""
    here = RoleGrant.process_id == process_id if process_id else RoleGrant.process_id.is_(None)
    wanted = (RoleGrant.person_id == person.id, RoleGrant.role == role, here)
    is_standing = or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > work.now)
    return list(work.session.scalars(select(RoleGrant).where(*wanted, is_standing)))


def _tell(work: Work, verb: str, person: Person, given: RoleGrant) -> None:
    subject = Subject(f"role:{given.role.value}", given.id, given.process_id)
    private = {"whom": str(person.id), "post": given.post}
    work.record(verb, subject, because=f"grant:{given.id}", private=private)
    security.note(work.session, verb, person.id, work.now, role=given.role.value)
    work.session.flush()
    changed(work, person.id)


def _require(work: Work, process_id: uuid.UUID | None) -> None:
    if work.actor.kind is not ActorKind.SYSTEM:
        work.require(Permission.GRANT_ROLES, process_id)


def _require_operator(work: Work) -> None:
    if work.actor.kind is not ActorKind.SYSTEM:
        raise NotFound(T("Nobody is known under this address."))


def _refuse_seats(role: Role) -> None:
    if role in FROM_A_SEAT:
        raise Refusal(T("The roles of the forum follow from a seat. Appoint the person to a seat instead."))
