"""Following by e-mail without an account: asked for, confirmed by the mailbox itself, and stopped by one click.

Nobody is owed these letters, and nobody but the mailbox knows of them: nothing of it stands in the history.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound, NotNow
from app.kit.i18n import T
from app.mail import moves, unasked
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import StopReason
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.process.models import Process
from app.publication import letters, queries
from app.publication.models import Follow, Follower, NewsLetter, WeekLetter
from app.publication.news import Subject
from app.publication.rules import CONFIRM_WITHIN, MOST_FOLLOWED, REST, WRITE_EVERY, Rhythm, next_digest
from app.trail import queries as trail
from app.work import Work


@dataclass(frozen=True)
class Asked:
    """A question to a mailbox, made ready outside the transaction."""

    subject: Subject
    address: str
    language: str
    rhythm: Rhythm
    token: str
    letter: Rendered


def prepare(subject: Subject, typed: str, how_often: str, language: str) -> Asked:
    """Check the address and how often it wants to hear, and write the question out."""
    rhythm = rhythm_of(how_often)
    if not is_address(typed):
        raise Invalid(email=NOT_WHOLE)
    token = ids.new_token()
    letter = letters.asked(subject.process, subject.title, token, language)
    return Asked(subject, people.normal_address(typed), language, rhythm, token, letter)


def rhythm_of(typed: str) -> Rhythm:
    """How often, as it was chosen; who chose nothing hears each time something happens."""
    try:
        return Rhythm(typed) if typed else Rhythm.EACH_TIME
    except ValueError:
        raise Invalid(how_often=T("Choose one of the two.")) from None


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
        if known:
            choose(work, follower, made.rhythm, found.id)
        return known
    if found is None and _follows_enough(work.session, follower):
        if known:
            raise Conflict(T("This address follows as much as it may. Stop following something first."))
        return False
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
    row.digest_at = _digest_at(work, made.subject.process, made.rhythm)
    if known:
        work.session.flush()
        confirm(work, row, made.rhythm)
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
            next_look_at=work.now + REST,
            since=work.now,
        )
        work.session.add(found)
        work.session.flush()
    return found


def _found(session: Session, follower_id: uuid.UUID, subject: Subject) -> Follow | None:
    wanted = (Follow.process_id == subject.process.id, Follow.subject == subject.name)
    return session.scalars(select(Follow).where(Follow.follower_id == follower_id, *wanted)).one_or_none()


def _follows_enough(session: Session, follower: Follower) -> bool:
    wanted = select(func.count()).where(Follow.follower_id == follower.id)
    return (session.scalar(wanted) or 0) >= MOST_FOLLOWED


def _digest_at(work: Work, process: Process, rhythm: Rhythm) -> datetime | None:
    return next_digest(work.now, process.zone) if rhythm is Rhythm.WEEKLY else None


def confirm(work: Work, found: Follow, rhythm: Rhythm) -> None:
    """The mailbox wants the news, this often; whoever holds the link that was sent there may say so, within seven days.

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
    found.digest_at = _digest_at(work, work.session.get_one(Process, found.process_id), rhythm)
    _look_soon(work, follower)
    moves.lift(work.session, follower.address, work.now, StopReason.OPTOUT_OPTIONAL)
    work.session.flush()


def _look_soon(work: Work, follower: Follower) -> None:
    """Look for its news soon, unless that is due within a day: who was written to today waits until tomorrow."""
    if not work.now < follower.next_look_at <= work.now + WRITE_EVERY:
        follower.next_look_at = work.now


def choose(work: Work, follower: Follower, rhythm: Rhythm, only: uuid.UUID | None = None) -> None:
    """Hear of one thing, or of all, this often from now on.

    What was told stays told. What was not yet comes with the next letter: on Monday, or soon.
    """
    of = (Follow.follower_id == follower.id, *([Follow.id == only] if only else []))
    rows = work.session.execute(select(Follow, Process).join(Process, Process.id == Follow.process_id).where(*of))
    for follow, process in rows.all():
        if follow.rhythm is not rhythm:
            follow.digest_at = _digest_at(work, process, rhythm)
    if rhythm is Rhythm.EACH_TIME:
        _look_soon(work, follower)
    work.session.flush()


def choose_asked(work: Work, found: Follow, rhythm: Rhythm) -> None:
    """The same of one thing, for whoever holds the link that confirmed it."""
    choose(work, work.session.get_one(Follower, found.follower_id), rhythm, found.id)


def choose_own(work: Work, follow_id: uuid.UUID, rhythm: Rhythm) -> None:
    """The same, from one's own desk; what is another's is as if it did not exist."""
    follower, found = _own(work, follow_id)
    choose(work, follower, rhythm, found.id)


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
    follower, found = _own(work, follow_id)
    stop(work, follower, found.id)


def _own(work: Work, follow_id: uuid.UUID) -> tuple[Follower, Follow]:
    found = work.session.get(Follow, follow_id)
    mine = queries.followers_of(work.session, work.actor.person_id) if work.actor.person_id else []
    whose = {one.id: one for one in mine}
    if found is None or found.follower_id not in whose:
        raise NotFound
    return whose[found.follower_id], found


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
        for letter in (NewsLetter, WeekLetter):
            work.session.execute(delete(letter).where(letter.follower_id.in_(idle)))
        work.session.execute(delete(Follower).where(Follower.id.in_(idle)))
