"""Outcomes, the move each one makes, the closed list of kinds of reasons, and what a rule may say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kit.i18n import T, Text
from app.process.kinds import FilterMethod, StageKind
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


BODY_WORDS: dict[BodyKind, Text] = {
    BodyKind.OFFICE: T("the office of the process"),
    BodyKind.COUNCIL: T("a council, by its acts"),
    BodyKind.FORUM: T("a forum, in its sessions"),
    BodyKind.TABLE: T("a meeting of citizens"),
}


class Outcome(StrEnum):
    """What was decided about one proposal; each is also the state it leads to."""

    SELECTED = "selected"
    RESERVED = "reserved"
    NOT_SELECTED = "not_selected"
    PRIORITISED = "prioritised"
    NOT_PRIORITISED = "not_prioritised"
    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"
    COMMITTED = "committed"
    NOT_COMMITTED = "not_committed"


@dataclass(frozen=True)
class Gate:
    """What may be decided at one kind of stage: the outcomes, the one that goes on first, and on which proposals.

    `owed` are the states in which a proposal must get a decision here; those it `may` take up besides need not.
    """

    outcomes: tuple[Outcome, ...]
    owed: frozenset[State]
    may: frozenset[State] = frozenset()

    @property
    def open_to(self) -> frozenset[State]:
        """Every state in which a proposal may be decided on here."""
        return self.owed | self.may


GATES: dict[StageKind, Gate] = {
    StageKind.FILTER: Gate(
        (Outcome.SELECTED, Outcome.RESERVED, Outcome.NOT_SELECTED),
        owed=frozenset({State.ADMITTED, State.SELECTED, State.RESERVED}),
        may=frozenset({State.NOT_SELECTED}),
    ),
    StageKind.PRIORITISATION: Gate(
        (Outcome.PRIORITISED, Outcome.RESERVED, Outcome.NOT_PRIORITISED),
        owed=frozenset({State.ADMITTED, State.SELECTED}),
        may=frozenset({State.RESERVED}),
    ),
    StageKind.TECHNICAL_TABLES: Gate(
        (Outcome.FEASIBLE, Outcome.NOT_FEASIBLE),
        owed=frozenset({State.SELECTED, State.PRIORITISED}),
        may=frozenset({State.ADMITTED}),
    ),
    StageKind.PLAN: Gate(
        (Outcome.COMMITTED, Outcome.NOT_COMMITTED),
        owed=frozenset({State.SELECTED, State.PRIORITISED, State.FEASIBLE}),
    ),
}
GOES_ON = frozenset({Outcome.SELECTED, Outcome.PRIORITISED, Outcome.FEASIBLE, Outcome.COMMITTED})
MOVE_OF: dict[Outcome, str] = {
    Outcome.SELECTED: "select",
    Outcome.RESERVED: "reserve",
    Outcome.NOT_SELECTED: "not_select",
    Outcome.PRIORITISED: "prioritise",
    Outcome.NOT_PRIORITISED: "not_prioritise",
    Outcome.FEASIBLE: "find_feasible",
    Outcome.NOT_FEASIBLE: "find_not_feasible",
    Outcome.COMMITTED: "commit",
    Outcome.NOT_COMMITTED: "not_commit",
}
STATE_OF: dict[Outcome, State] = {outcome: State(outcome.value) for outcome in Outcome}
OUTCOME_WORDS: dict[Outcome, Text] = {
    Outcome.SELECTED: T("It goes on"),
    Outcome.RESERVED: T("It stays in reserve"),
    Outcome.NOT_SELECTED: T("It does not go on"),
    Outcome.PRIORITISED: T("It goes on to a technical meeting"),
    Outcome.NOT_PRIORITISED: T("It does not go on after the prioritisation"),
    Outcome.FEASIBLE: T("It can be carried out"),
    Outcome.NOT_FEASIBLE: T("It cannot be carried out"),
    Outcome.COMMITTED: T("It becomes part of the plan"),
    Outcome.NOT_COMMITTED: T("It does not become part of the plan"),
}

MAY_BE_DECIDED = GATES[StageKind.FILTER].open_to
"""Proposals a filter may decide on, and a forum may score."""

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
_WITH_CRITERIA_ONLY = frozenset({"meets_criteria", "lower_priority"})
_NEVER_CHOSEN = frozenset({"no_reason_published"})


def codes_for(method: str) -> list[tuple[str, Text]]:
    """The kinds of reasons a stage offers by its method: about criteria and scores only where there are any.

    That no reason was published is said of imported decisions only: here a reason is always written.
    """
    plain = method in {"", FilterMethod.SIMPLE.value}
    hidden = _NEVER_CHOSEN | (_WITH_CRITERIA_ONLY if plain else frozenset())
    return [(code, word) for code, word in REASON_CODES.items() if code not in hidden]


ALL, WITHOUT_REASON, AGAINST_RULE = "all", "without_reason", "against_rule"
OUTCOME_MARK, CODE_MARK = "outcome:", "code:"
SESSION, RULE = "session", "rule"
"""Under which words decisions are grouped by the session or act in which they were taken, and by their rule."""
FOLLOWED, LEFT, NO_RULE = "followed", "left", "none"


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


RULE_OF: dict[tuple[StageKind, str], Callable[[Any, Any, Any], RuleSays]] = {}
"""Kind of stage and method → (session, stage, proposal) → what the rule says; without a line there is no rule.

Where a kind of stage knows one way of deciding only, the method is the empty word.
"""


def going(outcomes: dict[Outcome, int]) -> int:
    """How many of these decided proposals go on."""
    return sum(n for outcome, n in outcomes.items() if outcome in GOES_ON)


def publication_seal(stage_slug: str, edition: int) -> str:
    """The word that seals the decisions of one publication until it stands in the chain."""
    return f"publication:{stage_slug}:{edition}"
