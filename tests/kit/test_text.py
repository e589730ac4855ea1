"""How dates, numbers and lengths are said, and how hard a Spanish text is to read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from app.kit.i18n import T
from app.kit.text import (
    excerpt,
    half_up,
    readability_es,
    say_ago_or_in,
    say_date,
    say_instant,
    say_number,
    say_until,
    syllables_es,
)

NOW = datetime(2026, 9, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        ("America/Santiago", "es", "7 de septiembre de 2026, 23:59, hora de Santiago (UTC−3)"),
        ("America/Santiago", "en", "7 September 2026, 23:59, Santiago time (UTC−3)"),
        ("Pacific/Easter", "es", "7 de septiembre de 2026, 21:59, hora de Isla de Pascua (UTC−5)"),
        ("Asia/Kolkata", "en", "8 September 2026, 08:29, Kolkata time (UTC+5:30)"),
        ("UTC", "es", "8 de septiembre de 2026, 02:59, hora universal (UTC)"),
    ],
)
def test_an_instant_names_whose_hour_it_is(zone: str, language: str, said: str) -> None:
    instant = datetime(2026, 9, 8, 2, 59, tzinfo=UTC)
    assert say_instant(instant, zone, language) == said
    assert say_instant(instant, ZoneInfo(zone), language) == said


def test_the_same_place_has_another_hour_in_winter() -> None:
    said = say_instant(datetime(2026, 7, 1, 12, tzinfo=UTC), "America/Santiago", "es")
    assert said == "1 de julio de 2026, 08:00, hora de Santiago (UTC−4)"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        say_instant(NOW.replace(tzinfo=None), "UTC", "es")
    with pytest.raises(TypeError, match="use say_instant"):
        say_date(NOW, "es")


def test_a_date_is_only_as_exact_as_it_is_known() -> None:
    day = date(2024, 3, 1)
    known = ("day", "month", "year")
    assert [say_date(day, "es", how) for how in known] == ["1 de marzo de 2024", "marzo de 2024", "2024"]
    assert [say_date(day, "en", how) for how in known] == ["1 March 2024", "March 2024", "2024"]


def test_numbers_have_the_separators_of_the_country() -> None:
    assert say_number(1234567.5, "es") == "1.234.567,5"
    assert say_number(1234567.5, "en") == "1,234,567.5"
    assert say_number(91.666, "es", 1) == "91,7"
    assert say_number(90, "es", 1) == "90,0"
    assert say_number(90.4, "es", 0) == "90"


def test_numbers_are_rounded_half_up() -> None:
    assert [say_number(n, "es", 1) for n in (0.25, 62.25, 62.45, 62.2499, -0.25, -0.04)] == [
        *("0,3", "62,3", "62,5", "62,2"),
        *("-0,3", "0,0"),
    ]
    assert [say_number(n, "en") for n in (0.0625, 62.5, 1000)] == ["0.063", "62.5", "1,000"]
    assert half_up(Fraction(49, 16), 3) == Decimal("3.063")
    assert half_up(Fraction(2, 3), 3) == Decimal("0.667")


@pytest.mark.parametrize(
    ("left", "es", "en"),
    [
        (timedelta(days=3, hours=23), "en 3 días", "in 3 days"),
        (timedelta(days=2), "en 2 días", "in 2 days"),
        (timedelta(hours=47, minutes=59), "en 47 horas", "in 47 hours"),
        (timedelta(minutes=119), "en 119 minutos", "in 119 minutes"),
        (timedelta(minutes=1), "en 1 minuto", "in 1 minute"),
        (timedelta(seconds=1), "en menos de un minuto", "in less than a minute"),
        (timedelta(days=-45), "hace 45 días", "45 days ago"),
        (timedelta(hours=-2), "hace 2 horas", "2 hours ago"),
        (timedelta(), "hace menos de un minuto", "less than a minute ago"),
    ],
)
def test_a_countdown_never_promises_more_than_is_left(left: timedelta, es: str, en: str) -> None:
    assert say_ago_or_in(NOW + left, NOW, "es") == es
    assert say_ago_or_in(NOW + left, NOW, "en") == en


def test_an_excerpt_is_one_line_cut_between_words() -> None:
    assert excerpt("Actas\n  abiertas", 20) == "Actas abiertas"
    assert excerpt("Publicar las actas, siempre", 19) == "Publicar las actas…"
    assert excerpt("Publicar las actas del concejo", 20) == "Publicar las actas…"
    assert excerpt("a" * 30, 10) == "a" * 10 + "…"


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("sol", 1), ("casa", 2), ("ciudad", 2), ("día", 2), ("aéreo", 4), ("público", 3), ("que", 1), ("guía", 2),
        ("lingüística", 4), ("prohibir", 3), ("ley", 1), ("y", 1), ("reyes", 2), ("también", 2), ("transparencia", 4),
        ("participación", 5), ("averiguáis", 4), ("país", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert syllables_es(word) == count


def test_readability_follows_its_formula() -> None:
    """Two sentences, six words, ten syllables: 206.835 − 62.3·10/6 − 6/2 = 100.0."""
    easy = readability_es("La casa es azul. Vive Ana.")
    assert easy is not None
    assert (easy.words, easy.sentences, easy.score) == (6, 2, round(206.835 - 62.3 * 10 / 6 - 3, 1))
    assert easy.level == T("very easy")
    assert easy.is_plain


def test_an_administrative_sentence_is_hard() -> None:
    hard = readability_es(
        "La institucionalidad correspondiente determinará oportunamente la implementación de los procedimientos "
        "administrativos conducentes a la operacionalización de la participación ciudadana incidente"
    )
    assert hard is not None
    assert hard.level == T("very difficult")
    assert not hard.is_plain


def test_decimals_and_lists_do_not_mislead_the_sentence_count() -> None:
    read = map(readability_es, ("Sube 3.5 puntos al año.", "Pedimos:\n- actas\n- votos", "¿Ya? Sí…"))
    assert [found.sentences for found in read if found] == [1, 3, 2]


def test_nothing_to_read_has_no_score() -> None:
    assert readability_es("2026, 45 %") is None


def test_midnight_is_the_end_of_the_day_before() -> None:
    midnight = datetime(2027, 1, 26, 3, 0, tzinfo=UTC)
    said = say_until(midnight, "America/Santiago", "es")
    assert said == "25 de enero de 2027 a las 24:00, hora de Santiago (UTC−3)"
    assert say_until(midnight, "America/Santiago", "en") == "25 January 2027 at midnight (24:00), Santiago time (UTC−3)"
    later = datetime(2027, 1, 26, 15, 30, tzinfo=UTC)
    assert say_until(later, "America/Santiago", "es") == say_instant(later, "America/Santiago", "es")
