"""Keeping files: first they wait and belong to nobody; the slice that owns them binds them, or they are forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, update

from app.documents import queries, rules
from app.documents.inspecting import Clean, Looked
from app.documents.models import Document, FileBytes
from app.kit import ids
from app.kit.db import put, upsert
from app.kit.errors import Conflict
from app.kit.i18n import T, Text
from app.work import Work

WAITING = timedelta(hours=rules.WAITING_HOURS)


@dataclass(frozen=True)
class Kept:
    """What came of the files of one form: those that wait now, and a sentence for each that was refused."""

    documents: tuple[Document, ...] = ()
    faults: tuple[Text, ...] = ()


def keep(work: Work, looked: Looked) -> Kept:
    """Store what was sent, to wait for its form; like a draft it belongs to nobody yet and leaves no entry."""
    room = rules.MOST_WAITING - (queries.bytes_waiting(work.session) if looked.clean else 0)
    documents, faults = [], list(looked.faults)
    for clean in looked.clean:
        room -= len(clean.content)
        if room < 0:
            faults.append(rules.sentence(clean.name, "busy"))
        else:
            documents.append(_store(work, clean))
    return Kept(tuple(documents), tuple(faults))


def _store(work: Work, clean: Clean) -> Document:
    """The bytes once, and a document for them; touching the bytes keeps the sweep away from them."""
    stored = upsert(work.session, FileBytes).values(sha256=clean.sha256, content=clean.content, kept_at=work.now)
    stored = stored.on_conflict_do_update(index_elements=["sha256"], set_={"kept_at": work.now})
    work.session.execute(stored)
    values = {
        "id": ids.new_id(),
        "sha256": clean.sha256,
        "name": clean.name,
        "kind": clean.kind,
        "size": len(clean.content),
        "at": work.now,
        "waiting_until": work.now + WAITING,
    }
    put(work.session, Document, values)
    return Document(**values)


def bind(work: Work, keys: Sequence[uuid.UUID]) -> list[Document]:
    """Give waiting documents to whoever owns them from now on; refused when one was given away or forgotten."""
    found = queries.waiting(work.session, keys, work.now)
    mine = update(Document).where(Document.id.in_(keys), Document.waiting_until > work.now)
    given = work.session.execute(mine.values(waiting_until=None).returning(Document.id)).all()
    if not len(given) == len(found) == len(keys):  # another form may have been faster
        raise Conflict(T("A file you had attached is no longer here. Take it out and attach it again."))
    return found


def sweep(work: Work) -> None:
    """Forget the files whose form was never received, and the bytes that nobody points at any more."""
    if not queries.is_any_over(work.session, work.now):
        return
    work.session.execute(delete(Document).where(Document.waiting_until <= work.now))
    nobody = ~exists().where(Document.sha256 == FileBytes.sha256)
    work.session.execute(delete(FileBytes).where(FileBytes.kept_at <= work.now - WAITING, nobody))
