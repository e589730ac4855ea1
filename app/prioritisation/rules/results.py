"""What a round gave: the ranking by its rule, and what each table, or group of small tables, received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.prioritisation.rules.counting import FEWEST_SHOWN, FORMULA, OverTables, Table, groups, ranking, together
from app.prioritisation.rules.voting import stored


def counted(tables: Sequence[Table], folios: Iterable[str], over: OverTables) -> dict[str, Any]:
    """Everything that is kept and shown of a round, computed from its ballots alone.

    Tables with fewer than ten ballots are counted as one with others, so that whoever takes the published ballots gets
    the same ranking. A round of fewer than ten ballots in all shows its order and no
    figures, not even their hash: a few ballots could be found by trying.
    """
    by_number = {table.number: table for table in tables}
    made = groups({table.number: table.size for table in tables})
    joined = [together([by_number[number] for number in group]) for group in made]
    known = sorted(set(folios))
    found = ranking(joined, known, over)
    return {
        "formula": FORMULA,
        "over": over.value,
        "ballots": found.ballots,
        "is_told": found.ballots >= FEWEST_SHOWN,
        "inputs_hash": found.inputs_hash if found.ballots >= FEWEST_SHOWN else "",
        "lines": [stored(line) for line in found.lines],
        "groups": [
            {
                "tables": group,
                "ballots": table.size,
                "only_sums": table.told is not None,
                "sums": {folio: table.sums[folio] for folio in known if table.sums[folio]},
            }
            for group, table in zip(made, joined, strict=True)
        ],
    }


def group_of(result: Mapping[str, Any], number: int) -> dict[str, Any] | None:
    """The group in which one table's sums are shown, alone or with others; none where nothing was cast there."""
    return next((group for group in result["groups"] if number in group["tables"]), None)


def label(group: Sequence[int]) -> str:
    """How a group of tables is named in files: the numbers, joined."""
    return "+".join(str(number) for number in group)
