"""When those who are late with their score sheets are reminded: some days before the end, and by hand once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

REMIND_DAYS = 3
MOST_REMIND_DAYS = 60
ONCE_IN = timedelta(hours=24)


def remind_at(opens_at: datetime, closes_at: datetime, days: int) -> datetime | None:
    """When the program reminds by itself; in a round that is hardly longer half-way through, and with 0 days never."""
    if days <= 0:
        return None
    return max(closes_at - timedelta(days=days), opens_at + (closes_at - opens_at) / 2)
