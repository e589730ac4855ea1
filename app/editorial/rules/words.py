"""What a text of the office has to hold, how a civic date is typed, and which links may be given."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from app.kit.errors import Invalid
from app.kit.i18n import T, Text

LONGEST_TITLE = 160
LONGEST_TEXT = 40_000
LONGEST_LINK = 600
SHORTEST_REASON = 10
SHORTEST_YEAR, LONGEST_YEAR = 1810, 2200
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TAKEN_NAMES = frozenset({"new", "preview"})
"""Names that no page of a process may have, because the office's own addresses use them."""


class ArticleKind(StrEnum):
    """What a text of the office is: dated news, a standing page, or the page of a network."""

    NEWS = "news"
    PAGE = "page"
    NETWORK = "network"


class Network(StrEnum):
    """The two networks that accompany a forum; the word is the last part of the address."""

    CIVIL_SOCIETY = "civil-society"
    ACADEMIC = "academic"


class DateTo(StrEnum):
    """How exactly a civic date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


NETWORK_WORDS: dict[Network, Text] = {
    Network.CIVIL_SOCIETY: T("Network of civil society organisations"),
    Network.ACADEMIC: T("Academic network"),
}


def check_words(title_es: str, text_es: str, titles: tuple[str, ...], texts: tuple[str, ...]) -> dict[str, Text]:
    """What is missing or too long in a text of the office, field by field."""
    faults: dict[str, Text] = {}
    if not title_es:
        faults["title_es"] = T("Write a title in Spanish.")
    if not text_es:
        faults["text_es"] = T("Write the text in Spanish.")
    for name, title in zip(("title_es", "title_en"), titles, strict=True):
        if len(title) > LONGEST_TITLE:
            faults[name] = T("This is too long: at most {n} characters.", n=LONGEST_TITLE)
    for name, text in zip(("text_es", "text_en"), texts, strict=True):
        if len(text) > LONGEST_TEXT:
            faults[name] = T("This is too long: at most {n} characters.", n=LONGEST_TEXT)
    if bool(titles[1]) != bool(texts[1]):
        faults["text_en" if titles[1] else "title_en"] = T("In English, write both the title and the text, or neither.")
    return faults


def check_name(name: str) -> Text | None:
    """What is wrong with the last part of a page's address."""
    if not NAME.fullmatch(name) or len(name) > 60:
        return T("Use small letters without accents, digits and single hyphens, for example how-it-is-decided.")
    return T("This word is used by the program. Choose another.") if name in TAKEN_NAMES else None


def check_reason(reason: str, field: str = "reason") -> str:
    """A public reason that says something; refused beside its field otherwise."""
    if len(reason) < SHORTEST_REASON:
        raise Invalid(**{field: T("Everybody will read the reason. Write at least {n} characters.", n=SHORTEST_REASON)})
    if len(reason) > LONGEST_LINK:
        raise Invalid(**{field: T("This is too long: at most {n} characters.", n=LONGEST_LINK)})
    return reason


def civic_date(typed: str, today: date, field: str = "dated_on") -> tuple[date, DateTo]:
    """A date as it is known: `2026`, `2026-03` or `2026-03-09`; not one that is still to come."""
    parts = typed.split("-")
    try:
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
        if len(numbers) != len(parts) or len(parts) > 3:
            raise ValueError
        found = date(*[*numbers, 1, 1][:3])
    except (ValueError, TypeError, OverflowError):
        raise Invalid(**{field: T("Write the date as 2026-03-09, or 2026-03, or 2026.")}) from None
    if not SHORTEST_YEAR <= found.year <= LONGEST_YEAR:
        raise Invalid(**{field: T("Write the date as 2026-03-09, or 2026-03, or 2026.")})
    if found > today:
        raise Invalid(**{field: T("This date is still to come.")})
    return found, (DateTo.YEAR, DateTo.MONTH, DateTo.DAY)[len(parts) - 1]


def check_link(link: str, field: str = "link") -> str:
    """An address of the web that people may be sent to; it is never fetched by the program."""
    try:
        parts = urlsplit(link)
        fits = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        fits = False
    if not fits or len(link) > LONGEST_LINK or any(one.isspace() or one in "<>\"'" for one in link):
        raise Invalid(**{field: T("Write a whole address that begins with https://.")})
    return link
