"""Tables 1 to 4 and cuadros 1, 2 and 4 of the report, page by page, cell by cell against the facts file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.demo.fifth_plan.telling import facts
from app.kit.text import say_date, say_number
from app.people.rules import OriginSector
from app.proposals.rules import Value
from app.proposals.words import SECTORS, VALUES
from app.publication.figures import FIGURES
from tests.costs import statements
from tests.demo.conftest import Played
from tests.demo.pages import table_of

pytestmark = pytest.mark.either

CEILING = 10
ROLES = {"speaker": "expone", "moderator": "modera", "reflection": "reflexiona"}
COLOURS = {
    "green": "Verde: completo o avance sustancial",
    "yellow": "Amarillo: avance limitado",
    "red": "Rojo: no empezado o con retrasos importantes",
}


async def read(played: Played, name: str) -> list[list[str]]:
    answered = await played.read(f"/p/quinto-plan/figures/{name}")
    assert answered.status_code == 200
    return table_of(answered.text)


def day(written: str | None) -> str:
    return say_date(date.fromisoformat(written), "es") if written else ""


def sector(written: str | None) -> str:
    return SECTORS[OriginSector(written)].into("es") if written else ""


async def test_table_1_awareness_sessions(played: Played) -> None:
    heads, *rows = await read(played, "awareness-sessions")
    assert heads == ["Fecha", "Tema", "Acceso", "Quiénes hablaron"]
    assert rows == [
        [
            day(told["date"]),
            told["topic"],
            "Abierta" if told["access"] == "open" else "Cerrada",
            "; ".join(f"{ROLES[role]}: {name} ({of})" for role, name, of in told["people"]),
        ]
        for told in facts()["awareness_sessions"]
    ]
    assert len(rows) == 8


async def test_table_2_themes(played: Played) -> None:
    _heads, *rows = await read(played, "themes")
    assert [row[:2] for row in rows] == [[str(n), name] for n, name in enumerate(facts()["themes"], 1)]
    assert len(rows) == 10
    assert sum(int(row[2]) for row in rows) == 53


async def test_table_3_prioritisation_tables(played: Played) -> None:
    _heads, *rows, total = await read(played, "prioritisation-tables")
    assert rows == [
        [str(told["number"]), _named(told), day(told["date"]), _places(told["regions"]), str(told["attendances"])]
        for told in facts()["prioritisation_tables"]
    ]
    assert total == ["En total", "", "", "", "558"]


def _named(told: dict[str, Any]) -> str:
    return str(told.get("name") or f"Encuentro territorial (mesa) {told['number']}")


def _places(codes: list[str]) -> str:
    """The regions of a table, as the State names them, from north to south."""
    north_to_south = [one["code"] for one in facts()["regions"]]
    return "; ".join(REGIONS[code] for code in sorted(codes, key=north_to_south.index))


REGIONS = {
    "15": "Región de Arica y Parinacota",
    "01": "Región de Tarapacá",
    "02": "Región de Antofagasta",
    "03": "Región de Atacama",
    "04": "Región de Coquimbo",
    "05": "Región de Valparaíso",
    "13": "Región Metropolitana de Santiago",
    "06": "Región del Libertador General Bernardo O'Higgins",
    "07": "Región del Maule",
    "16": "Región de Ñuble",
    "08": "Región del Biobío",
    "09": "Región de La Araucanía",
    "14": "Región de Los Ríos",
    "10": "Región de Los Lagos",
    "11": "Región de Aysén del General Carlos Ibáñez del Campo",
    "12": "Región de Magallanes y de la Antártica Chilena",
}


def test_the_regions_are_those_of_the_report() -> None:
    assert [one["code"] for one in facts()["regions"]] == list(REGIONS)
    assert all(REGIONS[one["code"]].endswith(one["name"]) for one in facts()["regions"])


async def test_table_4_technical_tables_with_its_blanks(played: Played) -> None:
    heads, *rows = await read(played, "technical-tables")
    assert len(heads) == 7
    said = [[*row[:5], frozenset(row[5].split("; ")), row[6]] for row in rows]
    assert said == [
        [
            str(told["number"]),
            told["topic"],
            day(told["date"]),
            sector(told["origin_sector"]),
            told["institution"],
            frozenset(told["participants"]),
            f"Compromiso {told['commitment']}",
        ]
        for told in facts()["technical_tables"]
    ]
    assert rows[4][2:4] == ["", ""], "the report leaves the date and the sector of table 5 blank"


async def test_cuadro_1_commitments(played: Played) -> None:
    _heads, *rows = await read(played, "commitments")
    assert rows == [
        [
            str(told["number"]),
            told["area"],
            told["title"],
            told["institution"],
            "; ".join(VALUES[Value(value)].into("es") for value in told["values"]),
            sector(told["origin_sector"]),
        ]
        for told in facts()["commitments"]
    ]
    assert len(rows) == 10


async def test_cuadro_2_sessions_of_the_forum(played: Played) -> None:
    _heads, *rows, total = await read(played, "forum-sessions")
    told = facts()["forum"]
    assert rows == [[year, str(n)] for year, n in told["meetings_per_year"].items()]
    assert total == ["En total", str(told["meetings_total"])] == ["En total", "40"]


async def test_cuadro_4_progress(played: Played) -> None:
    _heads, *rows, total = await read(played, "progress")
    assert rows == [
        [str(told["number"]), f"{say_number(told['reported_progress'], 'es')} %", COLOURS[told["reported_rating"]]]
        for told in facts()["commitments"]
    ]
    assert total == ["Promedio de todos", f"{facts()['reported_total_progress']} %", ""]


@pytest.mark.parametrize("name", FIGURES)
async def test_a_table_costs_the_same_however_much_stands_in_it(played: Played, name: str) -> None:
    played.app.state.house.cache.clear()  # type: ignore[attr-defined]
    with statements() as said:
        answered = await played.read(f"/p/quinto-plan/figures/{name}")
    assert answered.status_code == 200
    assert max(said.values()) <= CEILING


async def test_a_table_that_a_process_has_no_stage_for_is_not_there(played: Played) -> None:
    assert (await played.read("/p/pueblo/figures/technical-tables")).status_code == 404
    page = (await played.read("/p/pueblo/figures")).text
    assert "Este proceso no tiene cuadros" in page
    assert "/p/pueblo/figures" not in (await played.read("/p/pueblo")).text
