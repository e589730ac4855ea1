"""Search and similar proposals find what they should on 1,008 real proposals, on both databases."""

from __future__ import annotations

import pytest

from app.kit.db import Database
from app.settings import Settings
from tests.deep import quality_search, valladolid

pytestmark = pytest.mark.deep


def test_real_proposals_are_found(database: Database) -> None:
    folder = valladolid.data_of(Settings())
    if folder is None:
        pytest.skip("the real proposals of Valladolid are not here: set MINGA_SHARED to the folder that holds them")
    quality_search.take_in(database, folder)
    with database.reading() as session:
        found = quality_search.measure(session, folder)
    assert found.asked >= 90
    assert found.share >= 0.8, found
    assert (found.within(5) >= 7, found.within(10) >= 9) == (True, True), found.ranks
