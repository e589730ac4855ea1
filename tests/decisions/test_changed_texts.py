"""A decision is about the text it was taken on: what changes afterwards is decided again before it is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.decisions.models import Decision
from app.kit.errors import Conflict
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals import queries as intake
from app.proposals.actions.preparing import Texts
from app.proposals.models import Proposal
from tests.feedback import deciding
from tests.world import World, form_of

HERE = "/p/town/office/decisions/decision"
CHANGED = "el texto cambió después de esta decisión"


def early(world: World, *whos: str) -> Process:
    """A town that decides while it still receives; each of these people has a proposal decided, none published."""
    process = world.open_process()
    for who in whos:
        world.admitted(process, who, f"Propuesta de {who}")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, "decision")
        window = SetStage(world.now - timedelta(hours=1), world.now + timedelta(days=40), dict(stage.settings))
        process_actions.set_stage(work, here, stage, window)
    for number, _ in enumerate(whos, start=1):
        deciding.decide(world, process, f"TOWN-{number:04}")
    return process


def revise(world: World, process: Process, folio: str, who: str = "ana") -> None:
    """Its author changes the text while the window is open."""
    texts = Texts("Otra cosa", "Nadie puede buscar en las actas porque son imágenes.", "Publicarlas como texto llano.")
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        stage = processes.stage_by_id(work.session, proposal.stage_id)
        own = (proposal, intake.authors_of(work.session, proposal.id)[0])
        proposals.revise(work, here, stage, own, proposals.to_revise(proposal, texts))


def test_a_decision_on_an_earlier_text_is_not_published_until_it_is_taken_again(world: World) -> None:
    process = early(world, "ana", "bruno")
    revise(world, process, "TOWN-0001")
    world.clock.move(minutes=1)
    with pytest.raises(Conflict, match="TOWN-0001"):
        deciding.publish(world, process)
    deciding.decide(world, process, "TOWN-0001")
    deciding.publish(world, process)
    with world.database.reading() as session:
        versions = session.scalars(select(Decision.text_version).order_by(Decision.decided_at, Decision.id)).all()
    assert versions == [1, 1, 2]


async def test_the_office_sees_which_decisions_are_on_an_earlier_text(world: World) -> None:
    process = early(world, "ana", "bruno")
    async with world.browser("carla") as browser:
        assert CHANGED not in (await browser.get(f"{HERE}?only=taken")).text
        revise(world, process, "TOWN-0001")
        assert (await browser.get(f"{HERE}?only=taken")).text.count(CHANGED) == 1
        page = await browser.get(f"{HERE}/TOWN-0001")
        assert "La decisión se tomó sobre la versión 1. Lo que lee aquí es la versión 2" in page.text
        assert "Propuesta de ana" in page.text
        told = await browser.get(f"{HERE}/publication")
        assert f'href="{HERE}/TOWN-0001"' in told.text
        with pytest.raises(LookupError):
            form_of(told.text, f"{HERE}/publication")
        world.clock.move(minutes=1)
        deciding.decide(world, process, "TOWN-0001")
        assert CHANGED not in (await browser.get(f"{HERE}?only=taken")).text


async def test_the_letter_and_the_story_say_on_which_text_and_when_it_became_public(world: World) -> None:
    process = early(world, "ana", "bruno")
    revise(world, process, "TOWN-0001")
    world.clock.move(days=1)
    deciding.decide(world, process, "TOWN-0001")
    world.clock.move(days=1)
    deciding.publish(world, process)
    deciding.draft(world, process)
    of_ana, of_bruno = sorted(deciding.letters(world), key=lambda letter: letter.folios)
    assert "Se decidió sobre la versión 2 del texto." in " ".join(of_ana.text.split())
    assert "versión" not in of_bruno.text
    async with world.browser() as browser:
        story = (await browser.get("/p/town/proposals/TOWN-0001")).text.partition('id="story"')[2]
        assert "sobre la versión 2 del texto; la fecha de arriba es la de su publicación" in story
        assert story.index("La oficina la admitió") < story.index("versión 2.") < story.index("Sigue")
        rows = (await browser.get("/api/v1/processes/town/datasets/decisions.csv")).text.splitlines()
        assert [row.split(",")[3] for row in rows] == ["text_version", "2", "1"]
