"""The stage report: what was done with what people proposed, generated from the records and published as it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.decisions import queries as decisions
from app.decisions.models import Decision
from app.feedback import queries, questions, rules
from app.feedback.models import StageReport
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.trail.rules import instant
from app.work import Work

LONGEST = 3000


def stage_facts(session: Session, process: Process, stage: Stage) -> dict[str, Any]:
    """The figures of a report: contributions by way and sector (small cells withheld), outcomes, reasons, answers."""
    counts = proposals.counts_of(session, process.id)
    decided = decisions.figures(session, stage.id)
    went = queries.how_it_went(session, stage.id)
    return {
        "received": sum(counts.values()),
        "states": {state.value: n for state, n in counts.items()},
        "channels": rules.suppressed(_count_by(session, stage, Proposal.channel)),
        "sectors": rules.suppressed(_count_by(session, stage, Proposal.origin_sector)),
        "people": queries.confirmed_people(session, process.id),
        "opens_at": instant(stage.opens_at) if stage.opens_at else None,
        "closes_at": instant(stage.closes_at) if stage.closes_at else None,
        "decided": decided.decided,
        "outcomes": {outcome.value: n for outcome, n in decided.outcomes.items()},
        "reasons": [list(pair) for pair in decided.reasons],
        "without_reason": decided.without_reason,
        "against_rule": decided.against_rule,
        "answers": asdict(queries.figures(session, stage.id)),
        "median_days": went.median_days,
        "clear": rules.suppressed(Counter({answer.value: n for answer, n in went.clear.items()})),
        "lone": went.lone,
        "questions": questions.figures(session, stage.id).shown(),
    }


def _count_by(session: Session, stage: Stage, column: Any) -> dict[str, int]:
    """Proposals of the process, or of an intake stage only those that came in there, by one of their facts."""
    rows = session.execute(select(column, func.count()).where(Proposal.process_id == stage.process_id).group_by(column))
    return {value.value: n for value, n in rows}


def publish_report(work: Work, process: Process, stage: Stage, words: dict[str, str]) -> StageReport:
    """Publish the report of a stage as it stands now; a later version says what changed. Office only."""
    work.require(Permission.PUBLISH_DECISIONS, process.id)
    texts = {name: words.get(name, "").strip() for name in ("purpose", "what_next", "change_note")}
    if any(len(text) > LONGEST for text in texts.values()):
        raise Invalid(purpose=T("This is too long: at most {n} characters.", n=LONGEST))
    earlier = queries.reports_of(work.session, stage.id)
    if earlier and not texts["change_note"]:
        raise Invalid(change_note=T("Say what changed since the version published before."))
    if not texts["purpose"]:
        raise Invalid(purpose=T("Say in a sentence or two what people were asked."))
    if not queries.figures(work.session, stage.id).total and not _any_decision(work, stage):
        raise Conflict(T("There is nothing to report on yet."))
    report = StageReport(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        version=earlier[0].version + 1 if earlier else 1,
        facts=stage_facts(work.session, process, stage),
        at=work.now,
        **texts,
    )
    work.session.add(report)
    because = f"report:{report.id}"
    work.record("report.published", stage.subject, because=because, version=report.version, figures=report.facts)
    return report


def _any_decision(work: Work, stage: Stage) -> bool:
    wanted = (Decision.stage_id == stage.id, Decision.published_at.is_not(None))
    return work.session.scalar(select(Decision.id).where(*wanted).limit(1)) is not None
