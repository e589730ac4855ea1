"""How often somebody may knock: moving windows per kind of act and per key, kept in this process's memory.

What has to hold across processes (letters to one address in a day) is counted in the database by its own slice.
"""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.kit import clock
from app.kit.errors import TooMany

BALLOT = "ballot"
"""The kind of act of which no answer is kept.

A hall of a thousand people votes within a minute from the one address of its network, and some send twice. A code has
29⁸ spellings: whoever guesses at this rate for an hour, against a thousand open codes, finds one once in 2,700 times.
"""
FILES = "files"
"""Forms that bring files: each has them read by a process of its own, so they knock less often than words."""
RATES: dict[str, str] = {
    "sign_in": "20/hour",
    "code": "30/hour",
    "submit": "60/minute",
    "follow": "30/minute",
    "report": "20/hour",
    "look_up": "240/minute",
    "write": "120/minute",
    FILES: "60/hour",
    BALLOT: "3000/minute",
}


class Limits:
    """The moving windows of one program; `is_on` is switched off only by load tests from one address."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rates: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in RATES.items()}
        self.is_on = True

    def hit(self, name: str, key: str) -> None:
        """Count one knock; refused with the seconds to wait once the window is full."""
        rate = self._rates[name]
        if self.is_on and not self._limiter.hit(rate, name, key):
            until = self._limiter.get_window_stats(rate, name, key).reset_time
            raise TooMany(max(1, int(until - clock.now().timestamp())))
