"""A round of 12,000 score sheets closes, is counted beside the site, and its results are read at once."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.deep import bench_round
from tests.deep.bench_round import MOST_PAGE, MOST_RESULTS, MOST_SECONDS, p95

pytestmark = pytest.mark.deep


def test_a_large_round_is_counted_while_the_public_reads(tmp_path: Path) -> None:
    found = bench_round.measure(tmp_path)
    print(found.told("SQLite"))
    assert found.seconds < MOST_SECONDS
    assert p95(found.meanwhile) <= MOST_PAGE
    assert statistics.median(found.results) < MOST_RESULTS
