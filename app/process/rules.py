"""Windows and the clock: half-open, in UTC, entered and shown in the zone of the process.

A window is scheduled, open or closed by the clock alone; that is computed, never stored. In America/Santiago one hour
a year happens twice and one does not exist: the missing one is refused, of the doubled one the later is taken, in
favour of the citizen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.kit.errors import Invalid, NotNow
from app.kit.i18n import T

SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")
PREFIX = re.compile(r"^[A-Z0-9]{2,8}$")
FOLIO_DIGITS = 4
MOST_DIGITS = 9


class WindowStatus(StrEnum):
    """Where the clock stands with a window."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """From `opens_at` up to, and without, `closes_at`; an end that is not set leaves it open, a beginning scheduled."""

    opens_at: datetime | None
    closes_at: datetime | None

    def status(self, now: datetime) -> WindowStatus:
        """What the clock says of this window at an instant."""
        if self.opens_at is None or now < self.opens_at:
            return WindowStatus.SCHEDULED
        if self.closes_at is not None and now >= self.closes_at:
            return WindowStatus.CLOSED
        return WindowStatus.OPEN

    def require_open(self, now: datetime) -> None:
        """Refuse, with the dates, whatever needs this window open."""
        status = self.status(now)
        if status is WindowStatus.SCHEDULED:
            raise NotNow(T("This is not open yet."), self.opens_at, self.closes_at)
        if status is WindowStatus.CLOSED:
            raise NotNow(T("This is closed: the time to do it has ended."), self.opens_at, self.closes_at)


def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name; refused next to its field when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(timezone=T("There is no time zone of this name. Write one such as America/Santiago.")) from None


def instant_of(local: datetime, zone: ZoneInfo, field: str) -> datetime:
    """The instant of a wall-clock time in a zone: the later one of two, and refused if the clock skipped it."""
    late = local.replace(tzinfo=zone, fold=1)
    instant = late.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise Invalid(**{field: T("This hour does not exist: the clock is moved forward that night. Choose another.")})
    return instant


def local_of(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as a form field shows it: wall-clock time in the zone."""
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def parse_local(typed: str, zone: ZoneInfo, field: str) -> datetime | None:
    """What was typed into a date-and-time field, as an instant; nothing typed is nothing."""
    if not typed:
        return None
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(**{field: T("Write the date and time like 2026-09-07T23:59.")}) from None
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    return instant_of(local, zone, field)


def check_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """A window closes after it opens."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise Invalid(closes_at=T("The end must come after the beginning."))


def folio(prefix: str, number: int) -> str:
    """The public number of a proposal in its process, such as 5PA-0042."""
    return f"{prefix}-{number:0{FOLIO_DIGITS}d}"


def folios_meant(typed: str) -> list[str]:
    """The folios somebody may mean: `pue 5`, `PUE0005` and `PUE-0005` are one; where letters end may be in doubt."""
    parts = [part for part in re.split(r"[^0-9A-Z]+", typed.upper()[:40]) if part]
    whole = "".join(parts)
    ends = [len(whole) - len(parts[-1])] if len(parts) > 1 else range(len(whole) - 1, 1, -1)
    splits = [(whole[:end], whole[end:]) for end in ends]
    return [
        folio(prefix, int(number))
        for prefix, number in splits
        if PREFIX.match(prefix) and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    ]


ONE_OF_SEVERAL = re.compile(r"[0-9]*[A-Z]+[\s\-–]*[0-9]+", re.IGNORECASE)


def folios_in(typed: str) -> list[str]:
    """Several folios typed in one line, with or without commas between; what looks like none is kept as it is."""
    rest = [word for word in re.split(r"[\s,;]+", ONE_OF_SEVERAL.sub(" ", typed)) if word]
    return [*ONE_OF_SEVERAL.findall(typed), *rest]


def next_edge(windows: Sequence[Window], now: datetime) -> datetime | None:
    """The next instant at which some window opens or closes by the clock alone."""
    edges = [edge for window in windows for edge in (window.opens_at, window.closes_at) if edge and edge > now]
    return min(edges, default=None)


def shifts_soon(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone are moved within a day of this instant: never close then without a warning."""
    day = timedelta(days=1)
    return (instant - day).astimezone(zone).utcoffset() != (instant + day).astimezone(zone).utcoffset()
