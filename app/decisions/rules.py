"""Outcomes, the move each one makes, the closed list of kinds of reasons, and what a rule may say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kit.i18n import T, Text
from app.proposals.rules import State

SHORTEST_REASON = 10
LONGEST_REASON = 4000
SAME_TEXT_WARNING = 5


class BodyKind(StrEnum):
    """What kind of body decides."""

    OFFICE = "office"
    COUNCIL = "council"
    FORUM = "forum"
    TABLE = "table"


class Outcome(StrEnum):
    """What was decided about one proposal; each is also the state it leads to."""

    SELECTED = "selected"
    RESERVED = "reserved"
    NOT_SELECTED = "not_selected"


MOVE_OF: dict[Outcome, str] = {
    Outcome.SELECTED: "select",
    Outcome.RESERVED: "reserve",
    Outcome.NOT_SELECTED: "not_select",
}
STATE_OF: dict[Outcome, State] = {
    Outcome.SELECTED: State.SELECTED,
    Outcome.RESERVED: State.RESERVED,
    Outcome.NOT_SELECTED: State.NOT_SELECTED,
}
OUTCOME_WORDS: dict[Outcome, Text] = {
    Outcome.SELECTED: T("It goes on"),
    Outcome.RESERVED: T("It stays in reserve"),
    Outcome.NOT_SELECTED: T("It does not go on"),
}

MUST_BE_DECIDED = frozenset({State.ADMITTED, State.SELECTED, State.RESERVED})
"""Proposals a filter owes a decision; those an earlier filter left behind may be taken up again, but need not be."""
MAY_BE_DECIDED = MUST_BE_DECIDED | {State.NOT_SELECTED}

REASON_CODES: dict[str, Text] = {
    "meets_criteria": T("It meets the criteria"),
    "high_priority": T("It has high priority"),
    "out_of_scope": T("It is not a matter of this process"),
    "not_within_powers": T("No participating body may decide on it"),
    "legal_bar": T("The law does not allow it"),
    "not_feasible": T("It cannot be done with the means or in the time there is"),
    "no_resources": T("There are no resources for it"),
    "already_planned": T("It is already planned or being done"),
    "duplicate": T("It is joined with another proposal"),
    "lower_priority": T("Others had a higher score or more votes"),
    "no_implementing_body": T("No body took it on"),
    "insufficient_information": T("Information asked for was missing"),
    "ordinary_maintenance": T("It is ordinary maintenance"),
    "no_reason_published": T("No reason was published"),
    "other": T("Another reason, in the text"),
}


ALL, WITHOUT_REASON, AGAINST_RULE = "all", "without_reason", "against_rule"
OUTCOME_MARK, CODE_MARK = "outcome:", "code:"


def marks_of(outcome: Outcome, codes: Iterable[str], reason: str, follows_rule: bool | None) -> list[str]:  # noqa: FBT001 - as it stands in the row
    """The words a published decision is counted and listed under: its outcome, its kinds of reasons, what is amiss."""
    marks = [ALL, OUTCOME_MARK + outcome.value, *(CODE_MARK + code for code in dict.fromkeys(codes))]
    if not reason.strip():
        marks.append(WITHOUT_REASON)
    if follows_rule is False:
        marks.append(AGAINST_RULE)
    return marks


@dataclass(frozen=True)
class RuleSays:
    """What the body's own rule says about one proposal, and whether the body may decide on it at all."""

    outcome: Outcome | None = None
    has_quorum: bool = True
    explained: Text | None = None


RULE_OF: dict[str, Callable[[Any, Any, Any], RuleSays]] = {}
"""Filter method → (session, stage, proposal) → what the rule says; a method without a line has no rule."""


def publication_seal(stage_slug: str, edition: int) -> str:
    """The word that seals the decisions of one publication until it stands in the chain."""
    return f"publication:{stage_slug}:{edition}"
