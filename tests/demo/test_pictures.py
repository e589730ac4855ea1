"""The pictures of the fifth plan say what the rows say, counted here by themselves: 81, 53 and 10."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import text

from tests.costs import statements
from tests.demo.conftest import Played

pytestmark = pytest.mark.either

GATES = {"filtro": (81, 53), "priorizacion": (53, 10), "mesas-tecnicas": (10, 10), "plan": (10, 10)}
CEILINGS = {"": 23, "/statistics": 12, "/decisions/filtro": 15}
BY_SECTOR = text(
    "SELECT p.origin_sector, count(*), sum(CASE WHEN d.outcome = 'selected' THEN 1 ELSE 0 END) FROM decisions d "
    "JOIN stages s ON s.id = d.stage_id JOIN proposals p ON p.id = d.proposal_id "
    "JOIN processes c ON c.id = p.process_id "
    "WHERE c.slug = 'quinto-plan' AND s.slug = 'filtro' AND d.is_current GROUP BY p.origin_sector"
)
BY_REGION = text(
    "SELECT t.name_es, count(*) FROM proposals p JOIN territories t ON t.id = p.territory_id "
    "JOIN processes c ON c.id = p.process_id WHERE c.slug = 'quinto-plan' AND p.is_public GROUP BY t.name_es"
)


async def page(played: Played, path: str) -> str:
    answered = await played.read(f"/p/quinto-plan{path}")
    assert answered.status_code == 200
    return unescape(answered.text)


async def test_each_gate_says_of_how_many_how_many_go_on(played: Played) -> None:
    for slug, (came, went_on) in GATES.items():
        assert f"De {came} propuestas, {went_on} siguen." in await page(played, f"/decisions/{slug}")


async def test_survival_by_sector_is_that_of_the_rows(played: Played) -> None:
    with played.database.reading() as session:
        rows = {row[0]: (row[1], int(row[2])) for row in session.execute(BY_SECTOR)}
    assert (sum(came for came, _ in rows.values()), sum(went for _, went in rows.values())) == (81, 53)
    table = (await page(played, "/decisions/filtro")).split("De cada sector")[1].split("</table>")[0]
    together = [rows.pop(few) for few in ("private", "academia")]
    shown = [*rows.values(), (sum(came for came, _ in together), sum(went for _, went in together))]
    told = re.findall(r"(\d+) de (\d+) \(\d+\s%\)", table)
    assert sorted((int(all_), int(n)) for n, all_ in told) == sorted(shown), "four alone would tell the ninth apart"


async def test_the_squares_are_the_regions_of_the_rows(played: Played) -> None:
    with played.database.reading() as session:
        wanted = {row[0]: row[1] for row in session.execute(BY_REGION)}
    statistics = await page(played, "/statistics")
    squares = re.findall(r'aria-label="[^"]+ (\d+): (Región [^"]+)" class="tile', statistics)
    assert {name: int(n) for n, name in squares} == wanted
    assert len(wanted) == 16


async def test_nobody_meets_a_picture_without_its_numbers(played: Played) -> None:
    statistics = await page(played, "/statistics")
    assert len(re.findall(r"<figure", statistics)) == 2
    assert statistics.count("<caption>") >= 6
    assert "style=" not in statistics


async def test_the_page_of_a_whole_plan_costs_little(played: Played) -> None:
    for path, most in CEILINGS.items():
        played.app.state.house.cache.clear()  # type: ignore[attr-defined]
        with statements() as said:
            await page(played, path)
        assert max(said.values()) <= most, (path, said)
