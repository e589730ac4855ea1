"""A member sees their own sheets side by side, and nobody else's, in a fixed number of statements."""

from __future__ import annotations

import pytest

from tests import costs
from tests.forum.building import GOOD, POOR, ForumBuilder
from tests.world import World

pytestmark = pytest.mark.either

HERE = "/p/plan/sheets"


async def test_the_highest_stands_first_and_nobody_elses_is_there(world: World, forum: ForumBuilder) -> None:
    low, high = (world.admitted(forum.process, who, f"Propuesta de {who}") for who in ("ana", "bruno"))
    other = world.admitted(forum.process, "ana", "Otra más")
    forum.round()
    forum.score("nadia", low, POOR)
    forum.score("nadia", high, GOOD)
    forum.score("diego", other, GOOD)
    async with world.browser("nadia") as browser:
        page = (await browser.get(HERE)).text
    main = page.split('id="main"', 1)[1]
    assert main.index(high.folio) < main.index(low.folio)
    assert (other.folio in main, "14,3" in main, "100,0" in main) == (False, True, True)
    async with world.browser("elena") as browser:
        assert "Todavía no ha llenado ninguna pauta" in (await browser.get(HERE)).text
    for who, status in (("bruno", 403), ("carla", 403), ("stranger", 303)):
        async with world.browser(who) as browser:
            assert (await browser.get(HERE)).status_code == status


async def test_it_costs_the_same_for_many(world: World, forum: ForumBuilder) -> None:
    proposals = [world.admitted(forum.process, "ana", f"Propuesta {n}") for n in range(6)]
    forum.round()
    counted = []
    for proposal in proposals:
        forum.score("nadia", proposal, GOOD)
        counted.append(await costs.cost(world, HERE, "nadia"))
    assert len(set(counted[1:])) == 1
