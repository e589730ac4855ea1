"""Who asks: the session behind a cookie or the token behind a Bearer header, and how long each lasts.

Citizens: 12 hours idle, 14 days in all. Role-holders: 30 minutes idle, 10 hours in all. Reading never writes, so when
somebody was last seen is noted in memory and written down from time to time.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.models import AccountSession, ApiToken
from app.kit import ids
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.settings import Settings
from app.web.view import SECURE_SESSION_COOKIE, SESSION_COOKIE, session_cookie

CITIZEN = (timedelta(hours=12), timedelta(days=14))
STAFF = (timedelta(minutes=30), timedelta(hours=10))
NOTE_EVERY = timedelta(minutes=2)

_seen: dict[uuid.UUID, datetime] = {}


def identify(session: Session, request: Request, now: datetime) -> Actor:
    """The actor of a request; a Bearer token makes cookies count for nothing."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return _by_token(session, authorization[7:].strip(), now)
    cookie = session_cookie(request)
    return _by_cookie(session, cookie, now) if cookie else Actor.anonymous()


def _by_cookie(session: Session, cookie: str, now: datetime) -> Actor:
    row = session.execute(
        select(AccountSession, Person)
        .join(Person, Person.id == AccountSession.person_id)
        .where(AccountSession.token_hash == ids.hash_token(cookie), AccountSession.ended_at.is_(None))
        .where(Person.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        return Actor.anonymous()
    held: AccountSession = row[0]
    seen_at = max(held.seen_at, _seen.get(held.id, held.seen_at))
    idle, whole = STAFF if held.is_staff else CITIZEN
    if now - seen_at > idle or now - held.began_at > whole:
        return Actor.anonymous()
    if now - seen_at > NOTE_EVERY:
        _seen[held.id] = now
    return people.actor_of(session, row[1], now)


def _by_token(session: Session, token: str, now: datetime) -> Actor:
    person = session.scalars(
        select(Person)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.token_hash == ids.hash_token(token), ApiToken.ended_at.is_(None), ApiToken.expires_at > now)
        .where(Person.erased_at.is_(None))
    ).one_or_none()
    return people.actor_of(session, person, now) if person else Actor.anonymous()


def write_down_seen(session: Session) -> None:
    """Write down when people were last seen since this was last done."""
    while _seen:
        session_id, seen_at = _seen.popitem()
        session.execute(update(AccountSession).where(AccountSession.id == session_id).values(seen_at=seen_at))


def begin(session: Session, person: Person, method: str, device: str, now: datetime) -> str:
    """Begin a session and give the secret for its cookie; role-holders get the shorter one."""
    secret = ids.new_token()
    is_staff = bool(people.roles_of(session, person.id, now))
    session.add(
        AccountSession(
            token_hash=ids.hash_token(secret),
            person_id=person.id,
            method=method,
            device=device[:120],
            is_staff=is_staff,
            began_at=now,
            seen_at=now,
        )
    )
    return secret


def end_all(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """End every session and token of a person, at once."""
    for table in (AccountSession, ApiToken):
        session.execute(
            update(table).where(table.person_id == person_id, table.ended_at.is_(None)).values(ended_at=now)
        )


def end_one(session: Session, secret: str, now: datetime) -> None:
    """End the session of this cookie."""
    session.execute(
        update(AccountSession).where(AccountSession.token_hash == ids.hash_token(secret)).values(ended_at=now)
    )


def give_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Hand the session to the browser: HttpOnly, SameSite=Lax, and __Host- with Secure wherever there is TLS."""
    name = SECURE_SESSION_COOKIE if settings.is_https else SESSION_COOKIE
    response.set_cookie(
        name,
        secret,
        max_age=int(CITIZEN[1].total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, settings: Settings) -> None:
    """Take the session from the browser, and everything the browser kept of it."""
    response.delete_cookie(
        SECURE_SESSION_COOKIE if settings.is_https else SESSION_COOKIE, path="/", secure=settings.is_https
    )
    response.headers["clear-site-data"] = '"cache", "storage"'
