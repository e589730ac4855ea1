"""A world with an action plan, its forum seated."""

from __future__ import annotations

import pytest

from tests.forum.building import ForumBuilder
from tests.world import World


@pytest.fixture
def forum(world: World) -> ForumBuilder:
    made: ForumBuilder = world.forum(world.open_process("plan", template="ogp_action_plan"))
    return made
