"""Following by e-mail without an account: asked for, confirmed by the mailbox itself, and stopped by one click.

Nobody is owed these letters, and nobody but the mailbox knows of them: nothing of it stands in the history.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.kit import ids
from app.kit.errors import Invalid, NotFound, NotNow
from app.kit.i18n import T
from app.mail import moves, unasked
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import StopReason
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.publication import letters, queries
from app.publication.models import Follow, Follower, NewsLetter
from app.publication.news import Subject
from app.publication.rules import CONFIRM_WITHIN
from app.trail import queries as trail
from app.work import Work


@dataclass(frozen=True)
class Asked:
    """A question to a mailbox, made ready outside the transaction."""

    subject: Subject
    address: str
    language: str
    token: str
    letter: Rendered


def prepare(subject: Subject, typed: str, language: str) -> Asked:
    """Check the address and write the question out."""
    if not is_address(typed):
        raise Invalid(email=NOT_WHOLE)
    token = ids.new_token()
    letter = letters.asked(subject.process, subject.title, token, language)
    return Asked(subject, people.normal_address(typed), language, token, letter)


def follow(work: Work, made: Asked) -> bool:
    """Ask a mailbox whether it wants news of something; says whether it is known to want them already.

    Anybody may, and is told the same whatever the mailbox follows. Who is signed in with this very address, confirmed,
    is not asked again. No address gets more than three unasked letters a day, whatever they are about.
    """
    known = _is_own(work, made.address)
    if not known and unasked.is_enough(work.session, made.address, work.now):
        return False
    follower = _follower(work, made, known)
    found = _found(work.session, follower.id, made.subject)
    if found is not None and found.confirmed_at:
        return known
    row = found or Follow(
        id=ids.new_id(),
        follower_id=follower.id,
        process_id=made.subject.process.id,
        subject=made.subject.name,
        told_to=0,
        looked_at=work.now,
    )
    work.session.add(row)
    row.confirm_hash, row.confirm_by = ids.hash_token(made.token), work.now + CONFIRM_WITHIN
    if known:
        confirm(work, row)
        return True
    work.post(made.letter, Recipient(None, made.address, made.language))
    return False


def _is_own(work: Work, address: str) -> bool:
    if work.actor.person_id is None:
        return False
    mine = people.contacts_of(work.session, [work.actor.person_id])[work.actor.person_id]
    return any(one.value == address and one.confirmed_at for one in mine)


def _follower(work: Work, made: Asked, known: bool) -> Follower:  # noqa: FBT001 - inside this page only
    found = queries.of_address(work.session, made.address)
    if found is None:
        found = Follower(
            id=ids.new_id(),
            address=made.address,
            language=made.language,
            person_id=work.actor.person_id if known else None,
            next_look_at=work.now + CONFIRM_WITHIN,
            since=work.now,
        )
        work.session.add(found)
        work.session.flush()
    return found


def _found(session: Session, follower_id: uuid.UUID, subject: Subject) -> Follow | None:
    wanted = (Follow.process_id == subject.process.id, Follow.subject == subject.name)
    return session.scalars(select(Follow).where(Follow.follower_id == follower_id, *wanted)).one_or_none()


def confirm(work: Work, found: Follow) -> None:
    """The mailbox wants the news; whoever holds the link that was sent there may say so, within seven days.

    It is told of what happens from now on. Asking for news again takes back that it wanted none at all.
    """
    if found.confirmed_at:
        return
    if found.confirm_by is None or work.now >= found.confirm_by:
        raise NotNow(T("This link has expired. Ask again for the news on the page that you want to follow."))
    follower = work.session.get_one(Follower, found.follower_id)
    found.confirmed_at, found.confirm_by = work.now, None
    found.told_to = trail.lengths_of(work.session, [found.process_id]).get(found.process_id, 0)
    found.looked_at = work.now
    if not _has_others(work.session, found):
        follower.next_look_at = work.now
    moves.lift(work.session, follower.address, work.now, StopReason.OPTOUT_OPTIONAL)
    work.session.flush()


def _has_others(session: Session, found: Follow) -> bool:
    others = (Follow.follower_id == found.follower_id, Follow.id != found.id, Follow.confirmed_at.is_not(None))
    return session.scalar(select(Follow.id).where(*others).limit(1)) is not None


def stop(work: Work, follower: Follower, only: uuid.UUID | None = None) -> None:
    """Send no more news of one thing, or of anything; the address goes with the last thing it followed."""
    wanted = delete(Follow).where(Follow.follower_id == follower.id)
    work.session.execute(wanted.where(Follow.id == only) if only else wanted)
    forget_idle(work, follower.id)


def stop_asked(work: Work, found: Follow) -> None:
    """Stop one thing for whoever holds the link that confirmed it; the address goes with the last thing it followed."""
    stop(work, work.session.get_one(Follower, found.follower_id), found.id)


def stop_own(work: Work, follow_id: uuid.UUID) -> None:
    """Stop following something, from one's own desk; what is another's is as if it did not exist."""
    found = work.session.get(Follow, follow_id)
    mine = queries.followers_of(work.session, work.actor.person_id) if work.actor.person_id else []
    whose = {one.id: one for one in mine}
    if found is None or found.follower_id not in whose:
        raise NotFound
    stop(work, whose[found.follower_id], found.id)


def move_address(work: Work, person_id: uuid.UUID, old: str, new: str) -> None:
    """What somebody follows goes with them to another mailbox, unless it serves others or follows things of its own."""
    found = queries.of_address(work.session, old) if old else None
    if found is None or people.names_at(work.session, old) or queries.of_address(work.session, new):
        return
    found.address, found.person_id = new, person_id


def forget_idle(work: Work, *followers: uuid.UUID) -> None:
    """Delete those of these addresses that follow nothing any more, with the days on which they were written to."""
    left = exists().where(Follow.follower_id == Follower.id)
    idle = list(work.session.scalars(select(Follower.id).where(Follower.id.in_(followers), ~left)))
    if idle:
        work.session.execute(delete(NewsLetter).where(NewsLetter.follower_id.in_(idle)))
        work.session.execute(delete(Follower).where(Follower.id.in_(idle)))
