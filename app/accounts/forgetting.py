"""How each table of the ground floor forgets a person; whoever adds a table with a person in it adds its line.

A table may also keep the bare key and say why: it then points at a row that has no name any more.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from app.accounts.erasing import Forget, Leaving
from app.accounts.models import AccountSession, AddressChange, ApiToken, OidcIdentity, SecurityEvent, SignInLink
from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState, SettledBecause
from app.mail import moves
from app.mail.models import OutboxMessage, Suppression
from app.mail.rules import OUTBOX
from app.people.models import Contact, RoleGrant
from app.trail.models import PrivatePart
from app.work import Work


def _delete(
    table: type[AccountSession | AddressChange | ApiToken | OidcIdentity | SecurityEvent | Contact | PrivatePart],
) -> Forget:
    def forget(work: Work, leaving: Leaving) -> None:
        work.session.execute(delete(table).where(table.person_id == leaving.person_id))

    return forget


def _links(work: Work, leaving: Leaving) -> None:
    theirs = or_(SignInLink.person_id == leaving.person_id, SignInLink.address.in_(leaving.addresses))
    work.session.execute(delete(SignInLink).where(theirs))


def _roles(work: Work, leaving: Leaving) -> None:
    """Roles end; that somebody held them stays, without a name."""
    standing = or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > work.now)
    mine = update(RoleGrant).where(RoleGrant.person_id == leaving.person_id)
    work.session.execute(mine.where(standing).values(to_at=work.now))


def _letters(work: Work, leaving: Leaving) -> None:
    """What was not sent yet is cancelled; of what was sent, words and address go, and hash, dates and states stay."""
    theirs = (OutboxMessage.person_id == leaving.person_id) | (
        OutboxMessage.person_id.is_(None) & OutboxMessage.to_address.in_(leaving.addresses)
    )
    for message, state in work.session.execute(select(OutboxMessage.id, OutboxMessage.state).where(theirs)).all():
        if OUTBOX.may(state, "cancel"):
            moves.move(work.session, message, state, ["cancel"])
    empty = {"to_address": "", "subject": "", "text": "", "html": "", "reply_to": None, "last_error": None}
    found = list(work.session.scalars(select(OutboxMessage.id).where(theirs)))
    work.session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(found)).values(**empty, headers={}))
    work.session.execute(delete(Suppression).where(Suppression.address_norm.in_(leaving.addresses)))


def _duties(work: Work, leaving: Leaving) -> None:
    owed = select(Duty).where(Duty.person_id == leaving.person_id, Duty.state == DutyState.OWED)
    for duty in work.session.scalars(owed).all():
        ledger.settle(work.session, duty, SettledBecause.NO_ADDRESS, "", work.now)


OWN: dict[str, Forget | str] = {
    "account_sessions": _delete(AccountSession),
    "address_changes": _delete(AddressChange),
    "api_tokens": _delete(ApiToken),
    "contacts": _delete(Contact),
    "duties": _duties,
    "erasures": "It is the list of those who were erased, by a key that names nobody any more.",
    "oidc_identities": _delete(OidcIdentity),
    "outbox_messages": _letters,
    "role_grants": _roles,
    "security_events": _delete(SecurityEvent),
    "sign_in_links": _links,
    "trail_private": _delete(PrivatePart),
}
