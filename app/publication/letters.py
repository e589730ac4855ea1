"""The letters to whoever follows something: the question whether they want to, the news of a day, those of a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kit.i18n import T, Text
from app.kit.text import say_date
from app.mail.rendering import Letter, Rendered, Verbatim, address_of, render
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.letters import variant
from app.publication.news import News, Subject
from app.publication.rules import MOST_LINES_OF_A_WEEK


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


@dataclass(frozen=True)
class Dated:
    """One piece of news of a week: the day, what happened and why; about what and where, unless its group says so."""

    on: str
    what: Text
    why: str
    about: str | Text = ""
    path: str = ""


@dataclass(frozen=True)
class Group:
    """The news of one thing in a week, the newest first."""

    title: str | Text
    path: str
    lines: list[Dated]


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
        "how_often": Verbatim(f"/unsubscribe/{token}/how-often"),
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


def digest(process: Process, heard: Sequence[tuple[Subject, Sequence[News]]], token: str, language: str) -> Rendered:
    """What happened in a week to all that a mailbox follows in one process, the thing with the newest news first."""
    newest = sorted(heard, key=lambda one: max(news.at for news in one[1]), reverse=True)
    groups, left = [], MOST_LINES_OF_A_WEEK
    for subject, some in newest:
        shown = list(some)[:left]
        left -= len(shown)
        if shown:
            groups.append(_group(process, subject, shown))
    stop = address_of(f"/unsubscribe/{token}", language)
    context = {
        "process": {"name": process.name(language)},
        "path": f"/p/{process.slug}",
        "groups": groups,
        "more": sum(len(some) for _, some in heard) - sum(len(group.lines) for group in groups),
        "ask_at": Verbatim(process.ask_at),
        "how_often": Verbatim(f"/unsubscribe/{token}/how-often"),
        "unsubscribe_url": stop,
    }
    letter = Letter(
        "publication/digest", context, kind=LetterKind.OPTIONAL, unsubscribe_url=stop, process_id=process.id
    )
    return render(letter, variant(process, language))


def _group(process: Process, subject: Subject, some: Sequence[News]) -> Group:
    """What happened to one thing; what is about that thing, and stands on its page, does not say so on each line."""
    lines = []
    for one in some:
        day = say_date(one.at.astimezone(process.zone).date(), subject.language)
        about = one.about if one.about != subject.title else ""
        lines.append(Dated(day, one.what, one.why, about, one.path if one.path != subject.path else ""))
    is_process = subject.name == process.subject.name
    return Group(T("The process and its stages") if is_process else subject.title, subject.path, lines)
