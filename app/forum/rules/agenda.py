"""What a session is called for: its items, as one line each in a form, and how many working days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.forum.rules.motions import Wanted
from app.kit.i18n import T, Text

MOST_ITEMS = 40
LONGEST_TITLE = 300
LONGEST_ADDRESS = 600
SATURDAY = 5
DRAFT_DAYS, PUBLISHED_DAYS = 5, 15
"""Working days after a session by which its minutes are expected as a draft, and published: our own proposal."""
MARKS = {
    "i": Wanted.INFORMATION,
    "info": Wanted.INFORMATION,
    "informar": Wanted.INFORMATION,
    "d": Wanted.DECISION,
    "decidir": Wanted.DECISION,
    "decide": Wanted.DECISION,
}


@dataclass(frozen=True)
class Paper:
    """Something to read before: what it is, and where it is."""

    title: str
    url: str


@dataclass(frozen=True)
class ItemText:
    """One item as it is written: its title, what is wanted, the proposals it is about, and the papers."""

    title: str
    wanted: str = Wanted.DISCUSSION.value
    folios: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


def items_of(agenda: str) -> tuple[ItemText, ...]:
    """The items in an agenda typed one a line: «title», or «title | decide», «title | info»; else for discussion."""
    found = []
    for line in agenda.splitlines():
        title, _, mark = line.strip().lstrip("-*•").partition("|")
        title = _without_number(title.strip())
        if title:
            wanted = MARKS.get(mark.strip().lower(), Wanted.DISCUSSION)
            found.append(ItemText(title[:LONGEST_TITLE], wanted.value))
    return tuple(found)


def _without_number(title: str) -> str:
    """A title without the number somebody typed before it: the items are numbered anyway."""
    number, dot, rest = title.partition(".")
    return rest.strip() if dot and number.isdecimal() and rest.strip() else title


def papers_of(typed: str) -> tuple[tuple[Paper, ...], Text | None]:
    """The papers typed one a line as «title | address», and what is wrong with them."""
    papers = []
    for line in typed.splitlines():
        if not line.strip():
            continue
        title, _, url = (part.strip() for part in line.rpartition("|"))
        if not url.startswith(("https://", "http://", "/")) or url.startswith("//") or len(url) > LONGEST_ADDRESS:
            return (), T("Write each paper as a title, a bar and its address: Report 2025 | https://example.org/report")
        papers.append(Paper((title or url)[:LONGEST_TITLE], url))
    return tuple(papers), None


def working_days_between(called: date, held: date) -> int:
    """How many working days ahead a session is called: from the day after the call to the day it is held."""
    days = (called + timedelta(days=n) for n in range(1, (held - called).days + 1))
    return sum(day.weekday() < SATURDAY for day in days)


def working_day_after(day: date, days: int) -> date:
    """The day so many working days later."""
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def is_short_notice(called: date, held: date, notice_days: int) -> bool:
    """Whether a session is called with fewer working days than the forum's rule asks for."""
    return working_days_between(called, held) < notice_days


def due_days(held: date) -> tuple[date, date]:
    """By when the minutes of a session are expected as a draft, and published."""
    return working_day_after(held, DRAFT_DAYS), working_day_after(held, PUBLISHED_DAYS)
