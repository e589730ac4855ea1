"""Handing out a file that somebody sent in: saved, never opened as a page of ours, and under its own name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from app.web.view import View


@dataclass(frozen=True)
class Download:
    """What a browser is told of a file: its name, what it is, and the hash by which it knows whether it has it."""

    name: str
    media_type: str
    sha256: str
    is_public: bool = False


def handed_out(view: View, file: Download, content: Callable[[], bytes]) -> Response:
    """The file, or that the browser has it already; `content` is only asked for where it has not.

    A public one may be kept, but is asked for again each time: the office may have held it back since.
    """
    etag = f'"{file.sha256[:32]}"'
    headers = {
        "etag": etag,
        "cache-control": "public, no-cache" if file.is_public else "no-store",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "content-disposition": _named(file.name),
    }
    known = [one.strip().removeprefix("W/") for one in view.request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        return Response(status_code=304, headers=headers)
    return Response(content(), media_type=file.media_type, headers=headers)


def _named(name: str) -> str:
    """RFC 6266: a plain name for old browsers, and the name itself."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%;' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
