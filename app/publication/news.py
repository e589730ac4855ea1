"""What happened lately, to a process, a proposal or a commitment: read from the history, for feeds and for letters.

Only what is said of a process itself and of its stages is news of the process; what became of a proposal is told to
whoever follows that proposal. So every reading goes by the few subjects it is about, and its cost does not grow.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.commitments.queries import commitments
from app.kit.i18n import T, Text
from app.kit.text import say_instant
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals import queries as proposals
from app.trail import queries as trail
from app.trail.queries import PublicEntry, Wanted

MOST = 50
PROPOSAL = frozenset(
    f"proposal.{verb}"
    for verb in (
        *("admitted", "merged", "joined", "withdrawn", "selected", "reserved", "not_selected", "decided_again"),
        *("prioritised", "not_prioritised", "found_feasible", "found_not_feasible", "committed", "not_committed"),
    )
)
COMMITMENT = frozenset(
    {
        *("commitment.entered", "commitment.amended", "commitment.handed_over", "commitment.continuity_decided"),
        *("progress.reported", "progress.validated"),
    }
)
PROCESS = frozenset(
    {
        *("process.paused", "process.resumed", "process.ended", "stage.set", "stage.extended", "stage.concluded"),
        *("decisions.published", "report.published", "draft_issues.published"),
    }
)


@dataclass(frozen=True)
class News:
    """One thing that happened: when, in plain words, about what, why, and where to read on."""

    key: uuid.UUID
    at: datetime
    what: Text
    about: str | Text
    path: str
    why: str = ""
    seq: int = 0


@dataclass(frozen=True)
class Since:
    """From where on somebody wants to know: the number of an entry of the history, and a moment of the clock."""

    seq: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class Subject:
    """What can be followed: its name in the history, what people call it, and its page."""

    process: Process
    name: str
    title: str
    path: str
    language: str

    @property
    def titled(self) -> tuple[str, str]:
        """Its title and its page."""
        return self.title, self.path


def subject_of(session: Session, process: Process, name: str, language: str) -> Subject:
    """What a name of the history stands for, if the public may see it; else refused as if it did not exist."""
    kind, _, which = name.partition(":")
    base = f"/p/{process.slug}"
    if kind == "proposal":
        found = proposals.public_by_folio(session, process.id, which)
        title, path = f"{found.folio} · {found.title}", f"{base}/proposals/{found.folio}"
        return Subject(process, found.subject.name, title, path, language)
    if kind == "commitment":
        one = commitments.public_numbered(session, process.id, int(which))
        title, path = f"{one.number}. {one.title(language)}", f"{base}/commitments/{one.number}"
        return Subject(process, one.subject.name, title, path, language)
    return Subject(process, process.subject.name, process.name(language), base, language)


def of(session: Session, subject: Subject, now: datetime, since: Since, limit: int = MOST) -> list[News]:
    """The newest first; what a stage does by the clock alone is told as well."""
    if subject.name.startswith("process:"):
        return of_process(session, subject, now, since, limit)
    verbs = PROPOSAL if subject.name.startswith("proposal:") else COMMITMENT
    wanted = Wanted([subject.name], verbs, since.seq)
    rows = trail.newest_of(session, subject.process.id, wanted, limit)
    return [_entry(entry, subject.process, subject.title, subject.path, subject.language) for entry, _ in rows]


def of_process(session: Session, subject: Subject, now: datetime, since: Since, limit: int = MOST) -> list[News]:
    """What happened to a process and its stages, the newest first."""
    process, language = subject.process, subject.language
    stages = processes.stages_of(session, process.id)
    named: dict[str, Stage | None] = {stage.subject.name: stage for stage in stages} | {subject.name: None}
    rows = trail.newest_of(session, process.id, Wanted(list(named), PROCESS, since.seq), limit)
    found = []
    for entry, about in rows:
        stage = named[about]
        title, path = (stage.name(language), _page_of(subject.path, stage, entry)) if stage else subject.titled
        found.append(_entry(entry, process, title, path, language))
    found += [one for one in _by_the_clock(process, stages, language, now) if since.at is None or one.at > since.at]
    return sorted(found, key=lambda one: (one.at, one.seq), reverse=True)[:limit]


def _page_of(base: str, stage: Stage, entry: PublicEntry) -> str:
    verb = str((entry.leaf or {})["verb"])
    if verb == "decisions.published":
        return f"{base}/decisions/{stage.slug}"
    if verb == "report.published":
        return f"{base}/feedback/{stage.slug}"
    return f"{base}/calendar" if verb in {"stage.set", "stage.extended"} else base


def _by_the_clock(process: Process, stages: Sequence[Stage], language: str, now: datetime) -> list[News]:
    found = []
    for stage in stages:
        for at, what in ((stage.opens_at, T("A stage opened")), (stage.closes_at, T("A stage closed"))):
            if at is not None and at <= now:
                key = uuid.uuid5(stage.id, f"{what.message} {at.isoformat()}")
                found.append(News(key, at, what, stage.name(language), f"/p/{process.slug}"))
    return found


def _entry(entry: PublicEntry, process: Process, about: str | Text, path: str, language: str) -> News:
    leaf: dict[str, Any] = entry.leaf or {}
    facts = leaf.get("facts", {})
    return News(
        key=uuid.uuid5(process.id, str(entry.seq)),
        at=datetime.fromisoformat(leaf["recorded_at"]),
        what=entry.said,
        about=about,
        path=path,
        why=_said(process, facts, language),
        seq=entry.seq,
    )


def _said(process: Process, facts: dict[str, Any], language: str) -> str:
    """The reason that was given, or the dates that were set, if there are any."""
    set_to = [facts.get(name) for name in ("opens_at", "closes_at", "after")]
    dates = [say_instant(datetime.fromisoformat(at), process.zone, language) for at in set_to if isinstance(at, str)]
    reason = facts.get("reason")
    return ". ".join([" – ".join(dates)] * bool(dates) + ([reason] if isinstance(reason, str) else []))
