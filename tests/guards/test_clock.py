"""Code receives `now`; nothing but kit/clock.py reads the clock."""

from __future__ import annotations

from pathlib import Path

from app.settings import ROOT
from tests.guards.reading import BROKEN, calls, modules, place

CLOCK = ROOT / "app" / "kit" / "clock.py"
READS = {
    *(
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "datetime.datetime.now",
        "datetime.date.today",
    ),
    *("datetime.datetime.utcnow", "datetime.datetime.today", "time.time", "time.time_ns", "time.monotonic"),
    *("time.perf_counter", "time.localtime", "time.gmtime", "func.now", "func.current_timestamp", "sa.func.now"),
}


def readings(file: Path) -> list[str]:
    return [place(file, call.lineno) for call, name in calls(file) if name in READS]


def test_only_the_clock_reads_the_clock() -> None:
    files = modules("app")
    assert len(files) > 20
    assert readings(CLOCK)
    assert [found for file in files if file != CLOCK for found in readings(file)] == []


def test_the_breakage_is_caught() -> None:
    assert len(readings(BROKEN / "code" / "clock.py")) == 4
