"""The dates of milestones: how exactly they are known, when one is late, and when one is at risk."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from app.kit.i18n import T, Text
from app.proposals.rules import Precision

PRECISIONS = (Precision.DAY, Precision.MONTH, Precision.YEAR)
PRECISION_WORDS: dict[Precision, Text] = {
    Precision.DAY: T("to the day"),
    Precision.MONTH: T("to the month"),
    Precision.YEAR: T("to the year"),
}
MOST_MILESTONES = 60
MOST_EVIDENCE = 10
LONGEST_LINK = 500
LONGEST_POST = 200


class Timing(StrEnum):
    """Where a milestone stands by the calendar and the newest report on it."""

    DONE = "done"
    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    LATE = "late"
    UNDATED = "undated"


TIMING_WORDS: dict[Timing, Text] = {
    Timing.DONE: T("reported complete"),
    Timing.ON_TIME: T("on time"),
    Timing.AT_RISK: T("at risk"),
    Timing.LATE: T("late"),
    Timing.UNDATED: T("without a date"),
}


def last_day(due_on: date, to_the: Precision) -> date:
    """The last day on which something due is still in time: of the day, the month or the year it was given to."""
    if to_the is Precision.MONTH:
        return due_on.replace(day=monthrange(due_on.year, due_on.month)[1])
    if to_the is Precision.YEAR:
        return date(due_on.year, 12, 31)
    return due_on


def timing(due_on: date | None, to_the: Precision, today: date, *, is_complete: bool, risk_days: int) -> Timing:
    """Late once its last day has passed and nobody reported it complete; at risk within `risk_days` of that day."""
    if is_complete:
        return Timing.DONE
    if due_on is None:
        return Timing.UNDATED
    last = last_day(due_on, to_the)
    if today > last:
        return Timing.LATE
    return Timing.AT_RISK if last - today <= timedelta(days=risk_days) else Timing.ON_TIME


def is_link(text: str) -> bool:
    """Whether a line is the address of a page, which is all that evidence may be."""
    return text.startswith(("https://", "http://")) and len(text) <= LONGEST_LINK and " " not in text


def links_in(typed: str) -> list[str]:
    """The addresses in a field, one a line."""
    return [line.strip() for line in typed.splitlines() if line.strip()]
