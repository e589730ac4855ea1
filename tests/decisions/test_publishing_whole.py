"""Publishing is one transaction: where something fails half-way, no decision is public and nobody is owed anything."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.decisions.models import Decision, Publication
from app.duties.models import Duty
from app.proposals.models import Proposal
from app.proposals.rules import State
from tests.feedback import deciding
from tests.world import World

FAILING = {
    "sqlite": [
        (
            "CREATE TRIGGER full_disk BEFORE INSERT ON duties WHEN (SELECT count(*) FROM duties) >= {n} "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    ],
    "postgresql": [
        (
            "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN IF (SELECT count(*) FROM duties) >= {n} THEN "
            "RAISE EXCEPTION 'the disk is full'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
        ),
        "CREATE TRIGGER full_disk BEFORE INSERT ON duties FOR EACH ROW EXECUTE FUNCTION full_disk()",
    ],
}
MENDED = {
    "sqlite": ["DROP TRIGGER full_disk"],
    "postgresql": ["DROP TRIGGER full_disk ON duties", "DROP FUNCTION full_disk"],
}


def run(world: World, statements: dict[str, list[str]], **values: int) -> None:
    """Change the database itself, as a broken disk would."""
    with world.database.engine.begin() as connection:
        for statement in statements[connection.dialect.name]:
            connection.exec_driver_sql(statement.format(**values) if values else statement)


def standing(world: World) -> tuple[int, int, int, set[State]]:
    """How many decisions are public, editions there are, answers are owed, and where the proposals stand."""
    with world.database.reading() as session:
        published = select(func.count()).select_from(Decision).where(Decision.published_at.is_not(None))
        return (
            session.scalar(published) or 0,
            session.scalar(select(func.count()).select_from(Publication)) or 0,
            session.scalar(select(func.count()).select_from(Duty)) or 0,
            set(session.scalars(select(Proposal.state))),
        )


def test_a_publication_that_fails_half_way_leaves_nothing(world: World) -> None:
    town = world.open_process()
    folios = [world.admitted(town, who, f"Propuesta de {who}").folio for who in ("ana", "bruno", "diego")]
    world.clock.move(days=11)
    for folio in folios:
        deciding.decide(world, town, folio)
    before = standing(world)
    assert before == (0, 0, before[2], {State.ADMITTED})  # taken, and nothing of it shows
    run(world, FAILING, n=before[2] + 2)  # the third duty of this publication cannot be written
    with pytest.raises(DBAPIError, match="the disk is full"):
        deciding.publish(world, town)
    assert standing(world) == before
    run(world, MENDED)
    deciding.publish(world, town)
    assert standing(world) == (3, 1, before[2] + 3, {State.SELECTED})
