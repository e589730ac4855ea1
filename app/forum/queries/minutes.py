"""The minutes of a session put together from what was recorded, as data: codes and words of people, no person's name.

Only who was named in public to sit in from outside is named here too. Published, they are kept as they are put
together here, so that nothing that changes later changes them.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody, Decision
from app.forum.models import CriteriaSet, ForumSession, Recusal, Seat, Substitute
from app.forum.queries import records, seats
from app.forum.records import Motion, SessionItem
from app.forum.rules.motions import Voice
from app.forum.rules.seats import Presence
from app.kit.i18n import Text
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.trail.rules import instant


def assembled(session: Session, process: Process, meeting: ForumSession, now: datetime) -> dict[str, Any]:
    """All that the minutes of a session say, as they would be published at this instant."""
    body = session.get_one(DecidingBody, meeting.body_id)
    items = records.items_of(session, meeting.id)
    motions = records.motions_of(session, meeting.id)
    decisions, waiting = _decisions(session, process, meeting.id)
    return {
        "number": meeting.number,
        "kind": meeting.kind.value,
        "held_at": instant(meeting.held_at),
        "convened_at": instant(meeting.convened_at) if meeting.convened_at else None,
        "short_notice": meeting.short_notice,
        "place": meeting.place,
        "zone": process.timezone,
        "process": {"es": process.name("es"), "en": process.name("en")},
        "body": {"es": body.name("es"), "en": body.name("en")},
        "quorum": _quorum(session, meeting),
        "seats": _seats(session, meeting),
        "items": _items(session, meeting, items),
        "general": meeting.minutes,
        "motions": _motions(session, meeting, (items, motions)),
        "decisions": decisions,
        "decisions_waiting": waiting,
        "doubts": [{"folio": row.folio, "note": doubt.note} for doubt, row in seats.doubts_in(session, meeting.id)],
        "criteria": _criteria(session, meeting.id),
        "aside": _aside(session, meeting.id),
        "substitutes": _substitutes(session, meeting.id),
        "tasks": _tasks(session, meeting.id),
        "approval": _approval(session, meeting),
        "published_on": now.astimezone(process.zone).date().isoformat(),
    }


def _both(stage: Stage) -> dict[str, str]:
    """The name of a stage in both languages, its own or that of its kind."""
    names = {language: stage.name(language) for language in ("es", "en")}
    return {language: name.into(language) if isinstance(name, Text) else name for language, name in names.items()}


def _quorum(session: Session, meeting: ForumSession) -> dict[str, Any]:
    rule = seats.rule_of(session, meeting.body_id)
    return asdict(seats.quorum_at(session, meeting)) | asdict(rule)


def _seats(session: Session, meeting: ForumSession) -> list[dict[str, Any]]:
    """Each seat that was written down: its body, whether it votes, and whether the holder or the alternate came."""
    came = seats.attendance_of(session, meeting.id)
    alternates = seats.alternates_among(session, [row.holder_id for row in came.values() if row.holder_id])
    found = []
    for seat in seats.seats_of(session, meeting.body_id):
        row = came.get(seat.id)
        if row is None:
            continue
        there = "alternate" if row.holder_id in alternates else "holder"
        presence = there if row.presence is Presence.PRESENT else "absent"
        found.append({"number": seat.number, "name": seat.name, "votes": seat.votes, "presence": presence})
    return found


def _items(session: Session, meeting: ForumSession, items: list[SessionItem]) -> list[dict[str, Any]]:
    about = records.proposals_of(session, meeting.id)
    return [
        {
            "number": item.number,
            "title": item.title,
            "wanted": item.wanted.value,
            "said": item.said,
            "papers": list(item.papers),
            "folios": [{"folio": folio, "title": title} for folio, title in about.get(item.id, [])],
        }
        for item in items
    ]


def _motions(
    session: Session, meeting: ForumSession, told: tuple[list[SessionItem], list[Motion]]
) -> list[dict[str, Any]]:
    items, motions = told
    voices = records.voices_of(session, meeting.id)
    numbers = {item.id: item.number for item in items}
    found = []
    for motion in motions:
        said = voices.get(motion.id, [])
        counts = {voice.value: sum(one.row.voice is voice for one in said) for voice in Voice}
        found.append(
            {
                "number": motion.number,
                "item": numbers.get(motion.item_id) if motion.item_id else None,
                "text": motion.text,
                "matter": motion.matter.value,
                "minutes_of": session.get_one(ForumSession, motion.minutes_of_id).number
                if motion.minutes_of_id
                else None,
                "state": motion.state.value,
                "way": motion.way.value if motion.way else None,
                "present": motion.present,
                "seats": motion.seats,
                "counts": counts,
                "voices": [
                    {"seat": v.seat.number, "name": v.seat.name, "voice": v.row.voice.value, "reason": v.row.reason}
                    for v in said
                ],
            }
        )
    return found


def _decisions(session: Session, process: Process, session_id: uuid.UUID) -> tuple[list[dict[str, Any]], int]:
    """The decisions on proposals that are public, and how many wait for their publication."""
    rows = session.execute(
        select(Decision, Proposal.folio, Proposal.title, Stage)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(Stage, Stage.id == Decision.stage_id)
        .where(Decision.process_id == process.id, Decision.session_id == session_id)
        .where(Decision.published_at.is_not(None))
        .order_by(Stage.position, Proposal.number, Decision.version)
    )
    waiting = select(func.count()).where(
        Decision.process_id == process.id, Decision.session_id == session_id, Decision.published_at.is_(None)
    )
    found = [
        {
            "folio": folio,
            "title": title,
            "stage": _both(stage),
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "left_rule": decision.override_reason,
        }
        for decision, folio, title, stage in rows
    ]
    return found, session.scalar(waiting.where(Decision.is_current)) or 0


def _criteria(session: Session, session_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = session.execute(
        select(CriteriaSet, Stage)
        .join(Stage, Stage.id == CriteriaSet.stage_id)
        .where(CriteriaSet.adopted_session_id == session_id)
        .order_by(Stage.position, CriteriaSet.version)
    )
    return [
        {
            "stage": _both(stage),
            "version": found.version,
            "hash": found.content_hash,
        }
        for found, stage in rows
    ]


def _aside(session: Session, session_id: uuid.UUID) -> list[dict[str, Any]]:
    """Who stood aside on what this session decided and made public."""
    rows = session.execute(
        select(Proposal.number, Proposal.folio, Seat.number, Seat.name)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(Recusal, (Recusal.proposal_id == Proposal.id) & (Recusal.stage_id == Decision.stage_id))
        .join(Seat, Seat.id == Recusal.seat_id)
        .where(Decision.session_id == session_id, Decision.published_at.is_not(None), Recusal.stands())
        .order_by(Proposal.number, Seat.number)
        .distinct()
    )
    return [{"folio": folio, "seat": number, "name": name} for _, folio, number, name in rows]


def _substitutes(session: Session, session_id: uuid.UUID) -> list[dict[str, Any]]:
    """Who was named from outside for one proposal before this session decided on it and made that public."""
    rows = session.execute(
        select(Proposal.number, Proposal.folio, Substitute)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(Substitute, (Substitute.proposal_id == Proposal.id) & (Substitute.stage_id == Decision.stage_id))
        .where(Decision.session_id == session_id, Decision.published_at.is_not(None))
        .where(Substitute.at <= Decision.decided_at)
        .order_by(Proposal.number, Substitute.at, Substitute.id)
    )
    found = {row.id: (folio, row) for _, folio, row in rows}
    return [
        {"folio": folio, "name": row.name, "sector": row.sector.value, "reason": row.reason}
        for folio, row in found.values()
    ]


def _tasks(session: Session, session_id: uuid.UUID) -> list[dict[str, Any]]:
    return [
        {
            "number": task.number,
            "text": task.text,
            "owner": task.owner,
            "due_on": task.due_on.isoformat() if task.due_on else None,
        }
        for task in records.tasks_of(session, session_id)
    ]


def _approval(session: Session, meeting: ForumSession) -> dict[str, Any] | None:
    """How the minutes were approved: by another person, by one alone, or by a later session."""
    minutes = records.minutes_of(session, meeting.id)
    if minutes is None or minutes.approved_at is None:
        return None
    motion = session.get(Motion, minutes.approved_motion_id) if minutes.approved_motion_id else None
    later = session.get_one(ForumSession, motion.session_id).number if motion else None
    return {"at": instant(minutes.approved_at), "alone": minutes.approved_alone, "session": later}
