"""The meetings of a process for programs: every field is listed, and neither people nor video links are among them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.meetings.models import Meeting
from app.meetings.queries import meetings
from app.meetings.rules.meeting import TOOK_PLACE, MeetingKind
from app.process import doors
from app.process.models import Territory
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()


class Asked(BaseModel):
    """Everything a list may be asked for; any other name is refused."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["awareness_session", "forum_session", "prioritisation_table", "technical_table"] | None = None
    limit: int = Field(default=20, ge=1, le=100)
    after: str = Field(default="", max_length=40)


class MeetingShown(BaseModel):
    """A meeting as anybody may read it."""

    slug: str
    kind: str
    number: int
    state: str
    title: str
    starts_at: str
    ends_at: str
    starts_to_the: str
    timezone: str
    place: str
    is_online: bool
    audience: str
    capacity: int | None
    age_min: int | None
    age_max: int | None
    territories: list[str]
    people: int | None
    reported_source: str
    provenance: str
    url: str


class MeetingPage(BaseModel):
    """Meetings, the latest first."""

    items: list[MeetingShown]
    next: str | None


@router.read("/api/v1/processes/{slug}/meetings", may=PUBLIC, kept=True, response_model=MeetingPage)
def listing(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """The public meetings of a process, the latest first; `territories` are codes, none of them means all."""
    process = doors.found(view, slug)
    kind = MeetingKind(asked.kind) if asked.kind else None
    found = meetings.listed(view.session, process.id, kind, asked.after, asked.limit)
    places = meetings.territories_of(view.session, found.rows)
    items = [_shown(view, slug, meeting, places.get(meeting.id, [])) for meeting in found.rows]
    return _answer(MeetingPage(items=items, next=found.next))


@router.read("/api/v1/processes/{slug}/meetings/{meeting}", may=PUBLIC, kept=True, response_model=MeetingShown)
def one(view: View, slug: str, meeting: str) -> Response:
    """One public meeting."""
    process = doors.found(view, slug)
    found = meetings.public_at(view.session, process.id, meeting)
    places = meetings.territories_of(view.session, [found])
    return _answer(_shown(view, slug, found, places.get(found.id, [])))


def _shown(view: View, slug: str, meeting: Meeting, places: list[Territory]) -> MeetingShown:
    return MeetingShown(
        slug=meeting.slug,
        kind=meeting.kind.value,
        number=meeting.number,
        state=meeting.state.value,
        title=meeting.title(view.language),
        starts_at=_iso(meeting.starts_at),
        ends_at=_iso(meeting.ends_at),
        starts_to_the=meeting.starts_to_the.value,
        timezone=meeting.timezone,
        place=meeting.place,
        is_online=bool(meeting.video_link),
        audience=meeting.audience.value,
        capacity=meeting.capacity,
        age_min=meeting.age_min,
        age_max=meeting.age_max,
        territories=[place.code for place in places],
        people=meeting.people if meeting.state in TOOK_PLACE else None,
        reported_source=meeting.reported_source,
        provenance=meeting.provenance.value,
        url=f"{view.house.settings.base_url}{view.url(f'/p/{slug}/meetings/{meeting.slug}')}",
    )


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(shown: BaseModel) -> Response:
    return Response(shown.model_dump_json(), media_type="application/json", headers=PRIVATE)
