"""A session lets two proposals go on as one: with a quorum, before either is decided, and everybody is told."""

from __future__ import annotations

import pytest

from app.forum import actions
from app.forum.actions import Line
from app.forum.models import ForumSession
from app.kit.errors import Conflict, NotAllowed, WrongState
from app.mail.models import OutboxMessage
from app.proposals import actions as proposal_actions
from app.proposals.models import Proposal
from app.proposals.rules import State
from tests.forum.building import VOTERS, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

WHY = "Las dos piden lo mismo con otras palabras."


def merge(world: World, forum: ForumBuilder, who: str, pair: tuple[Proposal, Proposal], meeting: ForumSession) -> None:
    with world.work(who) as work:
        first, second = (work.session.get_one(Proposal, one.id) for one in pair)
        made = proposal_actions.to_merge(work.session, forum.process, first, second, WHY)
        here = work.session.get_one(ForumSession, meeting.id)
        actions.merge_in_session(work, forum.process, (forum.stage, here), (first, second), made)


@pytest.fixture
def pair(world: World, forum: ForumBuilder) -> tuple[Proposal, Proposal]:
    first = world.admitted(forum.process, "ana", "Actas en texto")
    second = world.admitted(forum.process, "bruno", "Actas que se puedan buscar")
    forum.to_the_filter()
    made = forum.round()
    for who in VOTERS:
        forum.score(who, first)
        forum.score(who, second)
    forum.close(made)
    return first, second


def test_it_needs_a_session_with_a_quorum_and_whoever_may_record_it(
    world: World, forum: ForumBuilder, pair: tuple[Proposal, Proposal]
) -> None:
    empty = forum.session({1: "holder"})
    with pytest.raises(Conflict):
        merge(world, forum, "marta", pair, empty)
    meeting = forum.session()
    for who in ("bruno", "diego", "elena", "stranger"):
        with pytest.raises(NotAllowed):
            merge(world, forum, who, pair, meeting)
    merge(world, forum, "marta", pair, meeting)
    assert world.fresh(pair[0]).state is State.MERGED
    with world.database.reading() as session:
        told = [m.to_address for m in session.query(OutboxMessage) if WHY in m.text]
    assert told == ["ana@example.org"]


def test_what_is_decided_is_not_merged_any_more(
    world: World, forum: ForumBuilder, pair: tuple[Proposal, Proposal]
) -> None:
    meeting = forum.session()
    with world.work("marta") as work:
        line = Line(pair[1].folio, "selected", "El foro ve que sirve a todas las personas.")
        here = work.session.get_one(ForumSession, meeting.id)
        actions.decide_in_session(work, forum.process, forum.stage, here, [line])
    with pytest.raises(WrongState):
        merge(world, forum, "marta", pair, meeting)


async def test_the_chair_does_it_from_the_list_of_the_session(
    world: World, forum: ForumBuilder, pair: tuple[Proposal, Proposal]
) -> None:
    meeting = forum.session()
    door = f"/p/plan/office/forum/sessions/{meeting.number}/merging/filtro/{pair[0].folio}"
    async with world.browser("marta") as browser:
        list_page = f"/p/plan/office/forum/sessions/{meeting.number}/deciding/filtro?only=look"
        assert (
            door in (await browser.get(list_page.replace("look", "rule"))).text
            or door in (await browser.get(list_page)).text
        )
        page = (await browser.get(door)).text
        wrong = await browser.post(door, data=form_of(page, door) | {"into": "PLAN-0099", "reason": WHY})
        assert (wrong.status_code, 'href="#f-into"' in wrong.text, WHY in wrong.text) == (422, True, True)
        sent = await browser.post(door, data=form_of(page, door) | {"into": pair[1].folio, "reason": WHY})
        assert sent.status_code == 303
    assert world.fresh(pair[0]).state is State.MERGED
