"""Motions in a session: put, then settled by consensus with its objections, or by a vote of the seats there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from app.forum.actions.meeting import require_held, require_quorum
from app.forum.actions.minuting import approve_by_session
from app.forum.models import ForumSession, Seat
from app.forum.queries import records, seats
from app.forum.queries.criteria import hashes_of_drafts
from app.forum.queries.standing import aside_by_item
from app.forum.records import Motion, MotionVoice
from app.forum.rules import motions as rules
from app.forum.rules.minutes import LONGEST, SHORTEST, MinutesState
from app.forum.rules.motions import IN_A_VOTE, IN_CONSENSUS, MOTION, Matter, MotionState, Voice, Way
from app.forum.rules.seats import Office, Presence, Quorum
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Wish:
    """What a session is asked to agree to: the words, the item it belongs to if any, and the matter."""

    text: str
    item: int | None = None
    matter: str = Matter.ORDINARY.value
    minutes_of: int | None = None


@dataclass(frozen=True)
class Says:
    """What one seat says, and its reason if it gives one."""

    voice: str
    reason: str = ""


def put_motion(work: Work, process: Process, meeting: ForumSession, wish: Wish) -> Motion:
    """Put a motion to a session that is being held. Office or chair record it."""
    work.require(Permission.RECORD_SESSION, process.id)
    require_held(meeting)
    faults: dict[str, Text] = {}
    if not SHORTEST <= len(wish.text.strip()) <= LONGEST:
        faults["motion"] = T("Write what is to be agreed, in at least one short sentence.")
    if wish.matter not in set(Matter):
        faults["matter"] = T("Choose one of the list.")
    told = _session_told_of(work, meeting, wish) if wish.matter == Matter.MINUTES else None
    if wish.matter == Matter.MINUTES and told is None:
        faults["minutes_of"] = T("Choose an earlier session whose minutes wait for approval.")
    if faults:
        raise Invalid(**faults)
    item = records.item_numbered(work.session, meeting.id, wish.item) if wish.item else None
    motion = Motion(
        id=ids.new_id(),
        session_id=meeting.id,
        item_id=item.id if item else None,
        number=len(records.motions_of(work.session, meeting.id)) + 1,
        text=wish.text.strip(),
        matter=Matter(wish.matter),
        minutes_of_id=told,
        state=MOTION.after(None, "put"),
        put_at=work.now,
    )
    work.session.add(motion)
    work.record("session.motion_put", meeting.subject, motion=motion.number, matter=wish.matter, item=wish.item)
    work.session.flush()
    return motion


def _session_told_of(work: Work, meeting: ForumSession, wish: Wish) -> uuid.UUID | None:
    """The earlier session whose draft a motion would approve."""
    if wish.minutes_of is None or wish.minutes_of >= meeting.number:
        return None
    earlier = seats.session_numbered(work.session, meeting.body_id, wish.minutes_of)
    minutes = records.minutes_of(work.session, earlier.id)
    return earlier.id if minutes is not None and minutes.state is MinutesState.DRAFT else None


def agree(work: Work, process: Process, meeting: ForumSession, number: int, said: Mapping[int, Says]) -> Motion:
    """Carry a motion by consensus, with the objections that stay on record and the seats that stand aside.

    A seat whose person stands aside on a proposal the item is about takes no part, though nobody says so. Refused
    without a quorum of those who do not stand aside, and where nobody is left who agrees.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    motion = _open_motion(work, meeting, number)
    table = _table(work, meeting, motion, (said, IN_CONSENSUS))
    quorum = require_quorum(work, meeting, _aside(table))
    objections = sum(voice is Voice.OBJECTS for voice, _ in table.values())
    if not rules.is_consensus(quorum.present, objections):
        raise Conflict(T("All who are there object: this is no consensus. Take a vote, or withdraw the motion."))
    _say(work, motion, table)
    _end(work, process, meeting, motion, ("carry", Way.CONSENSUS, quorum))
    return motion


def vote(work: Work, process: Process, meeting: ForumSession, number: int, said: Mapping[int, Says]) -> Motion:
    """Write down how each voting seat that is there voted, and count. Office or chair record it, once.

    A seat whose person stands aside on a proposal the item is about has no vote: it need not be said, and any other
    word for it is refused.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    motion = _open_motion(work, meeting, number)
    table = _table(work, meeting, motion, (said, IN_A_VOTE))
    missing = [seat for seat in _voters(work, meeting) if seat.id not in table]
    if missing:
        raise Invalid(**{f"seat-{seat.number}": T("Say how this seat voted.") for seat in missing})
    quorum = require_quorum(work, meeting, _aside(table))
    counted = rules.count((voice for voice, _ in table.values()), motion.matter, _casting(work, meeting, table))
    _say(work, motion, table)
    _end(work, process, meeting, motion, ("carry" if counted.is_carried else "reject", counted.way, quorum))
    return motion


def withdraw_motion(work: Work, process: Process, meeting: ForumSession, number: int) -> Motion:
    """Write down that a motion was withdrawn before it was settled. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    motion = _open_motion(work, meeting, number)
    motion.state, motion.ended_at = MOTION.after(motion.state, "withdraw"), work.now
    work.record("session.motion_withdrawn", meeting.subject, motion=number)
    return motion


def _open_motion(work: Work, meeting: ForumSession, number: int) -> Motion:
    require_held(meeting)
    motion = records.motion_numbered(work.session, meeting.id, number)
    if motion.state is not MotionState.PUT:
        MOTION.after(motion.state, "carry")  # refuses with what is still allowed: nothing
    return motion


def _voters(work: Work, meeting: ForumSession) -> list[Seat]:
    """The voting seats in which somebody sits now."""
    came = seats.attendance_of(work.session, meeting.id)
    return [
        seat
        for seat in seats.seats_of(work.session, meeting.body_id)
        if seat.votes and seat.id in came and came[seat.id].presence is Presence.PRESENT
    ]


def _table(
    work: Work, meeting: ForumSession, motion: Motion, told: tuple[Mapping[int, Says], tuple[Voice, ...]]
) -> dict[uuid.UUID, tuple[Voice, str]]:
    """What each seat says; refused for one that has no vote or in which nobody sits, and for one that stands aside."""
    said, offered = told
    voters = {seat.number: seat for seat in _voters(work, meeting)}
    aside = aside_by_item(work.session, meeting).get(motion.item_id, {}) if motion.item_id else {}
    table = {seat.id: (Voice.RECUSED, "") for seat in voters.values() if seat.id in aside}
    faults = {}
    for number, says in said.items():
        if number not in voters:
            faults[f"seat-{number}"] = T("Only a seat that votes and in which somebody sits may say this.")
        elif says.voice not in offered:
            faults[f"seat-{number}"] = T("Choose one of the list.")
        elif len(says.reason) > LONGEST_REASON:
            faults[f"reason-{number}"] = T("This is too long: at most {n} characters.", n=LONGEST_REASON)
        elif voters[number].id in aside and says.voice != Voice.RECUSED:
            folios = ", ".join(aside[voters[number].id])
            faults[f"seat-{number}"] = T("This seat stands aside on {folios}: it takes no part.", folios=folios)
        else:
            table[voters[number].id] = (Voice(says.voice), says.reason.strip())
    if faults:
        raise Invalid(**faults)
    return table


def _aside(table: Mapping[uuid.UUID, tuple[Voice, str]]) -> frozenset[uuid.UUID]:
    return frozenset(key for key, (voice, _) in table.items() if voice is Voice.RECUSED)


def _casting(work: Work, meeting: ForumSession, table: Mapping[uuid.UUID, tuple[Voice, str]]) -> Voice | None:
    """What the chair said, where the forum lets the chair break a tie."""
    if not seats.sitting_rule(work.session, meeting.process_id, meeting.body_id).casting_vote:
        return None
    chairs = [seat.id for seat in seats.seats_of(work.session, meeting.body_id) if seat.office is Office.CHAIR]
    return next((table[key][0] for key in chairs if key in table), None)


def _say(work: Work, motion: Motion, table: Mapping[uuid.UUID, tuple[Voice, str]]) -> None:
    for seat_id, (voice, reason) in table.items():
        work.session.add(MotionVoice(motion_id=motion.id, seat_id=seat_id, voice=voice, reason=reason))


def _end(work: Work, process: Process, meeting: ForumSession, motion: Motion, end: tuple[str, Way, Quorum]) -> None:
    """Close a motion for good, and let it do what it is about."""
    move, way, quorum = end
    motion.state, motion.way, motion.ended_at = MOTION.after(motion.state, move), way, work.now
    motion.present, motion.seats = quorum.present, quorum.seats
    if motion.state is MotionState.CARRIED and motion.matter is Matter.CRITERIA:
        own = seats.stages_of_body(work.session, process.id, meeting.body_id)
        motion.drafts = hashes_of_drafts(work.session, [stage.id for stage in own])
    work.session.flush()
    voices = [said.row.voice.value for said in records.voices_of(work.session, meeting.id)[motion.id]]
    work.record(
        "session.motion_ended",
        meeting.subject,
        motion=motion.number,
        outcome=motion.state.value,
        way=way.value,
        voices={voice.value: voices.count(voice.value) for voice in Voice if voice.value in voices},
    )
    if motion.state is MotionState.CARRIED and motion.minutes_of_id is not None:
        approve_by_session(work, process, motion)
