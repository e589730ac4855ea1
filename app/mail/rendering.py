"""A letter becomes the bytes that will be sent: once, in the recipient's language, before the transaction begins.

A letter is data (template, context). Its context is cleaned before any template sees it, for text and HTML alike, so
no template can forget to. What is known only inside the transaction (a folio) stands as a token until `filled`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import quote, urlsplit
from uuid import UUID

import css_inline
import orjson
from jinja2 import TemplateNotFound
from markupsafe import escape

from app.kit.i18n import Text
from app.kit.templates import Templates
from app.mail.rules import LetterKind
from app.mail.wording import one_line, plain, unlinked
from app.settings import Settings, load_settings

# Unforgeable from outside: nobody can type a token of this start of the program.
_MARK = secrets.token_hex(12)
_TOKEN = re.compile(rf"late_{_MARK}_([a-z_]+?)_end")
OFFICE = "office"  # the office's own words, with addresses to write to: never anything a participant typed
_URL_CHARACTERS = r"[A-Za-z0-9\-._~/%?&=#+,;:@!$*()]"
_BLANKS = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_SCREENS = re.compile(r"<style>(?=\s*@media)")
MOST_BLANKS = 200
_AS_IS = (bool, int, float, Decimal, Fraction, date, datetime, time, UUID, type(None))


class LATE(str):
    """A value known only inside the transaction: renders as a token that `Rendered.filled` replaces."""

    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
            raise ValueError("a late value is named in small letters")
        return super().__new__(cls, f"late_{_MARK}_{name}_end")


class Verbatim(str):
    """Words of the office itself (its address, its telephone): escaped, but addresses in them stay usable."""

    __slots__ = ()


@dataclass(frozen=True)
class Letter:
    """What a slice wants to tell one person; `unsubscribe_url` is given for optional letters and for no other."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    kind: LetterKind = LetterKind.DUTY
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    process_id: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", LetterKind(self.kind))
        if (self.kind is LetterKind.OPTIONAL) != (self.unsubscribe_url is not None):
            raise ValueError("an optional letter says how to stop it, and only an optional one does")


@dataclass(frozen=True)
class Rendered:
    """A letter as it will be sent, but for late values and the address."""

    subject: str
    text: str
    html: str
    language: str
    kind: LetterKind
    origin: str
    reply_to: str | None = None
    process_id: UUID | None = None
    letter_id: UUID | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stage_id: UUID | None = None

    @property
    def late(self) -> frozenset[str]:
        """The names of the values that are still to be filled in."""
        return frozenset(_TOKEN.findall(self.subject + self.text + self.html + "".join(self.headers.values())))

    def filled(self, **values: object) -> Rendered:
        """The letter with these late values, each made harmless for its place; refused while one is missing."""
        if self.late - values.keys():
            raise ValueError(f"not filled in: {', '.join(sorted(self.late - values.keys()))}")
        safe = {name: _harmless(str(value), self.origin) for name, value in values.items()}
        return dataclasses.replace(
            self,
            subject=one_line(_TOKEN.sub(lambda found: safe[found[1]], self.subject)),
            text=_TOKEN.sub(lambda found: safe[found[1]], self.text),
            html=_TOKEN.sub(lambda found: str(escape(safe[found[1]])), self.html),
            headers={
                key: _TOKEN.sub(lambda found: quote(one_line(str(values[found[1]])), safe=":/?&=#%-._~"), value)
                for key, value in self.headers.items()
            },
        )

    @property
    def content_hash(self) -> str:
        """What proves later which words were sent, after the words themselves are gone."""
        return content_hash(self.subject, self.text, self.html)


def content_hash(subject: str, text: str, html: str) -> str:
    """SHA-256 over subject, text and HTML, each preceded by its length in bytes."""
    digest = hashlib.sha256()
    for part in (subject, text, html):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


class LetterPaper:
    """The letters' templates of one installation, with its own address for links."""

    def __init__(self, frontend: Path, base_url: str) -> None:
        self.templates = Templates(frontend, "letters")
        self.origin = base_url.rstrip("/")
        self._ready: set[str] = set()
        self._blanks: dict[tuple[object, ...], Rendered] = {}
        self._inliner = css_inline.CSSInliner(
            load_remote_stylesheets=False,
            cache=css_inline.StylesheetCache(16),
        )

    def render(self, letter: Letter, language: str) -> Rendered:
        """The letter in this language; an unknown value in a template is an error, never a gap."""
        context = {
            name: _cleaned(value, plain if name == OFFICE else partial(_harmless, origin=self.origin), language)
            for name, value in letter.context.items()
        }
        page = partial(self._page, letter.template, language, context)
        subject = one_line(page("subject.txt"))
        context["subject"] = subject
        headers = {} if letter.unsubscribe_url is None else _unsubscribing(letter.unsubscribe_url)
        return Rendered(
            subject=subject,
            text=_BLANKS.sub("\n\n", page("txt")).strip() + "\n",
            html=self._inlined(page("html")),
            language=language,
            kind=letter.kind,
            origin=self.origin,
            reply_to=letter.reply_to,
            process_id=letter.process_id,
            headers=headers,
        )

    def blank(self, letter: Letter, language: str) -> Rendered:
        """A letter that says the same to everybody but for its late values: rendered once and kept by its context."""
        key = (letter.template, letter.kind, letter.process_id, language, orjson.dumps(letter.context))
        kept = self._blanks.get(key)
        if kept is None:
            if len(self._blanks) >= MOST_BLANKS:
                self._blanks.clear()
            kept = self._blanks[key] = self.render(letter, language)
        return kept

    def link(self, path: str, language: str) -> str:
        """A path of this site as a whole address, in the reader's language."""
        prefix = "" if language.startswith("es") else f"/{language}"
        return self.origin + quote(prefix + path, safe="/?&=#%-._~+,:@!$*()")

    def names(self) -> list[str]:
        """Every letter there is, as slice/name."""
        ending = ".subject.txt"
        return sorted(name.removesuffix(ending) for name in self.templates.names() if name.endswith(ending))

    def _inlined(self, html: str) -> str:
        """The styles written into the elements, as mail programs want them; rules for small or dark screens stay."""
        return self._inliner.inline(_SCREENS.sub('<style data-css-inline="keep">', html))

    def _page(self, template: str, language: str, context: dict[str, Any], part: str) -> str:
        if language not in self._ready:
            self._prepare(language)
        try:
            return self.templates.page(f"{template}.{part}", language, **context)
        except TemplateNotFound as missing:
            raise LookupError(f"the letter {template} has no {missing.name}") from missing

    def _prepare(self, language: str) -> None:
        environment = self.templates.environment(language)
        environment.filters.pop("markdown", None)  # a person's words form no link in mail
        environment.globals["link"] = partial(self.link, language=language)
        environment.globals["origin"] = self.origin
        self._ready.add(language)


_paper: LetterPaper | None = None


def lay_out(settings: Settings) -> LetterPaper:
    """Use these settings' templates and address for every letter from now on; called once when the program starts."""
    global _paper  # noqa: PLW0603 - one installation, one letterhead
    _paper = _paper_of(settings.frontend, settings.base_url)
    return _paper


@lru_cache(maxsize=8)
def _paper_of(frontend: Path, base_url: str) -> LetterPaper:
    """Compiling the letters takes a tenth of a second: whoever starts again in this process finds them compiled."""
    return LetterPaper(frontend, base_url)


def blank(letter: Letter, language: str) -> Rendered:
    """The letter but for its late values, rendered only when nobody had the same one before."""
    return (_paper or lay_out(load_settings())).blank(letter, language)


def render(letter: Letter, language: str) -> Rendered:
    """The letter in this language, on the installation's paper."""
    return (_paper or lay_out(load_settings())).render(letter, language)


def address_of(path: str, language: str) -> str:
    """A path of this site as the whole address that stands in letters."""
    return (_paper or lay_out(load_settings())).link(path, language)


def _cleaned(value: Any, clean: Callable[[str], str], language: str) -> Any:
    if isinstance(value, (str, Text)):
        return _said(value, clean, language)
    if isinstance(value, Mapping):
        return {name: _cleaned(item, clean, language) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item, clean, language) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
        return SimpleNamespace(**_cleaned(parts, clean, language))
    if isinstance(value, _AS_IS):
        return value
    raise TypeError(f"a letter's context is plain data, not {type(value).__name__}")


def _said(value: str | Text, clean: Callable[[str], str], language: str) -> str:
    if isinstance(value, LATE):
        return str(value)
    if isinstance(value, Verbatim):
        return plain(value)
    return clean(value.into(language) if isinstance(value, Text) else str(value))


def _harmless(text: str, origin: str) -> str:
    """The text unlinked, unless the whole of it is one address of this very site."""
    is_ours = text == origin or (
        text.startswith(origin) and re.fullmatch(rf"[/?#]{_URL_CHARACTERS}*", text[len(origin) :]) is not None
    )
    return text if is_ours else unlinked(text)


def _unsubscribing(url: str) -> dict[str, str]:
    if urlsplit(url).scheme not in {"http", "https"} or not re.fullmatch(rf"https?://{_URL_CHARACTERS}+", url):
        raise ValueError("the address to unsubscribe at is a plain http address")
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
