"""The life of a letter, who may approve it and when, what may be asked back, and which small numbers stay unsaid."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from statistics import median

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move

AT_ONCE = 100
"""As many letters are drafted or approved in one transaction; more become a job."""
FIRST = 20
"""As many letters leave before a person has looked at what became of them; a stage with no more is not held up."""
LONE_WAIT = timedelta(hours=24)
ASK_WITHIN = timedelta(days=30)
SMALL_CELL = 5
LONGEST_NOTE = 1500
SHORTEST_QUESTION, LONGEST_QUESTION = 20, 2000
"""Of a question about a decision and of its answer, in characters."""


class LetterState(StrEnum):
    """Where a letter of answer stands; what became of it on its way is told by its outbox row."""

    DRAFT = "draft"
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Way(StrEnum):
    """How a letter reaches its person."""

    EMAIL = "email"
    HAND = "hand"


class Blocked(StrEnum):
    """Why a letter may not be approved yet."""

    NO_REASON = "no_reason"
    NOT_RENDERED = "not_rendered"


class Clear(StrEnum):
    """Whether the reason was clear, as its reader says."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Sought(StrEnum):
    """What somebody asks for who got a decision."""

    CLARIFICATION = "clarification"
    RECONSIDERATION = "reconsideration"


class Reply(StrEnum):
    """How a question about a decision was answered; to decide anew is another act, with its own reason."""

    CLARIFIED = "clarified"
    UPHELD = "upheld"
    ANEW = "anew"


_S = LetterState
LETTER: Lifecycle[LetterState] = Lifecycle(
    "letter",
    [
        Move((), "draft", _S.DRAFT),
        Move((_S.DRAFT,), "approve", _S.APPROVED),
        Move((_S.APPROVED,), "reopen", _S.DRAFT),
        Move((_S.APPROVED,), "hand_over", _S.HANDED_OVER),
        Move((_S.APPROVED, _S.HANDED_OVER), "supersede", _S.SUPERSEDED),
        Move((_S.DRAFT, _S.APPROVED), "cancel", _S.CANCELLED),
    ],
)
SEVERAL = "several"
"""What a letter about more than one proposal tells, where a single word is asked for."""
CARRIES = frozenset({_S.DRAFT, _S.APPROVED, _S.HANDED_OVER, _S.SUPERSEDED})
"""States in which a letter stands for the duties it names; a cancelled one stands for nothing."""
MAY_BE_ASKED = frozenset({_S.APPROVED, _S.HANDED_OVER, _S.SUPERSEDED})
"""States of a letter whose reader may ask about what it tells."""
REPLIES: dict[Sought, tuple[Reply, ...]] = {
    Sought.CLARIFICATION: (Reply.CLARIFIED, Reply.ANEW),
    Sought.RECONSIDERATION: (Reply.UPHELD, Reply.ANEW),
}
"""Whoever thinks a decision mistaken is told whether it stands: an explanation alone is no answer to that."""

STATE_WORDS: dict[LetterState, Text] = {
    _S.DRAFT: T("draft"),
    _S.APPROVED: T("approved"),
    _S.HANDED_OVER: T("handed over"),
    _S.SUPERSEDED: T("replaced by a later one"),
    _S.CANCELLED: T("cancelled"),
}
BLOCKED_WORDS: dict[Blocked, Text] = {
    Blocked.NO_REASON: T("No reason was published for this decision. Find it and decide again with its reason."),
    Blocked.NOT_RENDERED: T("This letter could not be written out. Draft it again."),
}
PAUSED_BY: dict[str, Text] = {
    "office": T("the office"),
    "admin": T("the administration"),
    "forum_chair": T("the chair of the forum"),
}
"""By which role sending was paused."""
CLEAR_WORDS: dict[Clear, Text] = {
    Clear.YES: T("Yes, it was clear"),
    Clear.PARTLY: T("Only in part"),
    Clear.NO: T("No, it was not clear"),
}
SOUGHT_WORDS: dict[Sought, Text] = {
    Sought.CLARIFICATION: T("A clarification: I do not understand the reason"),
    Sought.RECONSIDERATION: T("A reconsideration: I think the decision is mistaken"),
}
SOUGHT_SHORT: dict[Sought, Text] = {
    Sought.CLARIFICATION: T("clarification"),
    Sought.RECONSIDERATION: T("reconsideration"),
}
REPLY_WORDS: dict[Reply, Text] = {
    Reply.CLARIFIED: T("The reason was explained. The decision stands."),
    Reply.UPHELD: T("It was looked at again. The decision stands."),
    Reply.ANEW: T("It will be decided anew. Until then the decision stands."),
}


@dataclass(frozen=True)
class Hands:
    """Who drafted a letter and who changed it last, and when."""

    drafted_by: uuid.UUID | None
    drafted_at: datetime
    edited_by: uuid.UUID | None
    edited_at: datetime | None

    @property
    def last(self) -> uuid.UUID | None:
        """Whose words it holds: whoever changed it last, else whoever drafted it."""
        return self.edited_by or self.drafted_by

    @property
    def since(self) -> datetime:
        """Since when it stands as it is."""
        return self.edited_at or self.drafted_at


def why_not_approve(hands: Hands, approver: uuid.UUID | None, now: datetime, *, is_alone: bool) -> Text | None:
    """Why this person may not approve this letter, if so: a second one approves; a lone official waits 24 hours."""
    if hands.last != approver:
        return None
    if not is_alone:
        return T("Whoever wrote a letter does not approve it: a second person must.")
    if now < hands.since + LONE_WAIT:
        return T("Nobody else may approve here: you may do it yourself after 24 hours, and it will be marked publicly.")
    return None


def is_lone(hands: Hands, approver: uuid.UUID | None) -> bool:
    """Whether the one who approved is the one who wrote."""
    return hands.last == approver


def digest(hashes: Iterable[str]) -> str:
    """One hash over the content hashes of the letters approved together, whatever their order."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts for the public: a cell under five is withheld, and with it the next smallest if it could be computed."""
    shown: dict[str, int | None] = {key: n if n == 0 or n >= SMALL_CELL else None for key, n in counts.items()}
    hidden = [key for key, n in shown.items() if n is None]
    left = [key for key, n in shown.items() if n]
    if len(hidden) == 1 and left:
        shown[min(left, key=lambda key: counts[key])] = None
    return shown


def median_days(spans: Iterable[timedelta]) -> float | None:
    """The median of some spans in days, to one decimal; None when there are none."""
    seconds = [span.total_seconds() for span in spans]
    return round(median(seconds) / 86_400, 1) if seconds else None


def asks_until(ask_by: datetime, zone: tzinfo) -> datetime:
    """Until when one may ask: the end of the day that the letter names, where the process is; not a moment of it."""
    return datetime.combine(ask_by.astimezone(zone).date() + timedelta(days=1), time(), zone).astimezone(UTC)


@dataclass(frozen=True)
class Asked:
    """How many asked about decisions of a stage, how many of them were answered, and what came of it."""

    asked: int = 0
    answered: int = 0
    anew: int = 0
    median_days: float | None = None

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return self.asked - self.answered

    def shown(self) -> dict[str, float | None]:
        """For the public: numbers under five are withheld, with what they could be computed from."""
        if 0 < self.asked < SMALL_CELL:
            return dict.fromkeys(("asked", "answered", "waiting", "anew", "median_days"))
        parts = suppressed({"answered": self.answered, "waiting": self.waiting})
        return {
            "asked": self.asked,
            **parts,
            "anew": None if 0 < self.anew < SMALL_CELL else self.anew,
            "median_days": self.median_days if self.answered >= SMALL_CELL else None,
        }
