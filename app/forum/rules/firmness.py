"""How firm the results of a round are: other weights, sectors of one weight, who gives less. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.forum.rules.results import Config, RoundResults, Scored
from app.forum.rules.sectors import balanced
from app.forum.rules.sensitivity import Flip, flips
from app.forum.rules.severity import Lean, leans


@dataclass(frozen=True)
class Turned:
    """A proposal that the sectors of the forum, each of one weight, would put on the other side of the mark."""

    folio: str
    total: Fraction
    by_sectors: Fraction
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Firmness:
    """What would turn if a weight moved by 10 or 20 %, what if every sector weighed the same, and who gives less."""

    flips: Sequence[Flip]
    turned: Sequence[Turned]
    leans: Sequence[Lean]


def firmness_of(
    config: Config, entries: Sequence[Scored], counted: RoundResults, sector_of: Mapping[str, str]
) -> Firmness:
    """All of it, from the sheets the results were computed from and the sector of each evaluator."""
    turned = []
    for scored in entries:
        result, found = counted.results[scored.folio], balanced(config, scored, sector_of)
        if not result.is_ranked or result.failed or result.total is None or found.total is None:
            continue
        if (result.total >= config.pass_total) != (found.total >= config.pass_total):
            turned.append(Turned(scored.folio, result.total, found.total, found.silent))
    return Firmness(flips(config, counted), turned, leans(config, entries))
