"""By what proposals are counted for the pictures of a process: none of it changes once a proposal was received."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol

from app.people.rules import OriginSector
from app.proposals.rules import Channel, Precision


class Dimension(StrEnum):
    """By what proposals are told apart."""

    SECTOR = "sector"
    TERRITORY = "territory"
    CHANNEL = "channel"
    DAY = "day"


class Counted(Protocol):
    """What is looked at of a proposal."""

    @property
    def origin_sector(self) -> OriginSector: ...
    @property
    def territory_id(self) -> uuid.UUID | None: ...
    @property
    def channel(self) -> Channel: ...


class Dated(Counted, Protocol):
    """What is looked at of a proposal that is told apart by its day too."""

    @property
    def received_at(self) -> datetime: ...
    @property
    def received_to_the(self) -> Precision: ...


KNOWN_TO = {Precision.MONTH: 7, Precision.YEAR: 4}


def groups_of(proposal: Counted) -> Iterator[tuple[Dimension, str]]:
    """Who it came from, what place it is about (empty where none was said) and by which way it came."""
    yield Dimension.SECTOR, proposal.origin_sector.value
    yield Dimension.TERRITORY, proposal.territory_id.hex if proposal.territory_id else ""
    yield Dimension.CHANNEL, proposal.channel.value


def dated_groups_of(proposal: Dated, zone: tzinfo) -> Iterator[tuple[Dimension, str]]:
    """The same, and the day on which it was received, only as exact as it is known."""
    yield from groups_of(proposal)
    day = proposal.received_at.astimezone(zone).date().isoformat()
    yield Dimension.DAY, day[: KNOWN_TO.get(proposal.received_to_the)]
