"""Inviting a public body by a tracked official letter; it answers through the same door as everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.kit import ids
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.kit.text import say_date
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Contact, Organisation, Person
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Permission
from app.process.models import Process, Stage
from app.proposals import letters
from app.proposals.models import Invitation
from app.work import Work


@dataclass(frozen=True)
class Invite:
    """The invitation as it will be sent, and the secret of its link."""

    letter: Rendered
    token: str


@dataclass(frozen=True)
class InviteBody:
    """The letter that invites: its number, date and signatory, and the body and address it goes to."""

    organisation: str
    address: str
    letter_number: str
    dated_on: date
    signatory: str


def to_invite(process: Process, wish: InviteBody) -> Invite:
    """Check what was typed and write the letter, before the transaction begins."""
    _check(wish)
    token = ids.new_token()
    facts = {
        "organisation": wish.organisation.strip(),
        "letter_number": wish.letter_number.strip(),
        "dated_on": say_date(wish.dated_on, process.language),
        "signatory": wish.signatory.strip(),
    }
    letter = letters.invitation(process, facts, token, process.language)
    return Invite(render(letter, letters.variant(process, process.language)), token)


def invite_body(work: Work, process: Process, stage: Stage, wish: InviteBody, made: Invite) -> Invitation:
    """Invite one public body; its link gathers all the proposals it will send. Office only."""
    work.require(Permission.INVITE_BODIES, process.id)
    body = body_named(work, wish.organisation.strip())
    address = people.normal_address(wish.address)
    contact = contact_of(work, process, body, address)
    invitation = Invitation(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        organisation_id=body.id,
        letter_number=wish.letter_number.strip(),
        dated_on=wish.dated_on,
        signatory=wish.signatory.strip(),
        address=address,
        token_hash=ids.hash_token(made.token),
        person_id=contact.id,
        sent_at=work.now,
    )
    work.session.add(invitation)
    work.post(made.letter, Recipient(contact.id, address, made.letter.language))
    work.record(
        "body.invited",
        stage.subject,
        because=f"invitation:{invitation.id}",
        organisation=body.name,
        letter=invitation.letter_number,
        dated_on=wish.dated_on.isoformat(),
        signatory=invitation.signatory,
    )
    return invitation


def contact_of(work: Work, process: Process, body: Organisation, address: str) -> Person:
    """The body as somebody who is answered; the office vouches for the address it writes to."""
    contact = Person(
        id=ids.new_id(),
        name=body.name[:160],
        public_name=body.name[:160],
        language=process.language,
        origin_sector=OriginSector.PUBLIC,
        identity_level=IdentityLevel.OFFICE_CONFIRMED,
        organisation_id=body.id,
        created_at=work.now,
    )
    work.session.add(contact)
    work.session.add(Contact(person_id=contact.id, kind=ContactKind.EMAIL, value=address, confirmed_at=work.now))
    return contact


def _check(wish: InviteBody) -> None:
    faults = {}
    if not wish.organisation.strip():
        faults["organisation"] = T("Write the name of the public body.")
    if not wish.letter_number.strip():
        faults["letter_number"] = T("Write the number of the official letter.")
    if not wish.signatory.strip():
        faults["signatory"] = T("Write who signs the letter.")
    if not is_address(wish.address):
        faults["address"] = NOT_WHOLE
    if faults:
        raise Invalid(**faults)


def body_named(work: Work, name: str) -> Organisation:
    """The public body of this name, entered when it is named for the first time."""
    body = work.session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if body is None:
        body = Organisation(id=ids.new_id(), name=name, sector=OriginSector.PUBLIC)
        work.session.add(body)
        work.session.flush()
    return body
