"""Printing minutes and reports: assembled in a reading, set by the press.

Minutes are set before the act that publishes them and outside its transaction; it takes about a second, and three where
a thousand decisions are told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.documents.papers import MOST_WORDS, set_paper, set_sheet, sheet_from
from app.forum.actions.minuting import Prints
from app.forum.models import ForumSession
from app.forum.queries import minutes as queries
from app.forum.rules.minutes import fingerprint
from app.forum.wording import Wording
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.process.models import Process


def prints_of(session: Session, process: Process, meeting: ForumSession, now: datetime, site: str) -> Prints:
    """The minutes as they would be published at this instant, as PDF; `site` begins the addresses in them."""
    content = queries.assembled(session, process, meeting, now)
    return printed(content, f"{site}/p/{process.slug}")


def printed(content: dict[str, Any], home: str) -> Prints:
    """The same from what was assembled: what goes to the press is only words."""
    es, en = (set_paper(Wording(content, language, home).paper()) for language in ("es", "en"))
    return Prints(fingerprint(content), es, en)


def set_report(report: dict[str, Any]) -> bytes:
    """A report of a filter the same way, by its own template; refused in words where it is too long for paper."""
    sheet = sheet_from(report)
    if len(sheet) > MOST_WORDS:
        raise Conflict(T("This report is too long for a PDF. It can be had whole as XLSX or ODS."))
    return set_sheet(sheet, "report")
