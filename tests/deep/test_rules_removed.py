"""Every invariant is held by a test: with its lines cut out of the program the test fails, and fails for that.

What is slow waits for the deep run. That each line to be cut still stands where the table says is asked every time, so
that whoever moves a rule takes its row along.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deep import removals, removals_answers
from tests.deep.removing import Cut, Ran, Removal, Workshop, fault_of, read_report, removal

LISTS = {
    "forum": (removals.INVARIANTS_OF_THE_FORUM, removals.OF_THE_FORUM),
    "answers": (removals_answers.INVARIANTS_OF_ANSWERING, removals_answers.OF_ANSWERING),
}
"""By list of invariants how many they are, and their removals."""
ALL = [(name, row) for name, (_, rows) in LISTS.items() for row in rows]
EACH = pytest.mark.parametrize("row", [pytest.param(row, id=f"{name} {row.number}: {row.says}") for name, row in ALL])
MISSED = Ran(1, 1, ("AssertionError: assert 1 == 2",), (), "")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.close()


@pytest.mark.deep
def test_with_every_rule_in_place_all_these_tests_pass(workshop: Workshop) -> None:
    tests = sorted({row.test for _, row in ALL})
    ran = workshop.run(*tests)
    assert (ran.code, ran.failures, ran.errors) == (0, (), ()), ran.said
    assert ran.count >= len(tests)


@pytest.mark.deep
@EACH
def test_without_the_rule_its_test_fails(workshop: Workshop, row: Removal) -> None:
    with workshop.without(row):
        ran = workshop.run(row.test)
    assert fault_of(ran) is None, ran.said


# ------------------------------------------------------------------------------------------------------- the tables


@pytest.mark.parametrize("name", LISTS)
def test_each_invariant_has_a_removal_and_no_sentence_stands_twice(name: str) -> None:
    count, rows = LISTS[name]
    assert {row.number for row in rows} == set(range(1, count + 1))
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    assert len({row.says for row in rows}) == len(rows)
    assert [row.says for row in rows if not row.says.endswith(".")] == []


def test_every_line_to_be_cut_is_where_the_table_says() -> None:
    faults = []
    for _, row in ALL:
        try:
            row.texts()
        except LookupError as fault:
            faults.append(f"{row.number}. {row.says} {fault}")
    assert faults == []


# --------------------------------------------------------------------------------------------- the proof can be missed


@pytest.mark.parametrize("text", ["", "rule()\nrule()\n"])
def test_lines_that_are_gone_or_stand_twice_are_not_cut(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.py").write_text(text, encoding="utf-8")
    with pytest.raises(LookupError, match=r"one.py holds these lines \d times"):
        removal(1, "It rules.", "", Cut("one.py", "rule()\n")).texts(tmp_path)


def test_two_cuts_in_one_file_are_both_made(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("first()\nsecond()\n", encoding="utf-8")
    cuts = Cut("one.py", "first()\n"), Cut("one.py", "second()", "pass")
    assert removal(1, "It rules.", "", *cuts).texts(tmp_path) == {"one.py": "pass\n"}


@pytest.mark.parametrize(
    ("ran", "fault"),
    [
        (MISSED, None),
        (Ran(1, 1, ("Failed: DID NOT RAISE <class 'app.kit.errors.Conflict'>",), (), ""), None),
        (Ran(0, 1, (), (), ""), "no test missed it"),
        (Ran(0, 0, (), (), ""), "no test ran"),
        (Ran(1, 1, ("KeyError: 'value'",), (), ""), "by accident"),
        (Ran(1, 1, (), ("fixture failed",), ""), "it broke"),
        (Ran(2, 1, (), ("collection failure",), ""), "it broke"),
        (Ran(4, 0, (), (), ""), "it broke"),
        (Ran(-9, 0, (), (), ""), "it broke"),
    ],
)
def test_only_a_test_that_ran_and_missed_something_proves_anything(ran: Ran, fault: str | None) -> None:
    found = fault_of(ran)
    assert found is None if fault is None else fault in str(found)


def test_a_run_is_read_from_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    assert read_report(4, report, "") == Ran(4, 0, (), (), "")
    cases = '<testcase name="a"/><testcase name="b"><failure message="assert 1 == 2">x</failure></testcase>'
    report.write_text(f'<testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>', encoding="utf-8")
    assert read_report(1, report, "said") == Ran(1, 2, ("assert 1 == 2",), (), "said")
