"""After the close the forum sees single sheets with the seat, without it, or not at all, as the round was opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.forum import actions
from app.forum.actions import Plan
from app.forum.models import Round
from app.forum.queries import rounds
from app.forum.rules.seeing import Seen
from app.kit.errors import NotNow
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World

NAMES = ("Secretaría General", "Red de organizaciones", "Red académica", "Contraloría")
SAID, ABSTAINED = "Con ejemplos de otros lugares.", "No me formé una opinión."


@pytest.mark.parametrize("seen", list(Seen))
async def test_what_the_forum_sees_of_single_sheets_follows_the_round(
    world: World, forum: ForumBuilder, seen: Seen
) -> None:
    one = world.admitted(forum.process)
    forum.adopted()
    with world.work("carla") as work:
        plan = Plan(work.now + timedelta(days=7), scores_seen=seen)
        made = actions.open_round(work, forum.process, forum.stage, plan)
    for who in VOTERS:
        with world.work(who) as work:
            actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
    forum.score("marta", one, GOOD)
    forum.score("diego", one, POOR, SAID)
    with world.work("nadia") as work:
        fresh = work.session.get_one(Round, made.id)
        given = actions.Given({}, {}, abstain_reason=ABSTAINED)
        actions.abstain(work, forum.process, fresh, world.fresh(one), given)
    with world.database.reading() as session, pytest.raises(NotNow):  # whatever is set, blind until the close
        rounds.named_scores(session, session.get_one(Round, made.id), one.id, world.now)
    forum.close(made)
    async with world.browser("pablo") as member:
        sheets = (await member.get(f"/p/plan/office/forum/rounds/filtro/{one.folio}")).text
        leans = (await member.get("/p/plan/office/forum/severity/filtro")).text
        told = (await member.get("/p/plan/score")).text
    is_named = seen is Seen.NAMED
    assert [name in sheets for name in NAMES] == [is_named, is_named, is_named, False]  # Pablo handed nothing in
    assert [words in sheets for words in (SAID, ABSTAINED)] == [seen is not Seen.TOGETHER] * 2
    assert [name in leans for name in NAMES[:2]] == [is_named] * 2
    sentence = {
        Seen.NAMED: "ven qué dio cada asiento y por qué.",
        Seen.NAMELESS: "ven qué puntajes hubo y por qué, pero no de qué asiento son.",
        Seen.TOGETHER: "ninguna página muestra qué dio cada asiento",
    }[seen]
    assert sentence in told
    assert (sentence in sheets, sentence in leans) == (not is_named, not is_named)


def test_without_seats_they_stand_by_level_and_not_in_the_order_of_seats(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    forum.adopted()
    with world.work("carla") as work:
        plan = Plan(work.now + timedelta(days=7), scores_seen=Seen.NAMELESS)
        made = actions.open_round(work, forum.process, forum.stage, plan)
    for who, value, doable in (("marta", "0", "2"), ("diego", "2", "1")):
        with world.work(who) as work:
            actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
        forum.score(who, one, {"scope": "1", "value": value, "doable": doable})
    forum.close(made)
    with world.database.reading() as session:
        given = rounds.named_scores(session, session.get_one(Round, made.id), one.id, world.now)
    by_criterion: dict[object, list[str]] = {}
    for score in given:
        assert (score.seat, score.seat_name) == (0, "")
        by_criterion.setdefault(score.criterion_id, []).append(str(score.level.value))
    assert sorted(by_criterion.values()) == [["1", "1"], ["2", "0"], ["2", "1"]]
