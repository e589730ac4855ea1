"""What a report of a filter holds, the same on a page, on paper and in a spreadsheet: exact numbers, no layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.decisions.rules import Outcome
from app.forum.rules.results import Config, Flag, Result
from app.forum.rules.scoring import CriterionKind
from app.kit.i18n import Text
from app.proposals.rules import Provenance

LOOKED_AT = (Flag.DISAGREEMENT, Flag.NEAR_CUT, Flag.DECIDED_BY_ONE_SCORE, Flag.NO_QUORUM)
"""In which order a session looks at what carries a flag: first where the seats lie apart."""


@dataclass(frozen=True)
class Asked:
    """One criterion as it was adopted, with the ends of its scale."""

    key: str
    titles: Mapping[str, str]
    kind: CriterionKind
    weight: Decimal
    low: Decimal
    high: Decimal
    min_mean: Decimal | None

    def title(self, language: str) -> str:
        """Its title in a language."""
        return self.titles[language[:2]]


@dataclass(frozen=True)
class Taken:
    """A published decision, and where it comes from."""

    outcome: Outcome
    reason: str
    follows_rule: bool | None
    override_reason: str
    provenance: Provenance


@dataclass(frozen=True)
class Drafted:
    """The reason a session begins from: in one voice by a seat, or put together from what the criteria say."""

    text: str
    by_a_seat: bool


@dataclass(frozen=True)
class Line:
    """One proposal: what was counted, and what was decided or what the session begins from.

    Of a proposal on which the reader stands aside there is only that.
    """

    folio: str
    title: str
    result: Result | None = None
    says: Outcome | None = None
    taken: Taken | None = None
    left_because: str = ""
    joined_with: str = ""
    suspected: int = 0
    draft: Drafted | None = None
    is_aside: bool = False


@dataclass(frozen=True)
class Round:
    """Which scoring the report is about, how it was to be decided, and what everybody should know of both."""

    number: int
    closed_at: datetime | None
    version: int
    formula: str
    inputs_hash: str
    config: Config
    criteria: tuple[Asked, ...]
    provenance: Provenance
    late: Text | None
    given_to: int | None = None
    by_theme: bool = False


@dataclass(frozen=True)
class Report:
    """A filter as it is told: its rule, its counts over all proposals, and these of its lines."""

    round: Round
    lines: Sequence[Line]
    total: int
    going_on: int
    outcomes: Mapping[Outcome, int]
    against_rule: int
    made_up: int
    is_pack: bool = False
    to_look_at: int = 0


def to_look_at_first(config: Config, results: Sequence[Result]) -> list[Result]:
    """The order of a session: by what it should look at first, and within that what is nearest to the mark."""

    def place(result: Result) -> tuple[int, bool, Fraction, str]:
        flag = min((LOOKED_AT.index(one) for one in result.flags), default=len(LOOKED_AT))
        away = abs(result.total - config.pass_total) if result.total is not None else Fraction(0)
        return flag, result.total is None, away, result.folio

    return sorted(results, key=place)
