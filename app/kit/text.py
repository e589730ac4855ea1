"""How dates, numbers and lengths are said, and how hard a text is to read.

A date is written so that nobody has to guess: the month in letters, and an hour always with the place whose
hour it is. Pages show hundreds of them, so what repeats is remembered.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from babel.numbers import format_decimal
from babel.units import format_unit

from app.kit.i18n import T, Text

LOCALES = {"es": "es_CL", "es_tu": "es_CL", "en": "en_GB"}
"""es_CL writes 1.234.567,5 where plain Spanish writes 1,234,567.5; en_GB puts the day first and counts 24 hours."""

MOST_DECIMALS = 3
PATTERNS = {
    ("es", "day"): "d 'de' MMMM 'de' y",
    ("es", "month"): "MMMM 'de' y",
    ("en", "day"): "d MMMM y",
    ("en", "month"): "MMMM y",
    ("es", "year"): "y",
    ("en", "year"): "y",
}


@lru_cache(maxsize=4096)
def say_instant(instant: datetime, zone: tzinfo | str, language: str, *, seconds: bool = False) -> str:
    """`7 de septiembre de 2026, 23:59, hora de Santiago (UTC−3)`: an instant as read on a wall clock of the zone.

    With `seconds`, to the second: where it has to be proved what came before what.
    """
    if instant.tzinfo is None:
        raise ValueError("An instant without a zone cannot be said.")
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    local = instant.astimezone(place)
    offset = local.utcoffset() or timedelta()
    hour = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{say_date(local.date(), language)}, {hour}, {_whose_hour(place, offset, language)}"


@lru_cache(maxsize=4096)
def say_until(instant: datetime, zone: tzinfo | str, language: str) -> str:
    """An end as people mean it: midnight is the end of the day before, "25 de enero de 2027, a las 24:00"."""
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    local = instant.astimezone(place)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return say_instant(instant, zone, language)
    day = say_date(local.date() - timedelta(days=1), language)
    whose = _whose_hour(place, local.utcoffset() or timedelta(), language)
    return T("{day} at midnight (24:00), {whose}", day=day, whose=whose).into(language)


@lru_cache(maxsize=4096)
def say_date(day: date, language: str, precision: str = "day") -> str:
    """A civic date, only as exact as it is known: to the day, the month or the year."""
    if isinstance(day, datetime):
        raise TypeError("say_date takes a date; an instant needs its zone: use say_instant.")
    return format_date(day, PATTERNS[language[:2], precision], locale=LOCALES[language])


@lru_cache(maxsize=256)
def _whose_hour(zone: tzinfo, offset: timedelta, language: str) -> str:
    key = getattr(zone, "key", "UTC")
    if key in ("UTC", "Etc/UTC"):
        return T("universal time (UTC)").into(language)
    city = get_timezone_location(key, locale=LOCALES[language], return_city=True)
    return T("{city} time ({offset})", city=city, offset=_offset(offset)).into(language)


def _offset(offset: timedelta) -> str:
    """UTC−3 with a true minus sign, and minutes only where a country uses them."""
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def half_up(number: float | Fraction, decimals: int) -> Decimal:
    """A number rounded as people learn it, 0.25 to 0.3: for showing only, never for what decides."""
    exact = Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    whole = floor(abs(exact) * 10**decimals + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


@lru_cache(maxsize=4096)
def say_number(number: float, language: str, decimals: int | None = None) -> str:
    """A number with the separators of the reader's country; with `decimals`, always that many, else three at most."""
    rounded = half_up(number, MOST_DECIMALS if decimals is None else decimals)
    if decimals is None:
        return format_decimal(rounded, locale=LOCALES[language])
    return format_decimal(rounded, format="#,##0." + "0" * decimals if decimals else "#,##0", locale=LOCALES[language])


def say_ago_or_in(moment: datetime, now: datetime, language: str) -> str:
    """`en 3 días` or `hace 2 horas`, rounded down, so that a countdown never promises more than is left."""
    left = moment - now
    how_long = _how_long(abs(left), language)
    if left > timedelta():
        return T("in {how_long}", how_long=how_long).into(language)
    return T("{how_long} ago", how_long=how_long).into(language)


def _how_long(span: timedelta, language: str) -> str:
    seconds = int(span.total_seconds())
    if seconds < 60:
        return T("less than a minute").into(language)
    steps = ((172_800, "day", 86_400), (7_200, "hour", 3_600), (0, "minute", 60))
    unit, size = next((unit, size) for least, unit, size in steps if seconds >= least)
    return _counted(seconds // size, unit, language)


@lru_cache(maxsize=1024)
def _counted(number: int, unit: str, language: str) -> str:
    return format_unit(number, f"duration-{unit}", length="long", locale=LOCALES[language])


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a text in one line, cut between two words."""
    line = " ".join(text.split(maxsplit=length))
    if len(line) <= length:
        return line
    cut = line[:length].rstrip()
    if not line[length].isspace():
        cut = cut.rpartition(" ")[0] or cut
    return cut.rstrip(" ,;:.–—-") + "…"


def opening_of(text: str, length: int) -> str:
    """The first sentences of a text in one line: whole ones if at least one fits, else cut between two words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    ends = [end.end() for end in SENTENCE_END.finditer(line) if end.end() <= length]
    return line[: ends[-1]].strip() if ends and ends[-1] >= length // 4 else excerpt(line, length)


@dataclass(frozen=True, slots=True)
class Readability:
    """How easily a Spanish text is read: 0 to 100 and more, higher is easier; `is_plain` from 55 up."""

    score: float
    level: Text
    words: int
    sentences: int

    @property
    def is_plain(self) -> bool:
        return self.score > 55

    @property
    def words_per_sentence(self) -> int:
        """How long its sentences are, rounded."""
        return int(half_up(Fraction(self.words, self.sentences), 0))


LEVELS = (
    (80.0, T("very easy")),
    (65.0, T("quite easy")),
    (55.0, T("normal")),
    (40.0, T("somewhat difficult")),
)
WORD = re.compile(r"[^\W\d_]+")
SENTENCE_END = re.compile(r"[.!?…]+(?=[\s»”\")\]]|$)|\n\s*\n|\n(?=\s*[-*•\d])")
VOWELS = re.compile(r"[aeiouáéíóúü]+")
FULL_VOWEL = re.compile(r"[aeoáéíóú]")


def readability_es(text: str) -> Readability | None:
    """Perspicuity of a Spanish text on the INFLESZ scale; None when there is nothing to read.

    P = 206.835 − 62.3 · syllables / words − words / sentences. Formula: F. Szigriszt Pazos, *Sistemas predictivos de
    legibilidad del mensaje escrito: fórmula de perspicuidad*, Universidad Complutense de Madrid, 1993. Levels (over 80,
    65, 55, 40): I. M. Barrio-Cantalejo et al., *Validación de la Escala INFLESZ*, An. Sist. Sanit. Navar. 31(2), 2008.
    Figures are not words; a list item is a sentence. It measures form, not sense: a hint, never a gate.
    """
    words = WORD.findall(text.lower())
    if not words:
        return None
    sentences = max(1, sum(1 for part in SENTENCE_END.split(text) if WORD.search(part)))
    syllables = sum(map(syllables_es, words))
    score = 206.835 - 62.3 * syllables / len(words) - len(words) / sentences
    level = next((level for least, level in LEVELS if score > least), T("very difficult"))
    return Readability(round(score, 1), level, len(words), sentences)


def syllables_es(word: str) -> int:
    """Syllables of a Spanish word in lower case: each run of vowels holds as many as it has full ones (a, e, o, or any
    accented), at least one. A final y sounds as i. The silent u of que and gui needs no rule: it is never a full vowel.
    """
    spoken = re.sub(r"y$", "i", word)
    count: Callable[[str], int] = lambda run: max(1, len(FULL_VOWEL.findall(run)))  # noqa: E731
    return max(1, sum(count(run) for run in VOWELS.findall(spoken)))
