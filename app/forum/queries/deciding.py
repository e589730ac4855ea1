"""What the forum has before it when it decides: what the rule says of each proposal, and a draft of its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from app.decisions.rules import LONGEST_REASON, OUTCOME_WORDS, Outcome, RuleSays
from app.forum.models import ForumSession, ScaleLevel
from app.forum.queries import criteria, rounds
from app.forum.queries.criteria import CriterionRow
from app.forum.queries.reasons import Written
from app.forum.queries.results import Counting
from app.forum.rules.drafting import met_and_missed
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
class Wording:
    """What a reason is put into words with: the criteria with their levels, what was adopted, and the language."""

    rows: list[CriterionRow]
    config: Config
    language: str


@dataclass(frozen=True)
class Draft:
    """One proposal as the rule leaves it: the outcome it says, its flags, and a reason to begin with."""

    folio: str
    result: Result
    says: Outcome | None
    wording: Wording

    @property
    def is_flagged(self) -> bool:
        """Whether the chair decides it one by one."""
        return bool(self.result.flags)

    @property
    def reason(self) -> str:
        """In one voice: what follows by the rule, the points, what it met and what it missed."""
        return assembled(self.result, self.says, self.wording)

    def reason_with(self, written: Sequence[Written]) -> str:
        """The same with what members wrote below it, as a list to be edited; as much of it as a reason may hold."""
        language, text = self.wording.language, self.reason
        if not written:
            return text
        text = f"{text}\n\n{T('What those who scored wrote:').into(language)}"
        lines = (f"\n- {row.criterion.title(language)}: {said}" for row in written for said in row.texts)
        for line in lines:
            if len(text) + len(line) > LONGEST_REASON:
                break
            text += line
        return text


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
    try:
        result = rounds.outturn(session, found, found.closed_at).counted.results.get(proposal.folio)
    except Counting as counting:
        return RuleSays(None, has_quorum=False, explained=counting.text)
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
    """Every proposal of the last round with what the rule says and what to word a reason with."""
    found = rounds.last_round(session, stage.id)
    if found is None:
        raise NotFound
    outturn = rounds.outturn(session, found, now)
    wording = Wording(criteria.criteria_of(session, found.criteria_set_id), outturn.config, process.language)
    return [Draft(result.folio, result, says(result), wording) for result in outturn.counted.ranked]


def assembled(result: Result, outcome: Outcome | None, wording: Wording) -> str:
    """A reason to begin with: what follows, the verdict, the points and the mark, and the criteria in their words."""
    language, config = wording.language, wording.config
    parts = [OUTCOME_WORDS[outcome].into(language) + "."] if outcome else []
    parts.append(VERDICT_WORDS[result.verdict].into(language) + ".")
    if outcome is Outcome.RESERVED and result.rank is not None:
        room = T("By its points it is in place {rank}, and there is room for {n}.", rank=result.rank, n=config.capacity)
        parts.append(room.into(language))
    if result.total is not None:
        parts.append(
            T(
                "It reached {total} of 100 points; {mark} were asked for.",
                total=say_number(float(result.total), language, 1),
                mark=say_number(float(config.pass_total), language),
            ).into(language)
        )
    met, missed = met_and_missed(config, result)
    if met:
        parts.append(T("In its favour: {criteria}.", criteria=_named(met, result, wording)).into(language))
    if missed:
        parts.append(T("Where it falls short: {criteria}.", criteria=_named(missed, result, wording)).into(language))
    return " ".join(parts)


def _named(keys: list[str], result: Result, wording: Wording) -> str:
    """Each of these criteria with the level its mean came closest to."""
    means = {mean.key: mean.raw for mean in result.means}
    told = []
    for row in wording.rows:
        raw = means.get(row.criterion.key)
        if row.criterion.key in keys and raw is not None:
            nearest = _nearest(row, raw)
            told.append(f"{row.criterion.title(wording.language)} ({nearest.label(wording.language).lower()})")
    return "; ".join(told)


def _nearest(row: CriterionRow, raw: Fraction) -> ScaleLevel:
    return min(row.levels, key=lambda level: abs(Fraction(level.value) - raw))
