"""Who asks: the session behind a cookie or the token behind a Bearer header, and how long each lasts.

Citizens: 12 hours idle, 14 days in all. Role-holders: 30 minutes idle, 10 hours in all. Reading never writes, so when
somebody was last seen is noted in memory and written down from time to time.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.models import AccountSession, ApiToken
from app.kit import ids
from app.kit.errors import NotAllowed, NotFound
from app.kit.i18n import T
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.settings import Settings
from app.web.view import SECURE_SESSION_COOKIE, SESSION_COOKIE, session_cookie

CITIZEN = (timedelta(hours=12), timedelta(days=14))
STAFF = (timedelta(minutes=30), timedelta(hours=10))
FRESH = timedelta(minutes=15)
NOTE_EVERY = timedelta(minutes=2)
BROWSERS = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

_seen: dict[uuid.UUID, datetime] = {}


def identify(session: Session, request: Request, now: datetime) -> Actor:
    """The actor of a request; a Bearer token makes cookies count for nothing."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return _by_token(session, authorization[7:].strip(), now)
    cookie = session_cookie(request)
    return _by_cookie(session, cookie, now) if cookie else Actor.anonymous()


_WITH_COOKIE = (
    select(AccountSession, Person)
    .join(Person, Person.id == AccountSession.person_id)
    .where(AccountSession.token_hash == bindparam("token"), AccountSession.ended_at.is_(None))
    .where(Person.erased_at.is_(None))
)


def _by_cookie(session: Session, cookie: str, now: datetime) -> Actor:
    row = session.execute(_WITH_COOKIE, {"token": ids.hash_token(cookie)}).one_or_none()
    if row is None:
        return Actor.anonymous()
    held: AccountSession = row[0]
    if not _is_good(held, now):
        return Actor.anonymous()
    if now - _seen_at(held) > NOTE_EVERY:
        _seen[held.id] = now
    return people.actor_of(session, row[1], now)


def _is_good(held: AccountSession, now: datetime) -> bool:
    idle, whole = STAFF if held.is_staff else CITIZEN
    return now - _seen_at(held) <= idle and now - held.began_at <= whole


def _seen_at(held: AccountSession) -> datetime:
    return max(held.seen_at, _seen.get(held.id, held.seen_at))


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


def open_for(session: Session, person: Person, method: str, device: str, now: datetime) -> str:
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


def open_of(session: Session, person_id: uuid.UUID, now: datetime) -> list[AccountSession]:
    """The browsers in which a person is signed in at this moment, the one seen last first."""
    wanted = (AccountSession.person_id == person_id, AccountSession.ended_at.is_(None))
    rows = session.scalars(select(AccountSession).where(*wanted).order_by(AccountSession.seen_at.desc()))
    return [row for row in rows if _is_good(row, now)]


def of_request(session: Session, request: Request) -> AccountSession | None:
    """The session behind the cookie of this request."""
    cookie = session_cookie(request)
    wanted = (AccountSession.token_hash == ids.hash_token(cookie), AccountSession.ended_at.is_(None))
    return session.scalars(select(AccountSession).where(*wanted)).one_or_none() if cookie else None


def is_fresh(session: Session, request: Request, now: datetime) -> bool:
    """Whether somebody signed in a moment ago, as is asked before what cannot be undone or carries everything away."""
    held = of_request(session, request)
    return held is not None and now - held.began_at <= FRESH


def require_fresh(session: Session, request: Request, now: datetime) -> None:
    """Refuse who did not sign in a moment ago."""
    if not is_fresh(session, request, now):
        raise NotAllowed(T("For this, sign in again first: it must be sure that it is you."))


def end_of(session: Session, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> None:
    """End one session of a person; one of somebody else is as if it did not exist."""
    held = session.get(AccountSession, session_id)
    if held is None or held.person_id != person_id:
        raise NotFound
    held.ended_at = held.ended_at or now


def device_of(user_agent: str) -> str:
    """What a person recognises a browser by; the long name it gives itself is not kept."""
    browser = next((shown for sign, shown in BROWSERS if sign in user_agent), "")
    system = next((shown for sign, shown in SYSTEMS if sign in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


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
