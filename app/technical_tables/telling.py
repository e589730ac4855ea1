"""What became of asking an institution, told in plain words with the dates: for a proposal's story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kit.i18n import T, Text
from app.kit.text import say_date
from app.process.models import Process
from app.technical_tables.models import TableProposal, TechnicalTable
from app.technical_tables.queries.requests import Told
from app.technical_tables.rules import ANSWER_WORDS, DIMENSION_WORDS, SHARE_WORDS, Answer, Step


@dataclass(frozen=True)
class Telling:
    """One event: when, what, the institution's own words, and a note."""

    at: datetime
    what: Text
    why: str = ""
    note: Text | None = None


def lying_words(row: TableProposal, table: TechnicalTable, language: str) -> Text:
    """That a proposal lies on a table, and how much of it."""
    named = {"n": table.number, "topic": table.topic(language), "share": SHARE_WORDS[row.share]}
    return T("It was put on technical table {n}, {topic}. {share}.", **named)


def asked_next(told: Told, everybody: Sequence[Told]) -> str:
    """The institution that was asked after this one had answered that the proposal is not its own to do; or nobody."""
    if not told.is_public or told.assessment.answer is not Answer.NOT_OURS:
        return ""
    answered_at = told.request.approved_at
    later = (other for other in everybody if answered_at and other.request.sent_at >= answered_at)
    return next((other.institution for other in later if other.institution != told.institution), "")


def said_words(process: Process, told: Told, language: str, after: str = "") -> list[Telling]:
    """That an institution was asked, and what it answered or that it did not; `after` is who was asked next."""
    request, extension = told.request, told.extension
    facts = {
        "institution": told.institution,
        "letter": request.letter_number,
        "day": say_date(extension.due_before if extension else request.due_on, language),
    }
    asked = T("{institution} was asked by letter {letter} whether it can be carried out, to answer by {day}.", **facts)
    events = [Telling(request.sent_at, asked)]
    if extension:
        facts["later"] = say_date(request.due_on, language)
        more = T("{institution} was given more time: until {later} instead of {day}.", **facts)
        events.append(Telling(extension.extended_at, more, extension.reason))
    if request.silent_at:
        what = T("{institution} did not answer.", institution=told.institution)
        events.append(Telling(request.silent_at, what, note=_silence(process, told, language)))
    if told.is_public and request.approved_at and told.assessment.answer:
        what = T(
            "{institution} answered: {answer}.",
            institution=told.institution,
            answer=ANSWER_WORDS[told.assessment.answer],
        )
        events.append(Telling(request.approved_at, what, told.assessment.plain_words, _note(told, language, after)))
    return events


def _silence(process: Process, told: Told, language: str) -> Text:
    def on(step: Step) -> str:
        at = told.request.done_at(step)
        return say_date(at.astimezone(process.zone).date(), language) if at else "–"

    return T(
        "Asked by {due}; reminded on {first} and {last}; its head of service was written to on {head}.",
        due=say_date(told.request.due_on, language),
        first=on(Step.REMINDER),
        last=on(Step.LAST_REMINDER),
        head=on(Step.HEAD),
    )


def _note(told: Told, language: str, after: str) -> Text:
    """How the answer came, whose it is, and where the obstacles are."""
    request, row = told.request, told.assessment
    if request.answer_on:
        day = say_date(request.answer_on, language)
        note = T("By its letter {letter} of {day}.", letter=request.answer_number, day=day)
    else:
        note = T("Approved by its head of service ({post}).", post=request.head_post)
    if row.whose:
        note = T("{one} {another}", one=note, another=T("It says that it is for {whose} to do.", whose=row.whose))
    if after:
        note = T("{one} {another}", one=note, another=T("{institution} was asked next.", institution=after))
    for dimension in row.obstacles:
        obstacle = T("Obstacle: {which}.", which=DIMENSION_WORDS[dimension])
        note = T("{one} {another}", one=note, another=obstacle)
    return note
