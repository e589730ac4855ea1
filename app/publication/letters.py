"""The letters to whoever follows something: the question whether they want to, and the news of a day."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.i18n import Text
from app.mail.rendering import Letter, Rendered, Verbatim, address_of, render
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.letters import variant


@dataclass(frozen=True)
class Line:
    """One piece of news: what happened, to what, why, and where to read on."""

    what: Text
    about: str | Text
    why: str
    path: str


@dataclass(frozen=True)
class Part:
    """The news of one process; `more` says that there is more than stands here."""

    name: str
    path: str
    lines: list[Line]
    more: int = 0


def asked(process: Process, title: str, token: str, language: str) -> Rendered:
    """Whether this mailbox wants news of something; says nothing but its name."""
    context = {
        "process": {"name": process.name(language)},
        "title": title,
        "path": Verbatim(f"/p/{process.slug}/follow/confirm/{token}"),
        "ask_at": Verbatim(process.ask_at),
    }
    letter = Letter("publication/asked", context, kind=LetterKind.RECEIPT, process_id=process.id)
    return render(letter, variant(process, language))


def news(processes: list[Process], parts: list[Part], token: str, language: str) -> Rendered:
    """What happened to all that a mailbox follows, in one letter, with the link that stops it."""
    only = processes[0] if len(processes) == 1 else None
    stop = address_of(f"/unsubscribe/{token}", language)
    context = {
        "process": {"name": only.name(language)} if only else None,
        "parts": parts,
        "n": sum(len(part.lines) + part.more for part in parts),
        "ask_at": Verbatim(processes[0].ask_at),
        "unsubscribe_url": stop,
    }
    letter = Letter(
        "publication/news",
        context,
        kind=LetterKind.OPTIONAL,
        unsubscribe_url=stop,
        process_id=only.id if only else None,
    )
    formal = {variant(process, language) for process in processes}
    return render(letter, formal.pop() if len(formal) == 1 else language)
