"""The digest: what happened in a week to all that a mailbox follows in one process and wants to hear of once a week.

It leaves on Mondays at eight by the clocks of the process; a week in which nothing happened has none. Each follow says
itself when its next digest is due and what was told of it already, so a worker that was away tells everything in one
letter, a clock that goes back tells nothing, and what was told at once before is not told again. Everything is read and
written out before the transaction begins; it takes the same few statements however many mailboxes there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.kit import clock, db, ids
from app.kit.db import Database
from app.mail import moves
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import LetterKind, is_stopped, normal_address
from app.people.actor import Actor
from app.process.models import Process
from app.publication import letters
from app.publication.gathering import Heard, gather, still_so
from app.publication.models import Follow, Follower, WeekLetter
from app.publication.rules import ASTRAY, next_digest, week_of
from app.trail import queries as trail
from app.work import Work, transaction

JOB = "publication.tell_weekly"
AT_ONCE = 100


@dataclass(frozen=True)
class _Digest:
    """One mailbox and what of it is due, with its letter where something happened."""

    follower: Follower
    follows: list[Follow]
    token: str
    letter: Rendered | None


@dataclass(frozen=True)
class _Batch:
    """The digests of some mailboxes of one process, for one week, and how far its history has been read."""

    process: Process
    week: date
    told_to: int
    digests: list[_Digest]


def is_due(session: Session, now: datetime) -> bool:
    """Whether there is a digest to be gathered; a look into an index."""
    return session.scalar(select(Follow.id).where(_due(now)).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    is_time = or_(Follow.digest_at <= now, Follow.digest_at > now + ASTRAY)
    return and_(is_time, Follow.confirmed_at.is_not(None))


def tell_job(database: Database, _arguments: dict[str, Any], tell: Callable[[int, int], None]) -> None:
    """The job `publication.tell_weekly`."""
    now, done = clock.now(), 0
    while looked_at := tell_some(database, now):
        done += looked_at
        tell(done, done)


def tell_some(database: Database, now: datetime) -> int:
    """Gather the digests of the next mailboxes of a process and post them; says at how many it looked."""
    with database.reading() as session:
        batch = _read(session, now)
    if batch is None:
        return 0
    with transaction(database, Actor.system(), now) as work:
        _write(work, batch)
    return len(batch.digests)


def _read(session: Session, now: datetime) -> _Batch | None:
    first = select(Process).join(Follow, Follow.process_id == Process.id).where(_due(now))
    process = session.scalars(first.order_by(Follow.digest_at).limit(1)).first()
    if process is None:
        return None
    here = and_(_due(now), Follow.process_id == process.id)
    some = select(Follow.follower_id).where(here).distinct().order_by(Follow.follower_id).limit(AT_ONCE)
    due = select(Follow, Follower).join(Follower, Follower.id == Follow.follower_id)
    rows = session.execute(due.where(here, Follow.follower_id.in_(some)).order_by(Follow.follower_id, Follow.id)).all()
    told_to = trail.lengths_of(session, [process.id]).get(process.id, 0)
    timely = [(follow, follower.language) for follow, follower in rows if _is_timely(follow, now)]
    heard = gather(session, process, timely, now, told_to)
    stops = moves.stops_of(session, {follower.address for _, follower in rows})
    mailboxes: dict[uuid.UUID, tuple[Follower, list[Follow]]] = {}
    for follow, follower in rows:
        mailboxes.setdefault(follower.id, (follower, []))[1].append(follow)
    stopped = {address for address, why in stops.items() if is_stopped(LetterKind.OPTIONAL, why)}
    digests = [_digest(process, one, follows, heard, stopped) for one, follows in mailboxes.values()]
    return _Batch(process, week_of(now, process.zone), told_to, digests)


def _is_timely(follow: Follow, now: datetime) -> bool:
    """Whether its digest is due, and was not merely put far off by a clock that was wrong."""
    return follow.digest_at is not None and follow.digest_at <= now


def _digest(
    process: Process, follower: Follower, follows: list[Follow], heard: dict[uuid.UUID, Heard], stopped: set[str]
) -> _Digest:
    token, letter = ids.new_token(), None
    some = [heard[follow.id] for follow in follows if follow.id in heard]
    if some and normal_address(follower.address) not in stopped:
        letter = letters.digest(process, [(one.subject, one.news) for one in some], token, follower.language)
    return _Digest(follower, follows, token, letter)


def _write(work: Work, batch: _Batch) -> None:
    """Post what is still so; a mailbox that has the letter of this week already hears the rest in the next one."""
    held = still_so(work, [follow for digest in batch.digests for follow in digest.follows])
    ready = [digest for digest in batch.digests if all(follow.id in held for follow in digest.follows)]
    has_letter = _written_to(work.session, batch, [digest.follower.id for digest in ready])
    told = [digest for digest in ready if digest.follower.id not in has_letter]
    timely = [follow.id for digest in told for follow in digest.follows if _is_timely(follow, work.now)]
    _set(work, timely, told_to=batch.told_to, looked_at=work.now)
    later = next_digest(work.now, batch.process.zone)
    _set(work, [follow.id for digest in ready for follow in digest.follows], digest_at=later)
    written = [(digest, digest.letter) for digest in told if digest.letter is not None]
    if written:
        db.put(work.session, WeekLetter, [_row(batch, digest) for digest, _ in written])
        work.post_all([(letter, _to(digest.follower)) for digest, letter in written])


def _written_to(session: Session, batch: _Batch, followers: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    wanted = (WeekLetter.process_id == batch.process.id, WeekLetter.week == batch.week)
    return set(session.scalars(select(WeekLetter.follower_id).where(*wanted, WeekLetter.follower_id.in_(followers))))


def _set(work: Work, follows: Sequence[uuid.UUID], **values: Any) -> None:
    if follows:
        changed = update(Follow).where(Follow.id.in_(follows)).values(**values)
        work.session.execute(changed.execution_options(synchronize_session=False))


def _row(batch: _Batch, digest: _Digest) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "follower_id": digest.follower.id,
        "process_id": batch.process.id,
        "week": batch.week,
        "stop_hash": ids.hash_token(digest.token),
    }


def _to(follower: Follower) -> Recipient:
    return Recipient(follower.person_id, follower.address, follower.language)
