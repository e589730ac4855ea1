"""A plan at the stage of its technical tables, with three public proposals."""

from __future__ import annotations

import pytest

from app.process.models import Process
from tests.technical_tables.building import TechnicalBuilder
from tests.world import World

TITLES = {"ana": "Publicar las actas", "bruno": "Plantar árboles", "diego": "Abrir los presupuestos"}


@pytest.fixture
def plan(world: World) -> Process:
    process = world.open_process("plan", template="ogp_action_plan")
    for who, title in TITLES.items():
        world.admitted(process, who, title)
    return process


@pytest.fixture
def technical(world: World, plan: Process) -> TechnicalBuilder:
    builder = TechnicalBuilder(world, plan)
    builder.open_stage()
    return builder
