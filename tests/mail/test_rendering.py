"""A letter says what people typed and does nothing of it: no link, no header, no markup, no gap."""

from __future__ import annotations

import email
import html as html_entities
import re
import time
import uuid
from dataclasses import dataclass
from email.policy import default
from typing import Any

import jinja2
import pytest
from markupsafe import Markup

from app.kit.i18n import T
from app.mail.composing import Outgoing, compose, sender_of
from app.mail.rendering import LATE, Letter, LetterPaper, Rendered, Verbatim, content_hash
from app.mail.rules import LetterKind
from app.mail.wording import ZERO_WIDTH_SPACE, one_line, plain, unlinked
from tests.mail.hostile import CLICKABLE, CORPUS, Seen
from tests.mail.paper import ORIGIN, paper


@dataclass(frozen=True)
class Point:
    words: str
    by: str


def context(typed: str) -> dict[str, Any]:
    return {
        "name": typed,
        "title": typed,
        "reason": typed,
        "points": [Point(words=typed, by=typed)],
        "folio": LATE("folio"),
        "office": {"name": "Oficina", "email": "oficina@gob.example", "phone": "+56 2 2345 6789"},
        "process": {"name": "Sexto Plan"},
    }


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> LetterPaper:
    return paper(tmp_path_factory.mktemp("letters"))


def rendered(letters: LetterPaper, typed: str, language: str = "es") -> Rendered:
    return letters.render(Letter("test/answer", context(typed)), language).filled(folio="6PA-0001")


def squeezed(text: str) -> str:
    return " ".join(text.replace(ZERO_WIDTH_SPACE, "").split())


def clickable(text: str) -> list[str]:
    ours = (f"{ORIGIN}/p/plan/proposals/6PA-0001", "oficina@gob.example")
    for own in ours:
        text = text.replace(own, "")
    return CLICKABLE.findall(text)


@pytest.mark.parametrize("typed", CORPUS)
@pytest.mark.parametrize("language", ["es", "es_tu", "en"])
def test_mail_shows_what_was_typed_and_has_no_link_outside_our_origin(
    letters: LetterPaper, typed: str, language: str
) -> None:
    letter = rendered(letters, typed, language)
    shown = squeezed(plain(typed))
    seen = Seen(letter.html)

    assert seen.addresses == [letters.link("/p/plan/proposals/6PA-0001", language)]
    assert seen.tags <= {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "ul", "li", "a", "span"}
    assert shown in squeezed(seen.words)
    assert shown in squeezed(letter.text)
    assert shown in squeezed(letter.subject)
    own = letters.link("/p/plan/proposals/6PA-0001", language)
    for part in (letter.text, letter.subject, seen.words, html_entities.unescape(letter.html.partition("</head>")[2])):
        assert clickable(part.replace(own, "")) == []


@pytest.mark.parametrize("typed", CORPUS)
def test_nothing_typed_becomes_a_header(letters: LetterPaper, typed: str) -> None:
    letter = rendered(letters, typed)
    row = Outgoing(
        id=uuid.uuid4(),
        to_address="ana@example.org",
        language="es",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id="<1@participa.example.org>",
    )
    read = email.message_from_bytes(compose(row, sender_of("Minga <m@example.org>")).as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(
        ["From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"]
    )
    assert read["To"] == "ana@example.org"
    assert read["Subject"] == letter.subject
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\r\n\x00]", letter.subject)


def test_the_test_of_links_finds_what_would_be_clickable() -> None:
    assert all(CLICKABLE.findall(typed) for typed in CORPUS[:10])


def test_an_unknown_value_is_an_error_and_never_a_gap(letters: LetterPaper) -> None:
    lacking = {name: value for name, value in context("Ana").items() if name != "reason"}
    with pytest.raises(jinja2.UndefinedError):
        letters.render(Letter("test/answer", lacking), "es")


def test_a_letter_that_does_not_exist_is_named(letters: LetterPaper) -> None:
    with pytest.raises(LookupError, match="test/nothing"):
        letters.render(Letter("test/nothing"), "es")


def test_objects_with_a_life_of_their_own_are_refused(letters: LetterPaper) -> None:
    with pytest.raises(TypeError, match="plain data"):
        letters.render(Letter("test/answer", context("Ana") | {"name": object()}), "es")


def test_markup_made_elsewhere_is_escaped_again(letters: LetterPaper) -> None:
    html = letters.render(Letter("test/answer", context("Ana") | {"reason": Markup("<b>x</b>")}), "es").html
    assert "<b>" not in html


def test_our_own_addresses_stay_whole_and_the_offices_too(letters: LetterPaper) -> None:
    link = f"{ORIGIN}/follow?code=AB-12"
    letter = letters.render(
        Letter("test/answer", context("Ana") | {"reason": link, "title": Verbatim("mesa@gob.example")}), "es"
    )
    assert link in letter.text
    assert "mesa@gob.example" in letter.subject
    assert "oficina@gob.example" in letter.text


def test_sentences_are_said_in_the_readers_language(letters: LetterPaper) -> None:
    said = T("You may answer this letter.")
    assert said.into("es") in letters.render(Letter("test/answer", context("Ana") | {"reason": said}), "es").text


def test_late_values_are_filled_in_harmless_for_each_place(letters: LetterPaper) -> None:
    letter = letters.render(Letter("test/answer", context("Ana") | {"reason": LATE("answer")}), "es")
    assert letter.late == {"folio", "answer"}
    with pytest.raises(ValueError, match="not filled in: answer"):
        letter.filled(folio="6PA-0001")
    filled = letter.filled(folio="6PA-0001", answer="<b>https://evil.cl</b>")
    assert filled.late == frozenset()
    assert f"{ORIGIN}/p/plan/proposals/6PA-0001" in filled.html
    assert f"{ORIGIN}/p/plan/proposals/6PA-0001" in filled.text
    assert "<b>" not in filled.html
    assert clickable(filled.text) == clickable(Seen(filled.html).words) == []


def test_the_english_letter_links_to_the_english_page(letters: LetterPaper) -> None:
    assert f"{ORIGIN}/en/p/plan/proposals/6PA-0001" in rendered(letters, "Ana", "en").text


def test_only_an_optional_letter_says_how_to_stop_it(letters: LetterPaper) -> None:
    stop = f"{ORIGIN}/unsubscribe/abc"
    optional = Letter("test/answer", context("Ana"), kind=LetterKind.OPTIONAL, unsubscribe_url=stop)
    assert letters.render(optional, "es").headers == {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert rendered(letters, "Ana").headers == {}
    with pytest.raises(ValueError, match="optional"):
        Letter("test/answer", kind=LetterKind.OPTIONAL)
    with pytest.raises(ValueError, match="optional"):
        Letter("test/answer", kind=LetterKind.DUTY, unsubscribe_url=stop)
    evil = Letter("test/answer", context("Ana"), kind=LetterKind.OPTIONAL, unsubscribe_url=stop + ">\r\nBcc: x")
    with pytest.raises(ValueError, match="plain http"):
        letters.render(evil, "es")


def test_styles_are_written_into_the_elements_and_rules_for_screens_stay(letters: LetterPaper) -> None:
    html = rendered(letters, "Ana").html
    assert '<p style="margin: 0 0 14px;">' in html
    assert html.count("<style") == 1
    assert "prefers-color-scheme: dark" in html
    assert "#ece6da" in html


def test_the_hash_holds_the_words_apart() -> None:
    assert content_hash("a", "b", "c") != content_hash("ab", "", "c")
    assert content_hash("ñ", "", "") == content_hash("ñ", "", "")


def test_the_same_words_give_the_same_bytes(letters: LetterPaper) -> None:
    assert rendered(letters, "Ana") == rendered(letters, "Ana")


def test_a_letter_costs_less_than_two_milliseconds(letters: LetterPaper) -> None:
    rendered(letters, "Ana")
    best = min(_seconds(letters) for _ in range(20))
    assert best < 0.002


def _seconds(letters: LetterPaper) -> float:
    start = time.perf_counter()
    rendered(letters, "Ana")
    return time.perf_counter() - start


def test_a_long_title_keeps_the_subject_on_one_short_line() -> None:
    assert one_line("a\n\t b\u2029c") == "a b c"
    assert len(one_line("palabra " * 100)) <= 200


def test_ordinary_words_are_not_touched() -> None:
    words = "La plaza de Ñuñoa, art. 3.5 (a las 12:30): sí/no… ¿50 %?"
    assert unlinked(words) == words
