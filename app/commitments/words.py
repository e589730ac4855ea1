"""Figures and links as the pages say them: one figure, an interval, or nothing."""

from __future__ import annotations

from fractions import Fraction

from app.commitments.models import MonitoringRound
from app.commitments.rules import progress as rules
from app.commitments.rules.progress import PlanFigure, Rating, Reach
from app.kit.i18n import T, Text
from app.kit.text import say_date, say_number

LOOKS: dict[Rating, str] = {Rating.GREEN: "good", Rating.YELLOW: "wait", Rating.RED: "bad"}


def say(reach: Reach | None, language: str, decimals: int = 1) -> Text:
    """`91.7%`, `0% to 83.3%`, or that nothing was reported."""
    if reach is None:
        return T("did not report")
    low = say_share(reach, language, decimals)
    if reach.is_exact:
        return T("{n}%", n=low)
    return T("{a}% to {b}%", a=low, b=_digits(reach.high, language, decimals))


def say_round(one: MonitoringRound, language: str) -> str:
    """How a round is called; one out of a document by its date, as exactly as that is known."""
    return say_date(one.dated_on, language, one.dated_to_the.value) if one.is_reported else one.name


def say_reported(reach: Reach | None, language: str, *, is_told: bool = False) -> Text:
    """What an institution reported; where a document tells of the round, its silence is the document's."""
    return T("not said") if reach is None and is_told else say(reach, language, 2)


def say_computed(reach: Reach | None, language: str) -> Text:
    """The same, where nothing means that no milestone was reported on."""
    return say(reach, language) if reach else T("no milestones reported")


def say_share(reach: Reach, language: str, decimals: int = 1) -> str:
    """The lower end of a share in digits."""
    return _digits(reach.low, language, decimals)


def _digits(share: Fraction, language: str, decimals: int) -> str:
    rounded = rules.rounded(share, decimals)
    return say_number(float(rounded), language, None if rounded.denominator > 1 else 0)


def say_plan(figure: PlanFigure, language: str) -> Text:
    """The plan's figure of one kind as a whole number, and of how many commitments it is the mean."""
    if figure.reach is None:
        return T("none yet")
    return say(figure.reach, language, 0)
