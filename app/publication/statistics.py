"""A process in figures: when proposals came, where from, about what and which way, beside the people who live there.

Proposals are public one by one, each with its sector, place and day, so counting them hides nothing. What people said
about themselves is known only as sums: those are shown once nobody can send a proposal any more, because a sum that
grows by one while people look on tells what the last one answered; and without any that stands for few.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.i18n import T, Text
from app.meetings.queries import meetings
from app.prioritisation.queries import themes
from app.process.kinds import StageKind
from app.process.models import Process, Stage, Territory
from app.process.places import CHILE
from app.proposals.actions.counting import sums
from app.proposals.cells import hidden
from app.proposals.groups import Dimension
from app.proposals.models import ProposalGroup
from app.proposals.traits import ANSWERS, QUESTIONS, Trait
from app.proposals.words import CHANNELS, SECTORS
from app.publication.census import CENSUS, EVERYBODY

MOST_BARS, FEW_BARS = 120, 10
STEPS = 4
NO_PLACE = T("No place was said")
Groups = Mapping[Dimension, Mapping[str, int]]


@dataclass(frozen=True)
class Line:
    """One line of a table with its bar: a number, missing where it stands for too few, and the list behind it."""

    label: Text | str
    value: int | None
    url: str = ""


@dataclass(frozen=True)
class Day:
    """One bar of the picture over time: its first day, and how exactly it is said."""

    day: date
    to_the: str
    n: int


@dataclass(frozen=True)
class OverTime:
    """The bars in order, and how many proposals are known less exactly than these."""

    days: Sequence[Day]
    undated: int

    @property
    def are_few(self) -> bool:
        """Whether they are better read as a list than as columns."""
        return len(self.days) <= FEW_BARS

    @property
    def most(self) -> Day:
        """The highest."""
        return max(self.days, key=lambda day: day.n)


@dataclass(frozen=True)
class Tile:
    """One region on the map of squares: its place, its number, and the step of its colour from 0 to 4."""

    label: str
    short: str
    n: int
    url: str
    column: int
    row: int
    step: int


@dataclass(frozen=True)
class Pair:
    """A region's share of the proposals beside its share of the people, both in percent."""

    label: str
    proposals: Fraction
    people: Fraction


@dataclass(frozen=True)
class Told:
    """What people answered to one question about themselves: how many answered, and the answers."""

    question: Text
    answered: int
    lines: Sequence[Line]
    leaves_out: bool


def groups_of(session: Session, process_id: uuid.UUID) -> dict[Dimension, dict[str, int]]:
    """How many proposals the public may see are in each group; kept up, so it costs what there are of groups."""
    found: dict[Dimension, dict[str, int]] = {dimension: {} for dimension in Dimension}
    wanted = (ProposalGroup.process_id == process_id, ProposalGroup.n > 0)
    rows = select(ProposalGroup.dimension, ProposalGroup.value, ProposalGroup.n).where(*wanted)
    for dimension, value, n in session.execute(rows.order_by(ProposalGroup.value)):
        found[Dimension(dimension)][value] = n
    return found


def window_of(process: Process, stages: Sequence[Stage], now: datetime) -> tuple[date, date] | None:
    """The days on which anybody could propose, up to today."""
    windows = [stage.window for stage in stages if stage.kind is StageKind.PUBLIC_CONSULTATION]
    begun = [(one.opens_at, one.closes_at or now) for one in windows if one.opens_at and one.opens_at <= now]
    if not begun:
        return None
    first, last = min(opens for opens, _ in begun), max(closes for _, closes in begun) - timedelta(microseconds=1)
    return first.astimezone(process.zone).date(), min(last, now).astimezone(process.zone).date()


def over_time(counted: Mapping[str, int], within: tuple[date, date] | None = None) -> OverTime | None:
    """Day by day without a gap, over the whole window; by month where there would be too many bars, then by year."""
    for length, to_the in ((10, "day"), (7, "month"), (4, "year")):
        summed: Counter[str] = Counter()
        for value, n in counted.items():
            if len(value) >= length:
                summed[value[:length]] += n
        if not summed:
            continue
        known = [*summed, *(day.isoformat()[:length] for day in within or ())]
        spans = _between(min(known), max(known), to_the)
        if len(spans) <= MOST_BARS or to_the == "year":
            days = [Day(first, to_the, summed[first.isoformat()[:length]]) for first in spans[-MOST_BARS:]]
            return OverTime(days, sum(counted.values()) - sum(day.n for day in days))
    return None


def _between(first: str, last: str, to_the: str) -> list[date]:
    if to_the == "day":
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    if to_the == "year":
        return [date(year, 1, 1) for year in range(int(first), int(last) + 1)]
    months = [int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last)]
    return [date(month // 12, month % 12 + 1, 1) for month in range(months[0], months[1] + 1)]


def by_sector(counted: Mapping[str, int], base: str) -> list[Line]:
    """Of each sector how many."""
    return [
        Line(words, counted[sector.value], f"{base}?origin_sector={sector.value}")
        for sector, words in SECTORS.items()
        if sector.value in counted
    ]


def by_channel(counted: Mapping[str, int]) -> list[Line]:
    """How many came by each way."""
    return [Line(words, counted[one.value]) for one, words in CHANNELS.items() if one.value in counted]


def by_place(counted: Mapping[str, int], places: Sequence[Territory], base: str, language: str) -> list[Line]:
    """Of each place how many, in the order of the process's list; the sixteen regions all, others only if any came."""
    every = is_chile(places)
    lines = [
        Line(place.name(language), counted.get(place.id.hex, 0), f"{base}?territory={place.code}")
        for place in places
        if place.id.hex in counted or (every and place.code in CENSUS)
    ]
    return lines + ([Line(NO_PLACE, counted[""])] if counted.get("") else [])


def by_theme(session: Session, process_id: uuid.UUID, base: str, language: str) -> list[Line]:
    """In each theme how many stand whole."""
    rows = themes.themes_of(session, process_id)
    return [Line(theme.name(language), theme.whole, f"{base}?theme={theme.number}") for theme in rows]


def is_chile(places: Sequence[Territory]) -> bool:
    """Whether the places of a process are the country's sixteen regions."""
    return set(CHILE) <= {(place.code, place.name_es) for place in places}


def tiles_of(counted: Mapping[str, int], places: Sequence[Territory], base: str, language: str) -> list[Tile]:
    """The sixteen regions as squares, the darker the more came from there."""
    regions = [place for place in places if place.code in CENSUS]
    most = max((counted.get(place.id.hex, 0) for place in regions), default=0)
    tiles = []
    for place in regions:
        n, region = counted.get(place.id.hex, 0), CENSUS[place.code]
        url = f"{base}?territory={place.code}"
        step = -(-STEPS * n // most) if n else 0
        tiles.append(Tile(place.name(language), region.short, n, url, region.column, region.row, step))
    return tiles


def pairs_of(counted: Mapping[str, int], places: Sequence[Territory]) -> tuple[int, list[Pair]]:
    """Each region's share of the proposals that name one of the sixteen, how many those are, and of the people."""
    numbers = {place.code: counted.get(place.id.hex, 0) for place in places if place.code in CENSUS}
    base = sum(numbers.values())
    if not base:
        return 0, []
    return base, [
        Pair(region.short, Fraction(100 * numbers[code], base), Fraction(100 * region.people, EVERYBODY))
        for code, region in CENSUS.items()
    ]


def attendance(
    session: Session, process: Process, places: Sequence[Territory], language: str
) -> tuple[int, list[Line]]:
    """How many came to the meetings for each place, and in all; places for which too few came are left out."""
    found = meetings.people_by_place(session, process.id)
    names = {place.id: place.name(language) for place in places}
    keys = [*(key for key in names if key in found), *([None] if None in found else [])]
    people = [found[key][1] for key in keys]
    gone = hidden(people)
    if len(gone) == len(keys):
        return 0, []
    several = T("Meetings for several places or for everybody")
    return sum(people), [
        Line(names[key] if key else several, None if place in gone else people[place]) for place, key in enumerate(keys)
    ]


def traits_of(session: Session, process_id: uuid.UUID) -> list[Told]:
    """What people who proposed said about themselves, question by question, without those too few answered."""
    counted = sums(session, process_id)
    return [told for trait in Trait if (told := _told(trait, counted.get(trait, {})))]


def has_answers(session: Session, process_id: uuid.UUID) -> bool:
    """Whether anybody answered a question about themselves."""
    return bool(sums(session, process_id))


def _told(trait: Trait, counted: Mapping[str, int]) -> Told | None:
    sizes = [counted.get(answer, 0) for answer in ANSWERS[trait]]
    gone = hidden(sizes)
    if len(gone) == sum(size > 0 for size in sizes):
        return None
    lines = [
        Line(words, None if place in gone else sizes[place]) for place, words in enumerate(ANSWERS[trait].values())
    ]
    return Told(QUESTIONS[trait], sum(sizes), lines, leaves_out=bool(gone))
