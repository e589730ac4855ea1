"""Whether some scorers give less than others to the same proposals: a diagnosis for the forum that decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.forum.rules.results import Config, Scored
from app.forum.rules.totals import Sum, evaluator_total, total_of

SHRUNK_BY = 5
"""Whoever scored few is drawn towards nobody in particular, as if they had agreed with the others on five more."""


@dataclass(frozen=True)
class Lean:
    """By how many points an evaluator stands above (or below) the others, and over how many proposals."""

    evaluator: str
    points: Fraction
    n: int


def leans(config: Config, proposals: Iterable[Scored]) -> list[Lean]:
    """The lean of each evaluator, the most severe first.

    b_i = Σ_j (T_ij - S_j without i) / (n_i + 5), over the proposals that somebody else scored as well, in points of
    the total from -100 to 100.
    """
    apart: defaultdict[str, Fraction] = defaultdict(Fraction)
    times: defaultdict[str, int] = defaultdict(int)
    for scored in proposals:
        sums = {c.key: Sum.over(c, scored.sheets) for c in config.criteria}
        for sheet in scored.sheets:
            own = evaluator_total(config.criteria, sheet)
            others = total_of(s.with_sheet(sheet, -1) for s in sums.values())
            if own is not None and others is not None:
                apart[sheet.evaluator] += own - others
                times[sheet.evaluator] += 1
    found = [Lean(who, apart[who] / (times[who] + SHRUNK_BY), times[who]) for who in times]
    return sorted(found, key=lambda lean: (lean.points, lean.evaluator))


def adjusted(scored: Scored, total: Fraction | None, known: Sequence[Lean]) -> Fraction | None:
    """The total of one proposal less the mean lean of those who scored it: what the others might have given."""
    points = {lean.evaluator: lean.points for lean in known}
    theirs = [points.get(sheet.evaluator, Fraction(0)) for sheet in scored.sheets]
    return total - sum(theirs, Fraction(0)) / len(theirs) if total is not None and theirs else total
