"""Reading the trail as the public may: a sealed entry shows its number and its hash, and nothing else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kit.i18n import Text
from app.trail.models import Chain, Entry, PrintedHead
from app.trail.rules import Break, Link, first_break
from app.trail.words import words_of

BATCH = 2000


@dataclass(frozen=True)
class PublicEntry:
    """One entry as anybody may see it; `leaf` is None while it is sealed."""

    seq: int
    hash: str
    leaf: dict[str, Any] | None

    @property
    def said(self) -> Text:
        """What was done, in words."""
        return words_of(str(self.leaf["verb"])) if self.leaf else Text("")


def _unsealed() -> Any:
    opener = aliased(Entry)
    opened = exists().where(opener.chain_id == Entry.chain_id, opener.unseals == Entry.sealed_by)
    return or_(Entry.sealed_by.is_(None), opened)


def about(session: Session, process_id: uuid.UUID, subject: str, limit: int = 200) -> list[PublicEntry]:
    """The public entries about one subject (say "proposal:5PA-0042"), oldest first; sealed ones are left out."""
    rows = session.execute(
        select(Entry.seq, Entry.hash, Entry.leaf)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(Chain.process_id == process_id, Entry.subject == subject, _unsealed())
        .order_by(Entry.seq)
        .limit(limit)
    )
    return [PublicEntry(seq, hashed, json.loads(leaf)) for seq, hashed, leaf in rows]


@dataclass(frozen=True)
class Wanted:
    """A few subjects, what may have been done to them, and the entries between which to look: known already, last."""

    subjects: Sequence[str]
    verbs: Collection[str]
    after: int = 0
    to: int | None = None


def newest_of(
    session: Session, process_id: uuid.UUID, wanted: Wanted, limit: int | None = None
) -> list[tuple[PublicEntry, str]]:
    """The newest public entries about a few subjects, each with its subject; without a limit all of them."""
    chosen = (
        select(Entry.seq, Entry.hash, Entry.leaf, Entry.subject)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(Chain.process_id == process_id, Entry.subject.in_(wanted.subjects), Entry.seq > wanted.after)
        .where(Entry.verb.in_(wanted.verbs), _unsealed())
        .order_by(Entry.seq.desc())
        .limit(limit)
    )
    rows = session.execute(chosen if wanted.to is None else chosen.where(Entry.seq <= wanted.to))
    return [(PublicEntry(seq, hashed, json.loads(leaf)), subject) for seq, hashed, leaf, subject in rows]


def lengths_of(session: Session, processes: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many entries the chains of these processes have by now."""
    rows = session.execute(select(Chain.process_id, Chain.length).where(Chain.process_id.in_(processes)))
    return {process_id: length for process_id, length in rows if process_id}


def chain_named(session: Session, process_id: uuid.UUID | None) -> Chain | None:
    """The chain of a process, or of the platform."""
    wanted = Chain.process_id == process_id if process_id else Chain.process_id.is_(None)
    return session.scalars(select(Chain).where(wanted)).one_or_none()


def last_entry(session: Session, chain: Chain) -> Entry | None:
    """The newest entry of a chain, by which everything before it can be checked."""
    return session.get(Entry, (chain.id, chain.length)) if chain.length else None


def moment_of(session: Session, process_id: uuid.UUID, subject: str, verb: str) -> datetime | None:
    """When this last happened to something, by the history."""
    last = select(func.max(Entry.at)).join(Chain, Chain.id == Entry.chain_id)
    return session.scalar(last.where(Chain.process_id == process_id, Entry.subject == subject, Entry.verb == verb))


def entry_at(session: Session, chain: Chain, seq: int) -> Entry | None:
    """The entry with this number."""
    return session.get(Entry, (chain.id, seq))


def heads_of(session: Session, chain: Chain, limit: int = 30) -> list[PrintedHead]:
    """The heads that were signed, newest first."""
    wanted = select(PrintedHead).where(PrintedHead.chain_id == chain.id)
    return list(session.scalars(wanted.order_by(PrintedHead.seq.desc()).limit(limit)))


def chains(session: Session) -> list[Chain]:
    """Every chain of this installation, by name."""
    return list(session.scalars(select(Chain).order_by(Chain.name)))


def links(session: Session, chain_id: uuid.UUID, *, public: bool) -> Iterator[Link]:
    """The whole chain in order, read in batches; for the public, sealed leaves are withheld."""
    shown = _unsealed().label("shown")
    after = -1
    while True:
        page: Select[Any] = (
            select(Entry.seq, Entry.hash, Entry.leaf, shown)
            .where(and_(Entry.chain_id == chain_id, Entry.seq > after))
            .order_by(Entry.seq)
            .limit(BATCH)
        )
        rows = session.execute(page).all()
        for seq, hashed, leaf, is_shown in rows:
            yield Link(seq, hashed, leaf if is_shown or not public else None)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def printed_heads(session: Session, chain_id: uuid.UUID) -> dict[int, str]:
    """The hashes printed earlier, by entry number."""
    rows = session.execute(select(PrintedHead.seq, PrintedHead.hash).where(PrintedHead.chain_id == chain_id))
    return {row[0]: row[1] for row in rows}


def check(session: Session, chain: Chain) -> Break | None:
    """Walk one chain of this database, against its head and every head printed earlier."""
    heads = printed_heads(session, chain.id)
    broken = first_break(links(session, chain.id, public=False), chain.length, heads)
    if broken:
        return broken
    last = session.scalar(select(Entry.hash).where(Entry.chain_id == chain.id, Entry.seq == chain.length))
    if chain.length and last != chain.head_hash:
        return Break(chain.length, "differs from the head of the chain")
    return None
