"""The same request sent twice is done once: answers kept by idempotency key.

Same key and same body: the first answer again. Same key, other body: refused. The row is written in the transaction of
the act itself, so an answer is kept exactly if the act happened. Ballots are kept out of here.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.kit.db import put
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.web import notices
from app.web.models import Replay

KEPT = timedelta(days=30)
MOST_BODY = 64 * 1024


def key_of(sent: str, who: str, path: str) -> str:
    """The stored key: a hash over what was sent, who sent it and where to."""
    return hashlib.sha256(f"{who}\n{path}\n{sent}".encode()).hexdigest()


def earlier(session: Session, key: str, body_hash: str) -> Response | None:
    """The answer given to this key before; refused when it came with another body."""
    kept = session.execute(
        select(Replay.body_hash, Replay.status, Replay.headers, Replay.body).where(Replay.key == key)
    ).one_or_none()
    if kept is None:
        return None
    if kept.body_hash != body_hash:
        raise Conflict(T("This was already sent with other content. Load the form again to send something new."))
    return Response(kept.body, status_code=kept.status, headers=kept.headers)


def keep(session: Session, key: str, body_hash: str, response: Response, now: datetime) -> None:
    """Keep an answer beside the act that caused it; long ones are not kept, since no form gives them."""
    body = bytes(response.body).decode()
    if len(body) > MOST_BODY:
        return
    headers = {name: value for name, value in response.headers.items() if _may_be_kept(name, value)}
    row = {"key": key, "body_hash": body_hash, "status": response.status_code, "headers": headers, "body": body}
    put(session, Replay, {**row, "at": now})


def _may_be_kept(name: str, value: str) -> bool:
    """Of the cookies only the line of what was done: whoever sends twice sees the second answer."""
    if name == "set-cookie":
        return value.startswith((notices.COOKIE, notices.SECURE_COOKIE))
    return name != "content-length"


def forget_old(session: Session, now: datetime) -> None:
    """Drop the answers that nobody will ask for again."""
    session.execute(delete(Replay).where(Replay.at < now - KEPT))
