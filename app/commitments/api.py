"""The plan by program: commitments, their milestones and reports, and progress with its warnings."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import About, DraftCommitment, Report, SetMilestone
from app.commitments.models import Commitment, MilestoneVersion, ProgressReport
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.rules import progress as rules
from app.commitments.rules.plan import PUBLIC as IN_PUBLIC
from app.commitments.rules.progress import PlanFigure, Reach, Source
from app.kit.errors import NotFound
from app.people.rules import Permission
from app.process import doors
from app.process import queries as processes
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()
BASE = "/api/v1/processes/{slug}/commitments"


class CommitmentLine(BaseModel):
    """One commitment of the plan."""

    number: int
    title: str
    area: str
    state: str
    lead_institution: str
    origin_sector: str
    values: list[str]
    starts_on: date | None
    ends_on: date | None
    not_from_the_consultation: str
    provenance: str
    url: str


class CommitmentPage(BaseModel):
    """Every commitment of the plan, by number."""

    items: list[CommitmentLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class SourceTold(BaseModel):
    """A proposal behind a commitment, and with which part."""

    folio: str
    part: str
    words: str


class MilestoneTold(BaseModel):
    """One milestone in the version that counts now."""

    number: int
    version: int
    title: str
    deliverable: str
    means_of_verification: str
    post: str
    involves_public: bool
    due_on: date | None
    due_to_the: str
    is_dropped: bool


class MilestonePage(BaseModel):
    """The milestones of a commitment."""

    items: list[MilestoneTold]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class CommitmentInFull(CommitmentLine):
    """One commitment with its text, where it comes from, and what is missing to verify it."""

    text_version: int
    summary: str
    sections: dict[str, str]
    sources: list[SourceTold]
    milestones: list[MilestoneTold]
    missing: list[str]
    entered_despite: str


class NewCommitment(BaseModel):
    """A draft."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=1000)
    title_en: str = Field(default="", max_length=1000)
    summary: str = Field(default="", max_length=20_000)
    summary_en: str = Field(default="", max_length=20_000)
    area: str = Field(default="", max_length=500)
    lead_institution: str = Field(default="", max_length=500)
    origin_sector: str = "public"
    values: list[str] = Field(default=[], max_length=10)
    starts_on: date | None = None
    ends_on: date | None = None
    sections: dict[str, str] = Field(default={}, max_length=20)


class NewMilestone(BaseModel):
    """A milestone; in the plan it needs the reason, who approved it and when."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=1000)
    deliverable: str = Field(default="", max_length=10_000)
    means_of_verification: str = Field(default="", max_length=10_000)
    post: str = Field(default="", max_length=1000)
    involves_public: bool = False
    starts_on: date | None = None
    due_on: date | None = None
    due_to_the: str = "day"
    reason: str = Field(default="", max_length=10_000)
    approver: str = Field(default="", max_length=1000)
    approved_on: date | None = None


class NewReport(BaseModel):
    """What is said of a commitment, or of one of its milestones, in the newest round."""

    model_config = ConfigDict(extra="forbid")

    milestone: int | None = Field(default=None, ge=1, le=1000)
    source: Literal["institution", "counterpart", "forum"] = "institution"
    status: str = ""
    low: str = Field(default="", max_length=20)
    high: str = Field(default="", max_length=20)
    done: str = Field(default="", max_length=10_000)
    evidence: list[str] = Field(default=[], max_length=20)


class ReportTold(BaseModel):
    """What one source said in one round; corrected ones stay, marked."""

    round: int
    milestone: int | None
    milestone_version: int | None
    source: str
    status: str | None
    low: str
    high: str
    done: str
    evidence: list[str]
    is_current: bool
    is_late: bool
    provenance: str


class ReportPage(BaseModel):
    """The reports on a commitment, the newest first."""

    items: list[ReportTold]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class Figure(BaseModel):
    """A share of 100, exactly where both ends are equal."""

    low: float
    high: float


class CommitmentProgress(BaseModel):
    """Both figures of one commitment beside one another."""

    number: int
    title: str
    reported: float | None
    reported_range: Figure | None
    computed: float | None
    computed_range: Figure | None
    rating: str | None
    has_report: bool
    warnings: list[str]


class PlanProgress(BaseModel):
    """The plan's figures, each kind apart, and over how many commitments each is the mean."""

    reported: float | None
    reported_rounded: int | None
    reported_range: Figure | None
    reported_known: int
    computed: float | None
    computed_range: Figure | None
    computed_known: int
    of: int


class Warned(BaseModel):
    """A figure that does not fit what stands beside it."""

    commitment: int
    warning: str


class Progress(BaseModel):
    """How far a plan is in one round; a commitment without a report has no figure, never an old one."""

    round: int | None
    plan: PlanProgress
    commitments: list[CommitmentProgress]
    warnings: list[Warned]
    green_from: int
    yellow_from: int


def _answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status_code=status, media_type="application/json", headers=PRIVATE)


def _line(view: View, process: Process, one: Commitment, lead: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title(view.language),
        "area": one.area,
        "state": one.state.value,
        "lead_institution": lead,
        "origin_sector": one.origin_sector.value,
        "values": list(one.values),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "not_from_the_consultation": one.not_from_the_consultation,
        "provenance": one.provenance.value,
        "url": f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/commitments/{one.number}')}",
    }


@router.read(BASE, may=PUBLIC, kept=True, response_model=CommitmentPage)
def listing(view: View, slug: str) -> Response:
    """The commitments of the plan."""
    process = doors.found(view, slug)
    found = queries.public_of(view.session, process.id)
    items = [CommitmentLine(**_line(view, process, one, lead)) for one, lead in found]
    return _answer(CommitmentPage(items=items, total=len(items)))


@router.write("POST", BASE, may=Permission.WRITE_COMMITMENTS, response_model=CommitmentLine, status_code=201)
def draft(view: View, slug: str, sent: NewCommitment) -> Response:
    """Draft a commitment; it is public when it enters the plan. Office."""
    process = processes.by_slug(view.session, slug)
    told = sent.model_dump(exclude={"title", "summary", "lead_institution", "values"})
    wish = DraftCommitment(
        title_es=sent.title,
        summary_es=sent.summary,
        lead=sent.lead_institution,
        values=tuple(sent.values),
        **told,
    )
    made = actions.draft(view.work, process, wish)
    lead = queries.organisation_name(view.session, made.lead_id)
    return _answer(CommitmentLine(**_line(view, process, made, lead)), 201)


def _public(view: View, slug: str, number: int) -> tuple[Process, Commitment]:
    process = doors.found(view, slug)
    return process, queries.public_numbered(view.session, process.id, number)


@router.read(f"{BASE}/{{number}}", may=PUBLIC, kept=True, response_model=CommitmentInFull)
def one(view: View, slug: str, number: int) -> Response:
    """One commitment of the plan with everything the public may read about it."""
    process, found = _public(view, slug, number)
    text = queries.text_of(view.session, found)
    sources = queries.sources_of(view.session, found.id)
    lead = queries.organisation_name(view.session, found.lead_id)
    missing = queries.missing_of(view.session, found, view.now)
    return _answer(
        CommitmentInFull(
            **_line(view, process, found, lead),
            text_version=found.text_version,
            summary=text.summary(view.language),
            sections={name: str(words) for name, words in text.sections.items()},
            sources=[SourceTold(folio=p.folio, part=s.part.value, words=s.words) for s, p in sources],
            milestones=_milestones(view, found),
            missing=[line.into(view.language) for line in missing],
            entered_despite=found.entered_despite,
        )
    )


def _milestones(view: View, found: Commitment) -> list[MilestoneTold]:
    versions = queries.milestones_of(view.session, [found.id])[found.id]
    return [_milestone(milestone.number, some[-1]) for milestone, some in versions]


def _milestone(number: int, version: MilestoneVersion) -> MilestoneTold:
    return MilestoneTold(
        number=number,
        version=version.number,
        title=version.title,
        deliverable=version.deliverable,
        means_of_verification=version.means,
        post=version.post,
        involves_public=version.involves_public,
        due_on=version.due_on,
        due_to_the=version.due_to_the.value,
        is_dropped=version.is_dropped,
    )


@router.read(f"{BASE}/{{number}}/milestones", may=PUBLIC, kept=True, response_model=MilestonePage)
def milestones(view: View, slug: str, number: int) -> Response:
    """The milestones of a commitment of the plan."""
    _, found = _public(view, slug, number)
    items = _milestones(view, found)
    return _answer(MilestonePage(items=items, total=len(items)))


@router.write(
    "POST",
    f"{BASE}/{{number}}/milestones",
    may=Permission.WRITE_COMMITMENTS,
    response_model=MilestoneTold,
    status_code=201,
)
def add_milestone(view: View, slug: str, number: int, sent: NewMilestone) -> Response:
    """Add a milestone. Office."""
    process = processes.by_slug(view.session, slug)
    view.work.require(Permission.WRITE_COMMITMENTS, process.id)
    found = queries.numbered(view.session, process.id, number)
    wish = SetMilestone(means=sent.means_of_verification, **sent.model_dump(exclude={"means_of_verification"}))
    made = actions.add_milestone(view.work, process, found, wish)
    return _answer(_milestone(made.number, queries.milestone_numbered(view.session, found.id, made.number)[1]), 201)


@router.read(f"{BASE}/{{number}}/reports", may=PUBLIC, kept=True, response_model=ReportPage)
def reports(view: View, slug: str, number: int) -> Response:
    """Everything that was reported on a commitment, corrected reports included."""
    _, found = _public(view, slug, number)
    items = [_report(*row) for row in progress.reports_of(view.session, found.id)]
    return _answer(ReportPage(items=items, total=len(items)))


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
    return _answer(_report(row, newest[0].number, sent.milestone), 201)


@router.read("/api/v1/processes/{slug}/progress", may=PUBLIC, kept=True, response_model=Progress)
def how_far(view: View, slug: str, round: int | None = None) -> Response:  # noqa: A002 - as the address says it
    """Reported and computed progress per commitment and for the plan, with warnings; the newest round unless told."""
    process = doors.found(view, slug)
    of = rounds.chosen(view.session, process.id, round)
    panel = progress.panel(view.session, process, of, view.now)
    return _answer(
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
