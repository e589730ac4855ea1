"""How long an unanswered question to a mailbox stands, and how often a mailbox that follows something is written to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

CONFIRM_WITHIN = timedelta(days=7)
LOOK_EVERY = timedelta(hours=1)
WRITE_EVERY = timedelta(days=1)
REST = timedelta(days=7)
"""How long a mailbox is left alone that wants to hear of nothing as it happens."""
MOST_LINES = 12
MOST_LINES_OF_A_WEEK = 40
MOST_FOLLOWED = 200
FEWEST_SHOWN = 5
COUNT_TO = 1000
DIGEST_AT = time(8)
A_WEEK = timedelta(days=7)
ASTRAY = timedelta(days=8)
"""A digest that is due later than this was put there by a clock that was wrong."""


class Rhythm(StrEnum):
    """How often whoever follows something is written to about it: a day's news at once, or a letter every Monday."""

    EACH_TIME = "each_time"
    WEEKLY = "weekly"


def shown_count(n: int) -> int | None:
    """How many follow something, as the public may read it: nothing while it could point at somebody."""
    return n if n >= FEWEST_SHOWN else None


def digest_of(week: date, zone: ZoneInfo) -> datetime:
    """When the digest of the week that begins on this Monday leaves: at eight by the clocks of the place."""
    return datetime.combine(week, DIGEST_AT, zone).astimezone(UTC)


def week_of(now: datetime, zone: ZoneInfo) -> date:
    """The Monday whose digest is the latest that was due by now."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return monday if digest_of(monday, zone) <= now else monday - A_WEEK


def next_digest(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next digest leaves: always later than now, whatever the clocks of the place do until then."""
    return digest_of(week_of(now, zone) + A_WEEK, zone)
