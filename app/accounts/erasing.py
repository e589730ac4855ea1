"""Erasing a person: their names, addresses, letters and the private parts of the trail go, what was decided stays.

What they proposed stays under a pseudonym, because others were answered on it; the chain of the trail holds no name
and stays provable without the private parts. That somebody was erased is written down without who: in the database,
and beside it in `erasures.log`, which a restore replays so that nobody comes back with an older backup.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Erasure
from app.kit import clock
from app.kit.db import Base, Database
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.people.rules import ContactKind, Permission
from app.settings import Settings
from app.work import Work, transaction
from app.work.transaction import Subject

LOG = "erasures.log"


@dataclass(frozen=True)
class Leaving:
    """Somebody who is being erased: the key that stays, the addresses that were theirs alone, the name from now on."""

    person_id: uuid.UUID
    addresses: tuple[str, ...]
    pseudonym: str


Forget = Callable[[Work, Leaving], None]
FORGET: dict[str, Forget | str] = {}
"""Every table that points at a person → how it forgets, or the sentence why it keeps the bare key.

The accounts' own are filled by `accounts.forgetting`, those of higher slices by whoever puts the parts together."""


def erase(work: Work, person: Person) -> None:
    """Erase somebody for good: the person themselves, or an official whose permission holds everywhere."""
    if work.actor.person_id != person.id:
        work.require(Permission.ERASE_PERSON)
    if person.erased_at is not None:
        raise Conflict(T("This person was erased before."))
    _require_whole_table()
    leaving = Leaving(person.id, _own_addresses(work.session, person.id), _pseudonym(work.session))
    for forget in FORGET.values():
        if not isinstance(forget, str):
            forget(work, leaving)
    person.name = person.public_name = leaving.pseudonym
    person.organisation_id = None
    person.erased_at = work.now
    if work.session.scalar(select(Erasure.id).where(Erasure.person_id == person.id)) is None:
        work.session.add(Erasure(person_id=person.id, at=work.now))
    _tell(work, person)


def _tell(work: Work, person: Person) -> None:
    """Write it into the platform's chain without identity: not even the private part may say who left."""
    by_oneself = work.actor.person_id == person.id
    if by_oneself:
        work.actor = dataclasses.replace(work.actor, person_id=None, name="")
    work.record("person.erased", Subject("person", person.id, None), by_oneself=by_oneself)
    work.session.flush()


def replay_erasures(work: Work, erased: Iterable[tuple[uuid.UUID, datetime]]) -> int:
    """Erase again whoever came back with an older backup; gives how many did."""
    came_back = 0
    for person_id, at in erased:
        person = work.session.get(Person, person_id)
        if person is not None and person.erased_at is None:
            as_themselves = dataclasses.replace(work.actor, person_id=person_id)
            before, work.actor = work.actor, as_themselves
            erase(work, person)
            work.actor = before
            came_back += 1
        elif work.session.scalar(select(Erasure.id).where(Erasure.person_id == person_id)) is None:
            work.session.add(Erasure(person_id=person_id, at=at))
            work.session.flush()
    return came_back


def replay_from(settings: Settings, apart: Path | None = None) -> int:
    """Replay the erasures written down beside the database, after a restore; gives how many people had come back.

    A list that was kept apart is replayed as well.
    """
    erased = dict([*(_read(apart) if apart else []), *_read(settings.var / LOG)])
    database = Database(settings.database_url)
    try:
        with transaction(database, Actor.system(), clock.now()) as work:
            return replay_erasures(work, erased.items())
    finally:
        database.dispose()


def write_down(session: Session, settings: Settings) -> None:
    """Write erasures beside the database that are not there yet; called from time to time and before a backup."""
    log = settings.var / LOG
    known = {person_id for person_id, _ in _read(log)}
    missing = [row for row in session.scalars(select(Erasure).order_by(Erasure.at)) if row.person_id not in known]
    if missing:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as lines:
            lines.writelines(f"{row.person_id} {row.at.isoformat()}\n" for row in missing)


def tables_of_people() -> list[tuple[Table, list[str]]]:
    """Every table with a column that holds a person's key, and those columns."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = [
            column.name
            for column in table.columns
            if column.name.endswith("person_id")
            or any(key.column.table.name == "people" for key in column.foreign_keys)
        ]
        if columns:
            found.append((table, columns))
    return found


def _require_whole_table() -> None:
    missing = [table.name for table, _ in tables_of_people() if table.name not in FORGET]
    if missing:
        raise LookupError(f"nobody said how these tables forget a person: {', '.join(missing)}")


def _read(log: Path) -> list[tuple[uuid.UUID, datetime]]:
    if not log.exists():
        return []
    lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    return [(uuid.UUID(line[0]), datetime.fromisoformat(line[1])) for line in lines if len(line) == 2]


def _pseudonym(session: Session) -> str:
    return f"Persona {(session.scalar(select(func.count()).select_from(Erasure)) or 0) + 1}"


def _own_addresses(session: Session, person_id: uuid.UUID) -> tuple[str, ...]:
    """The mailboxes that serve this person and nobody else: what went to a shared one may be somebody else's."""
    is_mail = Contact.kind == ContactKind.EMAIL
    mine = set(session.scalars(select(Contact.value).where(Contact.person_id == person_id, is_mail)))
    others = select(Contact.value).where(Contact.person_id != person_id, is_mail, Contact.value.in_(mine))
    return tuple(sorted(mine - set(session.scalars(others))))
