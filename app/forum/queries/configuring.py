"""What a round is computed by, out of a set of criteria: the numbers of the rule, exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.forum.models import CriteriaSet
from app.forum.queries.criteria import CriterionRow
from app.forum.rules.results import Config
from app.forum.rules.totals import CriterionRule


def config_with(found: CriteriaSet, rows: Sequence[CriterionRow], voting_seats: int, seed: str = "") -> Config:
    """The rule of a set with its criteria, so many voting seats, and the number of the draw."""
    criteria = tuple(
        CriterionRule(
            key=row.criterion.key,
            kind=row.criterion.kind,
            weight=Fraction(row.criterion.weight),
            low=Fraction(row.levels[0].value),
            high=Fraction(row.levels[-1].value),
            min_mean=None if row.criterion.min_mean is None else Fraction(row.criterion.min_mean),
        )
        for row in rows
    )
    return Config(
        criteria=criteria,
        voting_seats=voting_seats,
        pass_total=Fraction(found.pass_total),
        knockout_share=found.knockout_share,
        quorum_min=found.quorum_min,
        quorum_share=found.quorum_share,
        capacity=found.capacity,
        tie_rule=found.tie_rule,
        seed=seed,
    )
