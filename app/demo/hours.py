"""Hours of the demo: windows that end with a day, as people set them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("America/Santiago")


def end_of_day(now: datetime, days: int) -> datetime:
    """The first instant after the day that is so many days from now."""
    return datetime.combine(now.astimezone(HERE).date() + timedelta(days=days + 1), time(), HERE)
