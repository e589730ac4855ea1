"""How firm the results of a closed round are: what other weights, or sectors of one weight, would have changed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sqlalchemy.orm import Session

from app.forum.queries import seats
from app.forum.queries.rounds import Outturn, evaluator_of
from app.forum.rules.results import RoundVerdict
from app.forum.rules.sectors import balanced
from app.forum.rules.sensitivity import Flip, flips

RANKED = {RoundVerdict.PASS, RoundVerdict.FAIL}


@dataclass(frozen=True)
class Turned:
    """A proposal that the sectors of the forum, each of one weight, would put on the other side of the mark."""

    folio: str
    total: Fraction
    by_sectors: Fraction
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Firmness:
    """What would turn if a weight moved by 10 or 20 %, and what if every sector weighed the same."""

    flips: tuple[Flip, ...]
    turned: tuple[Turned, ...]


def firmness(session: Session, outturn: Outturn) -> Firmness:
    """Worked out once for the results of a round, from the same sheets; whoever has an outturn may see it."""
    voting = [seat for seat in seats.seats_of(session, outturn.round.body_id) if seat.votes]
    sectors = {evaluator_of(seat.number): seat.sector.value for seat in voting}
    return _worked_out(_Same(outturn.counted.inputs_hash, outturn, tuple(sorted(sectors.items()))))


class _Same:
    """The results of a round with the sectors of its seats, the same as others of the same fingerprint."""

    def __init__(self, inputs_hash: str, outturn: Outturn, sectors: tuple[tuple[str, str], ...]) -> None:
        self.key = inputs_hash, sectors
        self.outturn = outturn

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.key == other.key


@lru_cache(maxsize=8)
def _worked_out(same: _Same) -> Firmness:
    outturn, sectors = same.outturn, dict(same.key[1])
    turned = []
    for scored in outturn.entries:
        result = outturn.counted.results[scored.folio]
        found = balanced(outturn.config, scored, sectors)
        if result.verdict not in RANKED or result.failed or result.total is None or found.total is None:
            continue
        mark = outturn.config.pass_total
        if (result.total >= mark) != (found.total >= mark):
            turned.append(Turned(scored.folio, result.total, found.total, found.silent))
    return Firmness(tuple(flips(outturn.config, outturn.counted)), tuple(turned))
