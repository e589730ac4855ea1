"""Words in the reader's language.

The program thinks in English messages; what people read comes from the catalogues in
`frontend/locale/<language>/*.po`, one file per part of the program. They are read once, when first needed,
and compiled in memory: nothing built can be out of date. `es` speaks of usted; `es_tu` holds only what
changes with tú and takes the rest from `es`. English is the message itself.
"""

import gettext
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("es", "en")
"""The languages that have addresses of their own."""

VARIANTS: Mapping[str, str | None] = {"en": None, "es": None, "es_tu": "es"}
"""Every catalogue, and the one it falls back to."""

LOCALE_FOLDER = Path(__file__).resolve().parents[2] / "frontend" / "locale"

Catalogue = gettext.NullTranslations
_PERCENT = (("} %", "}\N{NO-BREAK SPACE}%"), (")s %%", ")s\N{NO-BREAK SPACE}%%"))


def kept_together(message: str) -> str:
    """A message in which no line ends between a number and its percent sign."""
    for loose, kept in _PERCENT:
        message = message.replace(loose, kept)
    return message


class English(gettext.NullTranslations):
    """The language the messages are written in."""

    def gettext(self, message: str) -> str:
        return kept_together(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return kept_together(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return kept_together(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return kept_together(super().npgettext(context, msgid1, msgid2, n))


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that does not know yet who will read it.

    Two texts are equal when they say the same thing, so tests compare them without translating. The values are
    put in after translating and are never read as a pattern, so what a person typed may hold braces.
    """

    message: str
    plural: str | None = None
    count: int | None = None
    values: tuple[tuple[str, Any], ...] = ()

    def into(self, language: str) -> str:
        catalogue = translator(language)
        if self.plural is None or self.count is None:
            words = catalogue.gettext(self.message)
        else:
            words = catalogue.ngettext(self.message, self.plural, self.count)
        if not self.values:
            return words
        return words.format_map({key: said(value, language) for key, value in self.values})

    def __str__(self) -> str:
        return self.into("en")


def T(message: str, /, **values: Any) -> Text:  # noqa: N802 - as short as the underscore it stands for
    """A message to translate later; `{named}` fields take the values."""
    return Text(message, values=tuple(sorted(values.items())))


def Tn(one: str, many: str, count: int, /, **values: Any) -> Text:  # noqa: N802
    """A message that counts something; `{count}` is always at hand."""
    return Text(one, many, count, tuple(sorted({**values, "count": count}.items())))


@dataclass(frozen=True, slots=True)
class Named:
    """What people of a process named in both languages, chosen by who reads it; without the second, the first."""

    es: str
    en: str = ""

    def into(self, language: str) -> str:
        return (self.en if language.startswith("en") else "") or self.es

    def __str__(self) -> str:
        return self.into("en")


def said(value: Any, language: str) -> Any:
    """A value as a reader of this language reads it: a text translated, anything else as it is."""
    return value.into(language) if isinstance(value, (Text, Named)) else value


def translator(language: str, folder: Path = LOCALE_FOLDER) -> Catalogue:
    """The catalogue of a language; refuses one that nobody has written."""
    return _translator(language, folder)


@cache
def _translator(language: str, folder: Path) -> Catalogue:
    if language not in VARIANTS:
        raise ValueError(f"Minga does not speak {language!r}; it speaks {', '.join(VARIANTS)}.")
    if language == "en":
        return English()
    compiled = BytesIO()
    write_mo(compiled, merged(language, folder))
    compiled.seek(0)
    catalogue = gettext.GNUTranslations(compiled)
    wider = VARIANTS[language]
    if wider:
        catalogue.add_fallback(_translator(wider, folder))
    return catalogue


def merged(language: str, folder: Path = LOCALE_FOLDER) -> Catalog:
    """All the files of one language as one catalogue.

    A message written in two files keeps its first translation: `kit.po` goes first, then the alphabet.
    Where two parts need two translations of the same English word, they give it a context (`msgctxt`).
    """
    whole = Catalog(locale=language.partition("_")[0], charset="utf-8")
    for part in _files(language, folder):
        for message in _translated(part):
            if whole.get(message.id, context=message.context) is None:
                whole.add(message.id, _told(message), context=message.context)
    return whole


def _told(message: Message) -> str | tuple[str, ...]:
    told = message.string or ""
    return kept_together(told) if isinstance(told, str) else tuple(map(kept_together, told))


def _files(language: str, folder: Path) -> list[Path]:
    return sorted((folder / language).glob("*.po"), key=lambda file: (file.name != "kit.po", file.name))


def _translated(file: Path) -> Iterator[Message]:
    with file.open("rb") as opened:
        part = read_po(opened, abort_invalid=True)
    for message in part:
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and all(texts) and not message.fuzzy:
            yield message
