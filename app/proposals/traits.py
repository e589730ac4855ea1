"""What proposers may say about themselves: asked apart from the proposal, kept only as sums, never shown where few.

The closed list of domain knowledge E.1: age in bands (15 to 29 is the age of the youth meetings), gender, belonging to
an indigenous people, disability, where one lives, and whether it is the first time. Every question may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.kit.errors import Invalid
from app.kit.i18n import T, Text

SMALLEST_CELL = 5
"""Fewer people than this are never shown as a figure of their own."""


class Trait(StrEnum):
    """One question about whoever proposes."""

    AGE = "age"
    GENDER = "gender"
    INDIGENOUS = "indigenous"
    DISABILITY = "disability"
    HOME = "home"
    FIRST_TIME = "first_time"


QUESTIONS: dict[Trait, Text] = {
    Trait.AGE: T("How old are you?"),
    Trait.GENDER: T("What is your gender?"),
    Trait.INDIGENOUS: T("Do you belong to an indigenous people?"),
    Trait.DISABILITY: T("Do you live with a disability?"),
    Trait.HOME: T("Where do you live?"),
    Trait.FIRST_TIME: T("Is it the first time that you propose something to a public body?"),
}
_YES_NO = {"yes": T("Yes"), "no": T("No")}
ANSWERS: dict[Trait, dict[str, Text]] = {
    Trait.AGE: {
        "under_15": T("Under 15"),
        "15_29": T("15 to 29"),
        "30_44": T("30 to 44"),
        "45_59": T("45 to 59"),
        "60_and_more": T("60 or more"),
    },
    Trait.GENDER: {"woman": T("Woman"), "man": T("Man"), "other": T("Another gender")},
    Trait.INDIGENOUS: _YES_NO,
    Trait.DISABILITY: _YES_NO,
    Trait.HOME: {"city": T("In a city or town"), "country": T("In the countryside")},
    Trait.FIRST_TIME: _YES_NO,
}


def told(typed: Mapping[str, str]) -> dict[Trait, str]:
    """What somebody answered, without what they left out; an answer that is on no list is refused."""
    given = {trait: typed.get(trait.value, "") for trait in Trait}
    faults = {
        trait.value: T("Choose one of the list.")
        for trait, answer in given.items()
        if answer and answer not in ANSWERS[trait]
    }
    if faults:
        raise Invalid(**faults)
    return {trait: answer for trait, answer in given.items() if answer}
