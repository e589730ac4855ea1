"""What the forum answers when lower slices ask: what its rule says of a proposal, and what it does by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.decisions.rules import RuleSays
from app.forum.actions import (
    CALL,
    JOB,
    REMIND,
    call_job,
    close_due_rounds,
    count_job,
    count_the_rest,
    remind_job,
    remind_what_is_due,
    share_out_what_came,
)
from app.forum.queries.deciding import rule_of_score_sheets, rule_of_session
from app.process.kinds import FilterMethod, StageKind
from app.work import Work

Rule = Callable[[Any, Any, Any], RuleSays]


JOBS = {CALL: call_job, JOB: count_job, REMIND: remind_job}


def fill(rule_of: dict[tuple[StageKind, str], Rule], by_the_clock: list[Callable[[Work], None]]) -> None:
    """Enter the forum's rules and its clockwork into the tables; called again it changes nothing."""
    rule_of[StageKind.FILTER, FilterMethod.SCORE_SHEETS] = rule_of_score_sheets
    rule_of[StageKind.FILTER, FilterMethod.SESSION] = rule_of_session
    for due in (close_due_rounds, count_the_rest, remind_what_is_due, share_out_what_came):
        if due not in by_the_clock:
            by_the_clock.append(due)
