"""The illustrative texts of the fifth plan keep to the counts of the report, and put no word in a real mouth."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from itertools import combinations, pairwise
from statistics import mean
from typing import Any

import pytest
from rapidfuzz import fuzz

from app.decisions.rules import REASON_CODES, SHORTEST_REASON, Outcome
from app.demo.fifth_plan.telling import HERE, Told, facts, proposals
from app.kit.text import readability_es
from app.people.rules import OriginSector
from app.settings import ROOT

AUTHORS = {
    OriginSector.CITIZEN: "Persona ilustrativa",
    OriginSector.CIVIL_SOCIETY: "Organización ilustrativa",
    OriginSector.ACADEMIA: "Universidad ilustrativa",
    OriginSector.PRIVATE: "Empresa ilustrativa",
    OriginSector.PUBLIC: "Servicio público ilustrativo",
}
ASKED = {  # what the text of a technical table's proposal may call the institution of that table
    1: "Defensoría Penal Pública",
    2: "Corte Suprema",
    3: "Servicio Nacional de Aduanas",
    4: "ChileCompra",
    5: "Grupo Bicameral de Transparencia",
    6: "Congreso Nacional",
    7: "Ministerio de Ciencia, Tecnología, Conocimiento e Innovación",
    8: "Ministerio Secretaría General de la Presidencia",
    9: "Ministerio de Vivienda y Urbanismo",
    10: "Ministerio del Medio Ambiente",
}
SHARED = {5: {5, 6}, 6: {5, 6}}  # two tables were about one Congress
OPENED, CLOSED = date(2020, 8, 10), date(2020, 9, 7)
REASONS = ("filter_reason", "tables_reason")
TEN = [told for told in proposals() if told.technical_table is not None]


def reasons(told: Told) -> list[str]:
    return [getattr(told, name) for name in REASONS if getattr(told, name) is not None]


def written(told: Told) -> str:
    return "\n".join([told.title, told.problem, told.solution, *reasons(told)])


def table_of(told: Told) -> dict[str, Any]:
    (found,) = [row for row in facts()["technical_tables"] if row["number"] == told.technical_table]
    table: dict[str, Any] = found
    return table


def test_the_counts_are_those_of_the_report() -> None:
    stages = {stage["kind"]: stage.get("reported", {}) for stage in facts()["stages"]}
    filtered = Counter(told.filter for told in proposals())
    assert filtered.total() == stages["filter"]["received"] == stages["public_consultation"]["proposals"] == 81
    assert filtered == {Outcome.SELECTED: stages["filter"]["selected"], Outcome.NOT_SELECTED: 28}
    assert Counter(told.tables for told in proposals()) == {
        Outcome.PRIORITISED: stages["technical_tables"]["tables"],
        Outcome.NOT_PRIORITISED: 43,
        None: 28,
    }


def test_each_of_the_ten_themes_has_three_to_eight() -> None:
    themes = Counter(told.theme for told in proposals() if told.theme is not None)
    assert themes.total() == 53
    assert sorted(themes) == sorted(facts()["themes"])
    assert all(3 <= count <= 8 for count in themes.values())


def test_every_region_occurs_and_the_capital_most() -> None:
    regions = Counter(told.region for told in proposals())
    assert set(regions) == {region["code"] for region in facts()["regions"]} | {""}
    assert regions.most_common(1)[0][0] == "13"


def test_sectors_languages_and_authors() -> None:
    assert Counter(told.sector.value for told in proposals()) == {
        "citizen": 40,
        "civil_society": 18,
        "academia": 9,
        "private": 4,
        "public": 10,
    }
    assert Counter(told.language for told in proposals()) == {"es": 79, "en": 2}
    assert [told.author for told in proposals() if not re.fullmatch(rf"{AUTHORS[told.sector]} \d+", told.author)] == []
    several = [count for count in Counter(told.author for told in proposals()).values() if count > 1]
    assert sorted(several) == [2, 2, 2, 2, 3]


def test_they_came_in_order_and_many_on_the_last_days() -> None:
    days = [told.day for told in proposals()]
    assert all(earlier <= later for earlier, later in pairwise(days))
    assert days[0] >= OPENED
    assert days[-1] == CLOSED
    assert sum(day >= date(2020, 9, 5) for day in days) * 3 > len(days)


@pytest.mark.parametrize(("name", "least", "most"), [("title", 20, 110), ("problem", 150, 700), ("solution", 150, 900)])
def test_texts_are_as_long_as_people_write_them(name: str, least: int, most: int) -> None:
    assert [told.title for told in proposals() if not least <= len(getattr(told, name)) <= most] == []


def test_titles_and_texts_are_each_of_its_own() -> None:
    for name in ("title", "problem", "solution"):
        assert len({getattr(told, name) for told in proposals()}) == 81


def test_a_proposal_tells_exactly_as_far_as_it_came() -> None:
    for told in proposals():
        selected = told.filter is Outcome.SELECTED
        ten = told.tables is Outcome.PRIORITISED
        assert [getattr(told, name) is not None for name in ("theme", "tables", "tables_reason")] == [selected] * 3
        assert bool(told.tables_codes) is selected
        for name in ("technical_table", "part"):
            assert (getattr(told, name) is not None) is ten, (told.title, name)


def test_codes_are_of_the_closed_list_and_fit_the_outcome() -> None:
    for told in proposals():
        assert set(told.filter_codes + told.tables_codes) <= set(REASON_CODES)
        assert ("meets_criteria" in told.filter_codes) is (told.filter is Outcome.SELECTED)
        assert ("high_priority" in told.tables_codes) is (told.tables is Outcome.PRIORITISED)
        assert told.filter_codes
        for codes in (told.filter_codes, told.tables_codes):
            assert len(set(codes)) == len(codes)


def test_the_ten_are_those_of_the_technical_tables() -> None:
    assert sorted(told.technical_table or 0 for told in TEN) == list(range(1, 11))
    for told in TEN:
        table = table_of(told)
        assert told.sector.value == (table["origin_sector"] or "civil_society")
        assert told.part == "core"
        assert fuzz.token_set_ratio(told.title.lower(), table["topic"].lower()) > 55, told.title


def test_a_real_institution_is_named_only_where_its_table_names_it() -> None:
    for told in proposals():
        text = written(told)
        may = SHARED.get(told.technical_table or 0, {told.technical_table})
        assert {number for number, name in ASKED.items() if name in text} <= may, told.title
        if told.technical_table is not None:
            assert ASKED[told.technical_table] in told.solution + told.problem


def test_nobody_real_is_spoken_for() -> None:
    people = {person[1] for session in facts()["awareness_sessions"] for person in session["people"]}
    bodies = {person[2] for session in facts()["awareness_sessions"] for person in session["people"]}
    bodies |= {name for table in facts()["technical_tables"] for name in table["participants"]}
    bodies |= {facts()["forum"]["name"], facts()["forum"]["successor"]["name"], "Consejo para la Transparencia"}
    bodies -= set(ASKED.values())  # the test above says where these may stand
    assert len(people) > 10
    assert len(bodies) > 15
    for told in proposals():
        assert [name for name in people | bodies if re.search(rf"\b{re.escape(name)}\b", written(told))] == []


def test_there_is_no_personal_data() -> None:
    for told in proposals():
        assert re.findall(r"\S+@\S+|https?:|\d{5,}|\+56|\b\d{1,2}\.\d{3}\.\d{3}", written(told)) == [], told.title


def test_no_two_reasons_are_alike() -> None:
    every = [reason for told in proposals() for reason in reasons(told)]
    assert len(every) == len(set(every)) == 81 + 53
    likeness = [fuzz.ratio(one, other) for one, other in combinations(every, 2)]
    assert mean(likeness) < 60
    assert max(likeness) <= 85


def test_reasons_are_one_to_three_plain_sentences() -> None:
    for told in proposals():
        for reason in reasons(told):
            sentences = re.findall(r"[^.?!]+[.?!]»?(?=\s|$)", reason)
            assert 1 <= len(sentences) <= 3, reason
            assert len(reason) >= max(SHORTEST_REASON, 60)
        assert not re.search(r"[–—]|\bte\b|\btu\b|\btus\b", "\n".join(reasons(told))), told.title


def test_the_spanish_is_plain() -> None:
    scores = []
    for told in proposals():
        for text in [told.problem, told.solution, *reasons(told)] if told.language == "es" else reasons(told):
            read = readability_es(text)
            assert read is not None
            assert read.words / read.sentences <= 33, text
            scores.append(read.score)
    assert mean(scores) > 55, "as easy as a newspaper on average"


def test_a_meeting_is_never_called_a_table_alone() -> None:
    for told in proposals():
        assert not re.search(r"(?i)\bmesas?\b(?! técnicas?\b)", written(told)), told.title


def test_the_joined_ones_name_another_that_was_selected_and_came_before() -> None:
    joined = [told for told in proposals() if "duplicate" in told.filter_codes]
    assert len(joined) == 2
    selected = {told.title: told for told in proposals() if told.filter is Outcome.SELECTED}
    for told in joined:
        (title,) = re.findall(r"«(.+?)»", told.filter_reason)
        assert selected[title].day < told.day


def test_the_texts_travel_with_the_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    assert sorted(file.name for pattern in told["app.demo.fifth_plan"] for file in HERE.glob(pattern)) == [
        "facts.json",
        "proposals.json",
        "scores.json",
    ]
