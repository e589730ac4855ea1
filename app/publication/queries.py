"""Who follows what: found by the secret of a link, by address, or counted without anybody's name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.kit import ids
from app.kit.errors import NotFound
from app.people.models import Contact
from app.people.rules import ContactKind
from app.process.models import Process
from app.publication import news
from app.publication.models import Follow, Follower, NewsLetter, WeekLetter
from app.publication.rules import COUNT_TO, MOST_FOLLOWED


@dataclass(frozen=True)
class Followed:
    """One thing that a mailbox follows, as its owner reads it; what is no longer public has its name only."""

    follow: Follow
    process: Process
    title: str
    path: str


def of_address(session: Session, address: str) -> Follower | None:
    """Who follows under this address, if anybody does; the address is in its normal form."""
    return session.scalars(select(Follower).where(Follower.address == address)).one_or_none()


def by_token(session: Session, process_id: uuid.UUID, token: str) -> Follow:
    """What the link of a question is about."""
    wanted = (Follow.process_id == process_id, Follow.confirm_hash == ids.hash_token(token))
    found = session.scalars(select(Follow).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def by_stop(session: Session, token: str) -> Follower | None:
    """Whose news the link of a letter stops; nobody's once they were stopped."""
    hashed = ids.hash_token(token)
    of_letter = [select(one.follower_id).where(one.stop_hash == hashed) for one in (NewsLetter, WeekLetter)]
    return session.scalars(select(Follower).where(Follower.id.in_(union_all(*of_letter)))).one_or_none()


def followed_by(session: Session, followers: Sequence[uuid.UUID], language: str) -> list[Followed]:
    """What these mailboxes follow by their own word, the latest last."""
    rows = session.execute(
        select(Follow, Process)
        .join(Process, Process.id == Follow.process_id)
        .where(Follow.follower_id.in_(followers), Follow.confirmed_at.is_not(None))
        .order_by(Follow.confirmed_at, Follow.id)
        .limit(MOST_FOLLOWED)
    )
    found = []
    for follow, process in rows.all():
        try:
            subject = news.subject_of(session, process, follow.subject, language)
            found.append(Followed(follow, process, subject.title, subject.path))
        except NotFound:
            found.append(Followed(follow, process, follow.subject.partition(":")[2], f"/p/{process.slug}"))
    return found


def followers_of(session: Session, person_id: uuid.UUID) -> list[Follower]:
    """The mailboxes that follow something and are a person's own: confirmed by them, or joined by them signed in."""
    mine = select(Contact.value).where(
        Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None)
    )
    return list(
        session.scalars(select(Follower).where(or_(Follower.person_id == person_id, Follower.address.in_(mine))))
    )


def count(session: Session, process_id: uuid.UUID, subject: str) -> int:
    """How many follow something, counted to a thousand."""
    wanted = (Follow.process_id == process_id, Follow.subject == subject, Follow.confirmed_at.is_not(None))
    some = select(Follow.id).where(*wanted).limit(COUNT_TO).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def to_look_at(session: Session, now: datetime, limit: int) -> list[Follower]:
    """Mailboxes whose news is due to be gathered."""
    follows = exists().where(Follow.follower_id == Follower.id, Follow.confirmed_at.is_not(None))
    due = select(Follower).where(Follower.next_look_at <= now, follows)
    return list(session.scalars(due.order_by(Follower.next_look_at, Follower.id).limit(limit)))


def follows_of(session: Session, followers: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Follow]]:
    """What each of these mailboxes follows by its own word."""
    found: dict[uuid.UUID, list[Follow]] = {key: [] for key in followers}
    wanted = select(Follow).where(Follow.follower_id.in_(followers), Follow.confirmed_at.is_not(None))
    for follow in session.scalars(wanted.order_by(Follow.id)):
        found[follow.follower_id].append(follow)
    return found
