"""What the forum answers when lower slices ask: what its rule says of a proposal, and what it does by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.decisions.rules import RuleSays
from app.forum.actions import close_due_rounds
from app.forum.queries.deciding import rule_of_score_sheets, rule_of_session
from app.process.kinds import FilterMethod
from app.work import Work


def fill(rule_of: dict[str, Callable[[Any, Any, Any], RuleSays]], by_the_clock: list[Callable[[Work], None]]) -> None:
    """Enter the forum's rules and its clockwork into the tables; called again it changes nothing."""
    rule_of[FilterMethod.SCORE_SHEETS] = rule_of_score_sheets
    rule_of[FilterMethod.SESSION] = rule_of_session
    if close_due_rounds not in by_the_clock:
        by_the_clock.append(close_due_rounds)
