"""What people read, in each language: catalogues, the overlay for tú, and messages that wait for their reader."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract

from app.kit.i18n import LOCALE_FOLDER, T, Tn, merged, translator

FRONTEND = LOCALE_FOLDER.parent
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small house: two parts in Spanish, one of them also in tú."""
    files = {
        "es/kit.po": 'msgid "Send"\nmsgstr "Enviar"\n\nmsgid "Open"\nmsgstr "Abierto"\n',
        "es/away.po": (
            'msgid "Send"\nmsgstr "Despachar"\n\nmsgid "Your table"\nmsgstr "Su encuentro"\n\n'
            'msgctxt "verb"\nmsgid "Open"\nmsgstr "Abrir"\n\n'
            'msgid "one vote"\nmsgid_plural "{count} votes"\nmsgstr[0] "un voto"\nmsgstr[1] "{count} votos"\n\n'
            '#, fuzzy\nmsgid "Guess"\nmsgstr "Adivinanza"\n'
        ),
        "es_tu/away.po": 'msgid "Your table"\nmsgstr "Tu encuentro"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(HEAD + text, "utf-8")
    return tmp_path


def test_the_files_of_a_language_are_one_catalogue(folder: Path) -> None:
    spanish = translator("es", folder)
    assert spanish.gettext("Send") == "Enviar", "kit.po goes first"
    assert spanish.gettext("Your table") == "Su encuentro"
    assert [spanish.ngettext("one vote", "{count} votes", n) for n in (1, 2)] == ["un voto", "{count} votos"]


def test_a_context_tells_two_translations_of_one_word_apart(folder: Path) -> None:
    spanish = translator("es", folder)
    assert (spanish.gettext("Open"), spanish.pgettext("verb", "Open")) == ("Abierto", "Abrir")


def test_a_translation_marked_as_a_guess_is_not_used(folder: Path) -> None:
    assert translator("es", folder).gettext("Guess") == "Guess"


def test_tu_says_only_what_differs_and_takes_the_rest_from_usted(folder: Path) -> None:
    familiar = translator("es_tu", folder)
    assert familiar.gettext("Your table") == "Tu encuentro"
    assert familiar.gettext("Send") == "Enviar"


def test_english_is_the_message_itself(folder: Path) -> None:
    assert translator("en", folder).gettext("Your table") == "Your table"


def test_a_language_nobody_has_written_is_refused() -> None:
    with pytest.raises(ValueError, match="does not speak 'fr'"):
        translator("fr")


def test_a_message_is_said_in_the_language_of_its_reader() -> None:
    text = T("{city} time ({offset})", city="Santiago", offset="UTC−3")
    assert text.into("es") == "hora de Santiago (UTC−3)"
    assert text.into("es_tu") == "hora de Santiago (UTC−3)"
    assert text.into("en") == "Santiago time (UTC−3)"
    assert str(text) == "Santiago time (UTC−3)"


def test_a_message_inside_a_message_is_translated_too() -> None:
    inner = T("less than a minute")
    assert T("in {how_long}", how_long=inner).into("es") == "en menos de un minuto"


def test_what_a_person_typed_is_never_read_as_a_pattern() -> None:
    assert T("in {how_long}", how_long="{0.__class__} {city} %s").into("es") == "en {0.__class__} {city} %s"


def test_no_line_ends_before_a_percent_sign(folder: Path) -> None:
    told = (
        'msgid "at least {n} %"\nmsgstr "al menos {n} %"\n\n#, python-format\nmsgid "%(n)s %%"\nmsgstr "el %(n)s %%"\n'
    )
    (folder / "es/share.po").write_text(HEAD + told, "utf-8")
    bound = "\N{NO-BREAK SPACE}%"
    assert translator("es", folder).gettext("at least {n} %") == "al menos {n}" + bound
    assert translator("es", folder).gettext("%(n)s %%") % {"n": 5} == "el 5" + bound
    assert str(T("at least {n} %", n=5)) == "at least 5" + bound


def test_a_count_chooses_its_form() -> None:
    assert [Tn("one vote", "{count} votes", n).into("en") for n in (0, 1, 2)] == ["0 votes", "one vote", "2 votes"]


def test_equal_messages_are_equal_and_can_travel_in_an_exception() -> None:
    assert T("Close", a=1, b=2) == T("Close", b=2, a=1)
    assert T("Close") != T("Later")
    assert len({T("Close"), T("Close")}) == 1
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError(T("Close"))
    assert raised.value.args[0].into("es") == "Cerrar"


def test_a_message_cannot_be_changed_after_it_was_said() -> None:
    with pytest.raises(AttributeError):
        T("Close").message = "Open"  # type: ignore[misc]


def _written() -> set[str]:
    """Every message of the shared templates, letters and of kit."""
    shared = [FRONTEND / "templates" / name for name in ("base.html", "styleguide.html", "errors/refusal.html")]
    shared += [*(FRONTEND / "templates" / "macros").glob("*.html"), *(FRONTEND / "letters").glob("base.*")]
    found = set()
    for file in shared:
        with file.open("rb") as opened:
            options = {"trimmed": "true", "encoding": "utf-8", "extensions": "jinja2.ext.do"}
            found |= {message for _, message, *_ in extract("jinja2", opened, options=options)}
    with (FRONTEND.parent / "app" / "kit" / "text.py").open("rb") as opened:
        found |= {message for _, message, *_ in extract("python", opened, keywords={"T": None})}
    return {str(message) for message in found}


def test_everything_the_shared_pages_say_is_said_in_spanish() -> None:
    spanish = merged("es")
    assert len(_written()) > 40
    assert sorted(message for message in _written() if spanish.get(message) is None) == []


def test_tu_changes_only_what_usted_says() -> None:
    usted = {message.id for message in merged("es") if message.id}
    assert {message.id for message in merged("es_tu") if message.id} <= usted


def test_a_translation_keeps_the_fields_of_its_message() -> None:
    fields = re.compile(r"%\(\w+\)s|\{\w+\}")
    for language in ("es", "es_tu"):
        for message in merged(language):
            if isinstance(message.id, str) and message.id:
                assert set(fields.findall(str(message.string))) == set(fields.findall(message.id)), message.id
