"""What is next in a process and what is new in it: three dates of its calendar, three things it has published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import Publication
from app.feedback.models import StageReport
from app.kit.i18n import T, Text, Tn
from app.meetings.queries import meetings
from app.process.models import Process, Stage

FEW = 3


@dataclass(frozen=True)
class Dated:
    """One line: when, in which zone and how exactly, what, and where it leads."""

    at: datetime
    what: Text | str
    url: str
    timezone: str
    to_the: str = "instant"
    is_end: bool = False

    def to(self, address: Callable[[str], str]) -> Dated:
        """The same line with its address in the reader's language."""
        return replace(self, url=address(self.url))


def next_dates(
    session: Session, process: Process, stages: Sequence[Stage], now: datetime, language: str
) -> list[Dated]:
    """The next three dates: stages that open or close, and meetings."""
    base = f"/p/{process.slug}"
    found = [
        Dated(
            meeting.starts_at,
            meeting.title(language),
            f"{base}/meetings/{meeting.slug}",
            meeting.timezone,
            meeting.starts_to_the.value,
        )
        for meeting in meetings.next_few(session, process.id, now, FEW)
    ]
    for stage in stages:
        name = stage.name(language)
        opens, closes = T("It opens: {name}", name=name), T("It closes: {name}", name=name)
        found += [
            Dated(at, what, f"{base}/calendar", process.timezone, is_end=what is closes)
            for at, what in ((stage.opens_at, opens), (stage.closes_at, closes))
            if at and at > now and not stage.concluded_at
        ]
    return sorted(found, key=lambda line: line.at)[:FEW]


def newest(session: Session, process: Process, stages: Sequence[Stage], language: str) -> list[Dated]:
    """The three newest publications: decisions of a stage, and reports of what was answered."""
    named = {stage.id: stage for stage in stages}
    base = f"/p/{process.slug}"
    published = select(Publication).where(Publication.process_id == process.id)
    found = [
        Dated(
            row.at,
            Tn(
                "{count} decision was published: {name}",
                "{count} decisions were published: {name}",
                int(row.counts["decisions"]),
                name=named[row.stage_id].name(language),
            ),
            f"{base}/decisions/{named[row.stage_id].slug}",
            process.timezone,
        )
        for row in session.scalars(published.order_by(Publication.at.desc(), Publication.id).limit(FEW))
    ]
    told = select(StageReport).where(StageReport.process_id == process.id)
    found += [
        Dated(
            row.at,
            T("What was done with what people proposed: {name}", name=named[row.stage_id].name(language)),
            f"{base}/feedback/{named[row.stage_id].slug}",
            process.timezone,
        )
        for row in session.scalars(told.order_by(StageReport.at.desc(), StageReport.id).limit(FEW))
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)[:FEW]
