"""A town and a plan with a forum, and their office at the desk."""

from __future__ import annotations

import pytest

from tests.editorial.building import EditorialBuilder
from tests.world import World


@pytest.fixture
def desk(world: World) -> EditorialBuilder:
    return EditorialBuilder(world, world.open_process("town"))
