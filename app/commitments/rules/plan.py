"""The life of a commitment, what its text is made of, and the check of whether it can be verified later.

The parts of the text follow the template of the Open Government Partnership (handbook of 2022); they are data, so a
process may leave some empty. The check asks for an actor, a deliverable and a date (the IRM's "verifiable") and for
at least one indicator of output and one of outcome (logical framework). It names what is missing; it hides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move

SHORTEST_REASON = 10
LONGEST_REASON = 4000
LONGEST_TITLE = 300
LONGEST_TEXT = 10_000
LONGEST_NAME = 200
MOST_COMMITMENTS = 200
MOST_INDICATORS = 40
MOST_ACTORS = 40


class Standing(StrEnum):
    """Where a commitment stands."""

    DRAFT = "draft"
    IN_PLAN = "in_plan"
    DROPPED = "dropped"
    CONTINUED = "continued"
    REFORMULATED = "reformulated"
    ENDED = "ended"


COMMITMENT: Lifecycle[Standing] = Lifecycle(
    "commitment",
    [
        Move((), "draft", Standing.DRAFT),
        Move((Standing.DRAFT,), "enter", Standing.IN_PLAN),
        Move((Standing.DRAFT,), "drop", Standing.DROPPED),
        Move((Standing.IN_PLAN,), "continue", Standing.CONTINUED),
        Move((Standing.IN_PLAN,), "reformulate", Standing.REFORMULATED),
        Move((Standing.IN_PLAN,), "end", Standing.ENDED),
    ],
)
PUBLIC = frozenset({Standing.IN_PLAN, Standing.CONTINUED, Standing.REFORMULATED, Standing.ENDED})
STANDING_WORDS: dict[Standing, Text] = {
    Standing.DRAFT: T("draft"),
    Standing.IN_PLAN: T("in the plan"),
    Standing.DROPPED: T("given up"),
    Standing.CONTINUED: T("goes on in the next plan"),
    Standing.REFORMULATED: T("to be reformulated"),
    Standing.ENDED: T("ended"),
}
AT_THE_END: dict[str, Text] = {
    "continue": T("It goes on in the next plan"),
    "reformulate": T("It is to be reformulated"),
    "end": T("It ends here"),
}

SECTIONS: dict[str, Text] = {
    "problem": T("What public problem it addresses, and whom it affects"),
    "causes": T("What causes the problem"),
    "done_so_far": T("What was done so far"),
    "solution": T("What is going to be done"),
    "results": T("What results are expected"),
    "values_how": T("How it furthers transparency, accountability and participation"),
    "actors": T("Who takes part in carrying it out"),
    "planning": T("How it is planned: budget, programmes, dates"),
}
NEEDED_SECTIONS = ("problem", "solution", "results")


class SourcePart(StrEnum):
    """What a proposal gave to a commitment."""

    CORE = "core"
    CONTRIBUTING = "contributing"
    PARTLY = "partly"


PART_WORDS: dict[SourcePart, Text] = {
    SourcePart.CORE: T("its core"),
    SourcePart.CONTRIBUTING: T("it contributed"),
    SourcePart.PARTLY: T("only a part of it"),
}


class Level(StrEnum):
    """The levels of the logical framework."""

    GOAL = "goal"
    OUTCOME = "outcome"
    OUTPUT = "output"
    ACTIVITY = "activity"


LEVEL_WORDS: dict[Level, Text] = {
    Level.GOAL: T("goal"),
    Level.OUTCOME: T("outcome"),
    Level.OUTPUT: T("output"),
    Level.ACTIVITY: T("activity"),
}


class RegisterKind(StrEnum):
    """What the small registers of the office hold."""

    SUPPORT = "support"
    TRAINING = "training"
    RESOURCE = "resource"


REGISTER_WORDS: dict[RegisterKind, Text] = {
    RegisterKind.SUPPORT: T("Support that was asked for"),
    RegisterKind.TRAINING: T("Training"),
    RegisterKind.RESOURCE: T("People and money"),
}


@dataclass(frozen=True)
class Told:
    """What a commitment says of itself, as far as the check looks."""

    has_lead: bool
    sections: dict[str, str]
    milestones: Sequence[tuple[str, str, bool]]
    """Of each milestone: the post that answers for it, what it delivers, whether it has a date."""
    levels: Sequence[Level]


def missing(told: Told) -> list[Text]:
    """What is missing for anybody to verify a commitment later; nothing where nothing is."""
    found: list[Text] = []
    if not told.has_lead:
        found.append(T("Actor: no institution leads it."))
    found += [
        T("Text: nothing is said about this yet: {section}.", section=SECTIONS[name])
        for name in NEEDED_SECTIONS
        if not told.sections.get(name, "").strip()
    ]
    if not told.milestones:
        found.append(T("Milestones: there is none."))
    for place, what in enumerate(
        (
            T("Actor: a milestone names no post that answers for it."),
            T("Deliverable: a milestone does not say what it delivers."),
            T("Date: a milestone has no date."),
        )
    ):
        if any(not milestone[place] for milestone in told.milestones):
            found.append(what)
    if Level.OUTPUT not in told.levels:
        found.append(T("Indicators: none measures an output."))
    if Level.OUTCOME not in told.levels:
        found.append(T("Indicators: none measures an outcome."))
    return found


def changed(before: str, after: str) -> bool:
    """Whether two versions of a section differ in more than spaces."""
    return before.split() != after.split()
