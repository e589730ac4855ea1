"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A Monday in winter: Santiago is at UTC-4, and no change of the clocks is near.
MONDAY = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


class MovableClock:
    """Give it to whatever asks for a `Clock`: calling it tells the time, `move` lets time pass."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> datetime:
        """Let time pass, by the words of `timedelta`: `clock.move(days=2, minutes=-1)`."""
        self.now += timedelta(**delta)
        return self.now

    def set(self, instant: datetime) -> datetime:
        """Go to an instant, which must say its zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its zone")
        self.now = instant.astimezone(UTC)
        return self.now
