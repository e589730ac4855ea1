"""Rounds by theme: each seat scores its themes, a theme with too few seats is refused, and later ones go to all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.forum import actions
from app.forum.actions import Plan
from app.forum.models import Round
from app.forum.queries import owed, rounds
from app.forum.rule_words import rule_in_words
from app.forum.rules.assigning import MOST_SEATS, Sharing, assign, replacement
from app.forum.rules.results import Config
from app.forum.rules.theming import NO_THEME, ByTheme, ThemeKind, themes_of
from app.kit.errors import Invalid
from app.people.actor import Actor
from app.prioritisation import actions as grouping
from app.prioritisation.actions.theming import NameTheme, Place
from app.prioritisation.models import Theme
from app.proposals.models import Proposal
from tests.forum.building import VOTERS, ForumBuilder
from tests.forum.test_assigning import ONE_DATABASE, WHO, places, sides_of
from tests.forum.test_standing_aside import aside
from tests.world import World, form_of

pytestmark = pytest.mark.either

BY_VALUE = {"transparency": ["1", "2"], "innovation": ["3", "4"], NO_THEME: ["1", "2", "3"]}


def test_a_proposal_of_several_themes_belongs_to_the_seats_of_each() -> None:
    assert themes_of(ThemeKind.VALUES, 4, ["innovation", "accountability"]) == ("accountability", "innovation")
    assert themes_of(ThemeKind.VALUES, 4, []) == themes_of(ThemeKind.GROUPS, None, ["innovation"]) == (NO_THEME,)
    by_theme = ByTheme(ThemeKind.VALUES, BY_VALUE)
    assert by_theme.seats_for(("innovation", "transparency")) == {"1", "2", "3", "4"}
    assert by_theme.themes_of("3") == ["innovation", NO_THEME]
    assert ByTheme.read(by_theme.stored()) == by_theme
    assert ByTheme.read({}) is None


def test_a_theme_has_too_few_seats_only_where_a_proposal_carries_it_alone() -> None:
    by_theme = ByTheme(ThemeKind.VALUES, BY_VALUE)
    both, one, seated = ("innovation", "transparency"), ("innovation",), {"1", "2", "3"}
    assert by_theme.too_few([both], seated, 3) == {}
    assert by_theme.too_few([both, one], seated, 3) == {"innovation": 1}  # nobody sits in the fourth
    assert by_theme.too_few([("participation",), (NO_THEME,)], seated, 1) == {"participation": 0}


def test_each_gets_all_seats_of_its_theme_and_all_of_them_where_these_are_too_few() -> None:
    fits = {"P-1": {"0", "2", "3"}, "P-2": {"1"}, "P-3": set[str]()}
    sharing = Sharing(sides_of(2, 2), MOST_SEATS, "one", frozenset({("P-1", "3")}), fits=fits, least=2)
    everybody = ("0", "1", "2", "3")
    assert assign(fits, sharing) == {"P-1": ("0", "2"), "P-2": everybody, "P-3": everybody}


def test_a_place_goes_past_the_theme_only_where_it_would_get_too_few_sheets() -> None:
    fits = {"P-1": {"0", "2"}}
    enough, few = (Sharing(sides_of(2, 2), MOST_SEATS, "one", fits=fits, least=least) for least in (1, 2))
    assert replacement("P-1", ["0", "2"], "2", enough) is None
    assert replacement("P-1", ["0", "2"], "2", few) == "3"  # from outside the State, as the one that leaves


def test_the_public_sentence_says_who_scored_what() -> None:
    config = Config((), voting_seats=12)
    said = [str(rule_in_words(config, "en", n, by_theme=True)[-1]) for n in (None, 3)]
    assert said == [
        "Each was given to the seats that score its theme, and the share is of these.",
        "Each was given by lot to up to 3 of the seats that score its theme, and the share is of these.",
    ]


# ------------------------------------------------------------------------------------------------------ in the forum


def opened(
    world: World, forum: ForumBuilder, by_theme: Mapping[str, list[str]], per_proposal: int | None = None
) -> Round:
    with world.work("carla") as work:
        plan = Plan(work.now + timedelta(days=7), per_proposal=per_proposal, by_theme=by_theme)
        made = actions.open_round(work, forum.process, forum.stage, plan)
    for who in VOTERS:
        with world.work(who) as work:
            actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
    return made


def admitted(world: World, forum: ForumBuilder, *values: str, **more: Any) -> Proposal:
    """An admitted proposal that serves these values."""
    one: Proposal = world.admitted(forum.process, values=values, **more)
    return one


def test_each_seat_scores_its_themes_and_the_quorum_is_of_those(world: World, forum: ForumBuilder) -> None:
    seen, new = admitted(world, forum, "transparency"), admitted(world, forum, "innovation", title="Nueva")
    both, neither = (
        admitted(world, forum, "innovation", "transparency", title="Ambas"),
        admitted(world, forum, title="Ninguna"),
    )
    forum.adopted()
    made = opened(world, forum, BY_VALUE)
    assert places(world, made) == {
        seen.folio: [1, 2],
        new.folio: [3, 4],
        both.folio: [1, 2, 3, 4],
        neither.folio: [1, 2, 3],
    }
    forum.score("diego", seen)
    with world.database.reading() as session:
        fresh = session.get_one(Round, made.id)
        mine = {row.folio for row in rounds.to_score(session, fresh, forum.seat(4))}
        assert mine == {new.folio, both.folio}
        assert owed.count_missing(session, fresh, world.now) == 10
    later = admitted(world, forum, "participation", title="Más tarde")  # a theme for which nobody was chosen
    with world.work(Actor.system()) as work:
        actions.share_out_what_came(work)
    assert places(world, made)[later.folio] == [1, 2, 3, 4]
    forum.close(made)
    with world.database.reading() as session:
        counted = rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results
    assert {folio: one.needed for folio, one in counted.items()} == {
        seen.folio: 1,
        new.folio: 1,
        both.folio: 2,
        neither.folio: 2,
        later.folio: 2,
    }


@ONE_DATABASE
def test_by_lot_within_the_theme(world: World, forum: ForumBuilder) -> None:
    for number in range(4):
        admitted(world, forum, title=f"Propuesta {number}")
    forum.adopted()
    found = places(world, opened(world, forum, {NO_THEME: ["1", "2", "3"]}, per_proposal=2))
    assert sorted(seats for seats in found.values() if 1 in seats) == [[1, 2], [1, 2], [1, 3], [1, 3]]


@ONE_DATABASE
def test_groups_are_the_themes_once_a_proposal_stands_in_one(world: World, forum: ForumBuilder) -> None:
    water, other = admitted(world, forum, "innovation"), admitted(world, forum, "innovation", title="Otra")
    forum.adopted()
    with world.work("carla") as work:
        theme = grouping.name_theme(work, forum.process, NameTheme("Agua", "Water"))
        fresh = work.session.get_one(Proposal, water.id)
        grouping.place(
            work, forum.process, work.session.get_one(Theme, theme.id), fresh, Place("Trata de agua potable.")
        )
    made = opened(world, forum, {"1": ["1", "4"], NO_THEME: ["2"]})
    assert places(world, made) == {water.folio: [1, 4], other.folio: [2]}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("by_theme", "field"),
    [
        ({"transparency": ["1"]}, "theme_transparency"),
        ({}, "theme_transparency"),
        ({"water": ["1", "2"]}, "by_theme"),
        ({"transparency": ["1", "5"]}, "by_theme"),  # the fifth has a voice and no vote
    ],
)
def test_a_theme_with_fewer_seats_than_the_quorum_is_refused_by_name(
    world: World, forum: ForumBuilder, by_theme: dict[str, list[str]], field: str
) -> None:
    admitted(world, forum, "transparency")
    forum.adopted(quorum_min=2)
    plan = Plan(world.now + timedelta(days=7), by_theme=by_theme)
    with world.work("carla") as work, pytest.raises(Invalid) as refused:
        actions.open_round(work, forum.process, forum.stage, plan)
    assert list(refused.value.fields) == [field]


@ONE_DATABASE
def test_a_place_of_a_theme_that_would_lose_its_quorum_goes_to_another_seat(world: World, forum: ForumBuilder) -> None:
    one = admitted(world, forum, "transparency")
    forum.adopted(quorum_min=2)
    made = opened(world, forum, {"transparency": ["1", "2"]})
    aside(world, forum, WHO[2], one)
    assert places(world, made) == {one.folio: [1, 3]}


@ONE_DATABASE
async def test_the_office_chooses_seats_by_theme_and_nothing_ticked_is_lost(world: World, forum: ForumBuilder) -> None:
    one = admitted(world, forum, "transparency")
    forum.adopted(quorum_min=2)
    address = "/p/plan/office/forum/criteria/filtro"
    end = (world.now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    typed = {"closes_at": end, "who": "theme", "theme_transparency": ["1"], "theme_none": ["2", "4"]}
    async with world.browser("carla") as office:
        typed |= form_of((await office.get(address)).text, f"{address}/rounds")
        refused = await office.post(f"{address}/rounds", data=typed)
        assert refused.status_code == 422
        assert "«Transparencia» tiene muy pocos asientos: 1." in refused.text
        assert 'name="theme_none" value="4" checked' in refused.text
        chosen = await office.post(f"{address}/rounds", data={**typed, "theme_transparency": ["1", "3"]})
        assert chosen.status_code == 303
        page = (await office.get("/p/plan/office/forum/rounds/filtro")).text
        assert "Cada propuesta se entregó a los asientos que puntúan su tema" in page
        assert '<span class="muted">Transparencia</span>' in page
    async with world.browser("nadia") as member:
        listed = (await member.get("/p/plan/score")).text
        assert "Los temas de su asiento: Transparencia." in listed
        assert f"/score/{one.folio}" in listed
    with world.database.reading() as session:
        made = rounds.last_round(session, forum.stage.id)
    assert made is not None
    forum.close(made)
    async with world.browser() as anybody:
        public = (await anybody.get("/p/plan/forum/results")).text
    assert "Cada una se entregó a los asientos que puntúan su tema, y el porcentaje es sobre estos." in public
    assert "<li>Asiento 1: Transparencia</li><li>Asiento 2: Sin tema</li><li>Asiento 3: Transparencia</li>" in public


@ONE_DATABASE
async def test_programs_open_a_round_with_the_same_plan(world: World, forum: ForumBuilder) -> None:
    admitted(world, forum, "transparency")
    forum.adopted(quorum_min=2)
    api, end = "/api/v1/processes/plan/scoring-rounds", world.now + timedelta(days=7)
    body = {"stage": "filtro", "closes_at": end.isoformat(), "per_proposal": 2, "remind_days": 0}
    body["scores_seen"] = "nameless"
    async with world.browser("carla") as office, world.browser("bruno") as bruno:
        assert (await bruno.post(api, json=body)).status_code == 403
        short = await office.post(api, json=body | {"by_theme": {"transparency": [4]}})
        assert (short.status_code, list(short.json()["fields"])) == (422, ["theme_transparency"])
        naive = await office.post(api, json=body | {"closes_at": "2030-01-01T12:00:00"})
        assert (naive.status_code, list(naive.json()["fields"])) == (422, ["closes_at"])
        made = await office.post(api, json=body | {"by_theme": {"transparency": [4, 2, 1], NO_THEME: []}})
        assert made.status_code == 201
        told = made.json()
        left_out = {"opens_at", "closes_at", "criteria_hash", "voting_seats"}
        assert {key: value for key, value in told.items() if key not in left_out} == {
            "stage": "filtro",
            "number": 1,
            "state": "open",
            "per_proposal": 2,
            "by_theme": {"transparency": [1, 2, 4]},
            "scores_seen": "nameless",
            "remind_days": 0,
        }
        again = await office.post(api, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
    with world.database.reading() as session:
        stored = rounds.last_round(session, forum.stage.id)
    assert stored is not None
    assert [len(seats) for seats in places(world, stored).values()] == [2]
    assert (stored.closes_at, told["closes_at"]) == (end, end.strftime("%Y-%m-%dT%H:%M:%SZ"))
