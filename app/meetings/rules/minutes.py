"""Minutes: written, approved by another person than who wrote them, published; after that only added to."""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move


class MinutesState(StrEnum):
    """Where the minutes of a meeting stand."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


M = MinutesState
MINUTES: Lifecycle[MinutesState] = Lifecycle(
    "minutes",
    [
        Move((), "write", M.DRAFT),
        Move((M.DRAFT, M.APPROVED), "write", M.DRAFT),
        Move((M.DRAFT,), "approve", M.APPROVED),
        Move((M.APPROVED,), "publish", M.PUBLISHED),
    ],
)
MINUTES_WORDS: dict[MinutesState, Text] = {
    M.DRAFT: T("draft: another person has to approve it"),
    M.APPROVED: T("approved, not yet published"),
    M.PUBLISHED: T("published"),
}
LONGEST = 20_000
SHORTEST_AGENDA = 10
MOST_AGREEMENTS = 60
