"""Appointing the people of a process by name and e-mail: the role is granted, and a letter says how to come in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.letters import appointed
from app.kit import ids, search
from app.kit.errors import Invalid, NotAllowed, NotFound
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Contact, Organisation, Person, RoleGrant
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Permission, Role
from app.work import Work
from app.work.transaction import Subject

ROLE_WORDS: dict[Role, Text] = {
    Role.ADMIN: T("Administration"),
    Role.OFFICE: T("Office"),
    Role.FACILITATOR: T("Facilitation"),
    Role.INSTITUTION: T("Institution"),
    Role.AUDITOR: T("Audit"),
}
ROLE_HINTS: dict[Role, Text] = {
    Role.OFFICE: T("Runs the process: examines, decides, writes and approves answers."),
    Role.FACILITATOR: T(
        "Writes down what people say at a meeting. Where people vote, also hands out the ballots and opens and closes "
        "the vote."
    ),
    Role.INSTITUTION: T("Answers invitations for a public body."),
    Role.AUDITOR: T("Reads everything, changes nothing."),
}
LONGEST_INSTITUTION = 200
HERE = tuple(ROLE_HINTS)
"""The roles that are given in one process; whoever administers the whole site is named at the operator's terminal."""


@dataclass(frozen=True)
class Appointment:
    """Who is appointed, under which address, to which role, the post it belongs to, and for which institution."""

    name: str
    address: str
    role: str
    post: str = ""
    institution: str = ""


@dataclass(frozen=True)
class Ready:
    """A checked appointment with its letter, written before the transaction."""

    wish: Appointment
    role: Role
    letter: Rendered


def prepare(session: Session, place: tuple[uuid.UUID, str, str, str], wish: Appointment) -> Ready:
    """Check what was typed and write the letter; `place` is the process: key, address, name, whom to ask."""
    faults: dict[str, Text] = {}
    if not wish.name.strip():
        faults["holder"] = T("Write the name of the person.")
    if not is_address(wish.address):
        faults["email"] = NOT_WHOLE
    if wish.role not in set(HERE):
        faults["role"] = T("Choose one of the roles.")
    if wish.role == Role.INSTITUTION:
        faults |= _institution_faults(wish)
    if faults:
        raise Invalid(**faults)
    role = Role(wish.role)
    known = _of_name(session, wish)
    language = known.language if known else "es"
    return Ready(wish, role, render(appointed(place, ROLE_WORDS[role], wish.address), language))


def appoint(work: Work, process_id: uuid.UUID, ready: Ready) -> Person:
    """Give the role and post the letter. Whoever may grant roles here; never to oneself, never a role held already."""
    work.require(Permission.GRANT_ROLES, process_id)
    person = _of_name(work.session, ready.wish) or _somebody_new(work, ready.wish)
    if person.id == work.actor.person_id:
        raise NotAllowed(T("Nobody appoints themselves. Another administrator can, or the operator at the terminal."))
    if ready.role is Role.INSTITUTION:
        _appoint_for_institution(work, process_id, person, ready.wish)
    else:
        roles.grant(work, person, ready.role, process_id, ready.wish.post)
    address = people.normal_address(ready.wish.address)
    work.post(ready.letter, Recipient(person.id, address, ready.letter.language))
    return person


def _institution_faults(wish: Appointment) -> dict[str, Text]:
    if not wish.institution.strip():
        return {"institution": T("Write for which institution this person speaks.")}
    if len(wish.institution) > LONGEST_INSTITUTION:
        return {"institution": T("This is too long: at most {n} characters.", n=LONGEST_INSTITUTION)}
    return {}


def _appoint_for_institution(work: Work, process_id: uuid.UUID, person: Person, wish: Appointment) -> None:
    """Give the role and say for whom; to somebody who holds it here already, only say for whom."""
    body = _body(work, wish.institution)
    is_other = person.organisation_id != body.id
    if is_other and person.organisation_id and _speaks_elsewhere(work, person, process_id):
        raise Invalid(
            institution=T("In another process this person speaks for another institution. That role has to end first.")
        )
    standing = roles.held(work, person, Role.INSTITUTION, process_id) if is_other else []
    given = standing[0] if standing else roles.grant(work, person, Role.INSTITUTION, process_id, wish.post)
    person.organisation_id = body.id
    subject = Subject(f"role:{Role.INSTITUTION.value}", given.id, process_id)
    private = {"whom": str(person.id)}
    work.record("role.institution_named", subject, because=f"grant:{given.id}", institution=body.name, private=private)
    roles.changed(work, person.id)


def _speaks_elsewhere(work: Work, person: Person, process_id: uuid.UUID) -> bool:
    held = people.roles_of(work.session, person.id, work.now)
    return any(one.role is Role.INSTITUTION and one.process_id != process_id for one in held)


def _body(work: Work, name: str) -> Organisation:
    """The institution of this name, entered when it is named for the first time."""
    name = " ".join(name.split())
    body = people.organisation_named(work.session, name)
    if body is None:
        body = Organisation(id=ids.new_id(), name=name, sector=OriginSector.PUBLIC)
        work.session.add(body)
        work.session.flush()
    return body


def end(work: Work, process_id: uuid.UUID, grant_id: uuid.UUID) -> Person:
    """End a role that was given in this process. Whoever may grant roles here; never one's own."""
    work.require(Permission.GRANT_ROLES, process_id)
    given = work.session.get(RoleGrant, grant_id)
    if given is None or given.process_id != process_id:
        raise NotFound
    person = work.session.get_one(Person, given.person_id)
    if person.id == work.actor.person_id:
        raise NotAllowed(T("Nobody ends a role of their own. Another administrator can."))
    roles.revoke(work, person, given.role, process_id)
    return person


def _of_name(session: Session, wish: Appointment) -> Person | None:
    """Whoever has this name at this mailbox, which may serve several people."""
    same = search.plain(wish.name)
    found = people.with_address(session, wish.address)
    return next((person for person in found if search.plain(person.name) == same), None)


def _somebody_new(work: Work, wish: Appointment) -> Person:
    name = wish.name.strip()[:160]
    person = Person(
        id=ids.new_id(),
        name=name,
        public_name=name,
        language="es",
        origin_sector=OriginSector.PUBLIC,
        identity_level=IdentityLevel.UNCONFIRMED,
        created_at=work.now,
    )
    address = people.normal_address(wish.address)
    contact = Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address, confirmed_at=None)
    work.session.add_all([person, contact])
    work.session.flush()
    return person
