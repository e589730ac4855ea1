"""A decided stage for tests: proposals admitted, decided on, published; the clock stands in the decision's window."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.feedback import actions as feedback
from app.feedback.actions import Approved, Drafted
from app.feedback.models import Letter
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from tests.world import World

REASON = "El municipio ya publica sus actas desde marzo y la propuesta mejora cómo se encuentran."
STAGE = "decision"


def decide(
    world: World, process: Process, folio: str, outcome: str = "selected", reason: str = REASON, **more: object
) -> None:
    """Carla decides on one proposal."""
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        decisions.decide(work, here, stage, proposal, Verdict(outcome, reason, ("other",), **more))  # type: ignore[arg-type]


def publish(world: World, process: Process) -> None:
    """Carla publishes what was decided."""
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        decisions.publish(work, here, processes.stage_named(work.session, here.id, STAGE))


def decided(world: World, *whos: str, outcome: str = "selected", reason: str = REASON) -> Process:
    """A process in which each of these people had one proposal decided and published."""
    process = world.open_process()
    proposals = [world.admitted(process, who, f"Propuesta de {who}") for who in whos or ("ana",)]
    world.clock.move(days=11)
    for proposal in proposals:
        decide(world, process, proposal.folio, outcome, reason)
    publish(world, process)
    return process


def draft(world: World, process: Process, who: str = "carla", stage: str = STAGE) -> Drafted:
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        return feedback.draft(work, here, processes.stage_named(work.session, here.id, stage))


def approve(
    world: World, process: Process, who: str = "hugo", chosen: list[uuid.UUID] | None = None, stage: str = STAGE
) -> Approved:
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        return feedback.approve(work, here, processes.stage_named(work.session, here.id, stage), chosen)


def letters(world: World) -> list[Letter]:
    """Every letter, in the order of persons and editions."""
    with world.database.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.drafted_at, Letter.id)))
