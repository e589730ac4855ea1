"""How long an unanswered question to a mailbox stands, and how often a mailbox that follows something is written to."""

from __future__ import annotations

from datetime import timedelta

CONFIRM_WITHIN = timedelta(days=7)
LOOK_EVERY = timedelta(hours=1)
WRITE_EVERY = timedelta(days=1)
MOST_LINES = 12
MOST_FOLLOWED = 200
FEWEST_SHOWN = 5
COUNT_TO = 1000


def shown_count(n: int) -> int | None:
    """How many follow something, as the public may read it: nothing while it could point at somebody."""
    return n if n >= FEWEST_SHOWN else None
