"""How far a commitment is, exactly: reported figures stand as they were given, computed ones are means of milestones.

reported  what an institution wrote in one round (0 to 100, or a range); never recomputed
computed  c(m) = mean of the commitment's milestones in the same round: [Σ low / n, Σ high / n]; a milestone nobody
          reported on in that round may be anything from 0 to 100, so it widens the interval; nothing where none was
plan      the mean of its commitments' figures, each kind apart, over those that have one; how many have is said beside
warning   where both kinds exist and differ by more than the last decimal that was printed, or reported lies outside

Source of the method: each body reports a share per milestone, milestones make the commitment, commitments make the plan
with equal weights (Chile, 4th and 5th plan; self-assessment of June 2023). It measures activities, not results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.kit.i18n import T, Text

HUNDRED = Fraction(100)
FIGURE = re.compile(r"^(?:100(?:[.,]0{1,2})?|[0-9]{1,2}(?:[.,][0-9]{1,2})?)$")


class Status(StrEnum):
    """What an institution says of a milestone or a commitment, in words."""

    NOT_STARTED = "not_started"
    LIMITED = "limited"
    SUBSTANTIAL = "substantial"
    COMPLETE = "complete"


STATUS_WORDS: dict[Status, Text] = {
    Status.NOT_STARTED: T("not started"),
    Status.LIMITED: T("limited progress"),
    Status.SUBSTANTIAL: T("substantial progress"),
    Status.COMPLETE: T("complete"),
}


class Source(StrEnum):
    """Who says it: three views that stand beside one another and never replace one another."""

    INSTITUTION = "institution"
    COUNTERPART = "counterpart"
    FORUM = "forum"


SOURCE_WORDS: dict[Source, Text] = {
    Source.INSTITUTION: T("The institution's own report"),
    Source.COUNTERPART: T("The counterpart's comment"),
    Source.FORUM: T("The forum's validation"),
}


class Rating(StrEnum):
    """The three colours; each is always written out beside its colour."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


RATING_WORDS: dict[Rating, Text] = {
    Rating.GREEN: T("complete or substantial progress"),
    Rating.YELLOW: T("limited progress"),
    Rating.RED: T("not started, or much delayed"),
}


@dataclass(frozen=True)
class Reach:
    """A share of 100, or an interval where it is not known exactly."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= HUNDRED:
            raise ValueError("a share lies between 0 and 100, and its lower end is not above its upper end")

    @property
    def is_exact(self) -> bool:
        """Whether it is one figure."""
        return self.low == self.high


UNKNOWN = Reach(Fraction(0), HUNDRED)
OF_STATUS: dict[Status, Reach] = {
    Status.NOT_STARTED: Reach(Fraction(0), Fraction(0)),
    Status.LIMITED: UNKNOWN,
    Status.SUBSTANTIAL: UNKNOWN,
    Status.COMPLETE: Reach(HUNDRED, HUNDRED),
}
"""What a word alone says in figures: "limited" and "substantial" say only that it lies between 0 and 100."""


def figure(typed: str) -> str:
    """A share as it is kept: digits with a point, without a sign; refused where it is none."""
    text = typed.strip().removesuffix("%").strip()
    if not FIGURE.match(text):
        raise ValueError(typed)
    return text.replace(",", ".")


def reach_of(status: Status | None, low: str, high: str) -> Reach | None:
    """What a report says in figures: its own figures, else what its word says; nothing where it gives neither."""
    if low or high:
        first, last = Fraction(low or high), Fraction(high or low)
        return Reach(first, last)
    return OF_STATUS[status] if status else None


def is_complete(status: Status | None, low: str) -> bool:
    """Whether a report says, in a word or in its figure, that nothing is left to do."""
    return status is Status.COMPLETE or low.startswith("100")


def contradiction(status: Status, reach: Reach) -> bool:
    """Whether a word and a figure contradict one another."""
    if status is Status.COMPLETE:
        return reach.low != HUNDRED
    return status is Status.NOT_STARTED and reach.high != 0


def computed(milestones: Sequence[Reach | None]) -> Reach | None:
    """The mean of a commitment's milestones in one round; one without a report counts as anything from 0 to 100."""
    if not any(milestones):
        return None
    return mean(reach or UNKNOWN for reach in milestones)


def mean(reaches: Iterable[Reach]) -> Reach | None:
    """The mean of shares, end by end; nothing of nothing."""
    known = list(reaches)
    if not known:
        return None
    n = len(known)
    return Reach(sum((r.low for r in known), Fraction(0)) / n, sum((r.high for r in known), Fraction(0)) / n)


@dataclass(frozen=True)
class PlanFigure:
    """The plan's figure of one kind, and over how many of its commitments it is the mean."""

    reach: Reach | None
    known: int
    of: int


def plan_figure(commitments: Sequence[Reach | None]) -> PlanFigure:
    """The mean of the commitments' figures of one kind, over those that have one."""
    known = [reach for reach in commitments if reach is not None]
    return PlanFigure(mean(known), len(known), len(commitments))


class Mismatch(StrEnum):
    """What does not fit between a reported figure and the milestones reported beside it."""

    DIFFERS = "differs"
    OUTSIDE = "outside"


WARNING_WORDS: dict[Mismatch, Text] = {
    Mismatch.DIFFERS: T("The figure reported differs from the mean of the milestones reported beside it."),
    Mismatch.OUTSIDE: T("The figure reported lies outside what the milestones reported beside it allow."),
}


def warning(reported: Reach | None, from_milestones: Reach | None, decimals: int = 0) -> Mismatch | None:
    """The warning of one commitment in one round; half a unit of the last printed decimal is no difference."""
    if reported is None or from_milestones is None:
        return None
    slack = Fraction(1, 2 * 10**decimals)
    fits = reported.low <= from_milestones.high + slack and reported.high >= from_milestones.low - slack
    if from_milestones.is_exact and reported.is_exact:
        return None if fits else Mismatch.DIFFERS
    return None if fits else Mismatch.OUTSIDE


def decimals_of(text: str) -> int:
    """How many decimals a figure was printed with."""
    return len(text.partition(".")[2])


def rating(reach: Reach | None, green_from: int, yellow_from: int) -> Rating | None:
    """The colour of a figure by the process's own thresholds; none where an interval spans two colours."""
    if reach is None:
        return None
    ends = {_colour(reach.low, green_from, yellow_from), _colour(reach.high, green_from, yellow_from)}
    return ends.pop() if len(ends) == 1 else None


def _colour(share: Fraction, green_from: int, yellow_from: int) -> Rating:
    if share >= green_from:
        return Rating.GREEN
    return Rating.YELLOW if share >= yellow_from else Rating.RED


def rounded(share: Fraction, decimals: int = 0) -> Fraction:
    """A share rounded half up, as people do it by hand."""
    scale = 10**decimals
    return Fraction((share * scale * 2 + 1) // 2, scale)


def as_text(share: Fraction, decimals: int = 2) -> str:
    """A share in digits for files and programs, rounded half up, without zeros nobody needs."""
    scaled = rounded(share, decimals) * 10**decimals
    whole, rest = divmod(int(scaled), 10**decimals)
    ending = f"{rest:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{whole}.{ending}" if ending else str(whole)
