"""A closed round is discussed: the first scores stay, the new ones are blind until the end, and the change is told."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from app.forum import actions
from app.forum.models import Round
from app.forum.queries import discussing, rounds
from app.forum.rules.discussion import Discussed
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.proposals.models import Proposal
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

WHY = "Los puntajes quedaron muy lejos unos de otros en dos propuestas."
OFFICE = "/p/plan/office/forum/rounds/filtro"


def scored(world: World, forum: ForumBuilder) -> tuple[list[Proposal], Round]:
    """Two proposals, scored by all who vote: the first splits them, the second does not."""
    proposals = [world.admitted(forum.process, who, f"Propuesta de {who}") for who in ("ana", "bruno")]
    forum.to_the_filter()
    made = forum.round()
    for who in VOTERS:
        forum.score(who, proposals[0], POOR if who in {"nadia", "pablo"} else GOOD)
        forum.score(who, proposals[1], GOOD)
    return proposals, forum.close(made)


def discuss(world: World, forum: ForumBuilder, who: str = "marta", reason: str = WHY) -> Round:
    with world.work(who) as work:
        return actions.open_discussion(work, forum.process, forum.stage, work.now + timedelta(days=3), reason)


def report(world: World, found: Round) -> Discussed | None:
    with world.database.reading() as session:
        return discussing.of_round(session, session.get_one(Round, found.id))


def test_the_first_scores_stay_and_the_change_is_told(world: World, forum: ForumBuilder) -> None:
    (split, other), first = scored(world, forum)
    made = discuss(world, forum)
    forum.score("nadia", split, GOOD)
    assert report(world, made) is None
    forum.close(made)
    told = report(world, made)
    assert told is not None
    assert (told.sheets, told.changed, [shift.folio for shift in told.shifts]) == (8, 1, [split.folio])
    only = told.shifts[0]
    # Nadia gave 1/7 of 100 (0 of 2.5, half of 1) and gives 100 now, as one seat of four
    assert only.points == (100 - Fraction(100, 7)) / 4 == told.mean_shift
    assert report(world, first) is None
    with world.database.reading() as session:
        kept = session.get_one(Round, first.id)
        before = rounds.outturn(session, kept, world.now).counted.results[split.folio]
        levels = discussing.first_levels(session, session.get_one(Round, made.id), split.id)
        now = rounds.named_scores(session, session.get_one(Round, made.id), split.id, world.now)
    assert before.total == only.before
    differs = {one.seat for one in now if levels[one.seat, one.criterion_id] != one.level.id}
    assert differs == {3}  # Nadia's seat, and nobody else's
    assert other.folio not in {shift.folio for shift in told.shifts}


async def test_meanwhile_the_first_results_are_read_and_the_new_scores_are_blind(
    world: World, forum: ForumBuilder
) -> None:
    (split, _), _first = scored(world, forum)
    made = discuss(world, forum)
    async with world.browser() as browser:
        before = (await browser.get("/p/plan/forum/results?stage=filtro")).text
        assert "57,1" in before  # the mean of 100 and of a seventh of it, as the first round left it
        forum.score("nadia", split, GOOD)
        world.app.state.house.cache.clear()
        assert (await browser.get("/p/plan/forum/results?stage=filtro")).text == before
    async with world.browser("diego") as browser:
        named = (await browser.get(f"{OFFICE}/{split.folio}")).text
        assert "antes de la conversación" not in named
    with world.work("carla") as work, pytest.raises(NotNow):  # all sheets are in, and still it waits for its end
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    forum.close(made)
    world.app.state.house.cache.clear()
    async with world.browser() as browser:
        after = (await browser.get("/p/plan/forum/results?stage=filtro")).text
    assert (WHY in after, "Pautas que cambiaron: 1 de 8." in after) == (True, True)
    async with world.browser("diego") as browser:
        assert "antes de la conversación: No cumple" in (await browser.get(f"{OFFICE}/{split.folio}")).text


def test_a_discussion_is_refused_where_nothing_could_come_of_it(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    forum.to_the_filter()
    made = forum.round()
    with pytest.raises(Conflict):  # it is still open
        discuss(world, forum)
    for who in VOTERS:
        forum.score(who, proposal)
    forum.close(made)
    with pytest.raises(Invalid):
        discuss(world, forum, reason="porque sí")
    for who in ("bruno", "diego", "elena", "stranger"):
        with pytest.raises(NotAllowed):
            discuss(world, forum, who)
    meeting = forum.session()
    with world.work("marta") as work:
        line = actions.Line(proposal.folio, "selected", "El foro ve que se puede hacer y que sirve.")
        actions.decide_in_session(work, forum.process, forum.stage, meeting, [line])
    with pytest.raises(Conflict):  # decided on it already
        discuss(world, forum)


async def test_the_chair_opens_it_on_the_page_of_the_round(world: World, forum: ForumBuilder) -> None:
    scored(world, forum)
    async with world.browser("marta") as browser:
        page = (await browser.get(OFFICE)).text
        assert f'action="{OFFICE}/discussion"' in page
        hidden = form_of(page, f"{OFFICE}/discussion")
        wrong = await browser.post(f"{OFFICE}/discussion", data=hidden | {"reason": "", "closes_at": ""})
        assert (wrong.status_code, 'href="#f-reason"' in wrong.text) == (422, True)
        until = (world.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        opened = await browser.post(f"{OFFICE}/discussion", data=hidden | {"reason": WHY, "closes_at": until})
        assert opened.status_code == 303
        assert WHY in (await browser.get(OFFICE)).text
