"""JOURNEY: every state of a proposal and every legal move between them; and the counting rule that always holds.

received = under examination + admitted (by state) + returned + inadmissible + merged + withdrawn, at any moment.
"""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move


class State(StrEnum):
    """Where a proposal stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    INADMISSIBLE = "inadmissible"
    ADMITTED = "admitted"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SELECTED = "selected"
    RESERVED = "reserved"
    NOT_SELECTED = "not_selected"
    PRIORITISED = "prioritised"
    NOT_PRIORITISED = "not_prioritised"
    FEASIBLE = "feasible"
    NOT_FEASIBLE = "not_feasible"
    COMMITTED = "committed"
    NOT_COMMITTED = "not_committed"


class PlainState(StrEnum):
    """The four plain words the public reads above the technical state, and two that close a story early."""

    UNDER_CONSIDERATION = "under_consideration"
    GOES_ON = "goes_on"
    DOES_NOT_GO_ON = "does_not_go_on"
    IN_THE_PLAN = "in_the_plan"


class Channel(StrEnum):
    """By which way a proposal came in."""

    WEB = "web"
    ASSISTED = "assisted"
    INSTITUTION = "institution"
    IMPORT = "import"
    API = "api"


class AssistedBy(StrEnum):
    """How an official received what they entered for somebody."""

    PAPER = "paper"
    PHONE = "phone"
    MEETING = "meeting"


class PublishAs(StrEnum):
    """Under which name somebody wants to be read."""

    OWN = "own"
    OTHER = "other"
    NO_NAME = "none"


class Provenance(StrEnum):
    """How we know: from our own clock, imported, reported by a named document, derived, or made up to illustrate."""

    NATIVE = "native"
    IMPORTED = "imported"
    REPORTED = "reported"
    DERIVED = "derived"
    ILLUSTRATIVE = "illustrative"


class Precision(StrEnum):
    """How exactly a moment is known: by our own clock, or only to the day, month or year."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


SHORTEST_SOURCE = 10


def source_fault(source: str) -> Text | None:
    """What is missing where something is told out of a document and nobody says which; nothing where it is said."""
    if len(source.strip()) >= SHORTEST_SOURCE:
        return None
    return T("Write which document says so, so that anybody can look it up.")


class Order(StrEnum):
    """In which order a list of proposals is read; a search has its own."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


class Value(StrEnum):
    """The values of open government a proposal serves."""

    TRANSPARENCY = "transparency"
    PARTICIPATION = "participation"
    ACCOUNTABILITY = "accountability"
    INNOVATION = "innovation"


S = State
_FILTERED = (S.ADMITTED, S.SELECTED, S.RESERVED, S.NOT_SELECTED)
_AT_TABLES = (S.ADMITTED, S.SELECTED, S.RESERVED)
_TO_FEASIBILITY = (S.ADMITTED, S.SELECTED, S.PRIORITISED)
_TO_PLAN = (S.SELECTED, S.PRIORITISED, S.FEASIBLE)

JOURNEY: Lifecycle[State] = Lifecycle(
    "proposal",
    [
        Move((), "submit", S.SUBMITTED),
        Move((S.SUBMITTED,), "return", S.RETURNED),
        Move((S.SUBMITTED, S.RETURNED), "refuse", S.INADMISSIBLE),
        Move((S.SUBMITTED,), "admit", S.ADMITTED),
        Move((S.RETURNED,), "resubmit", S.SUBMITTED),
        Move((S.SUBMITTED, S.RETURNED, S.ADMITTED), "withdraw", S.WITHDRAWN),
        Move((S.SUBMITTED, S.ADMITTED, S.SELECTED), "merge", S.MERGED),
        Move(_FILTERED, "select", S.SELECTED),
        Move(_FILTERED, "reserve", S.RESERVED),
        Move(_FILTERED, "not_select", S.NOT_SELECTED),
        Move(_AT_TABLES, "prioritise", S.PRIORITISED),
        Move(_AT_TABLES, "not_prioritise", S.NOT_PRIORITISED),
        Move(_TO_FEASIBILITY, "find_feasible", S.FEASIBLE),
        Move(_TO_FEASIBILITY, "find_not_feasible", S.NOT_FEASIBLE),
        Move(_TO_PLAN, "commit", S.COMMITTED),
        Move(_TO_PLAN, "not_commit", S.NOT_COMMITTED),
    ],
)

RECORDED_AS: dict[str, str] = {
    "submit": "submitted",
    "return": "returned",
    "refuse": "refused",
    "admit": "admitted",
    "resubmit": "resubmitted",
    "withdraw": "withdrawn",
    "merge": "merged",
    "select": "selected",
    "reserve": "reserved",
    "not_select": "not_selected",
    "prioritise": "prioritised",
    "not_prioritise": "not_prioritised",
    "find_feasible": "found_feasible",
    "find_not_feasible": "found_not_feasible",
    "commit": "committed",
    "not_commit": "not_committed",
}

PUBLIC_STATES = frozenset(State) - {S.SUBMITTED, S.RETURNED, S.INADMISSIBLE, S.WITHDRAWN}
"""Public from admission on; before that, and when it never got there, its page does not exist for the public."""

_PLAIN: dict[State, PlainState] = {
    S.SUBMITTED: PlainState.UNDER_CONSIDERATION,
    S.RETURNED: PlainState.UNDER_CONSIDERATION,
    S.INADMISSIBLE: PlainState.DOES_NOT_GO_ON,
    S.ADMITTED: PlainState.UNDER_CONSIDERATION,
    S.WITHDRAWN: PlainState.DOES_NOT_GO_ON,
    S.MERGED: PlainState.GOES_ON,
    S.SELECTED: PlainState.GOES_ON,
    S.RESERVED: PlainState.UNDER_CONSIDERATION,
    S.NOT_SELECTED: PlainState.DOES_NOT_GO_ON,
    S.PRIORITISED: PlainState.GOES_ON,
    S.NOT_PRIORITISED: PlainState.DOES_NOT_GO_ON,
    S.FEASIBLE: PlainState.GOES_ON,
    S.NOT_FEASIBLE: PlainState.DOES_NOT_GO_ON,
    S.COMMITTED: PlainState.IN_THE_PLAN,
    S.NOT_COMMITTED: PlainState.DOES_NOT_GO_ON,
}
PLAIN_WORDS: dict[PlainState, Text] = {
    PlainState.UNDER_CONSIDERATION: T("under consideration"),
    PlainState.GOES_ON: T("goes on"),
    PlainState.DOES_NOT_GO_ON: T("does not go on"),
    PlainState.IN_THE_PLAN: T("in the plan"),
}
STATE_WORDS: dict[State, Text] = {
    S.SUBMITTED: T("received, being examined"),
    S.RETURNED: T("returned to its author for changes"),
    S.INADMISSIBLE: T("not admitted"),
    S.ADMITTED: T("admitted"),
    S.WITHDRAWN: T("withdrawn by its author"),
    S.MERGED: T("merged with another proposal"),
    S.SELECTED: T("selected"),
    S.RESERVED: T("in reserve"),
    S.NOT_SELECTED: T("not selected"),
    S.PRIORITISED: T("prioritised"),
    S.NOT_PRIORITISED: T("not prioritised"),
    S.FEASIBLE: T("found feasible"),
    S.NOT_FEASIBLE: T("found not feasible"),
    S.COMMITTED: T("became a commitment"),
    S.NOT_COMMITTED: T("did not become a commitment"),
}


class HeldFor(StrEnum):
    """Why the office shows a file to nobody else."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    NOT_ALLOWED = "not_allowed"


MOST_FILES = 3
LONGEST_TITLE = 120
SHORTEST_PROBLEM = 20
SHORTEST_SOLUTION = 20
LONGEST_NAME = 160
LONGEST_NAMES = 600
SHORTEST_REASON = 10
MOST_CO_AUTHORS = 10
LANGUAGES: dict[str, Text] = {
    "es": T("Spanish"),
    "en": T("English"),
    "arn": T("Mapudungun"),
    "ay": T("Aymara"),
    "qu": T("Quechua"),
    "rap": T("Rapa Nui"),
    "ht": T("Haitian Creole"),
    "pt": T("Portuguese"),
}
"""Languages in which a proposal may be written; letters and pages are in Spanish or English."""


def plain_state(state: State) -> PlainState:
    """The plain word for a technical state."""
    return _PLAIN[state]


def is_public(state: State, *, was_admitted: bool) -> bool:
    """Whether the public may see a proposal: from admission on, and its stump after a later withdrawal."""
    return state in PUBLIC_STATES or (state is S.WITHDRAWN and was_admitted)
