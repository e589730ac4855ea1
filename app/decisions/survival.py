"""Of those that came to a stage how many went on: by sector, place and way, with small groups left out; and how it
was decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecisionGroup
from app.decisions.rules import FOLLOWED, LEFT, RULE, SESSION
from app.kit.i18n import T, Text
from app.process import queries as processes
from app.proposals.cells import hidden
from app.proposals.groups import Dimension
from app.proposals.words import CHANNELS, SECTORS

MOST_SESSIONS = 5
TITLES: dict[Dimension, Text] = {
    Dimension.SECTOR: T("Of each sector"),
    Dimension.TERRITORY: T("Of each place"),
    Dimension.CHANNEL: T("By the way they came"),
}
NO_PLACE = T("No place was said")


@dataclass(frozen=True)
class Group:
    """One line: of so many that came, so many went on; both are missing where they stand for too few."""

    label: Text | str
    came: int | None
    went_on: int | None

    @property
    def share(self) -> float:
        """How many of a hundred went on."""
        return 100 * (self.went_on or 0) / self.came if self.came else 0


@dataclass(frozen=True)
class Survival:
    """One table: its lines, and whether something in it is left out; no lines where nothing could be shown."""

    title: Text
    groups: Sequence[Group]
    leaves_out: bool


@dataclass(frozen=True)
class HowDecided:
    """The sessions or acts of a stage, with how many decisions each; and how many follow or leave the body's rule."""

    sessions: Sequence[tuple[str, int]]
    has_more: bool
    followed: int
    left: int


def survivals_of(session: Session, process_id: uuid.UUID, stage_id: uuid.UUID, language: str) -> list[Survival]:
    """One table for each way of telling proposals apart in which there is more than one group."""
    wanted = (DecisionGroup.stage_id == stage_id, DecisionGroup.dimension.in_([one.value for one in Dimension]))
    rows = session.scalars(select(DecisionGroup).where(*wanted, DecisionGroup.came > 0)).all()
    places = {place.id.hex: place.name(language) for place in processes.territories_of(session, process_id)}
    names: dict[Dimension, Mapping[str, Text | str]] = {
        Dimension.SECTOR: {sector.value: words for sector, words in SECTORS.items()},
        Dimension.TERRITORY: {**places, "": NO_PLACE},
        Dimension.CHANNEL: {channel.value: words for channel, words in CHANNELS.items()},
    }
    tables = [(TITLES[one], _in_order([row for row in rows if row.dimension == one], names[one])) for one in TITLES]
    return [_survival(title, told) for title, told in tables if len(told) > 1]


def _in_order(rows: Sequence[DecisionGroup], names: Mapping[str, Text | str]) -> list[tuple[Text | str, int, int]]:
    order = {value: place for place, value in enumerate(names)}
    known = sorted((row for row in rows if row.value in order), key=lambda row: order[row.value])
    return [(names[row.value], row.came, row.went_on) for row in known]


def _survival(title: Text, told: Sequence[tuple[Text | str, int, int]]) -> Survival:
    gone = hidden([came for _, came, _ in told], [went for _, _, went in told])
    if len(gone) == len(told):
        return Survival(title, (), leaves_out=True)
    groups = [
        Group(label, None, None) if place in gone else Group(label, came, went)
        for place, (label, came, went) in enumerate(told)
    ]
    return Survival(title, groups, leaves_out=bool(gone))


def how_decided(session: Session, stage_id: uuid.UUID) -> HowDecided:
    """In which sessions or by which acts a stage was decided, the first few of them, and how often by its rule."""
    here = (DecisionGroup.stage_id == stage_id, DecisionGroup.came > 0)
    held = select(DecisionGroup.value, DecisionGroup.came).where(*here, DecisionGroup.dimension == SESSION)
    held = held.where(DecisionGroup.value != "").order_by(DecisionGroup.value).limit(MOST_SESSIONS + 1)
    sessions = [(row[0], row[1]) for row in session.execute(held)]
    ruled = select(DecisionGroup.value, DecisionGroup.came).where(*here, DecisionGroup.dimension == RULE)
    by_rule: dict[str, int] = {row[0]: row[1] for row in session.execute(ruled)}
    followed, left = by_rule.get(FOLLOWED, 0), by_rule.get(LEFT, 0)
    return HowDecided(sessions[:MOST_SESSIONS], len(sessions) > MOST_SESSIONS, followed, left)
