"""The rules people are moderated by, what may become of a held text, and how long two working days are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.kit.i18n import T, Text

WORKING_DAYS = 2
KEPT_FOR_REVIEW = timedelta(days=30)
"""So long after the decision its author may ask for a review; then the words that were set aside are forgotten."""
LONGEST_SENTENCE = 500
MARK = "█████"
"""What stands where words were taken out: anybody sees that something is missing."""
SATURDAY = 5


class Rule(StrEnum):
    """Why a text may not be shown."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    OFF_TOPIC = "off_topic"
    ILLEGAL_LINK = "illegal_link"


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    HELD = "held"
    SET_ASIDE = "set_aside"
    LAPSED = "lapsed"


class Ending(StrEnum):
    """How holding a text back ended."""

    RELEASED = "released"
    REDACTED = "redacted"
    HIDDEN = "hidden"
    LAPSED = "lapsed"


class ReviewOutcome(StrEnum):
    """What another official found."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


REPORTABLE = (Rule.PERSONAL_DATA, Rule.INSULT)
BY_A_PERSON = (Ending.RELEASED, Ending.REDACTED, Ending.HIDDEN)
RULE_WORDS: dict[Rule, Text] = {
    Rule.INSULT: T("It insults, hates or discriminates, or it is sexual."),
    Rule.PERSONAL_DATA: T("It tells personal data of somebody else."),
    Rule.SPAM: T("It is advertising or was sent to many places alike."),
    Rule.DUPLICATE: T("The same author sent the same before."),
    Rule.OFF_TOPIC: T("It is not about this process."),
    Rule.ILLEGAL_LINK: T("It links to something that the law forbids."),
}
ENDING_WORDS: dict[Ending, Text] = {
    Ending.RELEASED: T("shown again as it was"),
    Ending.REDACTED: T("shown again, with some words taken out"),
    Ending.HIDDEN: T("not shown again"),
    Ending.LAPSED: T("shown again, because nobody decided in time"),
}
REPORT_WORDS: dict[ReportState, Text] = {
    ReportState.OPEN: T("not yet looked at"),
    ReportState.HELD: T("the text was held back"),
    ReportState.SET_ASIDE: T("the text stayed as it is"),
    ReportState.LAPSED: T("nobody looked at it in time"),
}
REVIEW_WORDS: dict[ReviewOutcome, Text] = {
    ReviewOutcome.UPHELD: T("the decision stands"),
    ReviewOutcome.OVERTURNED: T("the text is shown again as it was"),
}
HELD_TITLE, HIDDEN_TITLE = T("Text held back"), T("Text not shown")


def working_days_on(moment: datetime, zone: ZoneInfo, days: int = WORKING_DAYS) -> datetime:
    """The same hour so many working days later; what begins on a weekend begins on Monday."""
    local = moment.astimezone(zone)
    while local.weekday() >= SATURDAY:
        local = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    for _ in range(days):
        local += timedelta(days=1)
        while local.weekday() >= SATURDAY:
            local += timedelta(days=1)
    return local.astimezone(moment.tzinfo)


def without(text: str, passages: tuple[str, ...]) -> str:
    """A text with a visible mark where each passage stood."""
    for passage in passages:
        text = text.replace(passage, MARK)
    return text
