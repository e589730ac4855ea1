"""What of the sessions goes out as data: each with its quorum, and of published minutes the motions and every vote.

Motions and votes are read from the minutes as they were published, so data and page say the same. No person is in
them: a vote is a seat's.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody
from app.forum.models import ForumRule, ForumSession, Seat, SeatAttendance
from app.forum.queries import minutes
from app.forum.records import SessionMinutes
from app.forum.rules.minutes import MinutesState
from app.forum.rules.seats import TOOK_PLACE, Presence, QuorumRule, SeatAtTable, SeatSector, quorum_of
from app.meetings.rules.meeting import is_link
from app.process.models import Process
from app.proposals.rules import Provenance

Content = dict[str, Any]
Row = tuple[ForumSession, str, ForumRule | None, SessionMinutes | None]


@dataclass(frozen=True)
class SessionTold:
    """A session as everybody may know it; the content of its minutes once they are published, else None."""

    meeting: ForumSession
    forum: str
    provenance: Provenance
    minutes: SessionMinutes | None
    content: Content | None
    quorum: dict[str, Any] | None

    @property
    def place(self) -> str:
        """Where it is held; never the link of a video meeting."""
        return "" if is_link(self.meeting.place) else self.meeting.place

    @property
    def minutes_state(self) -> str:
        """How far its minutes are: none, draft, approved or published."""
        return self.minutes.state.value if self.minutes else "none"


@dataclass(frozen=True)
class VoteTold:
    """What one seat said of a motion: its number, whose it is, its side, and its voice."""

    seat: int
    body: str
    sector: str
    voice: str


def told(session: Session, process: Process, only: Collection[ForumSession] | None = None) -> list[SessionTold]:
    """The sessions of every forum of a process by number, or only these; four statements however many they are."""
    rows = _rows(session, process, only)
    open_ = [row[0] for row in rows if row[0].state in TOOK_PLACE and not _is_published(row[3])]
    came, seats = _came(session, open_), seats_by_body(session, process.id)
    found = []
    for meeting, slug, rule, own in rows:
        content = _content(session, process, meeting, own)
        table = _table(came.get(meeting.id), seats.get(meeting.body_id, []))
        kind = rule.provenance if rule else Provenance.NATIVE
        found.append(SessionTold(meeting, slug, kind, own, content, _quorum(content, table, rule)))
    return found


def _rows(session: Session, process: Process, only: Collection[ForumSession] | None) -> list[Row]:
    wanted = (
        select(ForumSession, DecidingBody.slug, ForumRule, SessionMinutes)
        .join(DecidingBody, DecidingBody.id == ForumSession.body_id)
        .outerjoin(ForumRule, ForumRule.body_id == ForumSession.body_id)
        .outerjoin(SessionMinutes, SessionMinutes.session_id == ForumSession.id)
        .where(ForumSession.process_id == process.id)
        .order_by(ForumSession.number)
    )
    if only is not None:
        wanted = wanted.where(ForumSession.id.in_([one.id for one in only]))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(wanted)]


def _is_published(own: SessionMinutes | None) -> bool:
    return own is not None and own.state is MinutesState.PUBLISHED


def _content(session: Session, process: Process, meeting: ForumSession, own: SessionMinutes | None) -> Content | None:
    """What published minutes say; those from before their words were kept are put together, as on their page."""
    if own is None or not _is_published(own):
        return None
    return own.content or minutes.assembled(session, process, meeting, own.published_at or meeting.held_at)


def _came(session: Session, meetings: Collection[ForumSession]) -> dict[uuid.UUID, dict[uuid.UUID, bool]]:
    """Which seats were there, by session; only of those whose attendance was written down."""
    wanted = SeatAttendance.session_id.in_([meeting.id for meeting in meetings])
    found: dict[uuid.UUID, dict[uuid.UUID, bool]] = {}
    for row in session.scalars(select(SeatAttendance).where(wanted)):
        found.setdefault(row.session_id, {})[row.seat_id] = row.presence is Presence.PRESENT
    return found


def seats_by_body(session: Session, process_id: uuid.UUID) -> dict[uuid.UUID, list[Seat]]:
    """The seats of every forum of a process."""
    found: dict[uuid.UUID, list[Seat]] = {}
    for seat in session.scalars(select(Seat).where(Seat.process_id == process_id).order_by(Seat.number)):
        found.setdefault(seat.body_id, []).append(seat)
    return found


def _table(there: dict[uuid.UUID, bool] | None, seats: list[Seat]) -> list[SeatAtTable]:
    """The seats as they were written down; none where that was not done."""
    if there is None:
        return []
    return [SeatAtTable(seat.sector, seat.voting_right, there.get(seat.id, False)) for seat in seats]


def _quorum(content: Content | None, table: list[SeatAtTable], rule: ForumRule | None) -> Content | None:
    """The quorum as the minutes tell it, before they are public as it was written down."""
    if content is not None:
        told = content["quorum"]
    elif table:
        told = asdict(quorum_of(table, rule.quorum if rule else QuorumRule()))
    else:
        return None
    return {name: told[name] for name in ("present", "seats", "needed", "holds")}


def sectors_of(seats: Collection[Seat]) -> dict[int, SeatSector]:
    """The side of each seat, by its number."""
    return {seat.number: seat.sector for seat in seats}


def votes_in(motion: Content, sectors: dict[int, SeatSector]) -> list[VoteTold]:
    """Every voice on a motion, by seat."""
    return [
        VoteTold(one["seat"], one["name"], sectors[one["seat"]].value if one["seat"] in sectors else "", one["voice"])
        for one in motion["voices"]
    ]


def session_rows(session: Session, process: Process) -> Iterator[Content]:
    """Every session with its quorum and how far its minutes are."""
    for one in told(session, process):
        quorum = one.quorum or dict.fromkeys(("present", "seats", "needed", "holds"), "")
        yield {
            "session": one.meeting.number,
            "forum": one.forum,
            "kind": one.meeting.kind.value,
            "state": one.meeting.state.value,
            "called_at": iso(one.meeting.convened_at),
            "at_short_notice": bool(one.meeting.short_notice),
            "held_at": iso(one.meeting.held_at),
            "place": one.place,
            "present": quorum["present"],
            "voting_seats": quorum["seats"],
            "needed": quorum["needed"],
            "quorum": quorum["holds"],
            "minutes": one.minutes_state,
            "published_at": iso(one.minutes.published_at) if one.minutes else "",
            "minutes_hash": one.minutes.content_hash if one.minutes and one.content is not None else "",
            "address": address_of(process, one.meeting),
            "provenance": one.provenance.value,
        }


def address_of(process: Process, meeting: ForumSession) -> str:
    """Where a session stands on this site."""
    return f"/p/{process.slug}/forum/sessions/{meeting.number}"


def motion_rows(session: Session, process: Process) -> Iterator[Content]:
    """Every motion in published minutes, and how it ended."""
    for one, motion in _motions(session, process):
        counts = motion["counts"]
        yield {
            "session": one.meeting.number,
            "motion": motion["number"],
            "item": motion["item"] or "",
            "text": motion["text"],
            "matter": motion["matter"],
            "minutes_of": motion["minutes_of"] or "",
            "outcome": motion["state"],
            "way": motion["way"] or "",
            "votes_for": counts["for"],
            "votes_against": counts["against"],
            "abstained": counts["abstain"],
            "stood_aside": counts["recused"],
            "objections": counts["objects"],
            "present": motion["present"],
            "voting_seats": motion["seats"],
            "provenance": one.provenance.value,
        }


def vote_rows(session: Session, process: Process) -> Iterator[Content]:
    """What each seat said of each motion in published minutes."""
    sectors = {key: sectors_of(seats) for key, seats in seats_by_body(session, process.id).items()}
    for one, motion in _motions(session, process):
        for vote in votes_in(motion, sectors.get(one.meeting.body_id, {})):
            yield {
                "session": one.meeting.number,
                "motion": motion["number"],
                "seat": vote.seat,
                "body": vote.body,
                "sector": vote.sector,
                "voice": vote.voice,
                "provenance": one.provenance.value,
            }


def _motions(session: Session, process: Process) -> Iterator[tuple[SessionTold, Content]]:
    for one in told(session, process):
        for motion in one.content["motions"] if one.content else ():
            yield one, motion


def iso(moment: Any) -> str:
    """A moment as it stands in a file."""
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) if moment else ""
