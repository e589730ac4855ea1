"""What may become of a letter: its lifecycle, its lanes, when it is tried again, and what a provider's report proves.

The table promises three things: a letter of an act that was rolled back is never sent, a letter is never lost, and
a letter whose sending is in doubt is never sent twice by itself: it waits in `unknown` for a person or for a report.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.lifecycle import Lifecycle, Move


class OutboxState(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    CLAIMED = "claimed"
    ATTEMPTING = "attempting"
    RETRY_WAIT = "retry_wait"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LetterKind(StrEnum):
    """Only `optional` is switched off by preferences; the others are owed or were just asked for."""

    SIGN_IN = "sign_in"
    RECEIPT = "receipt"
    MEETING = "meeting"
    DUTY = "duty"
    OPTIONAL = "optional"


class EventKind(StrEnum):
    """What a provider reports, in our words: processed, deferred and unsubscribed change no state."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DROPPED = "dropped"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class StopReason(StrEnum):
    """Why nothing more is sent to an address; a complaint came through the provider, or by the link in a letter."""

    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    OPTOUT_OPTIONAL = "optout_optional"


_S = OutboxState
# What is not yet accepted although a try may have left: a provider's report about it proves acceptance.
_MAYBE_LEFT = (_S.READY, _S.CLAIMED, _S.RETRY_WAIT, _S.ATTEMPTING, _S.UNKNOWN)

OUTBOX: Lifecycle[OutboxState] = Lifecycle(
    "outbox",
    [
        Move((), "draft", _S.DRAFT),
        Move((), "post", _S.READY),
        Move((_S.DRAFT,), "release", _S.READY),
        Move((_S.READY, _S.RETRY_WAIT), "claim", _S.CLAIMED),
        Move((_S.CLAIMED,), "attempt", _S.ATTEMPTING),
        Move((_S.ATTEMPTING,), "accept", _S.ACCEPTED),
        Move((_S.CLAIMED, _S.ATTEMPTING), "wait", _S.RETRY_WAIT),
        Move((_S.ATTEMPTING,), "lose_sight", _S.UNKNOWN),
        Move((_S.CLAIMED, _S.ATTEMPTING), "fail", _S.FAILED),
        Move((_S.DRAFT, _S.READY, _S.RETRY_WAIT), "cancel", _S.CANCELLED),
        Move((_S.UNKNOWN,), "order_again", _S.READY),
        # Reports may come before our own commit and in any order; the highest rank of what was ever heard stands.
        Move(_MAYBE_LEFT, "hear", _S.ACCEPTED),
        Move((_S.ACCEPTED,), "drop", _S.DROPPED),
        Move((_S.ACCEPTED, _S.DROPPED), "bounce", _S.BOUNCED),
        Move((_S.ACCEPTED, _S.DROPPED, _S.BOUNCED), "deliver", _S.DELIVERED),
        Move((_S.ACCEPTED, _S.DROPPED, _S.BOUNCED, _S.DELIVERED), "complain", _S.COMPLAINED),
    ],
)

CLAIMABLE = (_S.READY, _S.RETRY_WAIT)
IN_HAND = (_S.CLAIMED, _S.ATTEMPTING)
REACHED = (_S.ACCEPTED, _S.DELIVERED, _S.COMPLAINED)
NOT_REACHED = (_S.BOUNCED, _S.DROPPED, _S.FAILED)
MAY_HAVE_LEFT = frozenset(OutboxState) - {_S.DRAFT, _S.READY, _S.RETRY_WAIT, _S.CANCELLED, _S.FAILED}
"""States of a letter whose words may have reached somebody."""

LANES = {
    LetterKind.SIGN_IN: 0,
    LetterKind.RECEIPT: 0,
    LetterKind.MEETING: 1,
    LetterKind.DUTY: 1,
    LetterKind.OPTIONAL: 2,
}

LANE_OF_ANSWERS = LANES[LetterKind.DUTY]
"""What leaves in an earlier lane was just asked for; it keeps no pace and no pause of a process holds it back."""

MAX_TRIES = 6
FIRST_WAIT = timedelta(seconds=30)
WAIT_FACTOR = 4
LONGEST_WAIT = timedelta(hours=6)
SIGN_IN_LIFE = timedelta(minutes=30)

_MOVE_OF_EVENT = {
    EventKind.DROPPED: "drop",
    EventKind.BOUNCED: "bounce",
    EventKind.DELIVERED: "deliver",
    EventKind.COMPLAINED: "complain",
}


def lane_of(kind: LetterKind) -> int:
    """0 sign-in and receipts, 1 answers and letters about meetings, 2 news that one may switch off."""
    return LANES[kind]


def normal_address(address: str) -> str:
    """The form in which two spellings of one mailbox are compared."""
    return address.strip().casefold()


def is_stopped(kind: LetterKind, reasons: set[StopReason]) -> bool:
    """Whether a letter stays here: news for any reason, what is owed if the mailbox is dead or complained.

    Never a sign-in: it was asked for a moment ago at this very address, and confirming it is what lifts the stop.
    """
    if kind is LetterKind.SIGN_IN:
        return False
    if kind is LetterKind.OPTIONAL:
        return bool(reasons)
    return bool(reasons & {StopReason.HARD_BOUNCE, StopReason.COMPLAINT})


def is_too_late(kind: LetterKind, created_at: datetime, now: datetime) -> bool:
    """Whether nobody wants the letter any more: a sign-in whose link has run out (30 minutes)."""
    return kind is LetterKind.SIGN_IN and now - created_at >= SIGN_IN_LIFE


def may_try_again(tries: int) -> bool:
    """Whether after this many tries (since it was ordered) another one is allowed; six in all."""
    return tries < MAX_TRIES


def wait_after(tries: int, chance: float, retry_after: timedelta | None = None) -> timedelta:
    """How long to wait after the n-th try: 30 s x 4^(n-1), at most 6 h, times 0.5 to 1 by `chance` in [0, 1).

    Never shorter than what the provider asked for, so a busy provider is not knocked on by everybody at once.
    """
    full = min(FIRST_WAIT * float(WAIT_FACTOR ** (max(tries, 1) - 1)), LONGEST_WAIT)
    jittered = full * (0.5 + 0.5 * chance)
    return max(jittered, min(retry_after or timedelta(), LONGEST_WAIT))


def moves_on_report(state: OutboxState, event: EventKind, tries: int) -> list[str]:
    """The moves a provider's report makes from this state; none means it is only noted.

    Delivered beats deferred, dropped and bounced in whichever order they arrive; a bounce after delivery is a note.
    A report about a letter we never tried to send proves nothing and is a note as well.
    """
    if event is EventKind.UNSUBSCRIBED or (state in _MAYBE_LEFT and tries == 0):
        return []
    moves = []
    if state in _MAYBE_LEFT:
        moves.append("hear")
        state = OutboxState.ACCEPTED
    move = _MOVE_OF_EVENT.get(event)
    if move is not None and OUTBOX.may(state, move):
        moves.append(move)
    return moves


def stop_of_report(event: EventKind, detail: dict[str, str]) -> StopReason | None:
    """Why this report stops further letters to the address, if it does.

    A provider's `blocked` bounce is about the moment (full, greylisted), not about the mailbox.
    """
    reason = detail.get("reason", "").casefold()
    if event is EventKind.BOUNCED:
        return None if detail.get("type") == "blocked" else StopReason.HARD_BOUNCE
    if event is EventKind.COMPLAINED:
        return StopReason.COMPLAINT
    if event is EventKind.UNSUBSCRIBED:
        return StopReason.OPTOUT_OPTIONAL
    if event is EventKind.DROPPED and reason.startswith(("bounced address", "invalid")):
        return StopReason.HARD_BOUNCE
    if event is EventKind.DROPPED and reason.startswith("spam reporting address"):
        return StopReason.COMPLAINT
    return None


def bodies_expire_at(accepted_at: datetime) -> datetime:
    """When address and text of an accepted letter are dropped: 90 days after; hash, dates and state stay."""
    return accepted_at + timedelta(days=90)
