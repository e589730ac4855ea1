"""What an institution may answer and on what grounds, when it is reminded, and what the answers together say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from app.decisions.rules import Outcome, RuleSays
from app.kit.i18n import T, Text

LONGEST_TOPIC = 200
LONGEST_NAME = 200
LONGEST_TEXT = 5000
SHORTEST_WORDS = 10
MOST_ACTORS = 30
MOST_ASKED = 200
FEWEST_DAYS = 3
MOST_PASSED_ON = 100
MORNING = time(9)
HEAD_HAS = timedelta(days=7)
"""How long the head of service has, from the letter that says that the date has passed, before silence is recorded."""


class Role(StrEnum):
    """Who has to sit at a technical table; whoever is missing is named as missing, in public."""

    INSTITUTION = "institution"
    FORUM = "forum"
    CIVIL_SOCIETY = "civil_society"
    ACADEMIA = "academia"
    EXPERTS = "experts"


ROLE_WORDS: dict[Role, Text] = {
    Role.INSTITUTION: T("The institution that would carry it out"),
    Role.FORUM: T("The forum"),
    Role.CIVIL_SOCIETY: T("Civil society"),
    Role.ACADEMIA: T("Academia"),
    Role.EXPERTS: T("Experts"),
}


class Share(StrEnum):
    """How much of a proposal a table takes up."""

    CORE = "core"
    CONTRIBUTING = "contributing"
    PARTLY = "partly"


SHARE_WORDS: dict[Share, Text] = {
    Share.CORE: T("The core of this table"),
    Share.CONTRIBUTING: T("Contributes to this table"),
    Share.PARTLY: T("Only a part of it"),
}


class Answer(StrEnum):
    """What an institution says of a proposal that it would have to carry out."""

    YES = "yes"
    YES_WITH_CHANGES = "yes_with_changes"
    NO = "no"
    NOT_OURS = "not_ours"


ANSWER_WORDS: dict[Answer, Text] = {
    Answer.YES: T("Yes, it can be done"),
    Answer.YES_WITH_CHANGES: T("Yes, with changes"),
    Answer.NO: T("No, it cannot be done"),
    Answer.NOT_OURS: T("It is not ours to do"),
}
SAYS_YES = frozenset({Answer.YES, Answer.YES_WITH_CHANGES})
NEEDS_GROUNDS = frozenset({Answer.YES_WITH_CHANGES, Answer.NO})
"""Answers that have to say, dimension by dimension, what stands in the way."""


class Dimension(StrEnum):
    """What an institution looks at."""

    LEGAL = "legal"
    TECHNICAL = "technical"
    BUDGET = "budget"
    TIME = "time"
    COMPETENCE = "competence"


DIMENSION_WORDS: dict[Dimension, Text] = {
    Dimension.LEGAL: T("The law"),
    Dimension.TECHNICAL: T("The technical side"),
    Dimension.BUDGET: T("The budget"),
    Dimension.TIME: T("The time it takes"),
    Dimension.COMPETENCE: T("Who is competent"),
}


class Grade(StrEnum):
    """How one dimension looks."""

    FINE = "fine"
    DOUBT = "doubt"
    OBSTACLE = "obstacle"


GRADE_WORDS: dict[Grade, Text] = {
    Grade.FINE: T("Nothing stands in the way"),
    Grade.DOUBT: T("There is a doubt"),
    Grade.OBSTACLE: T("There is an obstacle"),
}


class Step(StrEnum):
    """What the clock does about a letter that is not answered yet, in this order."""

    REMINDER = "reminder"
    LAST_REMINDER = "last_reminder"
    HEAD = "head"
    SILENCE = "silence"


def letter_name(step: Step, *, is_extended: bool) -> str:
    """Under which name a letter of the clock is kept, so that it leaves once: once more where there is more time."""
    return f"{step.value}_2" if is_extended else step.value


@dataclass(frozen=True)
class Dates:
    """The instants of one request: sent, due (the first instant after the due day), and the morning of that day."""

    sent_at: datetime
    due_at: datetime
    due_morning: datetime

    @property
    def reminder_at(self) -> datetime:
        """When two thirds of the time have passed."""
        return self.sent_at + (self.due_at - self.sent_at) * 2 / 3


def dates_of(sent_at: datetime, due_on: date, zone: tzinfo) -> Dates:
    """The instants of a request that may be answered until the end of a day in a zone."""
    midnight = datetime.combine(due_on + timedelta(days=1), time(), zone)
    return Dates(sent_at, midnight, datetime.combine(due_on, MORNING, zone))


def next_step(dates: Dates, done: Mapping[Step, datetime], now: datetime) -> tuple[Step, datetime] | None:
    """What the clock does next about an unanswered request, and when; steps that time has overtaken are left out."""
    if Step.SILENCE in done:
        return None
    if Step.HEAD in done:
        return Step.SILENCE, done[Step.HEAD] + HEAD_HAS
    plan = (
        (Step.REMINDER, dates.reminder_at, dates.due_morning),
        (Step.LAST_REMINDER, dates.due_morning, dates.due_at),
    )
    for step, at, until in plan:
        if step not in done and now < until and Step.LAST_REMINDER not in done:
            return step, at
    return Step.HEAD, dates.due_at


@dataclass(frozen=True)
class Said:
    """What one institution answered about one proposal; `answer` is None while its head has not approved any."""

    institution: str
    answer: Answer | None
    obstacles: tuple[Dimension, ...] = ()
    is_silent: bool = False


def together(answers: Iterable[Said]) -> RuleSays:
    """What the answers say of a proposal: an obstacle speaks against it, a yes of everybody asked for it."""
    said = list(answers)
    if not said:
        return RuleSays(explained=T("No institution was asked about this proposal yet."))
    explained = _listed([_explained(one) for one in said])
    if any(one.answer is Answer.NO and one.obstacles for one in said):
        return RuleSays(Outcome.NOT_FEASIBLE, explained=explained)
    if all(one.answer in SAYS_YES for one in said):
        return RuleSays(Outcome.FEASIBLE, explained=explained)
    return RuleSays(explained=explained)


def _listed(sentences: list[Text]) -> Text:
    """Several sentences as one text, each in the reader's language."""
    whole = sentences[0]
    for sentence in sentences[1:]:
        whole = T("{one} {another}", one=whole, another=sentence)
    return whole


def _explained(said: Said) -> Text:
    if said.answer is None and said.is_silent:
        return T("{institution} did not answer.", institution=said.institution)
    if said.answer is None:
        return T("{institution} has not answered yet.", institution=said.institution)
    what = T("{institution}: {answer}.", institution=said.institution, answer=ANSWER_WORDS[said.answer])
    if not said.obstacles:
        return what
    words = DIMENSION_WORDS[said.obstacles[0]]
    for dimension in said.obstacles[1:]:
        words = T("{one}, {another}", one=words, another=DIMENSION_WORDS[dimension])
    return T("{what} Obstacles: {which}.", what=what, which=words)
