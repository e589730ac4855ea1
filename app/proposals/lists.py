"""The public's list of proposals: narrowed, in an order or by a search, one page after the other.

Every reading has an index that serves it, and none counts further than a thousand. Statements are made once for each
shape of a list and filled with what is asked for: making one anew took as long as reading a page with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Integer, ScalarSelect, Select, bindparam, func, not_, or_, select, tuple_
from sqlalchemy.engine import Row as Read
from sqlalchemy.orm import Session, aliased

from app.kit import search
from app.kit.db import bound_key
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
_AFTER, _MOST = bindparam("after", type_=BigInteger), bindparam("most", type_=Integer)


@dataclass(frozen=True)
class _Shape:
    """What makes the statement of one list another than that of another list, whatever the values."""

    by: frozenset[str] = frozenset()
    order: Order = Order.NEWEST
    goes_on: bool = False
    dialect: str = ""


_NARROWING = ("state", "sector", "theme", "place", "territory")


def _shape(session: Session, filters: Filters, after: int | None) -> _Shape:
    by = frozenset(name for name in _NARROWING if getattr(filters, name))
    return _Shape(by, filters.order, after is not None, session.get_bind().dialect.name)


def _read(
    session: Session, statement: Select[*tuple[Any, ...]], process: Process, filters: Filters, **more: Any
) -> Sequence[Read[*tuple[Any, ...]]]:
    values = {name: getattr(filters, name) for name in _NARROWING}
    return (
        session.connection().execute(statement, values | {"process": process.id, "capped": COUNT_TO + 1} | more).all()
    )


def public_list(
    session: Session, process: Process, filters: Filters, *, after: int | None = None, limit: int = PAGE
) -> Listing:
    """One page of what the public may see, in the order asked for; `after` is the number of the last row shown."""
    if filters.q:
        return _searched(session, process, filters, after, limit)
    if filters.is_narrow:
        by_title = filters.order is Order.TITLE
        return (_narrow_by_title if by_title else _narrow)(session, process, filters, after, limit)
    statement = _page(_shape(session, filters, after))
    rows = _rows(_read(session, statement, process, filters, after=after, most=limit + 1))
    counts = counts_of(session, process.id)
    total = sum(n for state, n in counts.items() if state in PUBLIC_STATES)
    return Listing(rows[:limit], total, is_capped=False, next=_last(rows, limit), counts=counts)


def _narrow(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    shape = _shape(session, filters, after)
    counted = _read(session, _counted_page(shape), process, filters, after=after, most=limit + 1)
    if not counted and after is None:
        return Listing([], 0, is_capped=False, next=None)
    total = counted[0][-1] if counted else _total(session, process, filters)
    rows = _rows(counted, besides=1)
    return Listing(rows[:limit], min(total, COUNT_TO), total > COUNT_TO, _last(rows, limit))


def _narrow_by_title(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    """A narrowed list by title: where few fit, these are sorted; where many do, the next ones by title are not far.

    Without a word of which it is, both databases go through all titles in search of the few.
    """
    total = _total(session, process, filters)
    if not total:
        return Listing([], 0, is_capped=False, next=None)
    statement = (_few_by_title if total <= COUNT_TO else _page)(_shape(session, filters, after))
    rows = _rows(_read(session, statement, process, filters, after=after, most=limit + 1))
    return Listing(rows[:limit], min(total, COUNT_TO), total > COUNT_TO, _last(rows, limit))


def _last(rows: Sequence[Row], limit: int) -> int | None:
    """The number after which the next page begins, if there is one."""
    return rows[limit - 1].number if len(rows) > limit else None


def _total(session: Session, process: Process, filters: Filters) -> int:
    """How many rows there are, counted to a thousand and one."""
    counted = _read(session, select(_count(_shape(session, filters, None))), process, filters)
    return int(counted[0][0])


@lru_cache(maxsize=512)
def _page(shape: _Shape) -> Select[*tuple[Any, ...]]:
    of_this = (Proposal.process_id == bound_key("process"), Proposal.is_public)
    return _ordered(_narrowed(select(*_COLUMNS), shape).where(*of_this), shape).limit(_MOST)


@lru_cache(maxsize=512)
def _counted_page(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """A page by number with how many there are; the first takes both from one look through the index."""
    if shape.goes_on:
        return _ordered(_few(shape), shape).limit(_MOST).add_columns(_count(shape))
    few = _ordered(_few(shape).with_only_columns(Proposal.number), shape).limit(bindparam("capped"))
    fitting = few.cte("fitting").prefix_with("MATERIALIZED")
    first = _ordered(select(fitting.c.number), shape, fitting.c.number).limit(_MOST)
    every = select(func.count()).select_from(fitting).scalar_subquery()
    page = select(*_COLUMNS, every).outerjoin(Territory, Territory.id == Proposal.territory_id)
    these = (Proposal.process_id == bound_key("process"), Proposal.is_public, Proposal.number.in_(first))
    return _ordered(page.where(*these), shape)


@lru_cache(maxsize=512)
def _few_by_title(shape: _Shape) -> Select[*tuple[Any, ...]]:
    few = _few(shape).with_only_columns(Proposal.id).limit(bindparam("capped")).cte().prefix_with("MATERIALIZED")
    statement = select(*_COLUMNS).outerjoin(Territory, Territory.id == Proposal.territory_id)
    return _ordered(statement.where(Proposal.id.in_(select(few.c.id))), shape).limit(_MOST)


@lru_cache(maxsize=512)
def _count(shape: _Shape) -> ScalarSelect[int]:
    capped = _few(shape).with_only_columns(Proposal.number).limit(bindparam("capped")).subquery()
    return select(func.count()).select_from(capped).scalar_subquery()


def _ordered(
    statement: Select[*tuple[Any, ...]], shape: _Shape, number: Any = Proposal.number
) -> Select[*tuple[Any, ...]]:
    """The rows in one order; those of one title by number, so that none is shown twice or left out."""
    if shape.order is Order.TITLE:
        place = tuple_(Proposal.title_sorted, Proposal.number)
        if shape.goes_on:
            last = aliased(Proposal)
            known = (last.process_id == bound_key("process"), last.is_public, last.number == _AFTER)
            title = select(last.title_sorted).where(*known).scalar_subquery()
            statement = statement.where(place > tuple_(title, _AFTER))
        return statement.order_by(Proposal.title_sorted, Proposal.number)
    if shape.order is Order.OLDEST:
        statement = statement.where(number > _AFTER) if shape.goes_on else statement
        return statement.order_by(number)
    statement = statement.where(number < _AFTER) if shape.goes_on else statement
    return statement.order_by(number.desc())


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


def _few(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """The rows of a narrowed list; said so that SQLite takes an index of what it is narrowed to, not of all public."""
    public = Proposal.is_public.is_not(False)
    return _narrowed(select(*_COLUMNS), shape).where(Proposal.process_id == bound_key("process"), public)


def _narrowed(statement: Select[*tuple[Any, ...]], shape: _Shape) -> Select[*tuple[Any, ...]]:
    statement = statement.outerjoin(Territory, Territory.id == Proposal.territory_id)
    # What was withdrawn after it was public keeps its page, but is no longer among the proposals of the process.
    its_state = Proposal.state == bindparam("state") if "state" in shape.by else Proposal.state != State.WITHDRAWN
    statement = statement.where(its_state)
    if "sector" in shape.by:
        statement = statement.where(Proposal.origin_sector == bindparam("sector"))
    if "theme" in shape.by:
        statement = statement.where(Proposal.theme_id == bound_key("theme"))
    if "place" in shape.by:
        statement = statement.where(Proposal.territory_id == bound_key("place"))
    if "territory" in shape.by:  # by its key, which an index of the proposals begins with: by its code, all are read
        its = (Territory.process_id == bound_key("process"), Territory.code == bindparam("territory"))
        statement = statement.where(Proposal.territory_id == select(Territory.id).where(*its).scalar_subquery())
    return statement


def _rows(read: Sequence[Read[*tuple[Any, ...]]], besides: int = 0) -> list[Row]:
    """The rows as a list shows them, without so many columns at their end."""
    return [Row(*found[: len(found) - besides]) for found in read]


def _searched(session: Session, process: Process, filters: Filters, after: int | None, limit: int) -> Listing:
    """One page of a search, the best first; narrowed, the newest first of the thousand newest that fit the words."""
    narrowed = replace(filters, q="").is_narrow
    if narrowed and (listing := _searched_narrow(session, process, filters, after, limit)):
        return listing
    asked = search.Wanted(SOUGHT, newest=True) if narrowed else search.Wanted(limit, after)
    found = search.find(session, str(process.id), filters.q, asked)
    if found is None:
        return Listing([], 0, is_capped=False, next=None)
    shown = {row[-1]: row for row in _of_these(session, process, filters, found.numbers)}
    if narrowed:
        found = _page_of(found, sorted(shown, reverse=True), after, limit)
    ordered = _rows([shown[number] for number in found.numbers if number in shown], besides=1)
    return Listing(ordered, found.total, found.is_capped, found.next, found.is_partial)


def _searched_narrow(
    session: Session, process: Process, filters: Filters, after: int | None, limit: int
) -> Listing | None:
    """One page of a narrowed search in one statement; None where nothing holds every word and fits as well."""
    terms = search.whole(session, str(process.id), filters.q)
    if terms is None:
        return None
    values = {"terms": terms, "sought": SOUGHT + 1, "after": after, "most": limit + 1}
    found = _read(session, _fitting_page(_shape(session, filters, after)), process, filters, **values)
    if not found:
        return None
    following = found[limit - 1][-3] if len(found) > limit else None
    rows = _rows(found[:limit], besides=3)
    return Listing(rows, found[0][-2], found[0][-1] > SOUGHT, following)


@lru_cache(maxsize=512)
def _fitting_page(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """A narrowed search, with how many fit and how many held the words behind the columns of a row."""
    held = search.newest(shape.dialect)
    fitting = _not_of_another(shape).where(search.is_held(shape.dialect, Proposal.search_number, held))
    every = select(func.count()).select_from(fitting.with_only_columns(Proposal.id).subquery()).scalar_subquery()
    total = every if shape.goes_on else func.count().over()
    looked_through = select(func.count()).select_from(held).scalar_subquery()
    page = fitting.add_columns(Proposal.search_number, total, looked_through).order_by(Proposal.search_number.desc())
    return (page.where(Proposal.search_number < _AFTER) if shape.goes_on else page).limit(_MOST)


def _of_these(
    session: Session, process: Process, filters: Filters, numbers: Sequence[int]
) -> Sequence[Read[*tuple[Any, ...]]]:
    """The public rows of this process among some entries of the index, their number there last."""
    handed = search.handed(session, numbers)
    return _read(session, _among(_shape(session, filters, None)), process, filters, numbers=handed)


@lru_cache(maxsize=512)
def _among(shape: _Shape) -> Select[*tuple[Any, ...]]:
    these = search.among(shape.dialect, Proposal.search_number)
    return _not_of_another(shape).where(these).add_columns(Proposal.search_number)


def _not_of_another(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """The public rows of this process.

    Said as "not of another": with "of this process" SQLite reads all of it rather than the numbers that were found.
    """
    is_other = or_(Proposal.process_id != bound_key("process"), Proposal.is_public.is_(False))
    return _narrowed(select(*_COLUMNS), shape).where(not_(is_other))


def _page_of(found: search.Found, fitting: Sequence[int], after: int | None, limit: int) -> search.Found:
    """One page of those that the list is narrowed to, among all that were found."""
    page = [number for number in fitting if after is None or number < after]
    following = page[limit - 1] if len(page) > limit else None
    return replace(found, numbers=page[:limit], total=len(fitting), next=following)


_COUNTS = select(ProposalCount.state, ProposalCount.n).where(ProposalCount.process_id == bound_key("process"))


def counts_of(session: Session, process_id: uuid.UUID) -> dict[State, int]:
    """How many proposals stand in each state; their sum is how many were received, at any moment."""
    return {state: n for state, n in session.execute(_COUNTS, {"process": process_id}) if n}
