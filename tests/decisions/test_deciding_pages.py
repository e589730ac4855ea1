"""The office's list and form: what is left is counted, everything missing is said at once, publishing early warns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process
from tests.feedback import deciding
from tests.world import World, form_of

HERE = "/p/town/office/decisions/decision"


def town(world: World, *whos: str) -> Process:
    process = world.open_process()
    for who in whos:
        world.admitted(process, who, f"Propuesta de {who}")
    return process


async def test_what_is_left_is_counted(world: World) -> None:
    process = town(world, "ana", "bruno", "diego")
    world.clock.move(days=11)
    deciding.decide(world, process, "TOWN-0001")
    deciding.decide(world, process, "TOWN-0002")
    async with world.browser("carla") as browser:
        page = await browser.get(HERE)
        assert "<dt>Por decidir</dt><dd>1</dd>" in page.text
        assert "<dt>Decididas, sin publicar</dt><dd>2</dd>" in page.text
        typed = {"outcome": "undecided", "reason": "Falta un informe de la dirección de obras."}
        shown = await browser.get(f"{HERE}/TOWN-0003")
        sent = await browser.post(f"{HERE}/TOWN-0003", data=typed | form_of(shown.text, f"{HERE}/TOWN-0003"))
        assert sent.status_code == 303
        page = await browser.get(HERE)
        assert "TOWN-0003 queda sin decidir" in page.text
        assert "<dt>Por decidir</dt><dd>0</dd>" in page.text
        assert f'href="{HERE}/TOWN-0003"' not in page.text
        assert f'href="{HERE}/TOWN-0003"' in (await browser.get(f"{HERE}?only=all")).text


@pytest.mark.parametrize("typed", [{}, {"outcome": "", "reason": " "}])
async def test_an_empty_form_is_told_everything_at_once(world: World, typed: dict[str, str]) -> None:
    town(world, "ana")
    world.clock.move(days=11)
    async with world.browser("carla") as browser:
        shown = await browser.get(f"{HERE}/TOWN-0001")
        sent = await browser.post(f"{HERE}/TOWN-0001", data=typed | form_of(shown.text, f"{HERE}/TOWN-0001"))
        assert sent.status_code == 422
        assert 'href="#f-outcome"' in sent.text
        assert 'href="#f-reason"' in sent.text
        several = await browser.post(HERE, data=form_of((await browser.get(HERE)).text, HERE))
        assert 'href="#f-outcome"' in several.text
        assert 'href="#f-folios"' in several.text


async def test_a_stage_without_criteria_offers_no_reason_about_them(world: World) -> None:
    town(world, "ana")
    world.clock.move(days=11)
    async with world.browser("carla") as browser:
        page = await browser.get(f"{HERE}/TOWN-0001")
    for code in ("meets_criteria", "lower_priority", "no_reason_published"):
        assert f'value="{code}"' not in page.text
    assert 'value="high_priority"' in page.text


async def test_publishing_while_proposals_are_received_warns_and_leads_to_the_answers(world: World) -> None:
    process = town(world, "ana")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, "decision")
        window = SetStage(world.now - timedelta(hours=1), world.now + timedelta(days=40), dict(stage.settings))
        process_actions.set_stage(work, here, stage, window)
    deciding.decide(world, process, "TOWN-0001")
    async with world.browser("carla") as browser:
        page = await browser.get(f"{HERE}/publication")
        assert "Todavía se reciben propuestas" in page.text
        assert "en otra edición" in page.text
        action = f"{HERE}/publication"
        sent = await browser.post(action, data=form_of(page.text, action))
        assert sent.headers["location"] == "/p/town/office/answers/decision"
        after = await browser.get(sent.headers["location"])
        assert "Lo que sigue: redactar las respuestas" in after.text
        world.clock.move(days=11)
        assert "Todavía se reciben propuestas" not in (await browser.get(action)).text
