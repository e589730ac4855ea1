"""What is new about everything that some mailboxes follow in one process, read together.

It costs the same few statements however many mailboxes and things there are: titles, stages, the office's news, and
the history between the first entry that one of them has not been told and the last that stands now.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commitments.queries import commitments
from app.process.models import Process
from app.proposals import queries as proposals
from app.publication import news
from app.publication.models import Follow
from app.publication.news import Around, News, Since, Subject
from app.trail import queries as trail
from app.trail.queries import PublicEntry, Wanted
from app.work import Work

Entries = dict[str, list[tuple[PublicEntry, str]]]
Wish = tuple[Follow, str]
"""What a mailbox follows, and the language it reads."""


@dataclass(frozen=True)
class Heard:
    """What is new about one thing that is followed, the newest first, and the latest word about each matter only."""

    subject: Subject
    news: list[News]


@dataclass(frozen=True)
class _Read:
    """What was read of a process, whoever follows it."""

    process: Process
    titled: dict[tuple[str, str], Subject]
    around: Around | None
    entries: Entries
    now: datetime


def gather(
    session: Session, process: Process, wishes: Sequence[Wish], now: datetime, to: int
) -> dict[uuid.UUID, Heard]:
    """What is new about each of these, by the key of the follow; nothing of what is not public any more."""
    read = _read(session, process, wishes, now, to)
    seen: dict[tuple[object, ...], Heard] = {}
    found: dict[uuid.UUID, Heard] = {}
    for follow, language in wishes:
        subject = read.titled.get((follow.subject, language))
        if subject is None:
            continue
        key = (follow.subject, follow.told_to, follow.looked_at, language)
        if key not in seen:
            seen[key] = Heard(subject, _latest(read, subject, Since(follow.told_to, follow.looked_at)))
        if seen[key].news:
            found[follow.id] = seen[key]
    return found


def _read(session: Session, process: Process, wishes: Sequence[Wish], now: datetime, to: int) -> _Read:
    names = {follow.subject for follow, _ in wishes}
    languages = {language for _, language in wishes}
    around = news.around_of(session, process) if process.subject.name in names else None
    asked = sorted(names | set(around.named if around else ()))
    verbs = news.PROPOSAL | news.COMMITMENT | news.PROCESS
    after = min((follow.told_to for follow, _ in wishes), default=to)
    entries: Entries = defaultdict(list)
    for entry, about in trail.newest_of(session, process.id, Wanted(asked, verbs, after, to)):
        entries[about].append((entry, about))
    titled = {(one.name, one.language): one for one in _subjects(session, process, names, languages)}
    return _Read(process, titled, around, entries, now)


def _subjects(session: Session, process: Process, names: set[str], languages: set[str]) -> Iterator[Subject]:
    """Those of these names that the public may see, in each of these languages."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, _, which in (name.partition(":") for name in sorted(names)):
        by_kind[kind].append(which)
    if process.subject.name in names:
        yield from (news.of_the_process(process, language) for language in languages)
    for one in proposals.public_among(session, process.id, by_kind["proposal"]):
        yield from (news.of_a_proposal(process, one, language) for language in languages)
    for found in commitments.public_among(session, process.id, [int(number) for number in by_kind["commitment"]]):
        yield from (news.of_a_commitment(process, found, language) for language in languages)


def _latest(read: _Read, subject: Subject, since: Since) -> list[News]:
    if read.around is not None and subject.name == read.process.subject.name:
        rows = [row for name in read.around.named for row in read.entries.get(name, ()) if row[0].seq > since.seq]
        found = news.told_of_process(subject, read.around, rows, read.now, since)
    else:
        found = news.told_of_one(subject, [row for row in read.entries.get(subject.name, ()) if row[0].seq > since.seq])
    latest: dict[tuple[object, ...], News] = {}
    for one in found:
        latest.setdefault((one.what.message, str(one.about)), one)
    return list(latest.values())


def still_so(work: Work, follows: Sequence[Follow]) -> set[uuid.UUID]:
    """Which of these were neither told, switched nor stopped since they were read; held for this transaction."""
    keys = [follow.id for follow in follows]
    held = select(Follow.id, Follow.told_to, Follow.digest_at).where(Follow.id.in_(keys)).order_by(Follow.id)
    now = {row.id: (row.told_to, row.digest_at) for row in work.session.execute(held.with_for_update())}
    return {follow.id for follow in follows if now.get(follow.id) == (follow.told_to, follow.digest_at)}
