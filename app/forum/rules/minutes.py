"""Minutes of a session of the forum: written, approved by another person or by a later session, published for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.kit.i18n import T, Text
from app.meetings.rules.minutes import MINUTES, MinutesState

M = MinutesState
STATE_WORDS: dict[MinutesState, Text] = {
    M.DRAFT: T("minutes as a draft: somebody else has to approve them"),
    M.APPROVED: T("minutes approved, not yet published"),
    M.PUBLISHED: T("minutes published"),
}
LONGEST = 20_000
SHORTEST = 10
LONE_WAIT = timedelta(hours=24)


def why_not_approve(*, is_writer: bool, is_alone: bool, written_at: datetime, now: datetime) -> Text | None:
    """Why this person may not approve minutes, if so: a second one does; a lone official waits 24 hours."""
    if not is_writer:
        return None
    if not is_alone:
        return T("Another person than the one who wrote the minutes has to approve them, or a later session.")
    if now < written_at + LONE_WAIT:
        return T("Nobody else may approve here: you may do it yourself after 24 hours, and it will be marked publicly.")
    return None


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 over what minutes say, whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


__all__ = ["MINUTES", "MinutesState"]
