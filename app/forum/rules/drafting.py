"""What a proposal met and what it missed, criterion by criterion, so that a reason can say it in words."""

from __future__ import annotations

from fractions import Fraction

from app.forum.rules.results import Config, Result
from app.forum.rules.scoring import CriterionKind
from app.forum.rules.totals import CriterionMean, CriterionRule


def met_and_missed(config: Config, result: Result) -> tuple[list[str], list[str]]:
    """The keys of the criteria in a proposal's favour, and of those it falls short of, in their order.

    A requirement is met unless it made the proposal fall; a scored criterion is when it reaches its own minimum, or,
    where it has none, as large a share of its scale as is asked of the whole. Informative ones judge nothing.
    """
    means = {mean.key: mean for mean in result.means}
    judged = {
        rule.key: _is_met(config, rule, means[rule.key], result)
        for rule in config.criteria
        if rule.kind is not CriterionKind.INFORMATIVE and rule.key in means and means[rule.key].n
    }
    return [key for key, met in judged.items() if met], [key for key, met in judged.items() if not met]


def _is_met(config: Config, rule: CriterionRule, mean: CriterionMean, result: Result) -> bool:
    if rule.kind is CriterionKind.KNOCKOUT:
        return rule.key not in result.failed
    if rule.min_mean is not None:
        return (mean.raw or Fraction(0)) >= rule.min_mean
    return 100 * (mean.unit or Fraction(0)) >= config.pass_total
