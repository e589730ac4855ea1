"""A seat puts a reason into one voice after the close; the decision begins from it, by the rule or one by one."""

from __future__ import annotations

import pytest

from app.decisions import queries as decided
from app.forum import actions
from app.forum.models import Round
from app.forum.queries import rapporteur
from app.forum.queries.by_rule import sort_out
from app.forum.rules.scoring import RecusalKind
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, Stale, WrongState
from app.proposals.models import Proposal
from tests.forum.building import VOTERS, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

VOICE = "Su propuesta abre las actas a todas las personas, y ya hay con qué hacerlo este año."
HERE = "/p/plan/reasons/filtro"


def write(world: World, forum: ForumBuilder, who: str, proposal: Proposal, seen: int | None = None) -> None:
    with world.work(who) as work:
        found = work.session.query(Round).one()
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.write_reason(work, forum.process, found, fresh, (VOICE, seen))


@pytest.fixture
def scored(world: World, forum: ForumBuilder) -> Proposal:
    proposal = world.admitted(forum.process, title="Actas")
    forum.to_the_filter()
    made = forum.round()
    for who in VOTERS:
        forum.score(who, proposal, reason=f"Lo escribió {who} así.")
    forum.close(made)
    return proposal


def test_the_decision_by_the_rule_carries_the_rapporteurs_words(
    world: World, forum: ForumBuilder, scored: Proposal
) -> None:
    write(world, forum, "diego", scored)
    with pytest.raises(Conflict):  # Diego's seat writes it
        write(world, forum, "nadia", scored)
    with pytest.raises(Stale):  # in another window it has a version already
        write(world, forum, "diego", scored)
    write(world, forum, "diego", scored, 1)
    meeting = forum.session()
    with world.work("marta") as work:
        counted = sort_out(work.session, forum.process, forum.stage, meeting, work.now).as_counted
        actions.follow_the_rule(work, forum.process, forum.stage, meeting, counted)
        decision = decided.current(work.session, forum.stage.id, scored.id)
        assert decision is not None
        assert decision.reason == VOICE
    with pytest.raises(WrongState):
        write(world, forum, "diego", scored, 2)


def test_another_seat_goes_on_once_it_is_handed_back(world: World, forum: ForumBuilder, scored: Proposal) -> None:
    write(world, forum, "diego", scored)
    for who in ("diego", "elena", "bruno"):
        with world.work(who) as work:
            draft = rapporteur.of_one(work.session, forum.stage.id, scored.id)
            assert draft is not None
            with pytest.raises(NotAllowed):
                actions.hand_back(work, forum.process, draft, scored)
    with world.work("marta") as work:
        draft = rapporteur.of_one(work.session, forum.stage.id, scored.id)
        assert draft is not None
        actions.hand_back(work, forum.process, draft, scored)
    write(world, forum, "elena", scored, 2)  # a voice may write, too
    with world.database.reading() as session:
        assert rapporteur.of_stage(session, forum.stage.id)[scored.folio][1] == 5


async def test_nobody_writes_before_the_close_nor_who_stands_aside_nor_who_has_no_seat(
    world: World, forum: ForumBuilder
) -> None:
    proposal = world.admitted(forum.process)
    forum.to_the_filter()
    made = forum.round()
    with pytest.raises(NotNow):
        write(world, forum, "diego", proposal)
    with world.work("pablo") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, (RecusalKind.INTEREST, ""))
    for who in ("diego", "nadia"):
        forum.score(who, proposal)
    forum.close(made)
    for who in ("pablo", "carla", "bruno", "stranger"):
        with pytest.raises(NotAllowed):
            write(world, forum, who, proposal)
    async with world.browser("pablo") as aside, world.browser("diego") as free:
        assert [(await one.get(f"{HERE}/{proposal.folio}")).status_code for one in (aside, free)] == [403, 200]
    with world.work("diego") as work, pytest.raises(Invalid):
        actions.write_reason(work, forum.process, work.session.get_one(Round, made.id), proposal, ("corto", None))


async def test_it_is_written_on_its_page_from_what_the_sheets_say(
    world: World, forum: ForumBuilder, scored: Proposal
) -> None:
    address = f"{HERE}/{scored.folio}"
    async with world.browser("diego") as browser:
        assert HERE in (await browser.get("/p/plan/forum")).text
        assert "Nadie la escribe todavía." in (await browser.get(HERE)).text
        page = (await browser.get(address)).text
        assert ("Lo escribió nadia así." in page, "Nadia Oses" in page) == (True, False)
        wrong = await browser.post(address, data=form_of(page, address) | {"text": "No"})
        assert (wrong.status_code, 'href="#f-text"' in wrong.text) == (422, True)
        kept = await browser.post(address, data=form_of(page, address) | {"text": VOICE})
        assert kept.status_code == 303
        assert "La escribe usted." in (await browser.get(HERE)).text
    meeting = forum.session()
    async with world.browser("marta") as browser:
        page = (await browser.get(f"/p/plan/office/forum/sessions/{meeting.number}/deciding/filtro?only=rule")).text
        assert VOICE in page
    for who, status in (("bruno", 403), ("stranger", 303)):
        async with world.browser(who) as browser:
            assert (await browser.get(address)).status_code == status
