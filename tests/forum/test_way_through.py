"""From scoring to deciding: who may close the round finds where, everybody else reads when and by whom."""

from __future__ import annotations

import re

import pytest

from tests.forum.building import VOTERS, ForumBuilder
from tests.world import World, form_of

P = "/p/plan"
O = f"{P}/office/forum"  # noqa: E741


async def test_the_round_is_closed_before_its_end_only_when_nothing_is_missing(
    world: World, forum: ForumBuilder
) -> None:
    proposal = world.admitted(forum.process)
    forum.round()
    for who in VOTERS[:-1]:
        forum.score(who, proposal)
    matrix = f"{O}/rounds/filtro"
    async with world.browser("marta") as browser:
        page = await browser.get(f"{P}/forum")
        assert "falta 1 pauta" in page.text
        assert f'href="{matrix}"' in page.text
        shown = await browser.get(matrix)
        assert "Falta 1 pauta" in shown.text
        assert f'action="{matrix}/closing"' not in shown.text
        refused = await browser.post(f"{matrix}/closing", data={})
        assert (refused.status_code, "Falta 1 pauta" in refused.text) == (409, True)
        forum.score(VOTERS[-1], proposal)
        assert "ya se puede cerrar" in (await browser.get(f"{P}/forum")).text
        shown = await browser.get(matrix)
        closed = await browser.post(f"{matrix}/closing", data=form_of(shown.text, f"{matrix}/closing"))
        assert closed.status_code == 303
        after = await browser.get(matrix)
        assert "La ronda está cerrada." in after.text
        assert f'href="{O}/sessions/1/deciding/filtro"' in after.text
    async with world.browser() as browser:
        assert (await browser.get(f"{P}/forum/results")).status_code == 200


async def test_an_empty_round_does_not_count_as_complete(world: World, forum: ForumBuilder) -> None:
    forum.round()
    async with world.browser("carla") as browser:
        assert (await browser.post(f"{O}/rounds/filtro/closing", data={})).status_code == 409


async def test_a_member_reads_what_is_left_to_do_and_the_public_nothing_of_it(
    world: World, forum: ForumBuilder
) -> None:
    world.admitted(forum.process)
    forum.round()
    async with world.browser("diego") as browser:
        page = await browser.get(f"{P}/forum")
        assert "Le queda 1 pauta por llenar" in page.text
        assert f"{O}/" not in page.text
    async with world.browser() as browser:
        page = await browser.get(f"{P}/forum")
    assert "Su trabajo aquí" not in page.text
    assert "La cierran la presidencia o la oficina" in page.text


async def test_the_deciding_form_is_withheld_while_no_round_is_closed(world: World, forum: ForumBuilder) -> None:
    world.admitted(forum.process)
    forum.round()
    forum.to_the_filter()
    page = f"{O}/sessions/1/deciding/filtro"
    async with world.browser("marta") as browser:
        shown = await browser.get(page)
    assert "Todavía no se puede decidir aquí" in shown.text
    assert "desde el" in shown.text
    assert f'action="{page}"' not in shown.text
    assert f'href="{O}/rounds/filtro"' in shown.text


@pytest.mark.parametrize("language", ["", "/en"])
async def test_what_was_typed_survives_a_refusal(world: World, forum: ForumBuilder, language: str) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    for who in VOTERS:
        forum.score(who, proposal)
    forum.close(made)
    forum.to_the_filter()
    forum.session({1: "holder", 2: "absent", 3: "absent", 4: "absent", 5: "holder"})
    page = f"{language}{O}/sessions/2/deciding/filtro"
    reason = "Cumple con lo que pide el plan y se puede hacer."
    async with world.browser("marta") as browser:
        shown = await browser.get(page)
        typed = {f"outcome-{proposal.folio}": "selected", f"reason-{proposal.folio}": reason}
        sent = await browser.post(page, data=form_of(shown.text, page) | {"folio": proposal.folio} | typed)
    assert sent.status_code == 409
    assert "error-summary" in sent.text
    assert reason in sent.text
    assert re.search(r'value="selected" checked', sent.text)


async def test_a_refusal_without_its_form_gives_the_words_back(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process)
    path = f"/p/town/office/proposals/{proposal.folio}/admission"
    reason = "Esto lo escribí con calma y no quiero volver a escribirlo."
    async with world.browser("carla") as browser:
        sent = await browser.post(path, data={"outcome": "refused", "refuse_reason": reason, "reason_codes": "other"})
    assert sent.status_code == 409
    assert "Lo que usted escribió" in sent.text
    assert reason in sent.text
