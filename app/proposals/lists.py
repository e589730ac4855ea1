"""The public's list of proposals: narrowed, in an order or by a search, one page after the other.

Every reading has an index that serves it, and none counts further than a thousand.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.kit import search
from app.people.rules import OriginSector
from app.process.models import Process, Territory
from app.proposals.models import Proposal, ProposalCount
from app.proposals.rules import PUBLIC_STATES, Order, State

PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; every field is one of a closed list, so nothing else can be asked for."""

    state: State | None = None
    sector: OriginSector | None = None
    territory: str = ""
    theme: uuid.UUID | None = None
    q: str = ""
    place: uuid.UUID | None = None
    order: Order = Order.NEWEST

    @property
    def is_narrow(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.state or self.sector or self.territory or self.place or self.theme or self.q)


@dataclass(frozen=True)
class Row:
    """One line of a list of proposals."""

    folio: str
    title: str
    state: State
    origin_sector: OriginSector
    territory: str | None
    names: str
    received_at: datetime
    number: int
    merged_into: str | None = None
    theme_id: uuid.UUID | None = None
    text_language: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a list, with where the next one begins, and how many there are (counted to a cap where narrowed).

    The counters of the states, where they were read for it, so that no page reads them twice.
    """

    rows: Sequence[Row]
    total: int
    is_capped: bool
    next: int | None
    is_partial: bool = False
    """Whether nothing holds all the words that were searched for, and these hold some of them."""
    counts: Mapping[State, int] | None = None


COUNT_TO = SOUGHT = 1000
"""How far a narrowed list is counted, and how many of what a search finds are narrowed."""


def public_list(
    session: Session, process: Process, filters: Filters, *, after: int | None = None, limit: int = PAGE
) -> Listing:
    """One page of what the public may see, in the order asked for; `after` is the number of the last row shown."""
    if filters.q:
        return _searched(session, process, filters, after, limit)
    if filters.is_narrow:
        by_title = filters.order is Order.TITLE
        return (_narrow_by_title if by_title else _narrow)(session, process, filters, after, limit)
    statement = _ordered(_rows(process, filters), process, filters.order, after)
    rows = [_row(found) for found in session.execute(statement.limit(limit + 1))]
    counts = counts_of(session, process.id)
    total = sum(n for state, n in counts.items() if state in PUBLIC_STATES)
    return Listing(rows[:limit], total, is_capped=False, next=_last(rows, limit), counts=counts)


def _narrow(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    statement = _ordered(_few(process, filters), process, filters.order, after).limit(limit + 1)
    counted = session.execute(statement.add_columns(_count(process, filters).scalar_subquery())).all()
    if not counted and after is None:
        return Listing([], 0, is_capped=False, next=None)
    total = counted[0][-1] if counted else session.scalar(_count(process, filters)) or 0
    rows = [_row(found[:-1]) for found in counted]
    return Listing(rows[:limit], min(total, COUNT_TO), total > COUNT_TO, _last(rows, limit))


def _narrow_by_title(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    """A narrowed list by title: where few fit, these are sorted; where many do, the next ones by title are not far.

    Without a word of which it is, both databases go through all titles in search of the few.
    """
    total = session.scalar(_count(process, filters)) or 0
    if not total:
        return Listing([], 0, is_capped=False, next=None)
    statement = _rows(process, filters)
    if total <= COUNT_TO:
        few = _few(process, filters).with_only_columns(Proposal.id).limit(COUNT_TO).cte().prefix_with("MATERIALIZED")
        statement = select(*_COLUMNS).outerjoin(Territory, Territory.id == Proposal.territory_id)
        statement = statement.where(Proposal.id.in_(select(few.c.id)))
    ordered = _ordered(statement, process, filters.order, after)
    rows = [_row(found) for found in session.execute(ordered.limit(limit + 1))]
    return Listing(rows[:limit], min(total, COUNT_TO), total > COUNT_TO, _last(rows, limit))


def _last(rows: Sequence[Row], limit: int) -> int | None:
    """The number after which the next page begins, if there is one."""
    return rows[limit - 1].number if len(rows) > limit else None


def _ordered(
    statement: Select[*tuple[Any, ...]], process: Process, order: Order, after: int | None
) -> Select[*tuple[Any, ...]]:
    """The rows in one order; those of one title by number, so that none is shown twice or left out."""
    if order is Order.TITLE:
        place = tuple_(Proposal.title_sorted, Proposal.number)
        if after is not None:
            last = aliased(Proposal)
            known = (last.process_id == process.id, last.is_public, last.number == after)
            title = select(last.title_sorted).where(*known).scalar_subquery()
            statement = statement.where(place > tuple_(title, after))
        return statement.order_by(Proposal.title_sorted, Proposal.number)
    if order is Order.OLDEST:
        statement = statement.where(Proposal.number > after) if after is not None else statement
        return statement.order_by(Proposal.number)
    statement = statement.where(Proposal.number < after) if after is not None else statement
    return statement.order_by(Proposal.number.desc())


_INTO = aliased(Proposal)
MERGED_INTO = select(_INTO.folio).where(_INTO.id == Proposal.merged_into_id).scalar_subquery()
"""The folio a proposal was joined with, beside the other columns of its row."""
WRITTEN_IN = func.coalesce(func.nullif(Proposal.written_in, ""), Proposal.language)
"""The language a text is written in, as `Proposal.text_language` says it of one."""
_COLUMNS = (
    Proposal.folio,
    Proposal.title,
    Proposal.state,
    Proposal.origin_sector,
    Territory.name_es,
    Proposal.public_names,
    Proposal.received_at,
    Proposal.number,
    MERGED_INTO,
    Proposal.theme_id,
    WRITTEN_IN,
)


def _rows(process: Process, filters: Filters) -> Select[*tuple[Any, ...]]:
    return _narrowed(select(*_COLUMNS), process, filters).where(Proposal.process_id == process.id, Proposal.is_public)


def _few(process: Process, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The rows of a narrowed list; said so that SQLite takes an index of what it is narrowed to, not of all public."""
    public = Proposal.is_public.is_not(False)
    return _narrowed(select(*_COLUMNS), process, filters).where(Proposal.process_id == process.id, public)


def _narrowed(statement: Select[*tuple[Any, ...]], process: Process, filters: Filters) -> Select[*tuple[Any, ...]]:
    statement = statement.outerjoin(Territory, Territory.id == Proposal.territory_id)
    # What was withdrawn after it was public keeps its page, but is no longer among the proposals of the process.
    statement = statement.where(Proposal.state == filters.state if filters.state else Proposal.state != State.WITHDRAWN)
    if filters.sector:
        statement = statement.where(Proposal.origin_sector == filters.sector)
    if filters.theme:
        statement = statement.where(Proposal.theme_id == filters.theme)
    if filters.place:
        statement = statement.where(Proposal.territory_id == filters.place)
    if filters.territory:  # by its key, which an index of the proposals begins with: by its code, all are looked at
        place = select(Territory.id).where(Territory.process_id == process.id, Territory.code == filters.territory)
        statement = statement.where(Proposal.territory_id == place.scalar_subquery())
    return statement


def _row(found: Sequence[object]) -> Row:
    return Row(*found)  # type: ignore[arg-type]


def _count(process: Process, filters: Filters) -> Select[int]:
    """How many rows there are, counted to a thousand and one."""
    capped = _few(process, filters).with_only_columns(Proposal.number).limit(COUNT_TO + 1).subquery()
    return select(func.count()).select_from(capped)


def _searched(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    """One page of a search, the best first; narrowed, the newest first of the thousand newest that fit the words."""
    narrowed = replace(filters, q="").is_narrow
    if narrowed and (listing := _searched_narrow(session, process, filters, after, limit)):
        return listing
    asked = search.Wanted(SOUGHT, newest=True) if narrowed else search.Wanted(limit, after)
    found = search.find(session, str(process.id), filters.q, asked)
    if found is None:
        return Listing([], 0, is_capped=False, next=None)
    if narrowed:
        fitting = _of_these(session, process, filters, found.numbers).with_only_columns(Proposal.search_number)
        newest = session.scalars(fitting.order_by(Proposal.search_number.desc()))
        found = _page_of(found, [number for number in newest if number], after, limit)
    rows = session.execute(_of_these(session, process, filters, found.numbers).add_columns(Proposal.search_number))
    shown = {row[-1]: _row(row[:-1]) for row in rows}
    ordered = [shown[number] for number in found.numbers if number in shown]
    return Listing(ordered, found.total, found.is_capped, found.next, found.is_partial)


def _searched_narrow(
    session: Session, process: Process, filters: Filters, after: int | None, limit: int
) -> Listing | None:
    """One page of a narrowed search in one statement; None where nothing holds every word and fits as well."""
    held = search.newest(session, str(process.id), filters.q, SOUGHT + 1)
    if held is None:
        return None
    fitting = _not_of_another(process, filters).where(search.is_held(session, Proposal.search_number, held))
    every = select(func.count()).select_from(fitting.with_only_columns(Proposal.id).subquery()).scalar_subquery()
    total = func.count().over() if after is None else every
    looked_through = select(func.count()).select_from(held).scalar_subquery()
    page = fitting.add_columns(Proposal.search_number, total, looked_through).order_by(Proposal.search_number.desc())
    if after is not None:
        page = page.where(Proposal.search_number < after)
    rows = session.execute(page.limit(limit + 1)).all()
    if not rows:
        return None
    following = rows[limit - 1][-3] if len(rows) > limit else None
    return Listing([_row(row[:-3]) for row in rows[:limit]], rows[0][-2], rows[0][-1] > SOUGHT, following)


def _of_these(session: Session, process: Process, filters: Filters, numbers: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The public rows of this process among some entries of the index."""
    return _not_of_another(process, filters).where(search.among(session, Proposal.search_number, numbers))


def _not_of_another(process: Process, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The public rows of this process.

    Said as "not of another": with "of this process" SQLite reads all of it rather than the numbers that were found.
    """
    is_other = or_(Proposal.process_id != process.id, Proposal.is_public.is_(False))
    return _narrowed(select(*_COLUMNS), process, filters).where(not_(is_other))


def _page_of(found: search.Found, fitting: Sequence[int], after: int | None, limit: int) -> search.Found:
    """One page of those that the list is narrowed to, among all that were found."""
    page = [number for number in fitting if after is None or number < after]
    following = page[limit - 1] if len(page) > limit else None
    return replace(found, numbers=page[:limit], total=len(fitting), next=following)


def counts_of(session: Session, process_id: uuid.UUID) -> dict[State, int]:
    """How many proposals stand in each state; their sum is how many were received, at any moment."""
    rows = session.execute(select(ProposalCount.state, ProposalCount.n).where(ProposalCount.process_id == process_id))
    return {state: n for state, n in rows if n}
