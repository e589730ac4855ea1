"""The letters about meetings: a place, the waiting list, moving up, a new date, a cancellation, the day before.

None of them carries the video link or anything that was typed: the personal page shows the link to who has a place.
"""

from __future__ import annotations

from app.kit.text import say_instant
from app.mail.rendering import LATE, Letter, Rendered, Verbatim, blank
from app.mail.rules import LetterKind
from app.meetings.models import Meeting
from app.process.models import Process
from app.proposals.letters import variant


def _about(process: Process, meeting: Meeting, language: str, template: str, **more: object) -> Rendered:
    """A letter about a meeting but for its personal link, the same for everybody who reads this language."""
    base = f"/p/{process.slug}/meetings/{meeting.slug}"
    facts = {
        "process": {"name": process.name(language)},
        "kind": meeting.kind_word.into(variant(process, language)),
        "title": Verbatim(meeting.title(language)),
        "when": say_instant(meeting.starts_at, meeting.zone, variant(process, language)),
        "place": Verbatim(meeting.place),
        "is_online": bool(meeting.video_link),
        "page_path": base,
        "ask_at": Verbatim(process.ask_at),
        **more,
    }
    letter = Letter(f"meetings/{template}", facts, kind=LetterKind.MEETING, process_id=process.id)
    return blank(letter, variant(process, language))


def _own_path(process: Process, meeting: Meeting) -> str:
    return f"/p/{process.slug}/meetings/{meeting.slug}/mine/{LATE('token')}"


def registered(process: Process, meeting: Meeting, language: str) -> Rendered:
    """That there is a place, where and when, and how to give it up."""
    return _about(process, meeting, language, "registered", own_path=_own_path(process, meeting))


def waiting(process: Process, meeting: Meeting, language: str) -> Rendered:
    """That all places are taken, and that the list moves by itself."""
    return _about(process, meeting, language, "waiting", own_path=_own_path(process, meeting))


def moved_up(process: Process, meeting: Meeting, language: str) -> Rendered:
    """That a place became free for somebody who waited."""
    return _about(process, meeting, language, "moved_up", own_path=_own_path(process, meeting))


def changed(process: Process, meeting: Meeting, language: str, reason: str) -> Rendered:
    """The new hour or place of a meeting that had been announced, and why."""
    return _about(process, meeting, language, "changed", own_path=_own_path(process, meeting), reason=Verbatim(reason))


def cancelled(process: Process, meeting: Meeting, language: str, reason: str) -> Rendered:
    """That a meeting does not take place, and why."""
    return _about(process, meeting, language, "cancelled", reason=Verbatim(reason))


def reminder(process: Process, meeting: Meeting, language: str) -> Rendered:
    """The day before: where, when, and how to give the place to somebody else."""
    return _about(process, meeting, language, "reminder", own_path=_own_path(process, meeting))
