"""A world with a plan that has every stage, and the places and people its meetings need."""

from __future__ import annotations

import pytest

from app.process.models import Process
from tests.meetings.building import MeetingBuilder
from tests.world import World


@pytest.fixture
def plan(world: World) -> Process:
    return world.open_process("plan", template="ogp_action_plan", places="chile", name_en="The plan")


@pytest.fixture
def meetings(world: World, plan: Process) -> MeetingBuilder:
    return MeetingBuilder(world, plan)
