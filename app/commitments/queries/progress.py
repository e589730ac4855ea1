"""The tracking panel: every commitment of a plan in one round, with both kinds of figures and what warns readers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.commitments.models import Commitment, Milestone, MilestoneVersion, MonitoringRound, ProgressReport
from app.commitments.queries import commitments as queries
from app.commitments.queries import rounds
from app.commitments.rules import progress as rules
from app.commitments.rules.milestones import Timing, timing
from app.commitments.rules.progress import PlanFigure, Rating, Reach, Source, Status
from app.process.kinds import MonitoringSettings
from app.process.models import Process

Reports = Mapping[Source, ProgressReport]


@dataclass(frozen=True)
class Step:
    """One milestone in one round: the version in force, what each source said, and where it stands in time."""

    milestone: Milestone
    version: MilestoneVersion
    reports: Reports
    timing: Timing

    @property
    def own(self) -> ProgressReport | None:
        """What the institution reported of it in this round."""
        return self.reports.get(Source.INSTITUTION)

    @property
    def reach(self) -> Reach | None:
        """What the institution reported of it, in figures."""
        return self.own.reach if self.own else None


@dataclass(frozen=True)
class Line:
    """One commitment in one round: reported and computed beside one another."""

    commitment: Commitment
    lead: str
    reports: Reports
    steps: list[Step]
    reported: Reach | None
    computed: Reach | None
    warning: rules.Mismatch | None
    rating: Rating | None

    @property
    def own(self) -> ProgressReport | None:
        """What the institution reported of the commitment as a whole."""
        return self.reports.get(Source.INSTITUTION)

    @property
    def has_report(self) -> bool:
        """Whether the institution reported anything of it in this round."""
        return self.own is not None or any(step.own for step in self.steps)

    @property
    def share(self) -> Fraction:
        """How far the bar of the picture goes: what was reported, else the lower end of what was computed."""
        shown = self.reported or self.computed
        return shown.low if shown else Fraction(0)

    def count(self, timing: Timing) -> int:
        """How many of its milestones stand so in time."""
        return sum(step.timing is timing for step in self.steps)


@dataclass(frozen=True)
class Panel:
    """The plan in one round."""

    round: MonitoringRound | None
    lines: list[Line]
    reported: PlanFigure
    computed: PlanFigure
    settings: MonitoringSettings
    warned: list[Line] = field(default_factory=list)


def panel(session: Session, process: Process, of: MonitoringRound | None, now: datetime) -> Panel:
    """The commitments of the plan in a round; without a round nobody was asked yet, and nothing is reported."""
    settings = queries.monitoring(session, process)
    until = (of.closed_at or now) if of else now
    found = [row for row in queries.public_of(session, process.id) if _was_in_plan(row[0], until)]
    lines = lines_of(session, process, found, of, (now, settings))
    return Panel(
        round=of,
        lines=lines,
        reported=rules.plan_figure([line.reported for line in lines]),
        computed=rules.plan_figure([line.computed for line in lines]),
        settings=settings,
        warned=[line for line in lines if line.warning],
    )


def _was_in_plan(commitment: Commitment, at: datetime) -> bool:
    return commitment.entered_at is not None and commitment.entered_at <= at


def lines_of(
    session: Session,
    process: Process,
    found: Sequence[tuple[Commitment, str]],
    of: MonitoringRound | None,
    told: tuple[datetime, MonitoringSettings],
) -> list[Line]:
    """Some commitments in one round; `told` are the moment and the thresholds."""
    now, settings = told
    keys = [commitment.id for commitment, _ in found]
    milestones = queries.milestones_of(session, keys)
    at = (of.closed_at or now) if of else now
    reports = _reports(session, of.id, keys) if of else {}
    complete = _complete(session, keys, of.number if of else 0)
    today = now.astimezone(process.zone).date()
    lines = []
    for commitment, lead in found:
        in_force = queries.in_force(milestones[commitment.id], at)
        steps = _steps(commitment, in_force, reports, complete, (today, settings))
        lines.append(_line(commitment, lead, reports.get((commitment.id, None), {}), steps, settings))
    return lines


def _steps(
    commitment: Commitment,
    in_force: Sequence[tuple[Milestone, MilestoneVersion]],
    reports: Keyed,
    complete: Container[uuid.UUID | None],
    told: tuple[date, MonitoringSettings],
) -> list[Step]:
    """The milestones in force with what was said of each, and where it stands on a day; `told` is that day."""
    today, settings = told
    return [
        Step(
            milestone,
            version,
            reports.get((commitment.id, milestone.id), {}),
            timing(
                version.due_on,
                version.due_to_the,
                today,
                is_complete=milestone.id in complete,
                risk_days=settings.risk_days,
            ),
        )
        for milestone, version in in_force
    ]


def _line(commitment: Commitment, lead: str, reports: Reports, steps: list[Step], settings: MonitoringSettings) -> Line:
    own = reports.get(Source.INSTITUTION)
    reported = own.reach if own else None
    computed = rules.computed([step.reach for step in steps])
    decimals = max(rules.decimals_of(own.low), rules.decimals_of(own.high)) if own else 0
    return Line(
        commitment=commitment,
        lead=lead,
        reports=reports,
        steps=steps,
        reported=reported,
        computed=computed,
        warning=rules.warning(reported, computed, decimals),
        rating=rules.rating(reported or computed, settings.green_from, settings.yellow_from),
    )


Keyed = dict[tuple[uuid.UUID, uuid.UUID | None], dict[Source, ProgressReport]]


def _reports(session: Session, round_id: uuid.UUID, keys: Sequence[uuid.UUID]) -> Keyed:
    wanted = (ProgressReport.round_id == round_id, ProgressReport.is_current, ProgressReport.commitment_id.in_(keys))
    return _keyed(session.scalars(select(ProgressReport).where(*wanted)))


def _keyed(reports: Iterable[ProgressReport]) -> Keyed:
    found: Keyed = defaultdict(dict)
    for report in reports:
        found[report.commitment_id, report.milestone_id][report.source] = report
    return found


def _complete(session: Session, keys: Sequence[uuid.UUID], number: int) -> set[uuid.UUID | None]:
    """The milestones whose institution said in this round or an earlier one, in a word or by 100, that it is done."""
    rows = session.execute(
        select(ProgressReport.milestone_id)
        .join(MonitoringRound, MonitoringRound.id == ProgressReport.round_id)
        .where(ProgressReport.commitment_id.in_(keys), ProgressReport.milestone_id.is_not(None))
        .where(ProgressReport.is_current, ProgressReport.source == Source.INSTITUTION)
        .where(or_(ProgressReport.status == Status.COMPLETE, ProgressReport.low.like("100%")))
        .where(MonitoringRound.number <= number)
    )
    return {row[0] for row in rows}


@dataclass(frozen=True)
class Story:
    """One commitment over all rounds, the newest first; `now` is the newest round, if there is one."""

    now: Line
    rounds: list[tuple[MonitoringRound, Line]]
    settings: MonitoringSettings
    versions: queries.Versions


def story_of(session: Session, process: Process, commitment: Commitment, lead: str, now: datetime) -> Story:
    """One commitment in every round since it entered the plan, at the same cost however many rounds there were."""
    settings = queries.monitoring(session, process)
    versions = queries.milestones_of(session, [commitment.id])[commitment.id]
    every = [one for one in rounds.rounds_of(session, process.id) if _was_in_plan(commitment, one.closed_at or now)]
    wanted = (ProgressReport.commitment_id == commitment.id, ProgressReport.is_current)
    reports = session.scalars(select(ProgressReport).where(*wanted)).all()
    done = {
        report.milestone_id
        for report in reports
        if report.source is Source.INSTITUTION and rules.is_complete(report.status, report.low)
    }
    today = now.astimezone(process.zone).date()

    def line(of: MonitoringRound | None) -> Line:
        keyed = _keyed(report for report in reports if of and report.round_id == of.id)
        in_force = queries.in_force(versions, (of.closed_at or now) if of else now)
        steps = _steps(commitment, in_force, keyed, done, (today, settings))
        return _line(commitment, lead, keyed.get((commitment.id, None), {}), steps, settings)

    told = [(one, line(one)) for one in every]
    return Story(told[0][1] if told else line(None), told, settings, versions)


def reports_of(
    session: Session, commitment_id: uuid.UUID, limit: int = 1000
) -> list[tuple[ProgressReport, int, int | None]]:
    """Everything reported on a commitment, corrected reports too, newest first: with its round and milestone."""
    rows = session.execute(
        select(ProgressReport, MonitoringRound.number, Milestone.number)
        .join(MonitoringRound, MonitoringRound.id == ProgressReport.round_id)
        .outerjoin(Milestone, Milestone.id == ProgressReport.milestone_id)
        .where(ProgressReport.commitment_id == commitment_id)
        .order_by(MonitoringRound.number.desc(), ProgressReport.at.desc(), ProgressReport.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def figures_of(panel: Panel) -> dict[str, str]:
    """The figures of a round as they are kept when it closes and checked again later: digits, or two between bars."""
    found = {f"{line.commitment.number}:reported": said(line.reported) for line in panel.lines}
    found |= {f"{line.commitment.number}:computed": said(line.computed) for line in panel.lines}
    return found | {"plan:reported": said(panel.reported.reach), "plan:computed": said(panel.computed.reach)}


def said(reach: Reach | None) -> str:
    """A figure in digits, an interval with a bar between its ends, nothing as nothing."""
    if reach is None:
        return ""
    low, high = rules.as_text(reach.low), rules.as_text(reach.high)
    return low if reach.is_exact else f"{low}|{high}"


def fault_of(session: Session, process: Process) -> str | None:
    """The first figure of a closed round that does not follow from its rows any more."""
    for one in reversed(rounds.rounds_of(session, process.id, limit=1000)):
        if one.closed_at is None:
            continue
        now = figures_of(panel(session, process, one, one.closed_at))
        for name, figure in one.figures.items():
            if name in now and now[name] != figure:
                return f"round {one.number}: the figure {name} was closed as {figure!r} and the rows give {now[name]!r}"
    return None
