"""What happened lately, to a process, a proposal or a commitment: read from the history, for feeds and for letters.

Only what is said of a process itself and of its stages, and what its office writes as news, is news of the process;
what became of a proposal is told to whoever follows that proposal. So every reading goes by the subjects it is about.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.commitments.models import Commitment
from app.commitments.queries import commitments
from app.editorial.queries import articles
from app.editorial.queries.articles import Line
from app.kit.i18n import T, Text
from app.kit.text import say_instant
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals import queries as proposals
from app.proposals.models import Proposal
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
        *("decisions.published", "report.published", "draft_issues.published", "article.published"),
    }
)
WRITTEN = T("The office published news")


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
    if kind == "proposal":
        return of_a_proposal(process, proposals.public_by_folio(session, process.id, which), language)
    if kind == "commitment":
        return of_a_commitment(process, commitments.public_numbered(session, process.id, int(which)), language)
    return of_the_process(process, language)


def of_the_process(process: Process, language: str) -> Subject:
    """A process, to be followed."""
    return Subject(process, process.subject.name, process.name(language), f"/p/{process.slug}", language)


def of_a_proposal(process: Process, found: Proposal, language: str) -> Subject:
    """A proposal, to be followed."""
    path = f"/p/{process.slug}/proposals/{found.folio}"
    return Subject(process, found.subject.name, f"{found.folio} · {found.title}", path, language)


def of_a_commitment(process: Process, found: Commitment, language: str) -> Subject:
    """A commitment, to be followed."""
    path = f"/p/{process.slug}/commitments/{found.number}"
    return Subject(process, found.subject.name, f"{found.number}. {found.title(language)}", path, language)


def of(session: Session, subject: Subject, now: datetime, since: Since, limit: int = MOST) -> list[News]:
    """The newest first; what a stage does by the clock alone is told as well."""
    if subject.name.startswith("process:"):
        around = around_of(session, subject.process)
        rows = trail.newest_of(session, subject.process.id, Wanted(list(around.named), PROCESS, since.seq), limit)
        return told_of_process(subject, around, rows, now, since)[:limit]
    verbs = PROPOSAL if subject.name.startswith("proposal:") else COMMITMENT
    rows = trail.newest_of(session, subject.process.id, Wanted([subject.name], verbs, since.seq), limit)
    return told_of_one(subject, rows)


@dataclass(frozen=True)
class Around:
    """What the news of a process itself may be about, by its name in the history: it, its stages, its office's news."""

    stages: list[Stage]
    named: dict[str, Stage | Line | None]


def around_of(session: Session, process: Process) -> Around:
    """The stages of a process, and the newest that its office wrote and did not take down."""
    stages = processes.stages_of(session, process.id)
    written = articles.newest(session, process.id, MOST)
    named: dict[str, Stage | Line | None] = {process.subject.name: None}
    named |= {stage.subject.name: stage for stage in stages}
    return Around(stages, named | {line.article.subject.name: line for line in written})


def told_of_one(subject: Subject, rows: Sequence[tuple[PublicEntry, str]]) -> list[News]:
    """What these entries say of a proposal or a commitment."""
    return [_entry(entry, subject.process, subject.titled, subject.language) for entry, _ in rows]


def told_of_process(
    subject: Subject, around: Around, rows: Sequence[tuple[PublicEntry, str]], now: datetime, since: Since
) -> list[News]:
    """What these entries say of a process, its stages and its news, and what the clock did to the stages since."""
    process, language = subject.process, subject.language
    found = []
    for entry, about in rows:
        named = around.named[about]
        if isinstance(named, Line):
            path = f"{subject.path}/news/{named.article.number}"
            told = _entry(entry, process, (named.version.title(language), path), language)
            found.append(replace(told, what=WRITTEN))
        else:
            titled = (named.name(language), _page_of(subject.path, named, entry)) if named else subject.titled
            found.append(_entry(entry, process, titled, language))
    clocked = _by_the_clock(process, around.stages, language, now)
    found += [one for one in clocked if since.at is None or one.at > since.at]
    return sorted(found, key=lambda one: (one.at, one.seq), reverse=True)


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


def _entry(entry: PublicEntry, process: Process, titled: tuple[str | Text, str], language: str) -> News:
    leaf: dict[str, Any] = entry.leaf or {}
    facts = leaf.get("facts", {})
    return News(
        key=uuid.uuid5(process.id, str(entry.seq)),
        at=datetime.fromisoformat(leaf["recorded_at"]),
        what=entry.said,
        about=titled[0],
        path=titled[1],
        why=_said(process, facts, language),
        seq=entry.seq,
    )


def _said(process: Process, facts: dict[str, Any], language: str) -> str:
    """The reason that was given, or the dates that were set, if there are any."""
    set_to = [facts.get(name) for name in ("opens_at", "closes_at", "after")]
    dates = [say_instant(datetime.fromisoformat(at), process.zone, language) for at in set_to if isinstance(at, str)]
    reason = facts.get("reason")
    return ". ".join([" – ".join(dates)] * bool(dates) + ([reason] if isinstance(reason, str) else []))
