"""What comes next, as a letter says it: the program's words for each outcome, or those of the office in their place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.commitments.rules.comments import Response
from app.decisions.rules import Outcome
from app.feedback import own_words
from app.feedback.own_words import Line, Run
from app.feedback.sections import COLLECTIVE, COMMENT, HELD_BACK, REFUSED, Section
from app.kit.i18n import T, Text

STAYS_PUBLIC = T(
    "It stays public, with this reason beside it. Until {day} you may ask us to explain it or to look at it again.",
    day="",
)
"""Until when is said by the letter."""
NEXT: dict[str, Text] = {
    Outcome.SELECTED: T("We will write to you again at each further step."),
    Outcome.RESERVED: T("It may still be taken up. If it is, we will write to you."),
    Outcome.NOT_SELECTED: STAYS_PUBLIC,
    Outcome.PRIORITISED: T("The institution that would carry it out studies it with us. Then we will write to you."),
    Outcome.NOT_PRIORITISED: STAYS_PUBLIC,
    Outcome.FEASIBLE: T("Next the plan is decided on. Then we will write to you."),
    Outcome.NOT_FEASIBLE: STAYS_PUBLIC,
    Outcome.COMMITTED: T("On its public page you can follow what is done about it."),
    Outcome.NOT_COMMITTED: STAYS_PUBLIC,
    REFUSED: T("You may ask us about it, and propose again when a consultation is open."),
    COLLECTIVE: T("Its page shows what was said, how each proposal ranked and what became of it."),
    **dict.fromkeys(
        (f"{COMMENT}{one}" for one in Response), T("The public table shows this answer beside all the others.")
    ),
    HELD_BACK: T("You may ask us about it, and comment again while the draft is open."),
}
AT_THE_END: dict[str, tuple[Text, Text]] = {
    Outcome.SELECTED: (
        T("Your proposal goes on."),
        T("No other decision is due in this process. You may ask us when and how it will be done."),
    ),
}
"""The result and what comes next where no stage follows: nothing is announced that nobody will do."""
WITHOUT_PLAN: dict[str, tuple[Text, Text]] = {
    Outcome.SELECTED: (T("Your proposal goes on."), NEXT[Outcome.SELECTED]),
    Outcome.FEASIBLE: (T("Your proposal can be carried out."), NEXT[Outcome.SELECTED]),
}
"""The same where stages follow and none of them is a plan: there nobody speaks of commitments."""
_ASK_UNTIL = T("Until {day} you may ask us to explain it or to look at it again.", day="")
"""What of the program's own words an answer never leaves out, whoever wrote the rest."""


@dataclass(frozen=True)
class Place:
    """What a letter knows of the process and stage it is about, for the placeholders and for what comes after."""

    process: str
    stage: str
    ask_until: str
    is_followed: bool = True
    has_plan: bool = True


def apart(outcome: str, place: Place) -> tuple[Text, Text] | None:
    """Result and what comes next where they differ from the usual ones."""
    found = None if place.is_followed else AT_THE_END.get(outcome)
    return found or (None if place.has_plan else WITHOUT_PLAN.get(outcome))


def of_the_program(outcome: str, place: Place) -> Text:
    """The program's own words for what comes next."""
    differs = apart(outcome, place)
    words = differs[1] if differs else NEXT[outcome]
    return replace(words, values=(("day", place.ask_until),)) if words is STAYS_PUBLIC else words


def lines_of(section: Section, label: str, place: Place, language: str) -> list[Line]:
    """What a letter says comes next, in lines: what was written with this decision, else the office's text, else ours.

    Where the program's own words say until when one may ask and the text of the office does not, that is added to it.
    """
    if section.what_next or not section.next_text:
        words = section.what_next or of_the_program(section.outcome, place).into(language)
        return [(Run(line),) for line in words.split("\n")]
    values = {
        "proceso": place.process,
        "etapa": place.stage,
        "folio": label,
        "titulo": section.title,
        own_words.ASK_BY: place.ask_until,
    }
    lines = own_words.lines_of(section.next_text, values)
    if NEXT[section.outcome] is STAYS_PUBLIC and own_words.ASK_BY not in own_words.names_of(section.next_text):
        lines.append((Run(replace(_ASK_UNTIL, values=(("day", place.ask_until),)).into(language)),))
    return lines
