"""The plan by program: reading and drafting commitments and their milestones."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import DraftCommitment, SetMilestone
from app.commitments.api.telling import (
    BASE,
    CommitmentInFull,
    CommitmentLine,
    CommitmentPage,
    MilestonePage,
    MilestoneTold,
    NewCommitment,
    NewMilestone,
    SourceTold,
    answer,
)
from app.commitments.models import Commitment, MilestoneVersion
from app.commitments.queries import commitments as queries
from app.people.rules import Permission
from app.process import doors
from app.process import queries as processes
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


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
    return answer(CommitmentPage(items=items, total=len(items)))


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
    return answer(CommitmentLine(**_line(view, process, made, lead)), 201)


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
    return answer(
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
    return answer(MilestonePage(items=items, total=len(items)))


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
    return answer(_milestone(made.number, queries.milestone_numbered(view.session, found.id, made.number)[1]), 201)
