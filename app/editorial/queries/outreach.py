"""The register of outreach: a page of it, what it adds up to, and its rows as open data."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.editorial.models import LibraryItem, OutreachAct
from app.editorial.rules.outreach import OutreachChannel
from app.kit.errors import NotFound
from app.process.models import Process, Stage

PAGE = 20
BATCH = 500
COLUMNS = (
    "number integer its number in the register",
    "dated_on text the day, month or year, as exactly as it is known",
    "what text what was done",
    "groups text whom it was for, between bars",
    "audience text whom it was for, in words",
    "territories text codes of the places it was for, between bars; empty means all",
    "channel text website, social_networks, radio, television, press, poster, mail, email, meeting, phone or other",
    "reach integer how many people it reached; empty where it is not known",
    "reach_known text counted, estimated or unknown",
    "stage text the stage it belongs to, as in its address",
    "library integer number of the material in the library",
    "link text where the material lies",
    "source text the document that says so",
    "is_illustrative boolean whether it only shows what such a row looks like",
    "withdrawn_because text why the row no longer counts",
)


@dataclass(frozen=True)
class Row:
    """An act of outreach, with the stage and the material it names."""

    act: OutreachAct
    stage: Stage | None
    material: LibraryItem | None


@dataclass(frozen=True)
class Listing:
    """One page of the register, with the number of its last row where more follow."""

    rows: Sequence[Row]
    next: int | None


@dataclass(frozen=True)
class Sum:
    """How many acts there were, how many people they reached as far as that is known, and of how many it is not."""

    acts: int
    reach: int
    unknown: int


def listed(session: Session, process_id: uuid.UUID, after: int = 0, limit: int = PAGE) -> Listing:
    """One page of the register, the latest date first; withdrawn rows stay in their place."""
    statement = _rows().where(OutreachAct.process_id == process_id)
    if after:
        last = numbered(session, process_id, after)
        statement = statement.where(tuple_(OutreachAct.dated_on, OutreachAct.number) < (last.dated_on, last.number))
    statement = statement.order_by(OutreachAct.dated_on.desc(), OutreachAct.number.desc()).limit(limit + 1)
    rows = [Row(*found) for found in session.execute(statement)]
    return Listing(rows[:limit], rows[limit - 1].act.number if len(rows) > limit else None)


def numbered(session: Session, process_id: uuid.UUID, number: int) -> OutreachAct:
    """One row of the register."""
    wanted = (OutreachAct.process_id == process_id, OutreachAct.number == number)
    found = session.scalars(select(OutreachAct).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest row."""
    return session.scalar(select(func.max(OutreachAct.number)).where(OutreachAct.process_id == process_id)) or 0


def sums(session: Session, process_id: uuid.UUID) -> dict[tuple[OutreachChannel, uuid.UUID | None], Sum]:
    """What stands in the register, added up by channel and stage."""
    unknown = func.count().filter(OutreachAct.reach.is_(None))
    rows = session.execute(
        select(
            OutreachAct.channel,
            OutreachAct.stage_id,
            func.count(),
            func.sum(OutreachAct.reach),
            unknown,
        )
        .where(OutreachAct.process_id == process_id, OutreachAct.withdrawn_at.is_(None))
        .group_by(OutreachAct.channel, OutreachAct.stage_id)
    )
    return {(row[0], row[1]): Sum(row[2], int(row[3] or 0), row[4]) for row in rows}


def open_rows(session: Session, process: Process) -> Iterator[dict[str, Any]]:
    """The register as open data, the latest first."""
    after = 0
    while True:
        page = listed(session, process.id, after, BATCH)
        for row in page.rows:
            yield _open(row)
        if page.next is None:
            return
        after = page.next


def _open(row: Row) -> dict[str, Any]:
    act = row.act
    return {
        "number": act.number,
        "dated_on": act.dated_on.isoformat()[: {"day": 10, "month": 7, "year": 4}[act.dated_to_the]],
        "what": act.what,
        "groups": "|".join(act.groups),
        "audience": act.audience,
        "territories": "|".join(act.territories),
        "channel": act.channel.value,
        "reach": "" if act.reach is None else act.reach,
        "reach_known": act.reach_known.value,
        "stage": row.stage.slug if row.stage else "",
        "library": row.material.number if row.material else "",
        "link": act.link,
        "source": act.source,
        "is_illustrative": act.is_illustrative,
        "withdrawn_because": act.withdrawn_because,
    }


def _rows() -> Any:
    joined = select(OutreachAct, Stage, LibraryItem).outerjoin(Stage, Stage.id == OutreachAct.stage_id)
    return joined.outerjoin(LibraryItem, LibraryItem.id == OutreachAct.library_item_id)
