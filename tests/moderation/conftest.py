"""A town with one public proposal whose text tells too much."""

from __future__ import annotations

import pytest

from app.process.models import Process
from app.proposals.models import Proposal
from tests.world import World

TITLE, SECRET, PLAN = "La casa de Rosamel", "Rosamel vive en Pasaje Alerce 77 y nadie lo atiende.", "Atender a Rosamel."


@pytest.fixture
def town(world: World) -> Process:
    return world.open_process("town")


@pytest.fixture
def proposal(world: World, town: Process) -> Proposal:
    return world.admitted(town, "ana", TITLE, problem=SECRET, solution=PLAN + " Siempre y en todo lugar.")
