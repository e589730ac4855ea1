"""Writing to the trail: only `app.work` calls this, as the last statements before its commit.

The head row is locked last, after every row of the act: locked first, PostgreSQL gives 285 transactions a second,
locked last 1,200.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.kit import ids
from app.trail.models import Chain, Entry, PrivatePart
from app.trail.rules import FIRST_HASH, canonical, chain_hash, commitment, instant

PLATFORM = "platform"


@dataclass(frozen=True)
class Note:
    """One thing that was done, before it has a number and a hash.

    `facts` are public for ever; `private` and `person_id` can be erased. `sealed_by` keeps the leaf hidden until an
    entry that `unseals` the same word stands in the chain.
    """

    verb: str
    subject: str
    at: datetime
    recorded_at: datetime
    role: str
    process_id: uuid.UUID | None = None
    because: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    person_id: uuid.UUID | None = None
    sealed_by: str | None = None
    unseals: str | None = None


_HEAD = select(Chain.id, Chain.length, Chain.head_hash).with_for_update()
_HEAD_OF_PROCESS = _HEAD.where(Chain.process_id == bindparam("process", type_=Uuid()))
_HEAD_OF_PLATFORM = _HEAD.where(Chain.process_id.is_(None))
_NEW_HEAD = update(Chain.__table__).where(Chain.id == bindparam("chain"))  # type: ignore[arg-type]  # the same
_NEW_HEAD = _NEW_HEAD.values(length=bindparam("length"), head_hash=bindparam("head_hash"))

_NEW_ENTRY = insert(Entry.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table
_NEW_PRIVATE = insert(PrivatePart.__table__)  # type: ignore[arg-type]  # the same


def begin_chain(session: Session, process_id: uuid.UUID | None, name: str) -> None:
    """Start the chain of a process (or of the platform) with nothing in it."""
    session.add(Chain(process_id=process_id, name=name, length=0, head_hash=FIRST_HASH))
    session.flush()


def append(session: Session, notes: Sequence[Note]) -> None:
    """Add the notes of one transaction to their chains, in the order in which they were made."""
    by_process: dict[uuid.UUID | None, list[Note]] = defaultdict(list)
    for note in notes:
        by_process[note.process_id].append(note)
    for process_id in sorted(by_process, key=str):
        _append_to(session, _chain_of(session, process_id), by_process[process_id])


def _chain_of(session: Session, process_id: uuid.UUID | None) -> tuple[uuid.UUID, int, str]:
    found = _HEAD_OF_PROCESS if process_id else _HEAD_OF_PLATFORM
    row = session.connection().execute(found, {"process": process_id} if process_id else {}).one_or_none()
    if row is None and process_id is None:
        begin_chain(session, None, PLATFORM)
        row = session.connection().execute(found).one()
    if row is None:
        raise LookupError("a process has no chain")
    return row[0], row[1], row[2]


def _append_to(session: Session, chain: tuple[uuid.UUID, int, str], notes: list[Note]) -> None:
    chain_id, seq, previous = chain
    entries, privates = [], []
    for note in notes:
        seq += 1
        salt = ids.new_salt()
        private = {"person": str(note.person_id) if note.person_id else None, **note.private}
        leaf = canonical(_leaf(note, seq, commitment(salt, canonical(private))))
        previous = chain_hash(previous, leaf)
        entries.append(_row(chain_id, seq, note, leaf, previous))
        privates.append(
            {"chain_id": chain_id, "seq": seq, "person_id": note.person_id, "salt": salt, "data": note.private}
        )
    connection = session.connection()
    connection.execute(_NEW_ENTRY, entries if len(entries) > 1 else entries[0])
    connection.execute(_NEW_PRIVATE, privates if len(privates) > 1 else privates[0])
    connection.execute(_NEW_HEAD, {"chain": chain_id, "length": seq, "head_hash": previous})


def _leaf(note: Note, seq: int, committed: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": instant(note.at),
        "recorded_at": instant(note.recorded_at),
        "verb": note.verb,
        "subject": note.subject,
        "role": note.role,
        "because": note.because,
        "facts": note.facts,
        "commitment": committed,
        "sealed_by": note.sealed_by,
    }


def _row(chain_id: uuid.UUID, seq: int, note: Note, leaf: str, hashed: str) -> dict[str, Any]:
    return {
        "chain_id": chain_id,
        "seq": seq,
        "at": note.at,
        "recorded_at": note.recorded_at,
        "verb": note.verb,
        "subject": note.subject,
        "sealed_by": note.sealed_by,
        "unseals": note.unseals,
        "leaf": leaf,
        "hash": hashed,
    }
