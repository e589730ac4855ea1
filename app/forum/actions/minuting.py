"""The minutes of a session: made from what was recorded, approved by somebody else or a later session, published."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from app.documents import actions as documents
from app.documents.inspecting import Clean, Looked
from app.documents.rules import Kind
from app.forum.models import ForumSession
from app.forum.queries import minutes as queries
from app.forum.queries import records
from app.forum.records import Motion, SessionAddendum, SessionMinutes
from app.forum.rules.minutes import LONGEST, MINUTES, SHORTEST, MinutesState, fingerprint, why_not_approve
from app.forum.rules.seats import SESSION, TOOK_PLACE, SessionState
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, WrongState
from app.kit.i18n import T
from app.people import queries as people
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Prints:
    """The minutes as PDF in both languages, made before the act, with the hash of what they were made from."""

    content_hash: str
    es: bytes
    en: bytes


def write_minutes(work: Work, process: Process, meeting: ForumSession, text: str) -> SessionMinutes:
    """Write what was said and agreed in general; the rest of the minutes is made from the records. Office or chair.

    What was approved waits for approval again. Refused before the session begins, and once they are published.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    if len(text) > LONGEST:
        raise Invalid(minutes=T("This is too long: at most {n} characters.", n=LONGEST))
    minutes = require_unpublished(work, meeting)
    meeting.minutes = text.strip()
    work.record("session.minutes_written", meeting.subject, characters=len(meeting.minutes))
    work.session.flush()
    return minutes


def require_unpublished(work: Work, meeting: ForumSession) -> SessionMinutes:
    """The minutes of a session that took place, as a draft that whoever acts now answers for; refused once published.

    Whatever is recorded after an approval has not been approved: the minutes are a draft again.
    """
    if meeting.state not in TOOK_PLACE:
        raise WrongState(T("The session has not begun yet."), meeting.state.value, SESSION.moves_from(meeting.state))
    minutes = records.minutes_of(work.session, meeting.id)
    after = MINUTES.after(minutes.state if minutes else None, "write")
    if minutes is None:
        minutes = SessionMinutes(session_id=meeting.id)
        work.session.add(minutes)
    minutes.written_by_person_id, minutes.written_at = work.actor.person_id, work.now
    minutes.state = after
    minutes.approved_by_person_id = minutes.approved_motion_id = minutes.approved_at = None
    minutes.approved_alone = False
    return minutes


def approve_minutes(work: Work, process: Process, meeting: ForumSession, seen: int | None = None) -> None:
    """Approve the minutes of a closed session as they stand. Office or chair, another person than who wrote them.

    A lone official may approve 24 hours after writing them, which the public reads.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    minutes = _there(work, meeting, seen)
    _require_closed(meeting)
    after = MINUTES.after(minutes.state, "approve")
    writer = minutes.written_by_person_id == work.actor.person_id
    alone = writer and not people.others_who_may(
        work.session, Permission.RECORD_SESSION, process.id, work.actor.person_id, work.now
    )
    why_not = why_not_approve(is_writer=writer, is_alone=alone, written_at=minutes.written_at, now=work.now)
    if why_not is not None:
        raise NotAllowed(why_not)
    minutes.state, minutes.approved_at, minutes.approved_alone = after, work.now, alone
    minutes.approved_by_person_id = work.actor.person_id
    work.record("session.minutes_approved", meeting.subject, alone=alone)


def approve_by_session(work: Work, process: Process, motion: Motion) -> None:
    """A later session carried the motion to approve these minutes: it is the second pair of eyes."""
    meeting = work.session.get_one(ForumSession, motion.minutes_of_id)
    minutes = _there(work, meeting)
    _require_closed(meeting)
    minutes.state, minutes.approved_at = MINUTES.after(minutes.state, "approve"), work.now
    minutes.approved_motion_id = motion.id
    later = work.session.get_one(ForumSession, motion.session_id)
    work.record("session.minutes_approved", meeting.subject, because=f"session:{later.number}", motion=motion.number)


def publish_minutes(work: Work, process: Process, meeting: ForumSession, prints: Prints) -> None:
    """Publish approved minutes with their PDF: from now on they are only added to. Office or chair.

    `prints` was made before this act; where anything was recorded since, nothing is published.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    minutes = _there(work, meeting)
    after = MINUTES.after(minutes.state, "publish")
    content = queries.assembled(work.session, process, meeting, work.now)
    if fingerprint(content) != prints.content_hash:
        raise Stale
    minutes.state, minutes.published_at = after, work.now
    minutes.content, minutes.content_hash = content, prints.content_hash
    minutes.pdf_es_id = _kept(work, f"acta-{meeting.number}.pdf", prints.es)
    minutes.pdf_en_id = _kept(work, f"minutes-{meeting.number}.pdf", prints.en)
    work.record(
        "session.minutes_published",
        meeting.subject,
        content_hash=prints.content_hash,
        pdf={"es": hashlib.sha256(prints.es).hexdigest(), "en": hashlib.sha256(prints.en).hexdigest()},
    )


def _kept(work: Work, name: str, content: bytes) -> uuid.UUID:
    clean = Clean(name, Kind.PDF, content, hashlib.sha256(content).hexdigest())
    kept = documents.keep(work, Looked(clean=(clean,)))
    if kept.faults:
        raise Conflict(kept.faults[0])
    [document] = documents.bind(work, [kept.documents[0].id])
    return document.id


def add_addendum(work: Work, process: Process, meeting: ForumSession, text: str, reason: str) -> SessionAddendum:
    """Add to published minutes, with the reason; nothing in them is altered. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    minutes = _there(work, meeting)
    if minutes.state is not MinutesState.PUBLISHED:
        raise WrongState(
            T("Minutes that are not published yet are simply written anew."),
            minutes.state.value,
            MINUTES.moves_from(minutes.state),
        )
    faults = {}
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        faults["addendum"] = T("Write what is added, in at least one short sentence.")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        faults["addendum_reason"] = T("Write why it is added, in at least one short sentence.")
    if faults:
        raise Invalid(**faults)
    number = len(records.addenda_of(work.session, meeting.id)) + 1
    row = SessionAddendum(session_id=meeting.id, number=number, text=text.strip(), reason=reason.strip(), at=work.now)
    work.session.add(row)
    work.record("session.minutes_added_to", meeting.subject, number=number)
    return row


def _require_closed(meeting: ForumSession) -> None:
    if meeting.state is not SessionState.CLOSED:
        raise Conflict(T("Close the session first: all it decides belongs into the minutes."))


def _there(work: Work, meeting: ForumSession, seen: int | None = None) -> SessionMinutes:
    minutes = records.minutes_of(work.session, meeting.id)
    if minutes is None:
        raise NotFound
    if seen is not None and seen != minutes.version:
        raise Stale
    return minutes
