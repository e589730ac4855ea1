"""Criteria and score sheets: the closed lists, what a set needs to be adopted, and what a sheet needs to count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move

LONGEST_REASON = 4000
LONGEST_ABSTENTION = 1000
MOST_LEVELS = 11


class CriterionKind(StrEnum):
    """What a criterion does to the result."""

    KNOCKOUT = "knockout"
    SCORED = "scored"
    INFORMATIVE = "informative"


class ReasonRule(StrEnum):
    """When the scorer owes a reason for a level."""

    NEVER = "never"
    ALWAYS = "always"
    AT_OR_BELOW = "at_or_below"


class TieRule(StrEnum):
    """Who comes first of two with the same total."""

    HEAVIEST = "heaviest"
    DRAW = "draw"


class SetState(StrEnum):
    """Where a set of criteria stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"


class RoundState(StrEnum):
    """Where a round of scoring stands; it is closed by the clock, or before it once all is in."""

    OPEN = "open"
    CLOSED = "closed"


class SheetState(StrEnum):
    """Where a score sheet stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"


DONE = frozenset({SheetState.SUBMITTED, SheetState.ABSTAINED})
"""Nothing more is owed on such a sheet: it says something, or says that the seat says nothing."""


class RecusalKind(StrEnum):
    """Why a seat stands aside on one proposal."""

    AUTHOR = "author"
    INSTITUTION = "institution"
    FAMILY = "family"
    INTEREST = "interest"
    OTHER = "other"


CRITERIA: Lifecycle[SetState] = Lifecycle(
    "criteria_set", [Move((), "draft", SetState.DRAFT), Move((SetState.DRAFT,), "adopt", SetState.ADOPTED)]
)
ROUND: Lifecycle[RoundState] = Lifecycle(
    "round", [Move((), "open", RoundState.OPEN), Move((RoundState.OPEN,), "close", RoundState.CLOSED)]
)
SHEET: Lifecycle[SheetState] = Lifecycle(
    "score_sheet",
    [
        Move((), "begin", SheetState.DRAFT),
        Move((SheetState.DRAFT, SheetState.ABSTAINED), "save", SheetState.DRAFT),
        Move(tuple(SheetState), "submit", SheetState.SUBMITTED),
        Move(tuple(SheetState), "abstain", SheetState.ABSTAINED),
    ],
)

KIND_WORDS: dict[CriterionKind, Text] = {
    CriterionKind.KNOCKOUT: T("Requirement: it is met or not"),
    CriterionKind.SCORED: T("Scored: it counts with its weight"),
    CriterionKind.INFORMATIVE: T("For information: it does not count"),
}
REASON_WORDS: dict[ReasonRule, Text] = {
    ReasonRule.NEVER: T("Never"),
    ReasonRule.ALWAYS: T("Always"),
    ReasonRule.AT_OR_BELOW: T("At a level or below it"),
}
TIE_WORDS: dict[TieRule, Text] = {
    TieRule.HEAVIEST: T(
        "The higher mean on the heaviest criterion, then the higher median, then the smaller spread, then a draw"
    ),
    TieRule.DRAW: T("A draw whose number is published when the round closes"),
}
RECUSAL_WORDS: dict[RecusalKind, Text] = {
    RecusalKind.AUTHOR: T("I am one of its authors"),
    RecusalKind.INSTITUTION: T("It comes from my institution or organisation"),
    RecusalKind.FAMILY: T("Somebody close to me is one of its authors"),
    RecusalKind.INTEREST: T("I or mine would gain or lose by it"),
    RecusalKind.OTHER: T("Another reason"),
}


@dataclass(frozen=True)
class Level:
    """One worded level of a scale."""

    value: Decimal
    label_es: str
    label_en: str = ""
    anchor_es: str = ""
    anchor_en: str = ""


@dataclass(frozen=True)
class CriterionText:
    """One criterion as it is written, before or after it is stored."""

    key: str
    title_es: str
    levels: tuple[Level, ...]
    kind: CriterionKind = CriterionKind.SCORED
    title_en: str = ""
    help_es: str = ""
    help_en: str = ""
    weight: Decimal = Decimal(1)
    required: bool = True
    reason_rule: ReasonRule = ReasonRule.NEVER
    reason_level: Decimal | None = None
    reason_min_chars: int = 20
    min_mean: Decimal | None = None


def faults_to_adopt(criteria: Sequence[CriterionText]) -> Text | None:
    """What still keeps a set from being adopted, or None: something scored, weights over 0, every level worded."""
    scored = [criterion for criterion in criteria if criterion.kind is CriterionKind.SCORED]
    if not scored:
        return T("A set needs at least one criterion that is scored.")
    if sum(criterion.weight for criterion in scored) <= 0:
        return T("The weights of the scored criteria must add up to more than zero.")
    for criterion in criteria:
        fault = _fault_of_scale(criterion)
        if fault:
            return fault
    return None


def _fault_of_scale(criterion: CriterionText) -> Text | None:
    values = [level.value for level in criterion.levels]
    if len(values) < 2 or len(set(values)) != len(values):
        return T("The criterion {title} needs at least two levels with different values.", title=criterion.title_es)
    if criterion.kind is CriterionKind.KNOCKOUT and len(values) != 2:
        return T("The requirement {title} needs exactly two levels: met and not met.", title=criterion.title_es)
    if not all(level.label_es.strip() for level in criterion.levels):
        return T("Every level of {title} needs its words.", title=criterion.title_es)
    return None


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a set: keys sorted, no spaces, exact numbers as text."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def parse_levels(text: str) -> tuple[Level, ...]:
    """Levels typed one a line: `0 | No cumple | It does not meet it | what that looks like`; raises ValueError.

    Parts: value, words in Spanish, words in English (may be empty), anchor in Spanish, anchor in English.
    """
    levels = []
    for line in filter(None, map(str.strip, text.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        levels.append(Level(exact(parts[0]), *(parts[1:5] + [""] * (5 - len(parts)))))
    return tuple(sorted(levels, key=lambda level: level.value))


def exact(typed: str) -> Decimal:
    """A number of at most three decimals as it was typed, comma or point; raises ValueError."""
    try:
        number = Decimal(typed.strip().replace(",", "."))
    except ArithmeticError:
        raise ValueError(typed) from None
    if not number.is_finite() or abs(number) >= 1000 or number != round(number, 3):
        raise ValueError(typed)
    return number


def share(typed: str) -> Fraction:
    """A share such as 2/3 or 0.5, between 0 and 1; raises ValueError."""
    try:
        found = Fraction(typed.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        raise ValueError(typed) from None
    if not 0 <= found <= 1:
        raise ValueError(typed)
    return found


def owes_reason(criterion: Any, value: Decimal) -> bool:
    """Whether choosing this level obliges to write a reason."""
    if criterion.reason_rule is ReasonRule.ALWAYS:
        return True
    at = criterion.reason_level
    return bool(criterion.reason_rule is ReasonRule.AT_OR_BELOW and at is not None and value <= at)


def keys_of(values: Sequence[Decimal]) -> list[str]:
    """The key that chooses each level: its own number, or its place where one of them is no number a key can say.

    Levels that no single key can name have none.
    """
    if all(value == int(value) and value >= 0 for value in values):
        return [str(int(value)) if value < 10 else "" for value in values]
    return [str(place) if place < 10 else "" for place in range(1, len(values) + 1)]
