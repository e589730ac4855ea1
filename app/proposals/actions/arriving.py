"""When something came in: now, in the window; or on an earlier day, entered by the office after the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from app.kit.errors import Invalid, NotNow
from app.kit.i18n import T, Text
from app.process.actions import require_open
from app.process.kinds import INTAKE
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import rules
from app.proposals.actions.wishing import Submission
from app.proposals.rules import Precision, Provenance

MIDDAY = time(12)
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Arrival:
    """When a proposal was received, how exactly that is known, and why it is entered after its window, if it is."""

    at: datetime
    to_the: Precision = Precision.INSTANT
    because: str = ""
    in_time: bool = False


def is_over(stage: Stage, now: datetime) -> bool:
    """Whether the window of an intake stage has closed for good, by the clock or by its conclusion."""
    return stage.concluded_at is not None or stage.window.status(now) is WindowStatus.CLOSED


def entered(process: Process, stage: Stage | None, wish: Submission, now: datetime) -> tuple[Stage, Arrival]:
    """What an official enters for somebody; after the window only with a public reason and the day it was received.

    What was in the office's hands before the window closed came in time, however late it is typed in.
    """
    if stage is None or stage.kind not in INTAKE or process.ended_at or process.paused_at or not is_over(stage, now):
        return require_open(process, stage, now), Arrival(now)
    faults: dict[str, Text] = {}
    if len(wish.outside_because) < rules.SHORTEST_REASON:
        faults["outside_because"] = T("Write the public reason in at least {n} characters.", n=rules.SHORTEST_REASON)
    day = wish.received_on
    if day is None:
        faults["received_on"] = T("Write the day on which it was received.")
    elif day > now.astimezone(process.zone).date():
        faults["received_on"] = T("This day is still to come.")
    if faults or day is None:
        raise Invalid(**faults)
    ends = stage.closes_at or stage.concluded_at or now
    last = (ends - A_MOMENT).astimezone(process.zone).date()
    first = stage.opens_at.astimezone(process.zone).date() if stage.opens_at else last
    at = datetime.combine(day, MIDDAY, process.zone).astimezone(UTC)
    return stage, Arrival(min(at, now), Precision.DAY, wish.outside_because, in_time=first <= day <= last)


def told(process: Process, stage: Stage | None, wish: Submission, now: datetime) -> tuple[Stage, Arrival]:
    """What is entered out of a document or to illustrate: on its day in the window of the stage, never as our own."""
    if stage is None or stage.kind not in INTAKE or process.ended_at or process.paused_at:
        return require_open(process, stage, now), Arrival(now)
    if wish.received_on is None:
        raise Invalid(received_on=T("Write the day on which it was received."))
    at = datetime.combine(wish.received_on, MIDDAY, process.zone).astimezone(UTC)
    if wish.provenance is Provenance.NATIVE:
        raise Invalid(provenance=T("Say how this proposal is known: it was not received here."))
    if at > now or stage.window.status(at) is not WindowStatus.OPEN:
        raise NotNow(T("This day lies outside the window of the stage."), stage.opens_at, stage.closes_at)
    return stage, Arrival(at, Precision.DAY, in_time=True)
