"""A filter as it is reported: the stored count beside what was published, or what a session begins from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.decisions import elsewhere
from app.decisions import queries as decided
from app.decisions.models import Decision, DecisionMark, Undecided
from app.decisions.rules import ALL
from app.forum.models import CriteriaSet
from app.forum.models import Round as ScoringRound
from app.forum.queries import criteria, deciding, rapporteur, rounds
from app.forum.queries.criteria import CriterionRow
from app.forum.queries.deciding import Draft, Wording
from app.forum.queries.results import Outturn
from app.forum.queries.suspicions import open_suspicions
from app.forum.rules.reporting import Asked, Drafted, Line, Report, Round, Taken, to_look_at_first
from app.kit.i18n import T
from app.process.kinds import FilterMethod
from app.process.models import Process, Stage
from app.process.queries import stage_by_id
from app.proposals.models import Proposal
from app.proposals.rules import Provenance

Part = slice
WHOLE: Part = slice(None)


@dataclass(frozen=True)
class Reader:
    """For whose eyes papers are: when they are read, and the proposals on which the reader stands aside."""

    now: datetime
    aside: Collection[str]


def is_public(session: Session, stage: Stage) -> bool:
    """Whether decisions of a stage are published: before that there is nothing to report."""
    return decided.figures(session, stage.id).decided > 0


def told_elsewhere(session: Session, stage: Stage) -> elsewhere.Report | None:
    """Where the report of a filter by score sheets is read, once its round is closed and its decisions are public."""
    if stage.settings.get("method") != FilterMethod.SCORE_SHEETS:
        return None
    found = rounds.last_round(session, stage.id)
    if found is None or (found.follows_id is None and found.closed_at is None):
        return None
    words = T("Report of the filter: every proposal with its decision and reason")
    return elsewhere.Report(words, f"/forum/report?stage={stage.slug}")


def is_before(session: Session, found: ScoringRound, now: datetime) -> bool:
    """Whether a session has still to decide on what a round was about, or what it decided is not public yet."""
    stage, taken = stage_by_id(session, found.stage_id), decided.count_taken(session, found.stage_id)
    return taken["taken"] > taken["published"] or decided.count_open(session, stage, now) > 0


def filter_report(session: Session, process: Process, found: ScoringRound, now: datetime, part: Part = WHOLE) -> Report:
    """Every proposal of a decided filter, by rank, then what was decided on without score sheets; or a part of them."""
    outturn = rounds.outturn(session, found, now)
    results = outturn.counted.results
    undecided = _undecided(session, found)
    ranked = [result.folio for result in outturn.counted.ranked]
    folios = [*ranked, *(folio for folio in _decided(session, found, undecided) if folio not in results)]
    shown = folios[part]
    titles = rounds.titles_of(session, process.id, shown)
    taken, joined = _taken(session, found, shown), _joined(session, process, shown)
    figures = decided.figures(session, found.stage_id)
    lines = [
        Line(
            folio,
            titles.get(folio, ""),
            results.get(folio),
            deciding.says(results[folio]) if folio in results else None,
            taken.get(folio),
            undecided.get(folio, ""),
            joined.get(folio, ""),
        )
        for folio in shown
    ]
    return Report(
        _round(session, process, outturn, criteria.criteria_of(session, found.criteria_set_id)),
        lines,
        len(folios),
        sum(result.goes_on for result in results.values()),
        figures.outcomes,
        figures.against_rule,
        _made_up(session, found),
    )


def session_pack(session: Session, process: Process, found: ScoringRound, reader: Reader, part: Part = WHOLE) -> Report:
    """Every proposal of a counted round as a session goes through them; last those on which the reader stands aside.

    Nothing told of the others lets it be worked out what these came to.
    """
    outturn = rounds.outturn(session, found, reader.now)
    rows = criteria.criteria_of(session, found.criteria_set_id)
    wording = Wording(rows, outturn.config, process.language)
    seen = [result for result in outturn.counted.results.values() if result.folio not in reader.aside]
    hidden = sorted(folio for folio in outturn.counted.results if folio in reader.aside)
    ordered = to_look_at_first(outturn.config, seen)
    shown = [*(result.folio for result in ordered), *hidden][part]
    titles = rounds.titles_of(session, process.id, shown)
    voiced = rapporteur.texts_of(session, found.stage_id, [folio for folio in shown if folio not in reader.aside])
    results, joined = {result.folio: result for result in seen}, _joined(session, process, shown)
    suspected = Counter(one.folio for one in open_suspicions(session, found, reader.now))

    def line(folio: str) -> Line:
        title, result = titles.get(folio, ""), results.get(folio)
        if result is None:
            return Line(folio, title, is_aside=True)
        if folio in joined:
            return Line(folio, title, result, joined_with=joined[folio])
        draft = Draft(folio, result, deciding.says(result), wording)
        begun = Drafted(voiced.get(folio) or draft.reason, by_a_seat=bool(voiced.get(folio)))
        return Line(folio, title, result, draft.says, draft=begun, suspected=suspected[folio])

    return Report(
        _round(session, process, outturn, rows),
        [line(folio) for folio in shown],
        len(outturn.counted.results),
        sum(result.goes_on for result in seen),
        outcomes={},
        against_rule=0,
        made_up=0,
        is_pack=True,
        to_look_at=sum(bool(result.flags) for result in seen),
    )


def _round(session: Session, process: Process, outturn: Outturn, rows: Sequence[CriterionRow]) -> Round:
    found = outturn.round
    adopted = session.get_one(CriteriaSet, found.criteria_set_id)
    return Round(
        found.number,
        found.closed_at,
        outturn.version,
        outturn.counted.formula,
        outturn.counted.inputs_hash,
        outturn.config,
        tuple(_asked(row) for row in rows),
        found.provenance,
        criteria.lateness_of(session, process, adopted),
        found.per_proposal,
        bool(found.by_theme),
    )


def _asked(row: CriterionRow) -> Asked:
    one, levels = row.criterion, row.levels
    titles = {language: one.title(language) for language in ("es", "en")}
    return Asked(one.key, titles, one.kind, one.weight, levels[0].value, levels[-1].value, one.min_mean)


def _undecided(session: Session, found: ScoringRound) -> dict[str, str]:
    """Why proposals were left without a decision, by folio."""
    rows = session.execute(
        select(Proposal.folio, Undecided.reason)
        .join(Undecided, Undecided.proposal_id == Proposal.id)
        .where(Undecided.stage_id == found.stage_id)
        .order_by(Proposal.number)
    )
    return {row[0]: row[1] for row in rows}


def _decided(session: Session, found: ScoringRound, undecided: Collection[str]) -> list[str]:
    """The folios of the published decisions, then of what was left undecided."""
    rows = session.scalars(
        select(Proposal.folio)
        .select_from(DecisionMark)
        .join(Decision, Decision.id == DecisionMark.decision_id)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(DecisionMark.stage_id == found.stage_id, DecisionMark.mark == ALL)
        .order_by(DecisionMark.number)
    )
    return list(dict.fromkeys([*rows, *undecided]))


def _taken(session: Session, found: ScoringRound, folios: Sequence[str]) -> dict[str, Taken]:
    """The published decisions on these proposals, by folio."""
    rows = session.execute(
        select(Proposal.folio, Decision)
        .select_from(DecisionMark)
        .join(Decision, Decision.id == DecisionMark.decision_id)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(DecisionMark.stage_id == found.stage_id, DecisionMark.mark == ALL, Proposal.folio.in_(folios))
    )
    return {
        folio: Taken(one.outcome, one.reason, one.follows_rule, one.override_reason, one.provenance)
        for folio, one in rows
    }


def _joined(session: Session, process: Process, folios: Sequence[str]) -> dict[str, str]:
    """With which other one a proposal goes on, by folio."""
    into = aliased(Proposal)
    rows = session.execute(
        select(Proposal.folio, into.folio)
        .join(into, into.id == Proposal.merged_into_id)
        .where(Proposal.process_id == process.id, Proposal.folio.in_(folios))
    )
    return {row[0]: row[1] for row in rows}


def _made_up(session: Session, found: ScoringRound) -> int:
    """How many of the published decisions were made up to illustrate."""
    here = (DecisionMark.stage_id == found.stage_id, DecisionMark.mark == ALL)
    wanted = select(func.count()).select_from(DecisionMark).join(Decision, Decision.id == DecisionMark.decision_id)
    return session.scalar(wanted.where(*here, Decision.provenance == Provenance.ILLUSTRATIVE)) or 0
