"""Where other parts of a process go on with a meeting: its vote, its technical table; each puts its question in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kit.i18n import Text
from app.meetings.models import Meeting
from app.people.rules import Permission


@dataclass(frozen=True)
class Elsewhere:
    """A page about a meeting in another part, and where those who `may` run it; all below the process's address.

    What everybody there can do at this moment, as voting, stands on a button of its own while it can be done.
    """

    words: Text
    url: str
    run_words: Text
    run_url: str
    may: Permission
    act_words: Text | None = None
    act_url: str = ""


ELSEWHERE: list[Callable[[Session, Meeting], Elsewhere | None]] = []


def of_meeting(session: Session, meeting: Meeting) -> list[Elsewhere]:
    """Every page in which another part tells of a meeting."""
    found = [question(session, meeting) for question in ELSEWHERE]
    return [one for one in found if one is not None]
