"""Of those that came to a stage how many went on: by sector, place and way, with small groups shown together; and
how it was decided.
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
    """One line: of so many that came, so many went on."""

    label: Text | str
    came: int
    went_on: int

    @property
    def share(self) -> float:
        """How many of a hundred went on."""
        return 100 * self.went_on / self.came


@dataclass(frozen=True)
class Survival:
    """One table: its lines, the last of them for `folded` groups together; none where nothing could be shown."""

    title: Text
    groups: Sequence[Group]
    folded: int


@dataclass(frozen=True)
class HowDecided:
    """The sessions or acts of a stage, with how many decisions each; and how many follow or leave the body's rule."""

    sessions: Sequence[tuple[str, int]]
    has_more: bool
    followed: int
    left: int


def survivals_of(
    session: Session, process_id: uuid.UUID, stage_id: uuid.UUID, language: str
) -> tuple[list[Survival], HowDecided]:
    """One table for each way of telling proposals apart in which there is more than one group; and how it was decided.

    Read from counts kept at publication, so it costs what there are of groups.
    """
    wanted = (DecisionGroup.stage_id == stage_id, DecisionGroup.dimension != SESSION, DecisionGroup.came > 0)
    rows = session.scalars(select(DecisionGroup).where(*wanted)).all()
    has_places = any(row.value for row in rows if row.dimension == Dimension.TERRITORY)
    places = processes.territories_of(session, process_id) if has_places else []
    names: dict[Dimension, Mapping[str, Text | str]] = {
        Dimension.SECTOR: {sector.value: words for sector, words in SECTORS.items()},
        Dimension.TERRITORY: {**{place.id.hex: place.name(language) for place in places}, "": NO_PLACE},
        Dimension.CHANNEL: {channel.value: words for channel, words in CHANNELS.items()},
    }
    tables = [(TITLES[one], _in_order([row for row in rows if row.dimension == one], names[one])) for one in TITLES]
    by_rule = {row.value: row.came for row in rows if row.dimension == RULE}
    return [_survival(title, told) for title, told in tables if len(told) > 1], _how(session, stage_id, by_rule)


def _in_order(rows: Sequence[DecisionGroup], names: Mapping[str, Text | str]) -> list[tuple[Text | str, int, int]]:
    order = {value: place for place, value in enumerate(names)}
    known = sorted((row for row in rows if row.value in order), key=lambda row: order[row.value])
    return [(names[row.value], row.came, row.went_on) for row in known]


def _survival(title: Text, told: Sequence[tuple[Text | str, int, int]]) -> Survival:
    gone = hidden([came for _, came, _ in told], [went for _, _, went in told])
    if len(gone) == len(told):
        return Survival(title, (), len(gone))
    groups = [Group(*line) for place, line in enumerate(told) if place not in gone]
    if gone:
        came, went = sum(told[place][1] for place in gone), sum(told[place][2] for place in gone)
        groups.append(Group(T("{n} more groups, together", n=len(gone)), came, went))
    return Survival(title, groups, len(gone))


def _how(session: Session, stage_id: uuid.UUID, by_rule: Mapping[str, int]) -> HowDecided:
    here = (DecisionGroup.stage_id == stage_id, DecisionGroup.dimension == SESSION, DecisionGroup.came > 0)
    held = select(DecisionGroup.value, DecisionGroup.came).where(*here, DecisionGroup.value != "")
    rows = session.execute(held.order_by(DecisionGroup.value).limit(MOST_SESSIONS + 1))
    sessions = [(row[0], row[1]) for row in rows]
    shown, has_more = sessions[:MOST_SESSIONS], len(sessions) > MOST_SESSIONS
    return HowDecided(shown, has_more, by_rule.get(FOLLOWED, 0), by_rule.get(LEFT, 0))
