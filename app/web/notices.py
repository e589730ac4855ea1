"""One line on the next page that says what was just done, whichever page that is and without a script.

It travels in a signed cookie that the next whole page shows and takes away. It is good for two minutes, so that an act
sent twice says it once more and an old one says nothing.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.kit.errors import Refusal
from app.settings import Settings
from app.web import sealing

COOKIE, SECURE_COOKIE = "minga_notice", "__Host-minga_notice"
SECONDS = 120


def leave(response: Response, settings: Settings, words: str) -> None:
    """Leave a line for the next page this browser opens."""
    sealed = sealing.seal(settings.secret(), "notice", words)
    response.set_cookie(
        _name(settings), sealed, SECONDS, path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )


def waiting(request: Request, settings: Settings) -> str:
    """The line that waits for this browser; nothing when there is none, or it is old, or not ours."""
    sealed = request.cookies.get(_name(settings), "")
    if not sealed:
        return ""
    try:
        return str(sealing.unseal(settings.secret(), "notice", sealed, SECONDS))
    except Refusal:
        return ""


def take_away(response: Response, settings: Settings) -> None:
    """Take the line away once it was shown."""
    response.delete_cookie(_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax")


def _name(settings: Settings) -> str:
    return SECURE_COOKIE if settings.is_https else COOKIE
