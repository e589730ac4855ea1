"""The letters to an institution: the request, its reminders, and the one to the head of service after the due day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.kit.text import say_date
from app.mail.rendering import Letter, Rendered, Verbatim, render
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.letters import variant
from app.technical_tables.rules import Step

TEMPLATE_OF = {Step.REMINDER: "reminder", Step.LAST_REMINDER: "last_reminder", Step.HEAD: "head"}


@dataclass(frozen=True)
class Asks:
    """What every letter of one request says: to whom, by which letter, about what, until when."""

    institution: str
    letter_number: str
    dated_on: date
    signatory: str
    due_on: date
    proposals: Sequence[str]


def request(process: Process, asks: Asks, token: str) -> Rendered:
    """The numbered official letter that asks an institution about its proposals."""
    return _about(process, asks, f"assessment/{token}", "request")


def later(process: Process, asks: Asks, token: str, step: Step) -> Rendered:
    """What is sent when no answer has come: a reminder, the last one on the due day, or the letter to the head."""
    return _about(process, asks, f"assessment/{token}", TEMPLATE_OF[step])


def passed_on(process: Process, asks: Asks, token: str) -> Rendered:
    """What a colleague gets to whom the institution passed one proposal on; the link answers that one only."""
    return _about(process, asks, f"passed-on/{token}", "passed_on")


def extended(process: Process, asks: Asks, token: str, change: tuple[date, str]) -> Rendered:
    """That an institution has more time; `change` is the date it had before and the reason."""
    before, reason = change
    said = say_date(before, variant(process, process.language))
    more: dict[str, object] = {"before": said, "reason": Verbatim(reason)}
    return _about(process, asks, f"assessment/{token}", "extended", more)


def _about(process: Process, asks: Asks, place: str, template: str, more: dict[str, object] | None = None) -> Rendered:
    speaks = variant(process, process.language)
    context = {
        "process": {"name": process.name(process.language)},
        "institution": Verbatim(asks.institution),
        "letter_number": Verbatim(asks.letter_number),
        "dated_on": say_date(asks.dated_on, speaks),
        "signatory": Verbatim(asks.signatory),
        "due_on": say_date(asks.due_on, speaks),
        "proposals": list(asks.proposals),
        "path": f"/p/{process.slug}/{place}",
        "ask_at": Verbatim(process.ask_at),
        **(more or {}),
    }
    letter = Letter(f"technical_tables/{template}", context, kind=LetterKind.DUTY, process_id=process.id)
    return render(letter, speaks)
