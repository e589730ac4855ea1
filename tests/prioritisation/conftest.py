"""A world for every test of prioritisation."""

from __future__ import annotations

import pytest

from tests.prioritisation.voting import Town
from tests.world import World


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)
