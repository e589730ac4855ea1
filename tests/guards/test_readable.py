"""What the program says is easy to read: short sentences on its pages, plain Spanish in its letters.

Counted are whole sentences, those that end like one; labels and buttons would make any average look short. A letter is
what its template says in Spanish, with a plain word where a value comes in: what people write in is theirs.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.kit.text import SENTENCE_END, WORD, readability_es
from app.settings import ROOT
from tests.guards.test_languages import SAYS

LOCALE = ROOT / "frontend" / "locale"
LETTERS = ROOT / "frontend" / "letters"
MOST_ON_AVERAGE, MOST_WORDS, PLAIN = 20, 40, 55
VALUE = re.compile(r"%\(\w+\)s|\{\w*\}")
ENDS = re.compile(r"[.!?…][»”\")]*$")
LANGUAGES = ("es", "es_tu")


def catalogue_of(language: str) -> Catalog:
    """Everything said in one variant: what differs with tú stands over what does not."""
    whole = Catalog()
    for folder in ("es", language):
        for file in sorted((LOCALE / folder).glob("*.po")):
            for message in read_po(io.BytesIO(file.read_bytes())):
                if message.id:
                    whole.add(message.id, message.string, context=message.context)
    return whole


def sentences(text: str) -> Iterator[list[str]]:
    """The words of each whole sentence; a value counts as one word."""
    for part in SENTENCE_END.split(VALUE.sub("algo", text) + " "):
        words = WORD.findall(part)
        if words:
            yield words


def forms(string: Any) -> list[str]:
    """A translation, or each of its numbers."""
    return [string] if isinstance(string, str) else list(string or ())


def whole_sentences(catalogue: Catalog) -> list[list[str]]:
    found = []
    for message in catalogue:
        for text in forms(message.string):
            if text and ENDS.search(text.strip()):
                found += list(sentences(text))
    return found


def letters() -> list[str]:
    return sorted(str(file.relative_to(LETTERS))[:-4] for file in LETTERS.rglob("*.txt") if file.parent != LETTERS)


def said_in(file: Path, catalogue: Catalog) -> str:
    """What a letter says of its own, sentence after sentence."""
    options = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    found: dict[int, list[str]] = defaultdict(list)
    for line, message, _, context in extract_from_file("jinja2", file, keywords=SAYS, options=options):
        one = message if isinstance(message, str) else message[-1]
        translated = catalogue.get(one, context=context)
        found[line].append(forms(translated.string)[-1] if translated is not None else str(one))
    return " ".join(
        VALUE.sub("algo", text) for _, texts in sorted(found.items()) for text in texts if ENDS.search(text)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str) -> None:
    found = whole_sentences(catalogue_of(language))
    assert len(found) > 1000
    assert mean(len(words) for words in found) <= MOST_ON_AVERAGE
    assert [" ".join(words) for words in found if len(words) > MOST_WORDS] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_plain(language: str) -> None:
    catalogue = catalogue_of(language)
    texts = {name: said_in(LETTERS / f"{name}.txt", catalogue) for name in letters() if ".subject" not in name}
    scores = {name: readability_es(text) for name, text in texts.items() if WORD.search(text)}
    assert len(scores) > 20
    assert {name: found.score for name, found in scores.items() if found and found.score < PLAIN} == {}


def test_a_hard_sentence_is_caught() -> None:
    hard = "La inadmisibilidad administrativa de la presentación ciudadana imposibilita su consideración institucional."
    found = readability_es(hard)
    assert found
    assert found.score < PLAIN
    assert [len(words) for words in sentences("Una frase corta. Otra %(n)s más.")] == [3, 3]
