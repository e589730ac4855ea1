"""A thousand phones in one hall vote within a minute, on SQLite, and each is answered within a second.

Everybody is counted once, whoever lost an answer and sent again too; where all of them wait for the last ten seconds it
takes longer, and is as right. What the server wrote to its log meanwhile tells of no code and no ballot.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deep import bench_ballots
from tests.deep.bench_ballots import MINUTE, PHONES, RUSH, Hall

pytestmark = pytest.mark.deep


def is_right(hall: Hall) -> None:
    assert (hall.lost, hall.doubled, hall.spent) == (0, 0, PHONES)
    assert hall.resent > PHONES * bench_ballots.LOST / 2
    assert hall.statuses.keys() <= {"303 /done", "303 /used", "503"}
    assert hall.statuses["303 /done"] + hall.statuses["303 /used"] == len(hall.cast) == PHONES
    assert hall.statuses["303 /used"] <= hall.resent
    assert hall.log == ""


def test_a_hall_that_takes_a_minute_is_counted_once_each_and_nobody_waits_longer_than_a_second(tmp_path: Path) -> None:
    hall = bench_ballots.measure(tmp_path, MINUTE)
    print("\n" + hall.told("spread over a minute"))
    is_right(hall)
    assert hall.at(0.99) <= 1


def test_a_hall_that_waits_for_the_last_ten_seconds_is_counted_once_each(tmp_path: Path) -> None:
    hall = bench_ballots.measure(tmp_path, RUSH)
    print("\n" + hall.told("all in the last ten seconds"))
    is_right(hall)
