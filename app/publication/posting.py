"""The news of a day, gathered for each mailbox into one letter by the clock; and questions nobody answered, swept.

What is told once a week stands in `weekly`; which of the two tells of a follow is said by the follow itself.

Everything is read and written out before the transaction begins. What a mailbox was told and its letter are written
together, only if nobody else did meanwhile, so a worker that dies leaves either both or neither.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kit import clock, ids
from app.kit.db import Database
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people.actor import Actor
from app.process.models import Process
from app.publication import letters, queries, weekly
from app.publication.actions import forget_idle
from app.publication.gathering import Heard, Wish, gather, still_so
from app.publication.letters import Line, Part
from app.publication.models import Follow, Follower, NewsLetter
from app.publication.news import News
from app.publication.rules import LOOK_EVERY, MOST_LINES, REST, WRITE_EVERY, Rhythm
from app.trail import queries as trail
from app.work import Work, jobs, transaction
from app.work.models import Job, JobState

JOB = "publication.tell_followers"
AT_ONCE = 50
SWEPT_AT_ONCE = 500


def do_what_is_due(work: Work) -> None:
    """Forget the addresses that did not answer, and ask for the news to be gathered where some is due."""
    late = select(Follow.id, Follow.follower_id).where(Follow.confirm_by <= work.now).limit(SWEPT_AT_ONCE)
    if swept := work.session.execute(late).all():
        work.session.execute(delete(Follow).where(Follow.id.in_([row.id for row in swept])))
        forget_idle(work, *(row.follower_id for row in swept))
    if queries.to_look_at(work.session, work.now, 1):
        _ask(work, JOB)
    if weekly.is_due(work.session, work.now):
        _ask(work, weekly.JOB)


def _ask(work: Work, name: str) -> None:
    standing = select(Job.id).where(Job.name == name, Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    if work.session.scalar(standing.limit(1)) is None:
        jobs.ask(work.session, name, {}, work.now)


def tell_job(database: Database, _arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `publication.tell_followers`: what is told as it happens."""
    now, done = clock.now(), 0
    while looked_at := tell_some(database, now):
        done += looked_at
        tell(done, done)


@dataclass(frozen=True)
class _Digest:
    """What one mailbox is told, where there is something; and how far its follows have been read."""

    follower: Follower
    follows: list[Follow]
    told_to: dict[uuid.UUID, int]
    token: str
    letter: Rendered | None


def tell_some(database: Database, now: datetime) -> int:
    """Gather the news of the next few mailboxes and post it; says at how many it looked."""
    with database.reading() as session:
        digests = _read(session, now)
    if digests:
        with transaction(database, Actor.system(), now) as work:
            for digest in digests:
                _write(work, digest)
    return len(digests)


def _read(session: Session, now: datetime) -> list[_Digest]:
    due = queries.to_look_at(session, now, AT_ONCE)
    followed = queries.follows_of(session, [one.id for one in due])
    follows = {key: [one for one in some if one.rhythm is Rhythm.EACH_TIME] for key, some in followed.items()}
    wanted = {follow.process_id for some in follows.values() for follow in some}
    processes = {row.id: row for row in session.scalars(select(Process).where(Process.id.in_(wanted)))}
    lengths = trail.lengths_of(session, wanted)
    wishes: dict[uuid.UUID, list[Wish]] = defaultdict(list)
    for one in due:
        for follow in follows[one.id]:
            wishes[follow.process_id].append((follow, one.language))
    heard: dict[uuid.UUID, Heard] = {}
    for key, some in wishes.items():
        heard |= gather(session, processes[key], some, now, lengths.get(key, 0))
    return [_digest(one, follows[one.id], processes, heard, lengths) for one in due]


def _digest(
    follower: Follower,
    follows: list[Follow],
    processes: dict[uuid.UUID, Process],
    heard: dict[uuid.UUID, Heard],
    lengths: dict[uuid.UUID, int],
) -> _Digest:
    found: dict[uuid.UUID, list[News]] = {}
    for follow in follows:
        if follow.id in heard:
            found.setdefault(follow.process_id, []).extend(heard[follow.id].news)
    token = ids.new_token()
    letter = None
    if found:
        parts = [_part(processes[key], some, follower.language) for key, some in found.items()]
        letter = letters.news([processes[key] for key in found], parts, token, follower.language)
    return _Digest(follower, follows, lengths, token, letter)


def _part(process: Process, some: list[News], language: str) -> Part:
    lines = [Line(one.what, one.about, one.why, one.path) for one in sorted(some, key=lambda one: one.at)]
    more = max(0, len(lines) - MOST_LINES)
    return Part(process.name(language), f"/p/{process.slug}", lines[-MOST_LINES:], more)


def _write(work: Work, digest: _Digest) -> None:
    """Tell one mailbox, unless another worker looked at it, or it stopped or chose otherwise, since it was read."""
    follower = digest.follower
    if len(still_so(work, digest.follows)) < len(digest.follows):
        return
    after = work.now + (WRITE_EVERY if digest.letter else LOOK_EVERY if digest.follows else REST)
    mine = update(Follower).where(Follower.id == follower.id, Follower.next_look_at == follower.next_look_at)
    if work.session.scalar(mine.values(next_look_at=after).returning(Follower.id)) is None:
        return
    for follow in digest.follows:
        told = {"told_to": digest.told_to.get(follow.process_id, follow.told_to), "looked_at": work.now}
        work.session.execute(update(Follow).where(Follow.id == follow.id).values(**told))
    if digest.letter is not None:
        hashed = ids.hash_token(digest.token)
        work.session.add(NewsLetter(follower_id=follower.id, day=work.now.date(), stop_hash=hashed))
        work.post(digest.letter, Recipient(follower.person_id, follower.address, follower.language))


JOBS: dict[str, Callable[[Database, dict[str, Any], Callable[[int, int], None]], None]] = {
    JOB: tell_job,
    weekly.JOB: weekly.tell_job,
}
