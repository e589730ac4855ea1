"""What the forum has before it when it decides: what the rule says of each proposal, and a draft of its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from app.decisions.rules import Outcome, RuleSays
from app.forum.models import ForumSession
from app.forum.queries import criteria, rounds
from app.forum.queries.criteria import CriterionRow
from app.forum.rules.results import Config, Flag, Result, RoundVerdict
from app.forum.rules.seats import KIND_WORDS
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.kit.text import say_number
from app.process.models import Process, Stage
from app.proposals.models import Proposal

VERDICT_WORDS: dict[RoundVerdict, Text] = {
    RoundVerdict.PASS: T("It reaches what was asked"),
    RoundVerdict.FAIL: T("It does not reach what was asked"),
    RoundVerdict.NO_QUORUM: T("Too few score sheets"),
    RoundVerdict.INELIGIBLE: T("It does not meet a requirement"),
}
FLAG_WORDS: dict[Flag, Text] = {
    Flag.DISAGREEMENT: T("the scores differ widely"),
    Flag.DECIDED_BY_ONE_SCORE: T("one score sheet decides it"),
    Flag.NEAR_CUT: T("close to the mark"),
    Flag.NO_QUORUM: T("too few score sheets"),
}


@dataclass(frozen=True)
class Draft:
    """One proposal as the rule leaves it: the outcome it says, its flags, and a reason to begin with."""

    folio: str
    result: Result
    says: Outcome | None
    reason: str

    @property
    def is_flagged(self) -> bool:
        """Whether the chair decides it one by one."""
        return bool(self.result.flags)


def session_name(meeting: ForumSession, language: str) -> str:
    """How a decision names its session: kind and number."""
    return T("{kind} no. {number}", kind=KIND_WORDS[meeting.kind], number=meeting.number).into(language)


def says(result: Result) -> Outcome | None:
    """The outcome a result leads to; none where there was no quorum."""
    if result.verdict is RoundVerdict.NO_QUORUM:
        return None
    if result.verdict is RoundVerdict.PASS:
        return Outcome.SELECTED if result.is_within_capacity else Outcome.RESERVED
    return Outcome.NOT_SELECTED


def rule_of_score_sheets(session: Session, stage: Stage, proposal: Proposal) -> RuleSays:
    """What the score sheets say of a proposal: no decision before the round is closed, nor without a quorum."""
    found = rounds.last_round(session, stage.id)
    if found is None or found.closed_at is None:
        return RuleSays(None, has_quorum=False, explained=T("The forum has not closed a round of scoring yet."))
    result = rounds.outturn(session, found, found.closed_at).counted.results.get(proposal.folio)
    if result is None or result.verdict is RoundVerdict.NO_QUORUM:
        n, needed = (result.n, result.needed) if result else (0, 1)
        return RuleSays(
            None,
            has_quorum=False,
            explained=T("Too few score sheets: {n} of the {needed} needed.", n=n, needed=needed),
        )
    return RuleSays(says(result), explained=VERDICT_WORDS[result.verdict])


def rule_of_session(session: Session, stage: Stage, proposal: Proposal) -> RuleSays:
    """A forum that goes down the list in session needs criteria it adopted; they say nothing by themselves."""
    del proposal
    if criteria.adopted(session, stage.id) is None:
        return RuleSays(has_quorum=False, explained=T("The forum has not adopted criteria for this stage yet."))
    return RuleSays()


def drafts(session: Session, process: Process, stage: Stage, now: datetime) -> list[Draft]:
    """Every proposal of the last round with what the rule says and a reason assembled from the criteria's words."""
    found = rounds.last_round(session, stage.id)
    if found is None:
        raise NotFound
    results = rounds.outturn(session, found, now).counted
    config = rounds.config_of(session, found)
    rows = criteria.criteria_of(session, found.criteria_set_id)
    return [
        Draft(result.folio, result, says(result), assembled(result, rows, config, process.language))
        for result in results.ranked
    ]


def assembled(result: Result, rows: list[CriterionRow], config: Config, language: str) -> str:
    """A reason to begin with: the verdict, the total and the mark, and the level each criterion came closest to."""
    parts = [VERDICT_WORDS[result.verdict].into(language) + "."]
    if result.total is not None:
        parts.append(
            T(
                "It reached {total} of 100 points; {mark} were asked for.",
                total=say_number(float(result.total), language, 1),
                mark=say_number(float(config.pass_total), language),
            ).into(language)
        )
    means = {mean.key: mean for mean in result.means}
    for row in rows:
        raw = means[row.criterion.key].raw if row.criterion.key in means else None
        if raw is not None:
            nearest = min(row.levels, key=lambda level: abs(Fraction(level.value) - raw))
            parts.append(f"{row.criterion.title(language)}: {nearest.label(language).lower()}.")
    return " ".join(parts)
