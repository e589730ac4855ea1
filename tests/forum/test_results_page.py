"""The page of results: the rule in a sentence, the ranking with its mark, and what experts ask behind one fold."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from html import unescape

import pytest
from sqlalchemy import select

from app.forum import actions
from app.forum.actions import AddSeat, Appointment
from app.forum.models import Round
from app.forum.queries import rounds
from app.forum.rules.sensitivity import Flip
from app.proposals.models import Proposal
from tests.costs import cost
from tests.forum.building import POOR, ForumBuilder
from tests.world import World

pytestmark = pytest.mark.either

PATH = "/p/plan/forum/results"
CEILING = 20


def said(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


VALUES = {"marta": "2", "rosa": "2", "diego": "0", "nadia": "0", "pablo": "1"}
"""Of the third: two of the government give all, the others little; 64.3 points where 63 are asked for."""


def closed(world: World, forum: ForumBuilder) -> Round:
    """A good proposal, a poor one, and one that hangs on the weights and on the two seats of the government."""
    world.somebody("rosa", "Rosa Pino")
    with world.work("carla") as work:
        seat = actions.add_seat(work, forum.process, AddSeat("Ministerio", "government", "vote", "none"))
        actions.appoint(work, forum.process, seat, Appointment("Res. 500", person_id=world.people["rosa"].id))
    good, poor, near = (world.admitted(forum.process, "ana", title) for title in ("Buena", "Débil", "Justa"))
    made = forum.round(*VALUES, pass_total=Decimal(63))
    for who, value in VALUES.items():
        forum.score(who, good)
        forum.score(who, poor, POOR)
        forum.score(who, near, {"scope": "1", "value": value, "doable": "2"})
    return forum.close(made)


async def test_it_says_the_rule_and_who_goes_on(world: World, forum: ForumBuilder) -> None:
    closed(world, forum)
    async with world.browser() as browser:
        words = said((await browser.get(PATH)).text)
        english = said((await browser.get(f"/en{PATH}")).text)
    assert "tiene 63 puntos o más de 100" in words
    assert "pautas de al menos el 50 % de los asientos que votan" in words
    assert "has 63 points or more out of 100" in english


async def test_every_proposal_has_its_bar_and_the_mark_stands_in_each(world: World, forum: ForumBuilder) -> None:
    found = closed(world, forum)
    async with world.browser() as browser:
        page = (await browser.get(PATH)).text
    with world.database.reading() as session:
        counted = rounds.outturn(session, session.get_one(Round, found.id), world.now).counted
    widths = re.findall(r'class="bar-full" width="([\d.]+)%"', page)
    assert [float(width) for width in widths] == [
        round(float(r.total), 2) for r in counted.ranked if r.total is not None
    ]
    assert page.count('<line x1="63.0%"') == len(counted.ranked)
    assert page.count('class="ranking-bar goes-on"') == sum(r.goes_on for r in counted.ranked)


async def test_it_says_what_other_weights_and_sectors_would_have_turned(world: World, forum: ForumBuilder) -> None:
    found = closed(world, forum)
    with world.database.reading() as session:
        outturn = rounds.outturn(session, session.get_one(Round, found.id), world.now)
        near = session.scalars(select(Proposal.folio).where(Proposal.title == "Justa")).one()
    async with world.browser() as browser:
        words = said((await browser.get(PATH)).text)
    assert outturn.firmness.flips == [
        Flip(near, "doable", Fraction(-1, 5), goes_on=False),
        Flip(near, "value", Fraction(1, 5), goes_on=False),
    ]
    assert f"{near} no seguiría si «Se puede hacer» pesara 20 % menos" in words
    assert f"{near} no seguiría si «Valor público» pesara 20 % más" in words
    assert [(one.folio, one.total, one.by_sectors, one.silent) for one in outturn.firmness.turned] == [
        (near, Fraction(450, 7), Fraction(775, 14), ())
    ]
    assert f"{near} 55,4 puntos en vez de 64,3" in words


async def test_it_asks_the_database_no_more_than_it_must(world: World, forum: ForumBuilder) -> None:
    closed(world, forum)
    assert await cost(world, PATH) <= CEILING


async def test_who_gives_less_is_seen_by_the_forum_and_by_nobody_else(world: World, forum: ForumBuilder) -> None:
    closed(world, forum)
    path = f"/p/plan/office/forum/severity/{forum.stage.slug}"
    async with world.browser("diego") as browser:
        words = said((await browser.get(path)).text)
    strict = [
        "2. Red de organizaciones",
        "3. Red académica",
        "4. Contraloría",
        "1. Secretaría General",
        "6. Ministerio",
    ]
    assert sorted(strict, key=words.index) == strict
    async with world.browser("ana") as browser:
        assert (await browser.get(path)).status_code == 403, "Ana cannot"


async def test_nobody_sees_who_gives_less_while_the_round_is_open(world: World, forum: ForumBuilder) -> None:
    una = world.admitted(forum.process, "ana", "Una")
    forum.round()
    forum.score("marta", una)
    async with world.browser("marta") as browser:
        assert (await browser.get(f"/p/plan/office/forum/severity/{forum.stage.slug}")).status_code == 409
