"""The letter that lets somebody in: a link and a six-digit code, good once, and only for the browser that asked.

Opening a link changes nothing, because mail programs open links by themselves: only the button on the page does. On
another device the code is typed into the page that is already open. The code is kept as an HMAC under the browser's
own secret, so that not even the whole database gives a million guesses at it.

The site says the same in the same time whether or not it knows an address. To an unknown one it sends a letter as
well (nobody here is known under this address): the work is equal, the mailbox's owner learns what to do, and nobody
else learns anything. Never more than three unused letters a day go to one address.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.letters import no_account, sign_in
from app.accounts.models import SignInLink
from app.accounts.rules import A_DAY, MOST_TRIES, MOST_UNUSED, TO_CHOOSE, link_life
from app.kit import ids
from app.kit.errors import NotFound, NotNow, Refusal
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.models import Person
from app.work import Work

NO_LONGER_GOOD = T("This link is no longer good: each works once and only for a short time. Ask for a new letter.")


@dataclass(frozen=True)
class Asked:
    """A request to be let in, made ready outside the transaction: its secrets, its letter and how long it is good."""

    address: str
    token: str
    code: str
    life: timedelta
    letter: Rendered
    is_known: bool


def make(session: Session, person: Person, now: datetime, lifetime: timedelta) -> str:
    """A link that lets one person in once, from any browser: for the operator's own terminal, never for mail.

    The address is `/sign-in/{token}`.
    """
    token = ids.new_token()
    contact = people.email_of(session, person.id)
    session.add(
        SignInLink(
            token_hash=ids.hash_token(token),
            code_hash="",
            address=contact.value if contact else "",
            person_id=person.id,
            asked_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def prepare(session: Session, address: str, language: str, now: datetime, onward: str = "") -> Asked:
    """Make the secrets and write the letter before the write lock is taken; known or not, one letter is written."""
    normal = people.normal_address(address)
    found = people.with_address(session, normal)
    life = link_life(holds_role=any(people.roles_of(session, person.id, now) for person in found))
    token, code = ids.new_token(), ids.new_code()
    written = sign_in(token, code, life, onward) if found else no_account(normal)
    return Asked(normal, token, code, life, render(written, language), bool(found))


def ask(work: Work, asked: Asked, browser_secret: str) -> None:
    """Send the letter and forget every earlier one to this address; silent when the day's letters are used up."""
    session = work.session
    _one_at_a_time(session, asked.address)
    if _unused_today(session, asked.address, work.now) >= MOST_UNUSED:
        return
    void(session, asked.address, work.now)
    session.add(
        SignInLink(
            token_hash=ids.hash_token(asked.token),
            code_hash=_code_hash(browser_secret, asked.code) if asked.is_known else "",
            browser_hash=ids.hash_token(browser_secret),
            address=asked.address,
            asked_at=work.now,
            expires_at=work.now + (asked.life if asked.is_known else timedelta()),
        )
    )
    served = people.with_address(session, asked.address)
    only = served[0].id if len(served) == 1 else None
    work.post(asked.letter, Recipient(only, asked.address, asked.letter.language))


def void(session: Session, address: str, now: datetime) -> None:
    """Make every open link to an address worthless."""
    session.execute(
        update(SignInLink)
        .where(SignInLink.address == address, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
    )


def void_of(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Make every open link that was made for one person worthless."""
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
    )


def _anew(refusal: Refusal) -> Refusal:
    """The refusal with the way to a new letter."""
    return refusal.leading_to(T("Ask for a new letter"), "/sign-in")


def by_token(session: Session, token: str, now: datetime) -> SignInLink:
    """The link of a letter while it is good; looking at it changes nothing."""
    link = session.scalars(select(SignInLink).where(SignInLink.token_hash == ids.hash_token(token))).one_or_none()
    if link is None:
        raise _anew(NotFound(T("This link is not one of ours, or it was used up long ago. Ask for a new letter.")))
    if link.used_at is not None or link.expires_at <= now or link.tries >= MOST_TRIES:
        raise _anew(NotNow(NO_LONGER_GOOD))
    return link


def is_from(link: SignInLink, browser_secret: str) -> bool:
    """Whether this browser may use the link: the one that asked for it, or any for a link of the operator's."""
    if not link.browser_hash:
        return link.person_id is not None
    return bool(browser_secret) and hmac.compare_digest(link.browser_hash, ids.hash_token(browser_secret))


def by_code(session: Session, browser_secret: str, code: str, now: datetime) -> SignInLink | None:
    """The link whose code was typed into the browser that asked; each call spends one of its five tries.

    The try is spent before anything is compared, so two guesses at the same moment are two tries.
    """
    if not browser_secret:
        return None
    spent = session.scalars(
        update(SignInLink)
        .where(SignInLink.browser_hash == ids.hash_token(browser_secret), SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > now, SignInLink.tries < MOST_TRIES)
        .values(tries=SignInLink.tries + 1)
        .returning(SignInLink.id)
        .execution_options(synchronize_session=False)
    ).all()
    for link_id in spent:
        link = session.get(SignInLink, link_id, populate_existing=True)
        typed = "".join(character for character in code if character.isdigit())
        if link and link.code_hash and hmac.compare_digest(link.code_hash, _code_hash(browser_secret, typed)):
            return link
    return None


def use(session: Session, link: SignInLink, now: datetime) -> Sequence[Person]:
    """Use a link up and give whom it may let in; of two at the same moment only one gets through."""
    used = session.scalars(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if used is None:
        raise _anew(NotNow(NO_LONGER_GOOD))
    session.refresh(link)
    return whom(session, link)


def whom(session: Session, link: SignInLink) -> Sequence[Person]:
    """The people a link may let in: the one it was made for, or everybody whom its mailbox serves."""
    if link.person_id is None:
        return people.with_address(session, link.address)
    person = session.get(Person, link.person_id)
    return [person] if person and person.erased_at is None else []


def to_choose(session: Session, browser_secret: str, now: datetime) -> SignInLink:
    """The link this browser has just used, while it is still open which of the mailbox's people stands there."""
    link = session.scalars(
        select(SignInLink)
        .where(SignInLink.browser_hash == ids.hash_token(browser_secret or ids.new_token()))
        .where(SignInLink.person_id.is_(None), SignInLink.used_at > now - TO_CHOOSE)
        .order_by(SignInLink.used_at.desc())
        .limit(1)
    ).one_or_none()
    if link is None:
        raise _anew(NotNow(T("This took too long. Ask for a new letter.")))
    return link


def chosen(session: Session, link: SignInLink, person_id: uuid.UUID) -> Person:
    """The one of the mailbox's people who was chosen; the link is theirs from then on."""
    for person in people.with_address(session, link.address):
        if person.id == person_id:
            link.person_id = person.id
            return person
    raise NotFound


def _unused_today(session: Session, address: str, now: datetime) -> int:
    """How many letters went to an address in 24 hours without being used; the operator's own links are no letters."""
    wanted = (SignInLink.address == address, SignInLink.asked_at > now - A_DAY, SignInLink.used_at.is_(None))
    counted = select(func.count()).select_from(SignInLink).where(*wanted, SignInLink.browser_hash != "")
    return session.scalar(counted) or 0


def _one_at_a_time(session: Session, address: str) -> None:
    """Let requests for one address wait for each other on PostgreSQL; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(f"sign_in:{address}".encode()).digest()[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _code_hash(browser_secret: str, code: str) -> str:
    return hmac.new(browser_secret.encode(), code.encode(), hashlib.sha256).hexdigest()
