"""A world with an action plan, its forum seated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.clock import MovableClock
from tests.forum.building import ForumBuilder
from tests.world import World


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    yield made
    made.close()


@pytest.fixture
def forum(world: World) -> ForumBuilder:
    made: ForumBuilder = world.forum(world.open_process("plan", template="ogp_action_plan"))
    return made
