"""A town and a plan with a forum, and their office at the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.clock import MovableClock
from tests.editorial.building import EditorialBuilder
from tests.world import World


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    yield made
    made.close()


@pytest.fixture
def desk(world: World) -> EditorialBuilder:
    return EditorialBuilder(world, world.open_process("town"))
