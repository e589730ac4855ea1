"""Reports and progress by program: what was said, what follows from it, and what does not fit."""

from __future__ import annotations

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import About, Report
from app.commitments.api.telling import (
    BASE,
    CommitmentProgress,
    Figure,
    NewReport,
    PlanProgress,
    Progress,
    ReportPage,
    ReportTold,
    Warned,
    answer,
)
from app.commitments.models import ProgressReport
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.rules import progress as rules
from app.commitments.rules.plan import PUBLIC as IN_PUBLIC
from app.commitments.rules.progress import PlanFigure, Reach, Source
from app.kit.errors import NotFound
from app.people.rules import Permission
from app.process import doors
from app.process import queries as processes
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.read(f"{BASE}/{{number}}/reports", may=PUBLIC, kept=True, response_model=ReportPage)
def reports(view: View, slug: str, number: int) -> Response:
    """Everything that was reported on a commitment, corrected reports included."""
    found = queries.public_numbered(view.session, doors.found(view, slug).id, number)
    items = [_report(*row) for row in progress.reports_of(view.session, found.id)]
    return answer(ReportPage(items=items, total=len(items)))


def _report(report: ProgressReport, of: int, milestone: int | None) -> ReportTold:
    return ReportTold(
        round=of,
        milestone=milestone,
        milestone_version=report.milestone_version,
        source=report.source.value,
        status=report.status.value if report.status else None,
        low=report.low,
        high=report.high,
        done=report.done,
        evidence=list(report.evidence),
        is_current=report.is_current,
        is_late=report.is_late,
        provenance=report.provenance.value,
    )


@router.write(
    "POST", f"{BASE}/{{number}}/reports", may=Permission.REPORT_PROGRESS, response_model=ReportTold, status_code=201
)
def report(view: View, slug: str, number: int, sent: NewReport) -> Response:
    """Report in the newest round: the institution that leads it, its counterpart, or the office for them."""
    process = processes.by_slug(view.session, slug)
    view.work.require(Permission.REPORT_PROGRESS, process.id)
    found = queries.numbered(view.session, process.id, number)
    newest = rounds.rounds_of(view.session, process.id, 1)
    if not newest or found.state not in IN_PUBLIC:
        raise NotFound
    about = About(newest[0], found, Source(sent.source), sent.milestone)
    wish = Report(sent.status, sent.low, sent.high, sent.done, tuple(sent.evidence))
    row = actions.report(view.work, process, about, wish)
    return answer(_report(row, newest[0].number, sent.milestone), 201)


@router.read("/api/v1/processes/{slug}/progress", may=PUBLIC, kept=True, response_model=Progress)
def how_far(view: View, slug: str, round: int | None = None) -> Response:  # noqa: A002 - as the address says it
    """Reported and computed progress per commitment and for the plan, with warnings; the newest round unless told."""
    process = doors.found(view, slug)
    of = rounds.chosen(view.session, process.id, round)
    panel = progress.panel(view.session, process, of, view.now)
    return answer(
        Progress(
            round=of.number if of is not None else None,
            plan=_plan(panel.reported, panel.computed),
            commitments=[_progress(view, line) for line in panel.lines],
            warnings=[Warned(commitment=row.commitment.number, warning=str(row.warning)) for row in panel.warned],
            green_from=panel.settings.green_from,
            yellow_from=panel.settings.yellow_from,
        )
    )


def _plan(reported: PlanFigure, computed: PlanFigure) -> PlanProgress:
    exact = _exact(reported.reach)
    whole = int(rules.rounded(reported.reach.low)) if reported.reach and exact is not None else None
    return PlanProgress(
        reported=exact,
        reported_rounded=whole,
        reported_range=_range(reported.reach),
        reported_known=reported.known,
        computed=_exact(computed.reach),
        computed_range=_range(computed.reach),
        computed_known=computed.known,
        of=reported.of,
    )


def _progress(view: View, line: progress.Line) -> CommitmentProgress:
    return CommitmentProgress(
        number=line.commitment.number,
        title=line.commitment.title(view.language),
        reported=_exact(line.reported),
        reported_range=_range(line.reported),
        computed=_exact(line.computed),
        computed_range=_range(line.computed),
        rating=line.rating.value if line.rating else None,
        has_report=line.has_report,
        warnings=[str(line.warning)] if line.warning else [],
    )


def _exact(reach: Reach | None) -> float | None:
    return float(rules.rounded(reach.low, 2)) if reach is not None and reach.is_exact else None


def _range(reach: Reach | None) -> Figure | None:
    if reach is None:
        return None
    return Figure(low=float(rules.rounded(reach.low, 2)), high=float(rules.rounded(reach.high, 2)))
