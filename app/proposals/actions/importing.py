"""Taking in a file of proposals: checked whole before, stored in short transactions, visible all at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.duties.rules import Part
from app.kit import ids, search
from app.kit.db import Database, upsert
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Permission
from app.process import queries as processes
from app.process.kinds import INTAKE
from app.process.models import Process, Stage, Territory
from app.process.rules import folio
from app.proposals.actions.grouping import group_import
from app.proposals.models import Author, Import, Proposal, ProposalCount, Revision, SearchEntry
from app.proposals.rules import Channel, Precision, Provenance, State
from app.proposals.sheets import ImportRow
from app.work import Work, transaction
from app.work.transaction import Subject

AT_ONCE = 500
TABLES = {"people": Person, "contacts": Contact, "proposals": Proposal, "revisions": Revision, "authors": Author}
MIDDAY = time(12)


@dataclass(frozen=True)
class Batch:
    """What an import puts where: the process, its intake stage, and the file it came from."""

    process_id: uuid.UUID
    stage_id: uuid.UUID
    import_id: uuid.UUID


def take_in(
    database: Database,
    actor: Actor,
    now: datetime,
    wish: tuple[str, str, str, Sequence[ImportRow]],
    tell: Callable[[int], object],
) -> int:
    """Take a checked file (process, name, hash, rows) into a process; who may import proposals may.

    Nobody is written to and no receipt is sent. Proposals are marked as imported; the date of the file is when they
    were received, to the day, and the trail says when it was written down. A file that was cut off half-way goes on
    where it stopped; one that is already in is refused.
    """
    rows = wish[3]
    prepared = [search.folded(f"{row.title} {row.problem} {row.solution} {row.author_name}") for row in rows]
    with transaction(database, actor, now) as work:
        batch, done = _begin(work, wish)
        _places(work, batch.process_id, rows)
    for start in range(done, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        with transaction(database, actor, now) as work:
            _store(work, batch, some, prepared[start : start + AT_ONCE])
            work.session.execute(update(Import).where(Import.id == batch.import_id).values(done=start + len(some)))
        tell(len(some))
    with transaction(database, actor, now) as work:
        _show(work, batch, len(rows))
    return len(rows)


def _begin(work: Work, wish: tuple[str, str, str, Sequence[ImportRow]]) -> tuple[Batch, int]:
    slug, name, file_hash, rows = wish
    process = processes.by_slug(work.session, slug)
    work.require(Permission.IMPORT_PROPOSALS, process.id)
    stage = work.session.scalars(
        select(Stage).where(Stage.process_id == process.id, Stage.kind.in_(INTAKE)).order_by(Stage.position)
    ).first()
    if stage is None:
        raise Conflict(T("This process receives no proposals."))
    known = select(Import).where(Import.process_id == process.id, Import.file_hash == file_hash)
    found = work.session.scalars(known).one_or_none()
    if found is not None and found.visible_at:
        raise Conflict(T("This file is already in."))
    if found is None:
        found = Import(
            id=ids.new_id(),
            process_id=process.id,
            file_hash=file_hash,
            file_name=name[:200],
            rows=len(rows),
            done=0,
            began_at=work.now,
        )
        work.session.add(found)
        work.record("import.begun", process.subject, file_hash=file_hash, rows=len(rows))
    return Batch(process.id, stage.id, found.id), found.done


def _places(work: Work, process_id: uuid.UUID, rows: Sequence[ImportRow]) -> None:
    wanted = {row.territory: row.territory_name or row.territory for row in rows if row.territory}
    known = set(work.session.scalars(select(Territory.code).where(Territory.process_id == process_id)))
    for position, code in enumerate(sorted(wanted.keys() - known, key=lambda c: (len(c), c)), start=1):
        work.session.add(Territory(process_id=process_id, code=code, name_es=wanted[code], position=position))


def _store(work: Work, batch: Batch, rows: Sequence[ImportRow], stemmed: Sequence[str]) -> None:
    session = work.session
    process = session.get_one(Process, batch.process_id)
    territories = {t.code: t.id for t in session.scalars(select(Territory).where(Territory.process_id == process.id))}
    last = _take_numbers(session, process, len(rows))
    made: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("people", "contacts", "proposals", "revisions", "authors")
    }
    for number, row in enumerate(rows, start=last - len(rows) + 1):
        proposal = _proposal(work, process, batch, number, row)
        proposal["territory_id"] = territories.get(row.territory)
        made["proposals"].append(proposal)
        made["revisions"].append(_revision(proposal, row))
        _people(work, made, proposal, row)
        _note(work, process, proposal)
    for name, table in TABLES.items():
        if made[name]:
            session.execute(insert(table), made[name])
    _index(session, process, made["proposals"], stemmed)
    counted = upsert(session, ProposalCount).values(process_id=process.id, state=State.ADMITTED, n=len(rows))
    more = {"n": ProposalCount.n + len(rows)}
    session.execute(counted.on_conflict_do_update(index_elements=["process_id", "state"], set_=more))


def _take_numbers(session: Session, process: Process, count: int) -> int:
    taken = (
        update(Process)
        .where(Process.id == process.id)
        .values(last_number=Process.last_number + count)
        .returning(Process.last_number)
        .execution_options(synchronize_session=False)
    )
    return session.execute(taken).scalar_one()


def _proposal(work: Work, process: Process, batch: Batch, number: int, row: ImportRow) -> dict[str, Any]:
    received = work.now
    if row.received_on:
        received = datetime.combine(row.received_on, MIDDAY, process.zone).astimezone(UTC)
    return {
        "id": ids.new_id(),
        "process_id": process.id,
        "stage_id": batch.stage_id,
        "import_id": batch.import_id,
        "number": number,
        "folio": folio(process.folio_prefix, number),
        "state": State.ADMITTED,
        "is_public": False,
        "title": row.title,
        "origin_sector": OriginSector(row.origin_sector),
        "values": [],
        "tags": list(row.tags),
        "language": process.language,
        "channel": Channel.IMPORT,
        "provenance": Provenance.IMPORTED,
        "public_names": row.author_name,
        "source_ref": row.source_ref or None,
        "received_at": received,
        "received_to_the": Precision.DAY if row.received_on else Precision.INSTANT,
        "admitted_at": work.now,
        "entered_outside_because": "",
        "came_in_time": False,
        "revision": 1,
        "version": 1,
    }


def _revision(proposal: dict[str, Any], row: ImportRow) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "proposal_id": proposal["id"],
        "number": 1,
        "title": row.title,
        "problem": row.problem,
        "solution": row.solution,
        "cause": "",
        "result": "",
        "at": proposal["received_at"],
    }


def _people(work: Work, made: dict[str, list[dict[str, Any]]], proposal: dict[str, Any], row: ImportRow) -> None:
    if not row.author_name and not row.author_email:
        return
    person_id = ids.new_id()
    name = (row.author_name or row.author_email)[:160]
    made["people"].append(
        {
            "id": person_id,
            "name": name,
            "public_name": name,
            "language": "es",
            "origin_sector": OriginSector(row.origin_sector),
            "identity_level": IdentityLevel.UNCONFIRMED,
            "is_imported": True,
            "created_at": work.now,
        }
    )
    if row.author_email:
        address = people.normal_address(row.author_email)
        made["contacts"].append(
            {"id": ids.new_id(), "person_id": person_id, "kind": ContactKind.EMAIL, "value": address}
        )
    made["authors"].append(
        {
            "id": ids.new_id(),
            "proposal_id": proposal["id"],
            "person_id": person_id,
            "part": Part.AUTHOR,
            "public_name": name,
            "contact_kind": ContactKind.EMAIL if row.author_email else ContactKind.PICK_UP,
            "code_hash": ids.hash_token(ids.new_token()),
        }
    )


def _note(work: Work, process: Process, proposal: dict[str, Any]) -> None:
    subject = Subject(f"proposal:{proposal['folio']}", proposal["id"], process.id)
    facts = {"folio": proposal["folio"], "channel": "import", "provenance": "imported"}
    if proposal["source_ref"]:
        facts["source_ref"] = proposal["source_ref"]
    because = f"import:{proposal['import_id']}"
    work.record("proposal.imported", subject, at=proposal["received_at"], because=because, state="admitted", **facts)


_PROPOSALS = Proposal.__table__
_NUMBER_FOR_SEARCH = (
    update(_PROPOSALS)  # type: ignore[arg-type]  # a mapped class always has a Table
    .where(_PROPOSALS.c.id == bindparam("key"))
    .values(search_number=bindparam("search"))
)


def _index(session: Session, process: Process, proposals: Sequence[dict[str, Any]], stemmed: Sequence[str]) -> None:
    """After the proposals: while a row waits for its parent, SQLite looks through whole tables for each new parent."""
    keys = [proposal["id"] for proposal in proposals]
    session.execute(insert(SearchEntry), [{"proposal_id": key} for key in keys])
    rows = session.execute(select(SearchEntry.proposal_id, SearchEntry.number).where(SearchEntry.proposal_id.in_(keys)))
    numbers = {row[0]: row[1] for row in rows}
    session.connection().execute(_NUMBER_FOR_SEARCH, [{"key": key, "search": numbers[key]} for key in keys])
    words = [
        (numbers[proposal["id"]], f"{search.folded(proposal['folio'])} {text}")
        for proposal, text in zip(proposals, stemmed, strict=True)
    ]
    search.put_many(session, str(process.id), words)


def _show(work: Work, batch: Batch, count: int) -> None:
    work.session.execute(
        update(Proposal)
        .where(Proposal.import_id == batch.import_id)
        .values(is_public=True)
        .execution_options(synchronize_session=False)
    )
    work.session.execute(update(Import).where(Import.id == batch.import_id).values(visible_at=work.now))
    process = work.session.get_one(Process, batch.process_id)
    group_import(work.session, process, batch.import_id)
    work.record("import.finished", process.subject, because=f"import:{batch.import_id}", rows=count)
