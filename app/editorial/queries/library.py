"""The library of a process: a page of it, counts by type and year, one document."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, extract, func, select, tuple_
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.editorial.models import LibraryItem
from app.editorial.rules.library import LibraryType
from app.kit.errors import NotFound

PAGE = 20
FEW = 50


@dataclass(frozen=True)
class Wanted:
    """What a list of the library is narrowed to."""

    type: LibraryType | None = None
    year: int = 0


@dataclass(frozen=True)
class Held:
    """A document of the library, with what is known of its file, if it has one."""

    item: LibraryItem
    document: Document | None


@dataclass(frozen=True)
class Listing:
    """One page of the library, with the number of its last document where more follow."""

    rows: Sequence[Held]
    next: int | None


def listed(session: Session, process_id: uuid.UUID, wanted: Wanted, after: int = 0) -> Listing:
    """One page, the newest date first; what was taken out is not among them."""
    statement = _held().where(*_standing(process_id, wanted))
    if after:
        last = numbered(session, process_id, after).item
        statement = statement.where(tuple_(LibraryItem.dated_on, LibraryItem.number) < (last.dated_on, last.number))
    statement = statement.order_by(LibraryItem.dated_on.desc(), LibraryItem.number.desc()).limit(PAGE + 1)
    rows = [Held(*row) for row in session.execute(statement)]
    return Listing(rows[:PAGE], rows[PAGE - 1].item.number if len(rows) > PAGE else None)


def taken_out(session: Session, process_id: uuid.UUID) -> list[LibraryItem]:
    """What was taken out, the latest first."""
    gone = select(LibraryItem).where(LibraryItem.process_id == process_id, LibraryItem.taken_out_at.is_not(None))
    return list(session.scalars(gone.order_by(LibraryItem.taken_out_at.desc()).limit(PAGE)))


def counts(session: Session, process_id: uuid.UUID) -> tuple[dict[LibraryType, int], dict[int, int]]:
    """How many documents there are of each type and of each year."""
    year = extract("year", LibraryItem.dated_on)
    rows = session.execute(
        select(LibraryItem.type, year, func.count())
        .where(*_standing(process_id, Wanted()))
        .group_by(LibraryItem.type, year)
        .order_by(year.desc())
    )
    types: dict[LibraryType, int] = {}
    years: dict[int, int] = {}
    for type_, of_year, n in rows:
        types[type_] = types.get(type_, 0) + n
        years[int(of_year)] = years.get(int(of_year), 0) + n
    return types, years


def numbered(session: Session, process_id: uuid.UUID, number: int) -> Held:
    """One document, taken out or not."""
    wanted = (LibraryItem.process_id == process_id, LibraryItem.number == number)
    found = session.execute(_held().where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return Held(*found)


def to_choose(session: Session, process_id: uuid.UUID) -> list[LibraryItem]:
    """The newest documents, to name one of them as the material of an act of outreach."""
    rows = select(LibraryItem).where(*_standing(process_id, Wanted()))
    return list(session.scalars(rows.order_by(LibraryItem.number.desc()).limit(FEW)))


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest document."""
    return session.scalar(select(func.max(LibraryItem.number)).where(LibraryItem.process_id == process_id)) or 0


def _held() -> Any:
    return select(LibraryItem, Document).outerjoin(Document, Document.id == LibraryItem.document_id)


def _standing(process_id: uuid.UUID, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [LibraryItem.process_id == process_id, LibraryItem.taken_out_at.is_(None)]
    if wanted.type:
        found.append(LibraryItem.type == wanted.type)
    if wanted.year:
        found.append(extract("year", LibraryItem.dated_on) == wanted.year)
    return found
