"""Refusals: every way in which the program says no, each with a sentence for a person.

Three of them are never mixed: who (NotAllowed, or NotFound where existence is private), when (NotNow), and in which
state (WrongState). Invalid input is a fourth, told field by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from app.kit.i18n import T, Text


class Refusal(Exception):
    """A refusal with its HTTP status, a code for machines and a sentence for people."""

    status = 409
    code = "refused"

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text
        self.doors: list[tuple[Text, str]] = []

    def leading_to(self, label: Text, address: str) -> Self:
        """The same refusal with a way on: what to press there, and where it leads."""
        self.doors.append((label, address))
        return self


class NotAllowed(Refusal):
    """Who: this person may not do this; signed-out people are sent to sign in by the edge."""

    status = 403
    code = "not_allowed"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or T("You do not have permission for this. If you should have it, ask the office."))


class NotFound(Refusal):
    """Nothing is here, or its existence is private: both are told in the same words."""

    status = 404
    code = "not_found"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or T("There is nothing at this address. Check it, or go back to the start page."))


class NotNow(Refusal):
    """When: the window is not open; carries its dates so that the page can say them."""

    code = "not_now"

    def __init__(self, text: Text, opens_at: datetime | None = None, closes_at: datetime | None = None) -> None:
        super().__init__(text)
        self.opens_at = opens_at
        self.closes_at = closes_at


class WrongState(Refusal):
    """In which state: the move is not one of those the present state allows, which it lists."""

    code = "wrong_state"

    def __init__(self, text: Text, state: str, allowed: list[str]) -> None:
        super().__init__(text)
        self.state = state
        self.allowed = allowed


class Stale(Refusal):
    """Somebody else changed the row since the page was shown; says who when it is known."""

    code = "stale"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or T("Somebody changed this while you had it open. Load the page again and compare."))


class Conflict(Refusal):
    """The act would contradict something already recorded."""

    code = "conflict"


class Invalid(Refusal):
    """What was typed cannot be taken; one sentence per field that says what to do."""

    status = 422
    code = "invalid"

    def __init__(self, **fields: Text) -> None:
        super().__init__(T("Please check the marked fields."))
        self.fields = fields


@contextmanager
def under(**names: str) -> Iterator[None]:
    """Tell what is refused inside under the names that the fields of one form have: a page may hold several forms."""
    try:
        yield
    except Invalid as invalid:
        raise Invalid(**{names.get(name, name): text for name, text in invalid.fields.items()}) from None


class TooMany(Refusal):
    """A limit was reached; says after how many seconds it is worth trying again."""

    status = 429
    code = "too_many"

    def __init__(self, retry_after: int, text: Text | None = None) -> None:
        super().__init__(text or T("Too many attempts. Please wait a little and try again."))
        self.retry_after = retry_after


class Busy(Refusal):
    """The house is full for a moment; nothing was stored, and trying again shortly is right."""

    status = 503
    code = "busy"

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(
            T("Many people are writing at this moment. Nothing is lost: please send it again in a moment.")
        )
        self.retry_after = retry_after
