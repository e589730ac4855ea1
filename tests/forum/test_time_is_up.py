"""At its end a round takes nothing any more: no sheet, no draft, no declaration, by no door and without grace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.forum import actions
from app.forum.actions import Given, Plan
from app.forum.models import Round
from app.kit.errors import NotNow
from app.proposals.models import Proposal
from tests.forum.building import GOOD, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either


@pytest.mark.parametrize("act", ["declare", "save_draft", "submit"])
def test_an_instant_before_the_end_it_is_taken_and_at_the_end_refused(
    world: World, forum: ForumBuilder, act: str
) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round("nadia")

    def do(who: str) -> None:
        with world.work(who) as work:
            found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
            if act == "declare":
                actions.declare(work, forum.process, found, has_none=True)
            else:
                getattr(actions, act)(work, forum.process, found, fresh, Given(GOOD, dict.fromkeys(GOOD, "")))

    world.clock.set(made.closes_at)
    with pytest.raises(NotNow) as late:
        do("diego" if act == "declare" else "nadia")
    assert late.value.closes_at == made.closes_at
    world.clock.set(made.closes_at - timedelta(microseconds=1))
    do("diego" if act == "declare" else "nadia")


def test_an_instant_before_its_beginning_a_round_takes_nothing(world: World, forum: ForumBuilder) -> None:
    forum.adopted()
    begins = world.now + timedelta(days=1)
    with world.work("carla") as work:
        made = actions.open_round(work, forum.process, forum.stage, Plan(begins + timedelta(days=1), begins))
    for moment in (begins - timedelta(microseconds=1), begins):
        world.clock.set(moment)
        with world.work("nadia") as work:
            found = work.session.get_one(Round, made.id)
            if moment < begins:
                with pytest.raises(NotNow):
                    actions.declare(work, forum.process, found, has_none=True)
            else:
                actions.declare(work, forum.process, found, has_none=True)


async def test_pages_and_programs_are_refused_with_the_dates(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round("nadia")
    here = f"/p/plan/score/{proposal.folio}"
    world.clock.set(made.closes_at - timedelta(minutes=1))
    async with world.browser("nadia") as browser:
        sheet = form_of((await browser.get(here)).text, here)
        world.clock.set(made.closes_at)
        late = await browser.post(here, data=sheet | {f"level-{key}": level for key, level in GOOD.items()})
        assert (late.status_code, "Cerró el" in late.text) == (409, True)
        api = f"/api/v1/processes/plan/proposals/{proposal.folio}/score-sheet"
        scores = {key: {"level": level, "reason": ""} for key, level in GOOD.items()}
        answer = await browser.put(api, json={"scores": scores, "submit": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert answer.json()["closes_at"] == made.closes_at.strftime("%Y-%m-%dT%H:%M:%SZ")
