"""Work: the one object every action takes, and the one place that commits.

An action asks who may (`require`), changes rows, says what it did (`record`), who is owed an answer for it (`owe`) and
what is to be posted (`post`). The trail is appended as the last statements before the commit, so an act without its
entry, or an entry without its act, cannot exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.duties.models import Duty
from app.duties.rules import Part
from app.kit.db import Database, unpooled
from app.kit.errors import NotAllowed
from app.mail import outbox
from app.mail.outbox import Recipient
from app.mail.rendering import Letter, Rendered
from app.people.actor import Actor
from app.people.rules import Permission
from app.trail import writing as trail


class InProcess(Protocol):
    """Whatever stands in one process; permissions hold there."""

    @property
    def process_id(self) -> uuid.UUID: ...


@dataclass(frozen=True)
class Subject:
    """What an act is about: how the trail names it, its key and version, and the process whose chain tells of it."""

    name: str
    id: uuid.UUID
    process_id: uuid.UUID | None
    version: int = 1


@dataclass
class Work:
    """One actor at one moment inside one transaction."""

    session: Session
    actor: Actor
    now: datetime
    notes: list[trail.Note] = field(default_factory=list)
    _asked: Permission | None = None

    def require(self, permission: Permission, process_id: uuid.UUID | None = None) -> None:
        """Ask who may; refused when no role of the actor gives this permission in this process."""
        if not self.actor.may(permission, process_id):
            raise NotAllowed
        self._asked = permission

    def record(self, verb: str, subject: Subject, **facts: Any) -> trail.Note:
        """Say what was done, in public words; nothing in `facts` may name a person.

        `because`, `private`, `sealed_by`, `unseals` and `at` are taken out of the facts and have their own places:
        the row that justifies the act, what erasure may delete, the word that keeps the leaf hidden and the one that
        opens it, and the civil moment of something that is only being written down now.
        """
        note = trail.Note(
            verb=verb,
            subject=subject.name,
            at=facts.pop("at", None) or self.now,
            recorded_at=self.now,
            role=self.actor.role_for(self._asked, subject.process_id),
            process_id=subject.process_id,
            because=facts.pop("because", None),
            private=facts.pop("private", None) or {},
            person_id=self.actor.person_id,
            sealed_by=facts.pop("sealed_by", None),
            unseals=facts.pop("unseals", None),
            facts=facts,
        )
        self.notes.append(note)
        return note

    def owe(self, person_id: uuid.UUID, stage_id: uuid.UUID, part: Part, subject: Subject) -> Duty:
        """Owe a person an answer about one version of a subject; born in the transaction that makes it owed."""
        if subject.process_id is None:
            raise ValueError("an answer is owed inside a process")
        duty = Duty(
            process_id=subject.process_id,
            stage_id=stage_id,
            person_id=person_id,
            part=part,
            subject=subject.name,
            subject_id=subject.id,
            subject_version=subject.version,
            owed_at=self.now,
        )
        self.session.add(duty)
        return duty

    def post(self, letter: Letter | Rendered, to: Recipient, *, draft: bool = False) -> uuid.UUID:
        """Put a letter into the outbox as it will be sent, under the key returned.

        It leaves only if this transaction commits. A formal letter is put in as a draft and released when a second
        person has approved it.
        """
        return outbox.put(self.session, letter, to, self.now, draft=draft)

    def post_all(self, letters: Sequence[tuple[Rendered, Recipient]]) -> None:
        """Put many letters into the outbox, which leave only if this transaction commits."""
        outbox.put_all(self.session, letters, self.now)


@contextmanager
def transaction(database: Database, actor: Actor, now: datetime) -> Iterator[Work]:
    """Do one act whole or not at all: whatever is raised inside leaves nothing behind."""
    with database.writing() as session:
        work = Work(session, actor, now)
        yield work
        finish(work)


@contextmanager
def wholesale(url: str) -> Iterator[Connection]:
    """One transaction over a bare connection, to copy or restore a whole installation; the trail comes with it."""
    engine = unpooled(url)
    with engine.connect() as connection, connection.begin():
        yield connection


def finish(work: Work) -> None:
    """Append what was recorded as the last statements, and commit."""
    work.session.flush()
    append(work.session, work.notes)
    work.notes = []
    work.session.commit()


def append(session: Session, notes: Sequence[trail.Note]) -> None:
    """Write the notes to their chains, if there are any."""
    if notes:
        trail.append(session, notes)
