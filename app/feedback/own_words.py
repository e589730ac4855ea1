"""What the office writes for many letters: a closed list of placeholders, a little Markdown, and nothing that acts.

The Markdown is read before any value is put in, and every value is put in once: a title with `**` or `{folio}` in it
stands in the letter as it was typed. What is left are lines of words, never HTML; the letter makes them harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.kit.i18n import T, Text
from app.mail.wording import ZERO_WIDTH_SPACE, plain

LONGEST = 600
"""Of one text, in characters: it is a paragraph of a letter, not the letter."""
ASK_BY = "hasta"
PLACEHOLDERS: dict[str, Text] = {
    "proceso": T("the name of the process"),
    "etapa": T("the name of this stage"),
    "folio": T("the folio of the proposal"),
    "titulo": T("the title of the proposal, as its author wrote it"),
    ASK_BY: T("until when one may ask about the decision"),
}
"""What may stand in braces, the same names in every language, and what each is."""
SAMPLE_TITLE = T("Benches and shade in the square")
_NAMED = re.compile(r"\{([^{}]*)\}")
_reader = MarkdownIt("zero").enable(["emphasis", "list"])


@dataclass(frozen=True)
class Run:
    """Words that are set alike."""

    text: str
    is_strong: bool = False
    is_marked: bool = False


Line = tuple[Run, ...]


def fault(body: str) -> Text | None:
    """Why a text cannot be taken, if so: too long, an unknown placeholder, a brace that stands alone, no words."""
    if len(body) > LONGEST:
        return T("This is too long: at most {n} characters.", n=LONGEST)
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    unknown = [name for name in _NAMED.findall(body) if name not in PLACEHOLDERS]
    if unknown:
        name = f"{{{unknown[0]}}}"
        return T("Nobody knows what {name} stands for. These are known: {known}.", name=name, known=known)
    lone = re.search(r"[{}]", _NAMED.sub("", body))
    if lone:
        return T("A brace {brace} stands alone. In braces only these are known: {known}.", brace=lone[0], known=known)
    if body.strip() and not re.search(r"\w", told(lines_of(body, dict.fromkeys(PLACEHOLDERS, "x")))):
        return T("There are no words in this text.")
    return None


def names_of(body: str) -> set[str]:
    """The placeholders in a text."""
    return set(_NAMED.findall(body))


def lines_of(body: str, values: Mapping[str, str]) -> list[Line]:
    """A text with these values in it, in lines; each point of a list is one. Refused if a value is missing."""
    filled = {name: " ".join(plain(value).split()) for name, value in values.items()}
    return [
        tuple(replace(run, text=_NAMED.sub(lambda found: filled[found[1]], run.text)) for run in line)
        for line in _read(plain(body))
    ]


def told(lines: Iterable[Line]) -> str:
    """The same for programs that show plain text."""
    return "\n".join("".join(run.text for run in line) for line in lines)


def unjoined(line: Line) -> Line:
    """The line with its runs kept from making an address together, which a mail program would see over their edge."""
    kept: list[Run] = []
    for run in line:
        touches = kept and not kept[-1].text[-1:].isspace() and not run.text[:1].isspace()
        kept.append(replace(run, text=ZERO_WIDTH_SPACE + run.text) if touches else run)
    return tuple(kept)


def _read(body: str) -> Iterator[Line]:
    point = ""
    for token in _reader.parse(body):
        if token.type.startswith("list_item"):
            point = "" if token.nesting < 0 else f"{token.info}. " if token.info else "- "
        if token.type == "inline":
            for line in _split(_runs(token.children or [])):
                yield (Run(point), *line) if point else line
                point = ""


def _runs(tokens: Iterable[Token]) -> list[Run]:
    runs: list[Run] = []
    strong = marked = 0
    for token in tokens:
        strong += token.nesting if token.tag == "strong" else 0
        marked += token.nesting if token.tag == "em" else 0
        run = Run("\n" if token.type.endswith("break") else token.content, strong > 0, marked > 0)
        if runs and replace(runs[-1], text="") == replace(run, text=""):
            runs[-1] = replace(run, text=runs[-1].text + run.text)
        elif run.text:
            runs.append(run)
    return runs


def _split(runs: list[Run]) -> list[Line]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        for place, words in enumerate(run.text.split("\n")):
            if place:
                lines.append([])
            if words:
                lines[-1].append(replace(run, text=words))
    return [tuple(line) for line in lines if line]
