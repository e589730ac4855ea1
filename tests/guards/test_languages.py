"""No sentence without its translation, and no translation that drops or invents a value.

English is what the program says by itself; `es` must say everything. `es_tu` says only what changes with tú.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.kit.i18n import LOCALE_FOLDER, merged
from app.publication.columns import Dataset, columns
from app.publication.datasets import DATASETS
from app.publication.offering import TRAIL_ABOUT, TRAIL_COLUMNS
from app.publication.pages.data import TITLES
from app.settings import ROOT
from tests.guards.reading import BROKEN, modules, place

SAYS = {
    "T": None,
    "_": None,
    "gettext": None,
    "pgettext": ((1, "c"), 2),
    "Tn": (1, 2),
    "ngettext": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
}
FIELD = re.compile(r"{(\w+)[^{}]*}|%\((\w+)\)[sd]")
TEMPLATES = ("templates", "letters")
# What may stand in a template as it is: names, a language's own among them.
SAME_EVERYWHERE = {"Minga", "English", "Español"}
# Words that only speak to somebody as tú; the commonest of those that end like them are spared.
FAMILIAR = re.compile(
    r"\b(?:tú|tus?|te|ti|contigo|tuy[oa]s?|eres|estás|puedes|quieres|tienes|debes|sabes|haces|dices|recibes|eliges"
    r"|escribes|envías|propones|dinos|cuéntanos|escríbenos|envíanos|avísanos|\w*[aeiou]rás"
    r"|(?!(?:ex|cons|ins|as|res|des|pers|contr)(?:iste|aste)\b)\w+(?:aste|iste))\b",
    re.IGNORECASE,
)
READ_ALOUD = re.compile(r"\s(?:title|alt|placeholder|aria-label|aria-description)=\"([^\"]*)\"")


@dataclass(frozen=True)
class Said:
    """A message as the program says it, and where."""

    messages: tuple[str, ...]
    context: str | None
    where: str


def said(files: list[Path], method: str) -> Iterator[Said]:
    options = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"} if method == "jinja2" else {}
    for file in files:
        for line, message, _, context in extract_from_file(method, file, keywords=SAYS, options=options):
            messages = message if isinstance(message, tuple) else (message,)
            yield Said(tuple(filter(None, messages)), context, place(file, line))


def templates(root: Path = ROOT / "frontend") -> list[Path]:
    found = [file for folder in TEMPLATES for file in sorted((root / folder).rglob("*"))]
    return [file for file in found if file.suffix in {".html", ".txt"}]


def untranslated(sentences: Iterator[Said], catalogue: Catalog) -> list[str]:
    return [
        f"{sentence.where}: {sentence.messages[0]}"
        for sentence in sentences
        if catalogue.get(sentence.messages[0], context=sentence.context) is None
    ]


def unexplained(datasets: dict[str, Dataset], catalogue: Catalog) -> list[str]:
    """Datasets and columns whose meaning nobody translated: they are data, so reading the code does not find them."""
    told = {(name, ""): dataset.about for name, dataset in datasets.items()}
    told |= {(name, c.name): c.meaning for name, dataset in datasets.items() for c in dataset.columns}
    return [
        f"{name}.{column}: {meaning}" if column else f"{name}: {meaning}"
        for (name, column), meaning in told.items()
        if catalogue.get(meaning) is None
    ]


def fields(text: str) -> set[str]:
    return {first or second for first, second in FIELD.findall(text)}


def wrong_fields(catalogue: Catalog) -> list[str]:
    """Translations whose values are not those of the message; a singular may leave the number out."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        given = message.string if isinstance(message.string, tuple | list) else (message.string,)
        known = set().union(*map(fields, ids))
        invents = any(fields(str(text)) - known for text in given)
        drops = fields(ids[-1]) - fields(str(given[-1])) if any(given) else set()
        if invents or drops:
            found.append(str(ids[0]))
    return found


def bare_words(file: Path) -> list[str]:
    """Words that stand in a template outside every translation."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    parsed = environment.parse(file.read_text(encoding="utf-8"))
    data = "\0".join(node.data for node in parsed.find_all(nodes.TemplateData))
    data = re.sub(r"<!--.*?-->", " ", data, flags=re.DOTALL)
    spoken = " ".join(READ_ALOUD.findall(data))
    if file.suffix == ".html":
        data = re.sub(r"<[a-zA-Z/!][^>]*>", " ", re.sub(r"<style\b.*?</style>", " ", data, flags=re.DOTALL))
        data = re.sub(r"[\w:-]+=\"[^\"]*\"", " ", data)  # attributes of a tag that a condition cut in two
    data = re.sub(r"&#?\w+;", " ", f"{data} {spoken}")
    return [word for word in re.findall(r"[^\W\d_]{3,}", data) if word not in SAME_EVERYWHERE]


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    return merged("es")


def test_every_sentence_has_its_translation(spanish: Catalog) -> None:
    pages, code = list(said(templates(), "jinja2")), list(said(modules("app"), "python"))
    assert len(pages) >= 20
    assert len(code) >= 10
    assert untranslated(iter([*pages, *code]), spanish) == []


def test_every_dataset_and_column_is_explained_in_spanish(spanish: Catalog) -> None:
    trail = Dataset("trail", TRAIL_ABOUT, columns(*(" ".join(told) for told in TRAIL_COLUMNS)), lambda *_: iter(()))
    offered = {**DATASETS, "trail": trail}
    assert set(offered) == set(TITLES)
    assert unexplained(offered, spanish) == []


def test_every_translation_keeps_the_values(spanish: Catalog) -> None:
    assert wrong_fields(spanish) == []
    assert wrong_fields(merged("es_tu")) == []


def familiar(catalogue: Catalog) -> list[str]:
    """Translations that say tú; they belong into the catalogue of those processes that chose it."""
    given = [message.string if isinstance(message.string, tuple | list) else (message.string,) for message in catalogue]
    return [str(text) for texts in given for text in texts if FAMILIAR.search(str(text))]


def test_spanish_says_usted_where_nobody_chose_tu(spanish: Catalog) -> None:
    assert familiar(spanish) == []
    assert len(familiar(merged("es_tu"))) > 50


@pytest.mark.parametrize("file", sorted(LOCALE_FOLDER.rglob("*.po")), ids=place)
def test_no_translation_is_left_empty_or_in_doubt(file: Path) -> None:
    with file.open("rb") as opened:
        catalogue = read_po(opened, abort_invalid=True)
    messages = [message for message in catalogue if message.id]
    assert messages
    assert [message.id for message in messages if message.fuzzy or not message.string or not all(message.string)] == []


def test_no_word_stands_outside_a_translation() -> None:
    files = [file for file in templates() if file.name != "styleguide.html"]
    assert len(files) >= 5
    assert [f"{place(file)}: {' '.join(bare_words(file))}" for file in files if bare_words(file)] == []


def test_the_breakages_are_caught() -> None:
    broken = BROKEN / "catalogue"
    with (broken / "es.po").open("rb") as opened:
        catalogue = read_po(opened)
    assert wrong_fields(catalogue) == ["{folio} was received.", "{count} proposal"]
    assert len(untranslated(said([broken / "says.py"], "python"), catalogue)) == 2
    assert len(untranslated(said([broken / "page.html"], "jinja2"), catalogue)) == 1
    odd = Dataset("odd", "Nobody translated this.", columns("one text title", "two text nor this"), lambda *_: iter(()))
    assert unexplained({"odd": odd}, merged("es")) == ["odd: Nobody translated this.", "odd.two: nor this"]
    assert bare_words(broken / "page.html") == ["Vote", "now", "Your", "proposal"]
