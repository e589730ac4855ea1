"""The only place that reads the clock; all other code is told what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, in UTC and aware."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds that only ever go forward, for measuring how long something took."""
    return time.perf_counter()
