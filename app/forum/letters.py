"""The letters of the forum: to who is late with score sheets, of scores and of others nothing; and to a session."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.forum.calls import SessionNotice
from app.forum.models import ForumSession, Round
from app.forum.records import SessionItem
from app.forum.rules.calling import NoticeKind
from app.forum.rules.motions import WANTED_WORDS
from app.forum.rules.seats import KIND_WORDS
from app.kit.text import say_instant, say_until
from app.mail.rendering import Letter, Verbatim, address_of
from app.mail.rules import LetterKind
from app.meetings.rules.meeting import is_link
from app.process.models import Process
from app.proposals.letters import variant


def late_with_sheets(process: Process, found: Round, missing: int, language: str) -> Letter:
    """That sheets are missing, until when they are awaited, and where they are filled in."""
    context = {
        "process": {"name": process.name(language)},
        "missing": missing,
        "closes_at": say_until(found.closes_at, process.timezone, variant(process, language)),
        "path": f"/p/{process.slug}/score",
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("forum/late_with_sheets", context, kind=LetterKind.DUTY, process_id=process.id)


@dataclass(frozen=True)
class Told:
    """A session as its letters tell of it: what was said last, the agenda so far, notice, its page in the calendar."""

    meeting: ForumSession
    notice: SessionNotice
    items: Sequence[SessionItem]
    about: Mapping[uuid.UUID, Sequence[tuple[str, str]]]
    notice_days: int
    entry_path: str


def of_session(process: Process, told: Told, kind: NoticeKind, language: str) -> Letter:
    """That a session was called, moved or cancelled: what changed and why, when, where, what about, what to read."""
    meeting, notice, words = told.meeting, told.notice, variant(process, language)
    is_change = kind is not NoticeKind.CALLED
    before, place_before = notice.held_before, notice.place_before
    has_moved = is_change and place_before != meeting.place and not is_link(place_before)
    context = {
        "process": {"name": process.name(language)},
        "kind": KIND_WORDS[meeting.kind],
        "number": meeting.number,
        "when": say_instant(meeting.held_at, process.timezone, words),
        "place": Verbatim(meeting.place),
        "is_link": is_link(meeting.place),
        "before": say_instant(before, process.timezone, words) if is_change and before else "",
        "place_before": Verbatim(place_before if has_moved else ""),
        "because": notice.because if is_change else "",
        "items": [_item(process, told, item, words) for item in told.items],
        "notice_days": told.notice_days,
        "short_notice": meeting.short_notice,
        "is_same_reason": is_change and meeting.short_notice == notice.because,
        "page_path": f"/p/{process.slug}/forum/sessions/{meeting.number}",
        "entry_path": told.entry_path,
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter(f"forum/session_{kind.value}", context, kind=LetterKind.MEETING, process_id=process.id)


def _item(process: Process, told: Told, item: SessionItem, words: str) -> dict[str, Any]:
    """One item with what there is to read about it; the addresses are those of the office or the chair."""
    return {
        "number": item.number,
        "title": item.title,
        "wanted": WANTED_WORDS[item.wanted],
        "proposals": [
            {"folio": folio, "title": title, "path": f"/p/{process.slug}/proposals/{folio}"}
            for folio, title in told.about.get(item.id, ())
        ],
        "papers": [{"title": one["title"], "url": Verbatim(_whole(one["url"], words))} for one in item.papers],
    }


def _whole(url: str, words: str) -> str:
    return address_of(url, words[:2]) if url.startswith("/") else url
