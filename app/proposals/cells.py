"""Which figures of a table are left out because they stand for few: none of them can be worked out from the rest.

A group of fewer than `SMALLEST_CELL` is hidden. One hidden group alone is the total less the others, and several that
are all alike are the rest shared out evenly; so the next smallest go with them until neither holds. Whoever knows this
rule too learns nothing more: exchanging two of the hidden groups gives a table with the same figures in sight.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.proposals.traits import SMALLEST_CELL


def hidden(sizes: Sequence[int], parts: Sequence[int] | None = None) -> frozenset[int]:
    """The places of the groups to hide. `parts` are how many of each group went on, where that is shown as well: of
    those hidden neither all nor none may have, unless that is true of everybody.
    """
    there = {place for place, size in enumerate(sizes) if size}
    found = {place for place in there if sizes[place] < SMALLEST_CELL}
    while found and found != there and _can_be_told(sizes, parts, found):
        least = min(sizes[place] for place in there - found)
        found |= {place for place in there if sizes[place] == least}
    return frozenset(found)


def _can_be_told(sizes: Sequence[int], parts: Sequence[int] | None, found: set[int]) -> bool:
    if len({sizes[place] for place in found}) < 2:
        return True
    if parts is None or sum(parts) in {0, sum(sizes)}:
        return False
    went = sum(parts[place] for place in found)
    return went in {0, sum(sizes[place] for place in found)}
