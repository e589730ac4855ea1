"""The participant report of a video platform, as Zoom writes it (CSV): who was there, from when to when, how long.

Headers may be Spanish or English and need not stand in the first line; columns are parted by comma, semicolon or tab;
the text may begin with a mark of its encoding. Whoever left and came again has several lines: their times are put
together, and minutes in which two of one person's devices were there count once. Nothing of the file is run.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.kit import search
from app.kit.errors import Invalid
from app.kit.i18n import T

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_CELL = 320
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name (original name)", "name", "nombre (nombre original)", "nombre", "nombre de usuario", "participant",
             "participante", "user name"),
    "email": ("user email", "email", "e-mail", "correo electronico del usuario", "correo electronico", "correo",
              "correo del usuario"),
    "joined": ("join time", "hora de entrada", "hora de ingreso", "hora de union", "hora de incorporacion",
               "hora para unirse", "first join"),
    "left": ("leave time", "hora de salida", "hora para salir", "hora de abandono", "last leave"),
    "minutes": ("duration (minutes)", "duration", "total duration (minutes)", "duracion (minutos)", "duracion",
                "duracion total (minutos)"),
    "waited": ("in waiting room", "en la sala de espera", "en sala de espera"),
}  # fmt: skip
MOMENTS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
)
YES = frozenset({"yes", "si", "true", "1"})
RENAMED = re.compile(r"^(.+?)\s*\((?:[^()]+)\)\s*$")


@dataclass(frozen=True)
class Participant:
    """Somebody in the report, all their times together."""

    name: str
    address: str
    minutes: int

    @property
    def key(self) -> str:
        """What tells one from another: the address where there is one, else the name."""
        return self.address or " ".join(search.plain(self.name).split())


@dataclass
class _Stay:
    name: str
    address: str
    minutes: float = 0.0
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def total(self) -> int:
        """Minutes in all: of times that overlap each minute once, and as the report says where it gives no times."""
        covered, until = timedelta(), datetime.min  # noqa: DTZ901 - wall-clock times of one report, compared among themselves
        for start, end in sorted(self.spans):
            covered += max(end - max(start, until), timedelta())
            until = max(until, end)
        return int(self.minutes + covered.total_seconds() / 60)


def read(raw: bytes) -> list[Participant]:
    """Everybody in a report, in the order in which they first appear; refused where it is no such report."""
    if len(raw) > MOST_BYTES:
        raise Invalid(report=T("The file is larger than 2 MB. It is not a list of participants."))
    stays: dict[str, _Stay] = {}
    for line in _lines(_decoded(raw)):
        name = _name(line.get("name", ""))
        address = line.get("email", "").strip().casefold()
        address = address if "@" in address else ""
        if not (name or address) or search.plain(line.get("waited", "")).strip() in YES:
            continue
        key = Participant(name, address, 0).key
        stay = stays.setdefault(key, _Stay(name or address, address))
        _add(stay, line)
    if not stays:
        raise Invalid(report=T("There is nobody in this file."))
    return [Participant(stay.name, stay.address, stay.total()) for stay in stays.values()]


def _name(cell: str) -> str:
    """The name without the original one a platform adds in brackets after a renaming."""
    found = RENAMED.match(cell.strip())
    return (found[1] if found else cell.strip())[:160]


def _add(stay: _Stay, line: Mapping[str, str]) -> None:
    joined, left = _moment(line.get("joined", "")), _moment(line.get("left", ""))
    if joined and left and left >= joined:
        stay.spans.append((joined, left))
        return
    stay.minutes += _minutes(line.get("minutes", ""))


def _minutes(cell: str) -> float:
    text = cell.strip().replace(",", ".")
    parts = text.split(":")
    try:
        if len(parts) == 3:
            return int(parts[0]) * 60 + int(parts[1]) + int(parts[2]) / 60
        return min(max(float(text or 0), 0.0), 100_000.0)
    except ValueError:
        return 0.0


def _moment(cell: str) -> datetime | None:
    text = re.sub(r"\s+", " ", cell.strip())
    text = re.sub(r"(?i)\b([ap])\.?\s?m\b\.?", lambda found: f"{found[1].upper()}M", text)
    for pattern in MOMENTS:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - wall-clock times of one report
        except ValueError:
            continue
    return None


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _lines(text: str) -> Iterator[dict[str, str]]:
    """The rows below the line of headers, by our names for the columns."""
    text = text.replace("\x00", "")
    for separator in (",", ";", "\t"):
        names: dict[int, str] = {}
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        found = []
        for number, cells in enumerate(rows):
            if number > MOST_ROWS:
                raise Invalid(report=T("The file has more than {n} rows. Split it.", n=MOST_ROWS))
            if not names:
                names = _names(cells)
            elif any(cell.strip() for cell in cells):
                found.append({names[i]: cell[:LONGEST_CELL] for i, cell in enumerate(cells) if i in names})
        if names:
            yield from found
            return
    raise Invalid(report=T("This is not a list of participants: it needs a column of names and one of times."))


def _names(cells: list[str]) -> dict[int, str]:
    """Which column is which, if this is the line of headers: it names people, and says when or how long."""
    heads = [" ".join(search.plain(cell).split()) for cell in cells]
    found: dict[int, str] = {}
    for index, head in enumerate(heads):
        for name, spellings in COLUMNS.items():
            if head in spellings and name not in found.values():
                found[index] = name
    has_times = "minutes" in found.values() or {"joined", "left"} <= set(found.values())
    return found if "name" in found.values() and has_times else {}
