"""What a round of discussion changed: the first scores stay, the second stand beside them, and the difference is told.

Shift of a proposal = total in the discussion less total in the first round, both as the rule computes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.forum.rules.results import Result, RoundVerdict
from app.forum.rules.totals import Sheet

Sheets = Mapping[str, Sequence[Sheet]]
Results = Mapping[str, Result]


@dataclass(frozen=True)
class Shift:
    """One proposal whose sheets were changed: how many, and what that did to its points and to what the rule says."""

    folio: str
    changed: int
    before: Fraction | None
    after: Fraction | None
    verdicts: tuple[RoundVerdict, RoundVerdict]

    @property
    def points(self) -> Fraction | None:
        """By how many points its total moved."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def turned(self) -> bool:
        """Whether the rule now says something else of it."""
        return self.verdicts[0] is not self.verdicts[1]


@dataclass(frozen=True)
class Discussed:
    """The report of a round of discussion: its sheets, how many of them differ from the first, and what that moved."""

    sheets: int
    changed: int
    shifts: tuple[Shift, ...]

    @property
    def mean_shift(self) -> Fraction | None:
        """The mean of the shifts of the proposals whose sheets were changed."""
        moved = [shift.points for shift in self.shifts if shift.points is not None]
        return sum(moved, Fraction(0)) / len(moved) if moved else None


def discussed(first: tuple[Sheets, Results], second: tuple[Sheets, Results]) -> Discussed:
    """Compare the sheets of two rounds, by proposal and seat, and the results that follow from each."""
    shifts, changed, total = [], 0, 0
    for folio in sorted(second[0]):
        earlier = {sheet.evaluator: sheet.values for sheet in first[0].get(folio, ())}
        n = sum(earlier.get(sheet.evaluator) != sheet.values for sheet in second[0][folio])
        total += len(second[0][folio])
        changed += n
        before, after = first[1].get(folio), second[1].get(folio)
        if n and before is not None and after is not None:
            shifts.append(Shift(folio, n, before.total, after.total, (before.verdict, after.verdict)))
    return Discussed(total, changed, tuple(shifts))
