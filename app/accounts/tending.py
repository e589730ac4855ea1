"""What the doors do by themselves from time to time: write down who was seen, and forget what has had its time."""

from __future__ import annotations

from sqlalchemy import delete, or_

from app.accounts import addresses, erasing, rules, sessions
from app.accounts.models import AccountSession, ApiToken, SecurityEvent, SignInLink
from app.settings import Settings
from app.work import Work

KEPT = {
    "sign_in_links": rules.LINKS_KEPT,
    "account_sessions": rules.SESSIONS_KEPT,
    "api_tokens": rules.SESSIONS_KEPT,
    "security_events": rules.EVENTS_KEPT,
}
"""How long each table of the doors keeps a row after it stopped being of use."""


def tend(work: Work, settings: Settings) -> None:
    """Once a minute: who was seen, what is too old, and whom a restore must not bring back."""
    sessions.write_down_seen(work.session)
    forget_old(work)
    erasing.write_down(work.session, settings)


def forget_old(work: Work) -> None:
    """Delete links after two days, ended sessions and tokens after a week, the log of the doors after ninety days."""
    now, session = work.now, work.session
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - KEPT["sign_in_links"]))
    oldest = now - KEPT["account_sessions"]
    worn_out = AccountSession.began_at < oldest - sessions.CITIZEN[1]
    session.execute(delete(AccountSession).where(or_(AccountSession.ended_at < oldest, worn_out)))
    oldest = now - KEPT["api_tokens"]
    session.execute(delete(ApiToken).where(or_(ApiToken.ended_at < oldest, ApiToken.expires_at < oldest)))
    addresses.forget_old(work)
    session.execute(delete(SecurityEvent).where(SecurityEvent.at < now - KEPT["security_events"]))
