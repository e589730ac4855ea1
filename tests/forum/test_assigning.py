"""Which seats score which proposal: by lot, evenly, from both sides, never where there may be a conflict."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.forum import actions
from app.forum.actions import Plan
from app.forum.models import Assignment, Round, Seat
from app.forum.queries import owed, rounds
from app.forum.rules.assigning import Places, Sharing, assign, replacement
from app.forum.rules.results import Config, RoundVerdict, Scored, compute, needed_sheets
from app.kit.errors import Invalid, WrongState
from app.people.actor import Actor
from app.proposals.models import Proposal
from tests.forum.building import VOTERS, ForumBuilder
from tests.forum.test_standing_aside import alternate, aside, author_of, gives
from tests.world import World

pytestmark = pytest.mark.either

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def proposals_of(n: int) -> list[str]:
    return [f"P-{number:04d}" for number in range(n)]


def sides_of(state: int, others: int) -> dict[str, bool]:
    return {str(number): number < state for number in range(state + others)}


def loads_of(places: Places, sharing: Sharing) -> Counter[str]:
    loads = Counter(dict.fromkeys(sharing.sides, 0))
    for seats in places.values():
        loads.update(seats)
    return loads


@st.composite
def shared(draw: st.DrawFn) -> tuple[list[str], Sharing]:
    proposals = proposals_of(draw(st.integers(1, 14)))
    sides = sides_of(draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    pairs = st.tuples(st.sampled_from(proposals), st.sampled_from(sorted(sides)))
    barred = draw(st.frozensets(pairs, max_size=12))
    seats = st.sets(st.sampled_from(sorted(sides)), min_size=1)
    fits = {proposal: draw(seats) for proposal in proposals} if draw(st.booleans()) else {}
    seed, most = draw(st.text("ab", max_size=3)), draw(st.integers(1, len(sides)))
    return proposals, Sharing(sides, most, seed, barred, fits=fits)


@settings(max_examples=150, deadline=None)
@given(shared(), st.randoms(use_true_random=False))
def test_nobody_barred_both_sides_as_many_as_asked_and_the_same_in_any_order(
    drawn: tuple[list[str], Sharing], random: Any
) -> None:
    proposals, sharing = drawn
    places = assign(proposals, sharing)
    for proposal, seats in places.items():
        theirs = sharing.fits.get(proposal, sharing.sides)
        free = [seat for seat in sharing.sides if seat in theirs and (proposal, seat) not in sharing.barred]
        assert set(seats) <= set(free)
        assert (len(seats), len(set(seats))) == (min(sharing.per_proposal, len(free)),) * 2
        if len(seats) > 1:
            assert {sharing.sides[seat] for seat in seats} == {sharing.sides[seat] for seat in free}
    shuffled = random.sample(proposals, len(proposals))
    seats = random.sample(sorted(sharing.sides), len(sharing.sides))
    again = replace(sharing, sides={seat: sharing.sides[seat] for seat in seats})
    assert assign(shuffled, again) == places


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 25), st.integers(1, 4), st.data())
def test_loads_differ_by_one_at_most_where_nothing_forbids_it(n: int, half: int, data: st.DataObject) -> None:
    """As many on each side: nothing forbids it, whatever number of seats each proposal gets."""
    sharing = Sharing(sides_of(half, half), data.draw(st.integers(1, 2 * half)), data.draw(st.text("ab", max_size=3)))
    loads = loads_of(assign(proposals_of(n), sharing), sharing)
    assert max(loads.values()) - min(loads.values()) <= 1


def test_another_number_draws_other_places_and_bars_are_evened_out() -> None:
    sides = sides_of(4, 8)
    one, two = (assign(proposals_of(300), Sharing(sides, 4, seed)) for seed in ("one", "two"))
    assert one != two
    barred = frozenset((proposal, seat) for proposal in proposals_of(200) for seat in ("0", "7"))
    sharing = Sharing(sides, 4, "one", barred)
    loads = loads_of(assign(proposals_of(300), sharing), sharing)
    assert set(loads.values()) == {100}  # of the first two hundred, two seats have none; the rest makes it up to them


def test_what_comes_later_goes_to_those_with_less() -> None:
    sharing = Sharing(sides_of(2, 2), 2, "one", loads={"0": 5, "1": 0, "2": 5, "3": 0})
    assert assign(["P-1"], sharing) == {"P-1": ("1", "3")}


def test_a_place_goes_to_the_least_loaded_of_the_side_that_would_be_missing() -> None:
    sharing = Sharing(sides_of(2, 3), 2, "one", loads={"1": 9, "3": 0, "4": 1})
    assert replacement("P-1", ["0", "2"], "2", sharing) == "3"
    assert replacement("P-1", ["0", "2"], "0", sharing) == "1"  # however much it has: nobody else is of the State
    barred = Sharing(sides_of(2, 3), 2, "one", frozenset({("P-1", "3"), ("P-1", "4")}), sharing.loads)
    assert replacement("P-1", ["0", "2"], "2", barred) == "1"  # one side alone is better than one seat alone
    assert replacement("P-1", ["0", "1", "2"], "2", barred) is None


def test_the_quorum_is_of_those_it_was_given_to() -> None:
    config = Config((), voting_seats=12, quorum_share=Fraction(1, 2))
    assert (needed_sheets(config, 0), needed_sheets(config, 0, 4), needed_sheets(config, 2, 4)) == (6, 2, 1)
    hashes = {compute(config, [Scored("P-1", (), 1, given_to)]).inputs_hash for given_to in (None, 4, 3)}
    assert len(hashes) == 3


# ------------------------------------------------------------------------------------------------------ in the forum


def opened(world: World, forum: ForumBuilder, per_proposal: int, *declared: str) -> Round:
    forum.adopted()
    with world.work("carla") as work:
        plan = Plan(work.now + timedelta(days=7), per_proposal=per_proposal)
        made = actions.open_round(work, forum.process, forum.stage, plan)
    for who in declared or (*VOTERS, "elena"):
        with world.work(who) as work:
            actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
    return made


def places(world: World, made: Round) -> dict[str, list[int]]:
    with world.database.reading() as session:
        rows = session.execute(
            select(Proposal.folio, Seat.number)
            .join(Assignment, Assignment.proposal_id == Proposal.id)
            .join(Seat, Seat.id == Assignment.seat_id)
            .where(Assignment.round_id == made.id, Assignment.stands())
            .order_by(Proposal.folio, Seat.number)
        ).all()
    found: dict[str, list[int]] = {}
    for folio, number in rows:
        found.setdefault(folio, []).append(number)
    return found


WHO = {1: "marta", 2: "diego", 3: "nadia", 4: "pablo"}
STATE = {1, 4}


def test_each_seat_scores_its_own_and_the_quorum_is_of_those(world: World, forum: ForumBuilder) -> None:
    given_out = [world.admitted(forum.process, title=f"Propuesta {number}") for number in range(4)]
    made = opened(world, forum, 2)
    found = places(world, made)
    assert {len(seats) for seats in found.values()} == {2}
    assert all(len(STATE & set(seats)) == 1 for seats in found.values())
    assert set(Counter(seat for seats in found.values() for seat in seats).values()) == {2}
    one = given_out[0]
    has, has_not = WHO[found[one.folio][0]], next(who for number, who in WHO.items() if number not in found[one.folio])
    with pytest.raises(WrongState, match="not given"):
        forum.score(has_not, one)
    with world.database.reading() as session:
        fresh = session.get_one(Round, made.id)
        for number in WHO:
            mine = {row.folio for row in rounds.to_score(session, fresh, forum.seat(number))}
            assert mine == {folio for folio, seats in found.items() if number in seats}
        assert len(rounds.to_score(session, fresh, forum.seat(5))) == 4  # who has a voice may look at all
        assert owed.count_missing(session, fresh, world.now) == 8
    forum.score(has, one)
    forum.close(made)
    with world.database.reading() as session:
        result = rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results[one.folio]
    assert (result.n, result.needed, result.verdict) == (1, 1, RoundVerdict.PASS)  # one of two; of four it were two


@ONE_DATABASE
def test_nobody_gets_what_they_may_have_a_conflict_on(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    gives(world, world.people["diego"].id, "diego@red.cl")
    gives(world, author_of(world, one), "otra@red.cl")
    made = opened(world, forum, 3, "diego")
    assert places(world, made) == {one.folio: [1, 3, 4]}


@ONE_DATABASE
def test_who_stands_aside_hands_the_place_on_unless_the_alternate_enters(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = opened(world, forum, 2)
    before = places(world, made)
    leaving = next(number for number in before[one.folio] if number not in STATE)
    aside(world, forum, WHO[leaving], one)
    taking = 5 - leaving  # 2 for 3, 3 for 2: the other seat from outside the State
    assert places(world, made)[one.folio] == sorted([*(set(before[one.folio]) - {leaving}), taking])
    forum.score(WHO[taking], one)
    stays = next(number for number in before[other.folio] if number in STATE)
    alternate(world, forum, seat=stays)
    aside(world, forum, WHO[stays], other)
    assert places(world, made)[other.folio] == before[other.folio]


@ONE_DATABASE
def test_what_comes_in_later_is_given_too_and_once(world: World, forum: ForumBuilder) -> None:
    world.admitted(forum.process)
    made = opened(world, forum, 2, "diego")
    later = world.admitted(forum.process, title="Más tarde")
    for _ in range(2):
        with world.work(Actor.system()) as work:
            actions.share_out_what_came(work)
    assert len(places(world, made)[later.folio]) == 2


@ONE_DATABASE
@pytest.mark.parametrize("per_proposal", [0, 2, 5])
def test_fewer_seats_than_the_criteria_ask_for_or_more_than_there_are(
    world: World, forum: ForumBuilder, per_proposal: int
) -> None:
    forum.adopted(quorum_min=3)
    plan = Plan(world.now + timedelta(days=7), per_proposal=per_proposal)
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.open_round(work, forum.process, forum.stage, plan)


@ONE_DATABASE
async def test_the_chair_sees_who_has_what_and_a_member_only_their_own(world: World, forum: ForumBuilder) -> None:
    for number in range(2):
        world.admitted(forum.process, title=f"Propuesta {number}")
    made = opened(world, forum, 2)
    mine = [folio for folio, seats in places(world, made).items() if 2 in seats]
    others = [folio for folio, seats in places(world, made).items() if 2 not in seats]
    async with world.browser("diego") as member:
        listed = (await member.get("/p/plan/score")).text
        assert [folio for folio in (*mine, *others) if f"/score/{folio}" in listed] == mine
        assert "que por sorteo le tocaron a su asiento" in listed
        assert (await member.get(f"/p/plan/score/{others[0]}")).status_code == 404
    async with world.browser("marta") as chair:
        page = (await chair.get("/p/plan/office/forum/rounds/filtro")).text
        assert page.count("<span>–</span>") == 4
        assert "Cada propuesta se entregó por sorteo a 2 asientos" in page
