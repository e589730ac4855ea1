"""The sessions of the forum for programs: those there were, and one with its agenda, motions and every vote by seat."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.forum.api.forum import BASE, answer
from app.forum.doors import forum_at
from app.forum.models import ForumSession
from app.forum.queries import records, seats, session_data
from app.forum.queries.session_data import SessionTold, VoteTold
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


class Asked(BaseModel):
    """How many sessions, and before which number; any other name is refused."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    after: int = Field(default=0, ge=0, le=1_000_000)


class QuorumShown(BaseModel):
    """How many voting seats were there, how many there are and how many it needs."""

    present: int
    seats: int
    needed: int
    holds: bool


class SessionShown(BaseModel):
    """A session as anybody may read it; `quorum` is empty until it was written down who came."""

    number: int
    forum: str
    kind: str
    state: str
    called_at: str | None
    at_short_notice: bool
    held_at: str
    place: str
    quorum: QuorumShown | None
    minutes: str
    published_at: str | None
    minutes_hash: str | None
    provenance: str
    url: str


class SessionPage(BaseModel):
    """Sessions, the newest first."""

    items: list[SessionShown]
    next: str | None
    total: int
    total_is_capped: bool = False


class ItemShown(BaseModel):
    """An item of the agenda, with the proposals and papers it is about."""

    number: int
    title: str
    wanted: str
    folios: list[str]
    papers: list[dict[str, str]]


class VoteShown(BaseModel):
    """What one seat said of a motion; no person is named."""

    seat: int
    body: str
    sector: str
    voice: str


class MotionShown(BaseModel):
    """A motion, how it ended, and every voice."""

    number: int
    item: int | None
    text: str
    matter: str
    minutes_of: int | None
    outcome: str
    way: str | None
    counts: dict[str, int]
    present: int
    seats: int
    votes: list[VoteShown]


class OneSessionShown(SessionShown):
    """A session with its agenda; its motions once the minutes are published, before that none."""

    agenda: list[ItemShown]
    motions: list[MotionShown]


@router.read(f"{BASE}/sessions", may=PUBLIC, kept=True, response_model=SessionPage)
def listing(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """The sessions of the forum, the newest first; `after` is the number that `next` gave."""
    process, _ = forum_at(view, slug)
    older = seats.sessions_before(view.session, process.id, asked.after, asked.limit + 1)
    page = older[: asked.limit]
    rows = session_data.told(view.session, process, page) if page else []
    shown = [SessionShown(**_told(view, process, one)) for one in reversed(rows)]
    following = str(page[-1].number) if len(older) > len(page) else None
    return answer(SessionPage(items=shown, next=following, total=seats.count_sessions(view.session, process.id)))


@router.read(f"{BASE}/sessions/{{number}}", may=PUBLIC, kept=True, response_model=OneSessionShown)
def one(view: View, slug: str, number: int) -> Response:
    """One session: its agenda, and its motions with every vote by seat once the minutes are published."""
    process, body = forum_at(view, slug)
    meeting = seats.session_numbered(view.session, body.id, number)
    [found] = session_data.told(view.session, process, [meeting])
    sides = session_data.sectors_of(seats.seats_of(view.session, meeting.body_id))
    motions = [
        _motion(motion, session_data.votes_in(motion, sides))
        for motion in (found.content["motions"] if found.content else ())
    ]
    agenda = _published(found.content["items"]) if found.content else _agenda(view, meeting)
    return answer(OneSessionShown(**_told(view, process, found), agenda=agenda, motions=motions))


def _told(view: View, process: Process, one: SessionTold) -> dict[str, Any]:
    path = view.url(session_data.address_of(process, one.meeting))
    return {
        "number": one.meeting.number,
        "forum": one.forum,
        "kind": one.meeting.kind.value,
        "state": one.meeting.state.value,
        "called_at": session_data.iso(one.meeting.convened_at) or None,
        "at_short_notice": bool(one.meeting.short_notice),
        "held_at": session_data.iso(one.meeting.held_at),
        "place": one.place,
        "quorum": QuorumShown(**one.quorum) if one.quorum else None,
        "minutes": one.minutes_state,
        "published_at": session_data.iso(one.minutes.published_at) or None if one.minutes else None,
        "minutes_hash": one.minutes.content_hash if one.minutes and one.content is not None else None,
        "provenance": one.provenance.value,
        "url": f"{view.house.settings.base_url}{path}",
    }


def _agenda(view: View, meeting: ForumSession) -> list[ItemShown]:
    about = records.proposals_of(view.session, meeting.id)
    return [
        ItemShown(
            number=item.number,
            title=item.title,
            wanted=item.wanted.value,
            folios=[folio for folio, _ in about.get(item.id, ())],
            papers=list(item.papers),
        )
        for item in records.items_of(view.session, meeting.id)
    ]


def _published(items: list[dict[str, Any]]) -> list[ItemShown]:
    return [
        ItemShown(
            number=item["number"],
            title=item["title"],
            wanted=item["wanted"],
            folios=[about["folio"] for about in item["folios"]],
            papers=list(item["papers"]),
        )
        for item in items
    ]


def _motion(motion: dict[str, Any], votes: list[VoteTold]) -> MotionShown:
    return MotionShown.model_validate({**motion, "outcome": motion["state"], "votes": [asdict(one) for one in votes]})
