"""Another e-mail address: asked for by who signed in a moment ago, and theirs once the new mailbox has said yes.

The old mailbox is told at once, so that nobody is moved away unnoticed. What is open for the old one ends then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import letters
from app.accounts.models import AddressChange, SignInLink
from app.kit import ids
from app.kit.errors import Invalid, NotFound, NotNow
from app.kit.i18n import T
from app.mail import moves, unasked
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel
from app.work import Work
from app.work.transaction import Subject

GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Another address, and both letters, made ready outside the transaction."""

    address: str
    token: str
    question: Rendered
    notice: Rendered


def prepare(typed: str, language: str) -> Asked:
    """Check the address and write both letters out; the notice names no address, because it is not confirmed yet."""
    if not is_address(typed):
        raise Invalid(email=NOT_WHOLE)
    token = ids.new_token()
    question, notice = letters.new_address(token), letters.address_asked()
    return Asked(people.normal_address(typed), token, render(question, language), render(notice, language))


def ask(work: Work, person: Person, made: Asked) -> None:
    """Write to the new address and to the old one; a later wish takes the place of an earlier one."""
    before = people.email_of(work.session, person.id)
    if before is not None and before.value == made.address and before.confirmed_at:
        raise Invalid(email=T("This is the address that we have already."))
    if unasked.is_enough(work.session, made.address, work.now):
        raise NotNow(T("This address got three letters today. Try again tomorrow."))
    work.session.execute(delete(AddressChange).where(AddressChange.person_id == person.id))
    change = AddressChange(
        person_id=person.id,
        address=made.address,
        token_hash=ids.hash_token(made.token),
        asked_at=work.now,
        expires_at=work.now + GOOD_FOR,
    )
    work.session.add(change)
    work.post(made.question, Recipient(person.id, made.address, person.language))
    if before is not None:
        work.post(made.notice, Recipient(person.id, before.value, person.language))


def by_token(session: Session, token: str) -> AddressChange:
    """The wish behind the link of a letter."""
    found = session.scalars(select(AddressChange).where(AddressChange.token_hash == ids.hash_token(token)))
    change = found.one_or_none()
    if change is None:
        raise NotFound
    return change


def waiting(session: Session, person: Person) -> AddressChange | None:
    """The address that somebody asked for and that has not said yes."""
    return session.scalars(select(AddressChange).where(AddressChange.person_id == person.id)).one_or_none()


def take_back(work: Work, person: Person) -> None:
    """Keep the address there is; the link that was sent is worth nothing any more."""
    work.session.execute(delete(AddressChange).where(AddressChange.person_id == person.id))


def confirm(work: Work, change: AddressChange) -> tuple[str, str]:
    """The new mailbox says yes: it takes the place of the person's earlier one. Gives the old one and the new one."""
    if work.now >= change.expires_at:
        raise NotNow(T("This link is too old. Ask for the new address again."))
    person = work.session.get_one(Person, change.person_id)
    before = people.email_of(work.session, person.id)
    old = before.value if before else ""
    mine = (Contact.person_id == person.id, Contact.kind == ContactKind.EMAIL)
    work.session.execute(delete(Contact).where(*mine))
    work.session.add(Contact(person_id=person.id, kind=ContactKind.EMAIL, value=change.address, confirmed_at=work.now))
    if person.identity_level is IdentityLevel.UNCONFIRMED:
        person.identity_level = IdentityLevel.EMAIL_CONFIRMED
    work.session.execute(delete(SignInLink).where(SignInLink.person_id == person.id))
    moves.lift(work.session, change.address, work.now)
    work.record("person.address_changed", Subject("person", person.id, None))
    work.session.delete(change)
    return old, change.address


def forget_old(work: Work) -> None:
    """Forget the wishes that nobody confirmed in time."""
    work.session.execute(delete(AddressChange).where(AddressChange.expires_at <= work.now))
