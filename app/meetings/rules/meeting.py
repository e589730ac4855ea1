"""Meetings: their kinds, their life, when their link is shown, and who may come.

Age is asked as a year of birth only, so it is known to within a year: somebody born in `b` is, in the year `y` of the
meeting, `y - b - 1` or `y - b` years old. Whoever may be of an age that fits is let in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move
from app.process.kinds import StageKind


class MeetingKind(StrEnum):
    """What people come together for."""

    AWARENESS_SESSION = "awareness_session"
    FORUM_SESSION = "forum_session"
    PRIORITISATION_TABLE = "prioritisation_table"
    TECHNICAL_TABLE = "technical_table"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    DRAFT = "draft"
    CONVENED = "convened"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    """Who may come: whoever registers, or only those the office has invited."""

    OPEN = "open"
    INVITED = "invited"


class ActKind(StrEnum):
    """What was done to a meeting for a reason that the public reads."""

    MOVED = "moved"
    CANCELLED = "cancelled"


S = MeetingState
MEETING: Lifecycle[MeetingState] = Lifecycle(
    "meeting",
    [
        Move((), "draft", S.DRAFT),
        Move((), "convene", S.CONVENED),
        Move((), "report", S.CLOSED),
        Move((S.DRAFT,), "convene", S.CONVENED),
        Move((S.CONVENED,), "hold", S.HELD),
        Move((S.HELD,), "close", S.CLOSED),
        Move((S.CONVENED,), "cancel", S.CANCELLED),
    ],
)
PUBLIC_STATES = frozenset(MeetingState) - {S.DRAFT}
CHANGEABLE = frozenset({S.DRAFT, S.CONVENED})
TOOK_PLACE = frozenset({S.HELD, S.CLOSED})

KIND_WORDS: dict[MeetingKind, Text] = {
    MeetingKind.AWARENESS_SESSION: T("Awareness session"),
    MeetingKind.FORUM_SESSION: T("Session of the forum"),
    MeetingKind.PRIORITISATION_TABLE: T("Territorial meeting (table)"),
    MeetingKind.TECHNICAL_TABLE: T("Technical table"),
}
YOUTH_WORD = T("Youth meeting")
PLURAL_WORDS: dict[MeetingKind, Text] = {
    MeetingKind.AWARENESS_SESSION: T("Awareness sessions"),
    MeetingKind.FORUM_SESSION: T("Sessions of the forum"),
    MeetingKind.PRIORITISATION_TABLE: T("Territorial and youth meetings"),
    MeetingKind.TECHNICAL_TABLE: T("Technical tables"),
}
STATE_WORDS: dict[MeetingState, Text] = {
    S.DRAFT: T("draft, only the office sees it"),
    S.CONVENED: T("announced"),
    S.HELD: T("taking place"),
    S.CLOSED: T("held"),
    S.CANCELLED: T("does not take place"),
}
AUDIENCE_WORDS: dict[Audience, Text] = {
    Audience.OPEN: T("Open: whoever registers may come"),
    Audience.INVITED: T("By invitation: the office registers who comes"),
}
STAGE_OF: dict[MeetingKind, StageKind] = {
    MeetingKind.AWARENESS_SESSION: StageKind.AWARENESS,
    MeetingKind.FORUM_SESSION: StageKind.FILTER,
    MeetingKind.PRIORITISATION_TABLE: StageKind.PRIORITISATION,
    MeetingKind.TECHNICAL_TABLE: StageKind.TECHNICAL_TABLES,
}
"""The kind of stage each kind of meeting belongs to; a process without one has no such meetings of its own."""
BY_THE_OFFICE = (MeetingKind.AWARENESS_SESSION, MeetingKind.PRIORITISATION_TABLE, MeetingKind.TECHNICAL_TABLE)
"""What the office convenes here; the forum convenes its own sessions."""

LINK_BEFORE = timedelta(hours=24)
LINK_AFTER = timedelta(hours=2)
COME_BEFORE = timedelta(hours=1)
REMIND_BEFORE = timedelta(hours=24)
LONGEST_TITLE = 160
LONGEST_TEXT = 5000
LONGEST_PLACE = 300
MOST_PLACES = 100_000
YOUNGEST, OLDEST = 0, 120
SLUG = re.compile(r"^([a-z]+(?:-[a-z]+)*)-([1-9]\d{0,6})$")


def slug_of(kind: MeetingKind, number: int) -> str:
    """The last part of a meeting's address: its kind and number."""
    return f"{kind.value.replace('_', '-')}-{number}"


def parse_slug(slug: str) -> tuple[MeetingKind, int] | None:
    """The kind and number an address names, or None."""
    found = SLUG.match(slug)
    kind = found[1].replace("-", "_") if found else ""
    return (MeetingKind(kind), int(found[2])) if found and kind in set(MeetingKind) else None


def only_year(there: Mapping[MeetingKind, int]) -> list[tuple[int, str, Text]]:
    """What a list of all kinds leaves out because only the year is known: how many, their kind and its words."""
    return [(count, kind.value, PLURAL_WORDS[kind]) for kind, count in there.items() if count]


def is_link_shown(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether who is registered sees the video link: from 24 hours before the start to 2 hours after the end."""
    return starts_at - LINK_BEFORE <= now < ends_at + LINK_AFTER


def may_come_in(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether people may say that they are there: from an hour before the start to 2 hours after the end."""
    return starts_at - COME_BEFORE <= now < ends_at + LINK_AFTER


def is_over(ends_at: datetime, now: datetime) -> bool:
    """Whether personal links have had their time."""
    return now >= ends_at + LINK_AFTER


def is_link(text: str) -> bool:
    """Whether somebody wrote an address of the web, which may be the door to a video meeting."""
    return urlsplit(text.strip()).scheme in {"http", "https"} or text.strip().lower().startswith("www.")


@dataclass(frozen=True)
class Ages:
    """The ages a meeting is for; an end that is not set is open."""

    least: int | None = None
    most: int | None = None

    @property
    def is_asked(self) -> bool:
        """Whether the year of birth has to be asked at all."""
        return self.least is not None or self.most is not None

    def fits(self, birth_year: int, year: int) -> bool:
        """Whether somebody born in this year may be of an age that fits in the year of the meeting."""
        older = year - birth_year
        return (self.least is None or older >= self.least) and (self.most is None or older - 1 <= self.most)


def unfit(ages: Ages, territories: Collection[str], who: tuple[str, int | None], year: int) -> tuple[str, Text] | None:
    """Why somebody of this place and year of birth may not come: the field it hangs on, and the sentence; or None."""
    territory, birth_year = who
    if territories and territory not in territories:
        return "territory", T(
            "This meeting is for people of other places. Look in the list of meetings for the one of your place."
        )
    if ages.is_asked and birth_year is None:
        return "birth_year", T("Write the year you were born: this meeting is for people of certain ages.")
    if birth_year is not None and ages.is_asked and not ages.fits(birth_year, year):
        return "birth_year", _of_other_age(ages)
    return None


def ages_said(ages: Ages) -> Text:
    """The ages a meeting is for, for its page."""
    if ages.least is None:
        return T("{most} years or younger", most=ages.most)
    if ages.most is None:
        return T("{least} years or older", least=ages.least)
    return T("from {least} to {most} years", least=ages.least, most=ages.most)


def _of_other_age(ages: Ages) -> Text:
    if ages.least is None:
        return T("This meeting is for people of {most} years or younger.", most=ages.most)
    if ages.most is None:
        return T("This meeting is for people of {least} years or older.", least=ages.least)
    return T("This meeting is for people from {least} to {most} years old.", least=ages.least, most=ages.most)
