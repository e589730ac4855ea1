"""Each kind of stage that decides knows its own outcomes, and a later stage takes up what an earlier one sent on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.decisions import actions as decisions
from app.decisions import queries
from app.decisions.actions import Verdict
from app.decisions.rules import GATES, GOES_ON, MOVE_OF, STATE_OF
from app.kit.errors import Conflict, Invalid
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.kinds import DECIDING, StageKind
from app.process.models import Process
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY, PlainState, plain_state
from tests.world import World

WAY = (("filtro", "selected"), ("priorizacion", "prioritised"), ("mesas-tecnicas", "feasible"), ("plan", "committed"))
REASON = "El concejo ya escribe sus actas en computador, así que publicarlas no cuesta más."


def test_every_outcome_of_a_gate_is_a_legal_move_from_each_state_it_is_open_to() -> None:
    assert set(GATES) == set(DECIDING)
    for gate in GATES.values():
        for state in gate.open_to:
            for outcome in gate.outcomes:
                assert JOURNEY.after(state, MOVE_OF[outcome]) is STATE_OF[outcome], (state, outcome)


def test_what_goes_on_says_so_in_plain_words() -> None:
    for gate in GATES.values():
        assert gate.outcomes[0] in GOES_ON
        assert plain_state(STATE_OF[gate.outcomes[0]]) in {PlainState.GOES_ON, PlainState.IN_THE_PLAN}
        assert not GOES_ON & set(gate.outcomes[1:])


@pytest.fixture
def plan(world: World) -> Process:
    """A plan whose office decides at every stage; all of them are open after the consultation."""
    process = world.open_process("plan", template="ogp_action_plan")
    world.admitted(process, "ana", "Publicar las actas del concejo")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        for slug, _ in WAY:
            stage = processes.stage_named(work.session, here.id, slug)
            settings = {"body": "office"} | ({"method": "simple"} if stage.kind is StageKind.FILTER else {})
            scheduling.set_stage(work, here, stage, SetStage(world.now + timedelta(days=10), None, settings=settings))
    world.clock.move(days=11)
    return process


def decide(world: World, process: Process, slug: str, outcome: str) -> None:
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        proposal = work.session.scalars(select(Proposal)).one()
        stage = processes.stage_named(work.session, here.id, slug)
        decisions.decide(work, here, stage, proposal, Verdict(outcome, REASON))


def publish(world: World, process: Process, slug: str) -> None:
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        decisions.publish(work, here, processes.stage_named(work.session, here.id, slug))


def test_a_proposal_passes_every_gate_and_each_owes_its_decision_in_turn(world: World, plan: Process) -> None:
    for slug, outcome in WAY:
        with world.database.reading() as session:
            stage = processes.stage_named(session, plan.id, slug)
            assert queries.count_missing(session, stage) == 1
        decide(world, plan, slug, outcome)
        publish(world, plan, slug)
        with world.database.reading() as session:
            assert session.scalars(select(Proposal)).one().state.value == outcome
            assert queries.count_missing(session, stage) == 0
            figures = queries.figures(session, stage.id)
            assert {key.value: n for key, n in figures.outcomes.items()} == {outcome: 1}


def test_an_outcome_of_another_stage_is_refused_beside_its_field(world: World, plan: Process) -> None:
    for slug, foreign in (("filtro", "prioritised"), ("priorizacion", "selected"), ("plan", "feasible")):
        with pytest.raises(Invalid) as refused:
            decide(world, plan, slug, foreign)
        assert set(refused.value.fields) == {"outcome"}


def test_once_a_later_stage_has_decided_the_earlier_decision_stays(world: World, plan: Process) -> None:
    for slug, outcome in WAY[:2]:
        decide(world, plan, slug, outcome)
        publish(world, plan, slug)
    with pytest.raises(Conflict):
        decide(world, plan, "filtro", "not_selected")


def test_a_proposal_cannot_skip_a_gate_and_waits_only_at_the_first_that_owes_it(world: World, plan: Process) -> None:
    with world.database.reading() as session:
        stages = [processes.stage_named(session, plan.id, slug) for slug, _ in WAY]
        assert [queries.count_open(session, stage, world.now) for stage in stages] == [1, 0, 0, 0]
        listed = [queries.awaiting(session, stage, world.now, only="open") for stage in stages]
        assert [len(rows) for rows in listed] == [1, 0, 0, 0]
    with pytest.raises(Conflict):
        decide(world, plan, "priorizacion", "prioritised")
    decide(world, plan, "filtro", "selected")
    with pytest.raises(Conflict):  # taken, but not published yet
        decide(world, plan, "priorizacion", "prioritised")
    publish(world, plan, "filtro")
    decide(world, plan, "priorizacion", "prioritised")
