"""The letter of answer as data: three opening lines, then one part for each proposal; words of people stay as typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.decisions.rules import REASON_CODES, Outcome
from app.feedback.sections import REFUSED, Section
from app.kit.i18n import T, Text, Tn
from app.kit.text import excerpt, say_date
from app.mail.rendering import Letter, Rendered, Verbatim, render
from app.mail.rules import LetterKind
from app.process.models import Process, Stage
from app.proposals.letters import variant
from app.proposals.words import REFUSAL_REASONS

MAIN_REASON = 240
OWN_WORDS = 280

RESULTS: dict[str, Text] = {
    Outcome.SELECTED: T("Your proposal goes on. It is not a commitment yet."),
    Outcome.RESERVED: T("Your proposal stays in reserve."),
    Outcome.NOT_SELECTED: T("Your proposal does not go on."),
    REFUSED: T("Your proposal was not admitted."),
}
TITLES: dict[str, Text] = {
    Outcome.SELECTED: T("Your proposal goes on"),
    Outcome.RESERVED: T("Your proposal stays in reserve"),
    Outcome.NOT_SELECTED: T("What was decided on your proposal"),
    REFUSED: T("About the proposal you sent"),
}
IN_SUBJECT: dict[str, Text] = {
    Outcome.SELECTED: T("it goes on"),
    Outcome.RESERVED: T("it stays in reserve"),
    Outcome.NOT_SELECTED: T("it does not go on, and why"),
    REFUSED: T("it was not admitted, and why"),
}
NEXT: dict[str, Text] = {
    Outcome.SELECTED: T("We will write to you again at each further step."),
    Outcome.RESERVED: T("It may still be taken up. If it is, we will write to you."),
    Outcome.NOT_SELECTED: T("It stays public, with this reason beside it. You may ask us about it."),
    REFUSED: T("You may ask us about it, and propose again when a consultation is open."),
}


@dataclass(frozen=True)
class Answer:
    """What the letter needs besides its sections."""

    name: str
    language: str
    ask_by: datetime
    question: str
    note: str = ""
    replaces_on: datetime | None = None
    trail_head: dict[str, Any] | None = None


def written(process: Process, stage: Stage, sections: list[Section], answer: Answer) -> Rendered:
    """The letter as it will be sent."""
    language = variant(process, answer.language)
    context = {
        "process": {"name": process.name(language)},
        "stage": stage.name(language),
        "person": answer.name,
        "note": answer.note,
        "ask_at": Verbatim(process.ask_at),
        "ask_by": say_date(answer.ask_by.astimezone(process.zone).date(), language),
        "question_path": f"/p/{process.slug}/answers/clear/{answer.question}",
        "trail_head": _head(answer.trail_head, language),
        "replaces_on": _day(answer.replaces_on, process, language),
        "changed": [section.folio for section in sections if section.is_changed],
        "parts": [_part(process, section, language) for section in sections],
        "several": len(sections) > 1,
        **_opening(sections),
    }
    return render(Letter("feedback/answer", context, kind=LetterKind.DUTY, process_id=process.id), language)


def _opening(sections: list[Section]) -> dict[str, Any]:
    """The subject's words, the title and the three lines: of the one proposal, or of several together."""
    first = sections[0]
    if len(sections) == 1:
        return {
            "folios": first.folio,
            "in_subject": IN_SUBJECT[first.outcome],
            "title": TITLES[first.outcome],
            "result": RESULTS[first.outcome],
            "main_reason": excerpt(first.reason, MAIN_REASON),
            "next": first.what_next or NEXT[first.outcome],
        }
    going = sum(section.outcome == Outcome.SELECTED for section in sections)
    return {
        "folios": ", ".join(section.folio for section in sections),
        "in_subject": Tn("{count} goes on; what became of each", "{count} go on; what became of each", going),
        "title": T("What was decided on your proposals"),
        "result": Tn(
            "Of your {all} proposals, {count} goes on.",
            "Of your {all} proposals, {count} go on.",
            going,
            all=len(sections),
        ),
        "main_reason": T("Each has its own reason: you find it below, under its folio."),
        "next": T("What comes next is said beside each one."),
    }


def _part(process: Process, section: Section, language: str) -> dict[str, Any]:
    codes = REFUSAL_REASONS if section.outcome == REFUSED else REASON_CODES
    shown = excerpt(section.reason, MAIN_REASON)
    return {
        "folio": section.folio,
        "title": section.title,
        "own_words": excerpt(section.own_words, OWN_WORDS),
        "joined": section.joined,
        "result": RESULTS[section.outcome],
        "reason": section.reason,
        "is_told_above": shown == " ".join(section.reason.split()),
        "codes": ", ".join(codes[code].into(language).lower() for code in section.codes if code in codes),
        "next": section.what_next or NEXT[section.outcome],
        "override_reason": section.override_reason,
        "body": section.body_en if language.startswith("en") else section.body_es,
        "act_number": section.act_number,
        "decided_on": say_date(date.fromisoformat(section.decided_on), language) if section.decided_on else "",
        "explanation": section.explanation,
        "path": f"/p/{process.slug}/proposals/{section.folio}" if section.is_public else "/follow",
        "is_public": section.is_public,
    }


def _day(moment: datetime | None, process: Process, language: str) -> str:
    return say_date(moment.astimezone(process.zone).date(), language) if moment else ""


def _head(head: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    if head is None:
        return None
    return {"day": say_date(date.fromisoformat(head["day"]), language), "seq": head["seq"], "hash": head["hash"]}
