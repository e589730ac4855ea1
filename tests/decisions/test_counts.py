"""What the public counts and lists of a stage is kept up at each publication, and reading it costs the same always."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.decisions import queries
from app.decisions.models import Decision, DecisionCount, DecisionGroup, DecisionMark
from app.decisions.rules import Outcome
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from tests.acts import by_hand
from tests.costs import cost, steps
from tests.feedback.deciding import STAGE, decide, publish
from tests.world import World

NO = "La plaza tiene ya un proyecto de sombra en obra."
FEW, MANY = 6, 40
PAGE, LIST = "", "/list?code=other"
MOST = {PAGE: 13, LIST: 5}


def proposed(world: World, how_many: int, slug: str = "town") -> Process:
    process = world.open_process(slug)
    for number in range(how_many):
        world.admitted(process, "ana", f"Publicar las actas, parte {number}")
    world.clock.move(days=11)
    return process


def folio(number: int) -> str:
    return f"TOWN-{number:04d}"


def read(world: World) -> tuple[queries.StageFigures, list[tuple[str, str]]]:
    with world.database.reading() as session:
        stage = processes.stage_named(session, processes.by_slug(session, "town").id, STAGE)
        listed = queries.decided_at_stage(session, stage.id, code="other")
        return queries.figures(session, stage.id), [(p.folio, d.outcome.value) for p, d in listed]


def recounted(session: Session) -> dict[str, int]:
    """The counts as they follow from the rows themselves: the newest published version of each decision."""
    newest: dict[object, Decision] = {}
    for decision in session.scalars(
        select(Decision).where(Decision.published_at.is_not(None)).order_by(Decision.version)
    ):
        newest[decision.proposal_id] = decision
    counts: dict[str, int] = {}
    for decision in newest.values():
        for mark in decision.marks:
            counts[mark] = counts.get(mark, 0) + 1
    return counts


def regrouped(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """Of how many how many go on, by the sector, place and way of their proposals, from the rows themselves."""
    newest: dict[object, tuple[Decision, Proposal]] = {}
    pairs = select(Decision, Proposal).join(Proposal, Proposal.id == Decision.proposal_id)
    for decision, proposal in session.execute(
        pairs.where(Decision.published_at.is_not(None)).order_by(Decision.version)
    ):
        newest[proposal.id] = decision, proposal
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for decision, proposal in newest.values():
        for key in (
            ("sector", proposal.origin_sector.value),
            ("territory", proposal.territory_id.hex if proposal.territory_id else ""),
            ("channel", proposal.channel.value),
            ("session", decision.session_name),
            ("rule", {None: "none", True: "followed", False: "left"}[decision.follows_rule]),
        ):
            came, went_on = found.get(key, (0, 0))
            found[key] = came + 1, went_on + (decision.outcome is Outcome.SELECTED)
    return found


def assert_kept_up(world: World) -> None:
    with world.database.reading() as session:
        wanted = recounted(session)
        kept = {row.mark: row.n for row in session.scalars(select(DecisionCount)) if row.n}
        marks = [row.mark for row in session.scalars(select(DecisionMark))]
        groups = {(row.dimension, row.value): (row.came, row.went_on) for row in session.scalars(select(DecisionGroup))}
        assert {key: pair for key, pair in groups.items() if pair != (0, 0)} == regrouped(session)
    assert kept == wanted
    assert {mark: marks.count(mark) for mark in set(marks)} == wanted


def test_a_publication_is_counted_and_a_superseded_decision_is_not(world: World) -> None:
    process = proposed(world, 3)
    decide(world, process, folio(1))
    decide(world, process, folio(2), "not_selected", NO)
    publish(world, process)
    figures, listed = read(world)
    assert (figures.decided, figures.outcomes) == (2, {Outcome.SELECTED: 1, Outcome.NOT_SELECTED: 1})
    assert figures.reasons == [("other", 2)]
    assert listed == [(folio(1), "selected"), (folio(2), "not_selected")]
    assert_kept_up(world)
    world.clock.move(days=1)
    decide(world, process, folio(1), "reserved", NO)
    assert read(world) == (figures, listed), "what is taken again stays as published until it is published again"
    decide(world, process, folio(1), "not_selected", NO)
    decide(world, process, folio(3))
    publish(world, process)
    figures, listed = read(world)
    assert figures.outcomes == {Outcome.SELECTED: 1, Outcome.NOT_SELECTED: 2}
    assert listed == [(folio(1), "not_selected"), (folio(2), "not_selected"), (folio(3), "selected")]
    assert figures.last_at == world.now
    assert_kept_up(world)


def test_a_decision_off_the_rule_or_without_a_reason_is_listed(world: World) -> None:
    process = proposed(world, 2)
    decide(world, process, folio(1))
    decide(world, process, folio(2))
    with by_hand(), world.work("carla") as work:
        work.session.execute(update(Decision).values(reason="", follows_rule=False, reason_codes=["other", "other"]))
    publish(world, process)
    figures, listed = read(world)
    assert (figures.without_reason, figures.against_rule, figures.reasons) == (2, 2, [("other", 2)])
    assert [at for at, _ in listed] == [folio(1), folio(2)]
    with world.database.reading() as session:
        stage = processes.stage_named(session, processes.by_slug(session, "town").id, STAGE)
        assert [p.folio for p, _ in queries.without_reason(session, stage.id, after=1)] == [folio(2)]
        assert [p.folio for p, _ in queries.against_rule(session, stage.id)] == [folio(1), folio(2)]
    assert_kept_up(world)


async def test_what_a_stage_decided_costs_the_same_however_much_there_is(world: World) -> None:
    stages = {}
    for slug, how_many in (("few", FEW), ("many", MANY)):
        process = proposed(world, how_many, slug)
        for number in range(1, how_many + 1):
            decide(world, process, f"{slug.upper()}-{number:04d}")
        publish(world, process)
        world.clock.move(days=-11)
        stages[slug] = world.stage(process, STAGE).id
    for path, most in MOST.items():
        costs = [await cost(world, f"/p/{slug}/decisions/{STAGE}{path}") for slug in stages]
        assert costs[0] == costs[1] <= most
    if world.database.is_sqlite:
        for ask in READINGS:
            few, many = (steps(world, partial(ask, stage_id=key)) for key in stages.values())
            assert 0 < many <= few * 1.2


READINGS: list[Callable[..., Any]] = [
    queries.figures,
    partial(queries.decided_at_stage, limit=FEW),
    partial(queries.decided_at_stage, code="other", limit=FEW),
    partial(queries.decided_at_stage, outcome=Outcome.SELECTED, limit=FEW),
    queries.against_rule,
    queries.publications_of,
]
