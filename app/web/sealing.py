"""Signed links: what stands in them can be read by their holder, and changed by nobody."""

from __future__ import annotations

import uuid
from typing import Any

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from app.kit.errors import NotFound, NotNow
from app.kit.i18n import T

A_DAY = 24 * 3600
A_MONTH = 30 * 24 * 3600
TWO_HOURS = 2 * 3600


def own_link(secret: str, author_id: uuid.UUID) -> str:
    """The last part of the addresses under which an author acts on a proposal; good for two hours."""
    return seal(secret, "own", author_id.hex)


def seal(secret: str, purpose: str, value: Any) -> str:
    """A value as the last part of a link that only this installation can make."""
    return URLSafeTimedSerializer(secret, salt=f"minga.{purpose}").dumps(value)


def unseal(secret: str, purpose: str, sealed: str, seconds: int) -> Any:
    """The value of such a link; a forged one is nothing at all, an old one says so."""
    try:
        return URLSafeTimedSerializer(secret, salt=f"minga.{purpose}").loads(sealed, max_age=seconds)
    except SignatureExpired:
        raise NotNow(T("This link is too old. Enter your folio and code again.")) from None
    except BadData:
        raise NotFound from None
