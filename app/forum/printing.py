"""Printing the minutes: assembled in a reading, set by a child process with nothing of ours in it, in both languages.

It is done before the act that publishes them and outside its transaction; it takes about a second, and three where a
thousand decisions are told.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.forum.actions.minuting import Prints
from app.forum.models import ForumSession
from app.forum.queries import minutes as queries
from app.forum.rules.minutes import fingerprint
from app.forum.wording import Paper, Wording
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.process.models import Process
from app.settings import ROOT

SECONDS = 60.0
PRESS = (sys.executable, "-s", "-m", "app.forum.press")
GAPS = T("Some signs have no letter in this PDF and stand here as �. The page of these minutes on the web shows them.")
log = structlog.get_logger("minga.forum")


def prints_of(session: Session, process: Process, meeting: ForumSession, now: datetime, site: str) -> Prints:
    """The minutes as they would be published at this instant, as PDF; `site` begins the addresses in them."""
    content = queries.assembled(session, process, meeting, now)
    return printed(content, f"{site}/p/{process.slug}")


def printed(content: dict[str, Any], home: str) -> Prints:
    """The same from what was assembled: what goes to the press is only words."""
    es, en = (set_paper(Wording(content, language, home).paper()) for language in ("es", "en"))
    return Prints(fingerprint(content), es, en)


def set_paper(paper: Paper) -> bytes:
    """One paper as a tagged PDF; refused in words where it cannot be set."""
    done = _run(sheet_of(paper))
    if done is None or done.returncode or not done.stdout.startswith(b"%PDF-"):
        log.warning("forum: a paper could not be set", returncode=done.returncode if done else None)
        raise Conflict(T("The PDF could not be made. Try again; if it fails again, tell whoever runs this site."))
    return done.stdout


def sheet_of(paper: Paper) -> bytes:
    """What the template is given: the words as JSON, with a width for each column."""
    data = asdict(paper) | {"gaps": GAPS.into(paper.language)}
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "table":
                block["widths"] = _widths(block)
    return json.dumps(_printable(data), ensure_ascii=False).encode()


def _printable(value: Any) -> Any:
    """The same without control characters, which no paper shows."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value


def _run(data: bytes) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - our own program, no shell, nothing of the paper in its arguments
            PRESS, input=data, capture_output=True, cwd=ROOT, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None


def _widths(block: dict[str, Any]) -> list[int]:
    """A share of the width for each column: a number needs little, a reason most."""
    longest = [
        max([len(head), *(len(_text(row[n])) for row in block["rows"])]) for n, head in enumerate(block["heads"])
    ]
    return [2 if most <= 8 else 4 if most <= 26 else 7 if most <= 90 else 12 for most in longest]


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(cell["text"])
