"""The moments of sending at which a machine may die, by name, so that a test can die exactly there.

The worker is handed a callable and tells it each step; the program itself always hands it `go_on`.
"""

from __future__ import annotations

from collections.abc import Callable

BEFORE_CALL = "before_call"
"""The attempt is committed and the call has not been made."""

AFTER_ANSWER = "after_answer"
"""The provider has answered and nothing of it is written down."""

BEFORE_COMMIT = "before_commit"
"""The answer is written and not committed."""

STEPS = (BEFORE_CALL, AFTER_ANSWER, BEFORE_COMMIT)

AtStep = Callable[[str], None]


def go_on(step: str) -> None:
    """What the program does at every step: nothing."""
    del step
