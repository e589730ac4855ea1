"""Comments on the draft of the plan: who may say what about which part, why one is held back, how points are answered.

A comment is public once the office has let it in. Comments that make the same point are grouped into one issue, which
is answered once: what was decided, why, and what changed in the draft.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from app.commitments.rules.plan import SECTIONS
from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move

SHORTEST, LONGEST = 20, 5000
LONGEST_NAME = 160
LONGEST_TITLE = 200
SHORTEST_REASON, LONGEST_REASON = 20, 4000
CONFIRM_WITHIN = timedelta(days=7)
ANSWER_WITHIN = timedelta(days=30)
AT_ONCE = 100
"""As many comments are read or grouped in one act."""
MOST_CHANGES = 40


class CommentState(StrEnum):
    """Where a comment stands; whether it was answered is told by its issue."""

    RECEIVED = "received"
    ADMITTED = "admitted"
    HELD_BACK = "held_back"


class HeldBecause(StrEnum):
    """The only reasons for which a comment is not made public."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"


class Response(StrEnum):
    """What was decided on an issue."""

    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted_in_part"
    NOT_ACCEPTED = "not_accepted"
    NOTED = "noted"


CHANGES_THE_DRAFT = frozenset({Response.ACCEPTED, Response.ACCEPTED_IN_PART})
"""Responses that have to say what changed."""

_S = CommentState
COMMENT: Lifecycle[CommentState] = Lifecycle(
    "draft_comment",
    [
        Move((), "send", _S.RECEIVED),
        Move((_S.RECEIVED, _S.HELD_BACK), "admit", _S.ADMITTED),
        Move((_S.RECEIVED, _S.ADMITTED), "hold_back", _S.HELD_BACK),
    ],
)
STATE_WORDS: dict[CommentState, Text] = {
    _S.RECEIVED: T("received, to be read"),
    _S.ADMITTED: T("public: anybody can read it"),
    _S.HELD_BACK: T("held back"),
}
HELD_WORDS: dict[HeldBecause, Text] = {
    HeldBecause.INSULT: T("It insults somebody."),
    HeldBecause.PERSONAL_DATA: T("It tells personal data of somebody."),
    HeldBecause.OFF_TOPIC: T("It is not about the draft."),
}
RESPONSE_WORDS: dict[Response, Text] = {
    Response.ACCEPTED: T("accepted"),
    Response.ACCEPTED_IN_PART: T("accepted in part"),
    Response.NOT_ACCEPTED: T("not accepted"),
    Response.NOTED: T("taken note of"),
}

MILESTONES = "milestones"
PARTS: dict[str, Text] = {**SECTIONS, MILESTONES: T("Its milestones")}
"""The parts of one commitment that can be commented on by themselves."""


def folio(prefix: str, number: int) -> str:
    """The public number of a comment in its process, such as 5PA-C0012."""
    return f"{prefix}-C{number:04d}"


def faults_in(text: str, name: str) -> dict[str, Text]:
    """What of a comment cannot be taken, one sentence per field; the address is looked at where it is used."""
    found: dict[str, Text] = {}
    if len(text) < SHORTEST:
        found["text"] = T("Write your comment in at least {n} characters.", n=SHORTEST)
    elif len(text) > LONGEST:
        found["text"] = T("This is too long: at most {n} characters.", n=LONGEST)
    if not name:
        found["name"] = T("Write your name. It is published only if you say so.")
    elif len(name) > LONGEST_NAME:
        found["name"] = T("Shorten the name to {n} characters.", n=LONGEST_NAME)
    return found


def faults_of_response(response: str, reason: str, *, says_what_changed: bool) -> dict[str, Text]:
    """What of a response cannot be taken: every one has its reason, and one that accepts says what changed."""
    found: dict[str, Text] = {}
    if response not in set(Response):
        found["response"] = T("Choose what is decided.")
    elif Response(response) in CHANGES_THE_DRAFT and not says_what_changed:
        found["change_words"] = T("Say what changes, or mark the version in which it was changed.")
    if len(reason) < SHORTEST_REASON:
        found["reason"] = T("Write why, in at least {n} characters. The public will read it.", n=SHORTEST_REASON)
    elif len(reason) > LONGEST_REASON:
        found["reason"] = T("This is too long: at most {n} characters.", n=LONGEST_REASON)
    return found
