"""A world for every test of prioritisation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.clock import MovableClock
from tests.prioritisation.voting import Town
from tests.world import World


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    yield made
    made.close()


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)
