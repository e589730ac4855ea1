"""Tokens for programs: each carries its person's permissions, is shown once and stored as a hash only."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import security
from app.accounts.models import ApiToken
from app.kit import ids
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.models import Person
from app.work import Work
from app.work.transaction import Subject

LONGEST_DAYS = 366


def make(work: Work, person: Person, name: str, days: int) -> str:
    """Make a token for a person's program and give it, this one time."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(days=T("A token is good for 1 to {most} days.", most=LONGEST_DAYS))
    token = ids.new_token()
    row = ApiToken(
        id=ids.new_id(),
        token_hash=ids.hash_token(token),
        person_id=person.id,
        name=name.strip()[:80],
        made_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(row)
    work.record("token.made", Subject("token", row.id, None), days=days, private={"whom": str(person.id)})
    security.note(work.session, "token_made", person.id, work.now)
    return token
