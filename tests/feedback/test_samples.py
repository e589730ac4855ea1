"""Which letters are read before many are approved: of each kind one, whoever they go to."""

from __future__ import annotations

import uuid

from sqlalchemy import update

from app.feedback import samples
from app.feedback.samples import Draft
from app.people.actor import Actor
from app.people.models import Person
from app.process.models import Process
from tests.costs import cost
from tests.feedback.deciding import approve, decide, draft, letters, publish
from tests.world import World

PATH = "/p/town/office/answers/decision"


def told(drafts: list[Draft], chance: float = 0.0) -> dict[uuid.UUID, list[str]]:
    return {key: [why.into("en") for why in of] for key, of in samples.chosen(drafts, chance).items()}


def test_the_first_the_longest_one_by_chance_and_one_of_each_kind() -> None:
    a, b, c, d = (uuid.UUID(int=n) for n in range(1, 5))
    drafts = [
        Draft(a, "selected", "es", 900),
        Draft(b, "not_selected", "es", 2000),
        Draft(c, "several", "en", 1500),
        Draft(d, "selected", "es", 800),
    ]
    assert told(drafts, chance=0.99) == {
        a: ["the first", "it goes on", "in Spanish"],
        b: ["the longest", "it does not go on, and why"],
        d: ["one by chance"],
        c: ["several proposals", "in English"],
    }
    assert told([]) == {}
    assert told(drafts[:1]) == {a: ["the first", "the longest", "one by chance", "it goes on"]}


def decided_in_two_ways(world: World) -> Process:
    """Ana and Bruno go on, Diego does not and reads English; Nadia has two proposals, and one more has no reason."""
    from app.proposals.rules import Provenance

    process = world.open_process(name_en="The town")
    for who in ("ana", "bruno", "diego", "nadia", "nadia", "pablo"):
        world.admitted(process, who, f"Propuesta de {who}")
    with world.work(Actor.system()) as work:
        work.session.execute(update(Person).where(Person.id == world.people["diego"].id).values(language="en"))
    world.clock.move(days=11)
    for number, outcome in enumerate(("selected", "selected", "not_selected", "reserved", "selected"), start=1):
        decide(world, process, f"TOWN-{number:04d}", outcome, "Se estudió con calma. " * (9 if number == 2 else 2))
    decide(world, process, "TOWN-0006", "not_selected", "", provenance=Provenance.IMPORTED)
    publish(world, process)
    draft(world, process)
    return process


async def test_the_office_reads_one_of_each_kind_before_it_approves(world: World) -> None:
    decided_in_two_ways(world)
    async with world.browser("hugo") as hugo, world.browser("ana") as ana:
        assert f'href="{PATH}/samples"' in (await hugo.get(PATH)).text
        page = (await hugo.get(f"{PATH}/samples")).text
        assert (await ana.get(f"{PATH}/samples")).status_code == 403
    kinds = ("sigue", "no sigue, y por qué", "varias propuestas")
    for words in ("la primera", "la más larga", "una al azar", "en inglés", *kinds):
        assert words in page
    blocked = next(letter for letter in letters(world) if letter.blocked_because)
    assert str(blocked.id) not in page
    shown = [letter for letter in letters(world) if str(letter.id) in page]
    assert {letter.outcome for letter in shown} == {"selected", "not_selected", "several"}


async def test_a_page_of_samples_costs_the_same_for_few_and_many(world: World) -> None:
    process = decided_in_two_ways(world)
    before = await cost(world, f"{PATH}/samples", "hugo")
    approve(world, process, chosen=[letter.id for letter in letters(world) if letter.outcome == "selected"])
    assert await cost(world, f"{PATH}/samples", "hugo") == before <= 8
    approve(world, process)
    async with world.browser("hugo") as hugo:
        assert "Ninguna carta espera" in (await hugo.get(f"{PATH}/samples")).text
