"""The pictures of a process: what they count is what the rows say, small groups are not told, and they cost little."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from app.kit import ids
from app.process import queries as processes
from app.process.models import Process, Territory
from app.process.places import CHILE
from app.proposals.models import Proposal, ProposalGroup, TraitCount
from app.publication.census import CENSUS, EVERYBODY
from app.publication.statistics import Day, over_time, pairs_of, tiles_of
from tests.acts import by_hand
from tests.costs import cost
from tests.world import World

PROCESS_PAGE, STATISTICS = 13, 10


def counted(world: World) -> dict[tuple[str, str], int]:
    with world.database.reading() as session:
        return {(row.dimension, row.value): row.n for row in session.scalars(select(ProposalGroup)) if row.n}


def recounted(world: World) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    with world.database.reading() as session:
        for row in session.scalars(select(Proposal).where(Proposal.is_public)):
            zone = processes.by_id(session, row.process_id).zone
            found["sector", row.origin_sector.value] += 1
            found["territory", row.territory_id.hex if row.territory_id else ""] += 1
            found["channel", row.channel.value] += 1
            found["day", row.received_at.astimezone(zone).date().isoformat()] += 1
    return dict(found)


def tell(world: World, process: Process, **answers: int) -> None:
    """So many people of each gender answered."""
    with by_hand(), world.work("carla") as work:
        for answer, n in answers.items():
            work.session.add(TraitCount(process_id=process.id, trait="gender", answer=answer, n=n))


def test_what_the_public_may_see_is_counted_as_it_comes_into_sight(world: World) -> None:
    process = world.open_process()
    world.propose(process, "ana")
    assert counted(world) == {}, "what is not admitted is not counted"
    world.admitted(process, "ana")
    world.clock.move(days=1)
    world.admitted(process, "bruno")
    assert counted(world) == recounted(world)
    assert counted(world)["channel", "web"] == 2
    assert len([key for key in counted(world) if key[0] == "day"]) == 2


async def test_both_pages_cost_the_same_however_much_there_is(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana")
    paths = {"/p/town": PROCESS_PAGE, "/p/town/statistics": STATISTICS}
    few = {path: await cost(world, path) for path in paths}
    for number in range(12):
        world.admitted(process, "ana", f"Publicar las actas, parte {number}")
    assert {path: await cost(world, path) for path in paths} == few
    assert all(few[path] <= most for path, most in paths.items()), few


async def test_what_people_say_of_themselves_waits_for_the_end_and_leaves_out_the_few(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana")
    tell(world, process, woman=31, man=22, other=3)
    async with world.browser() as browser:
        before = (await browser.get("/p/town/statistics")).text
        world.clock.move(days=11)
        world.app.state.house.cache.clear()
        after = (await browser.get("/p/town/statistics")).text
    assert "cuando ya no se reciben propuestas" in before
    assert "Mujer" not in before
    assert "Respondieron 56." in after
    assert re.findall(r'class="is-number">(\d+)<', after.split("Respondieron 56.")[1]) == ["31"], "22 goes with 3"
    assert after.count("no se muestra<") == 2


async def test_where_too_few_answered_nothing_is_told(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana")
    tell(world, process, woman=4)
    world.clock.move(days=11)
    async with world.browser() as browser:
        page = (await browser.get("/p/town/statistics")).text
    assert "Respondieron muy pocas personas" in page
    assert "Mujer" not in page


def test_the_census_is_whole_and_each_region_has_a_square_of_its_own() -> None:
    assert sum(region.people for region in CENSUS.values()) == EVERYBODY
    assert list(CENSUS) == [code for code, _name in CHILE]
    assert len({(region.column, region.row) for region in CENSUS.values()}) == len(CENSUS) == 16
    assert [region.row for region in CENSUS.values()] == sorted(region.row for region in CENSUS.values())


def regions() -> list[Territory]:
    return [Territory(id=ids.new_id(), code=code, name_es=name) for code, name in CHILE]


def test_shares_are_exact_and_say_of_how_many() -> None:
    places = regions()
    keys = {place.code: place.id.hex for place in places}
    named, pairs = pairs_of({keys["13"]: 2, keys["11"]: 1, "": 9}, places)
    assert named == 3, "what names no region is in no share"
    shares = {pair.label: (pair.proposals, pair.people) for pair in pairs}
    assert shares["Metropolitana"] == (Fraction(200, 3), Fraction(100 * 7_112_808, 17_574_003))
    assert sum(pair.proposals for pair in pairs) == sum(pair.people for pair in pairs) == 100
    assert pairs_of({"": 9}, places) == (0, [])


def test_the_colour_of_a_square_follows_its_number() -> None:
    places = regions()
    keys = {place.code: place.id.hex for place in places}
    tiles = tiles_of({keys["13"]: 40, keys["05"]: 20, keys["08"]: 21, keys["11"]: 1}, places, "/here", "es")
    steps = {tile.short: tile.step for tile in tiles if tile.n}
    assert steps == {"Metropolitana": 4, "Valparaíso": 2, "Biobío": 3, "Aysén": 1}
    assert {tile.step for tile in tiles if not tile.n} == {0}
    assert next(tile.url for tile in tiles if tile.short == "Aysén") == "/here?territory=11"


def test_days_are_drawn_without_a_gap_and_long_times_by_month() -> None:
    drawn = over_time({"2026-03-01": 2, "2026-03-03": 5, "2026-03": 1, "2025": 4})
    assert drawn is not None
    assert drawn.days == [
        Day(date(2026, 3, 1), "day", 2),
        Day(date(2026, 3, 2), "day", 0),
        Day(date(2026, 3, 3), "day", 5),
    ]
    assert (drawn.most.n, drawn.undated) == (5, 5)
    window = date(2026, 2, 27), date(2026, 3, 2)
    wider = over_time({"2026-03-01": 2}, window)
    assert wider is not None
    assert [(day.day.day, day.n) for day in wider.days] == [(27, 0), (28, 0), (1, 2), (2, 0)]
    months = over_time({"2025-11-30": 2, "2026-04-01": 3, "2026-04": 1})
    assert months is not None
    assert [(day.day.month, day.n) for day in months.days] == [(11, 2), (12, 0), (1, 0), (2, 0), (3, 0), (4, 4)]
    assert over_time({}) is None
