"""Texts of the office: one with a version of it, lists of news, pages of the menu."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.editorial.models import Article, ArticleVersion, LibraryItem, NetworkEvent, OutreachAct
from app.editorial.rules.words import ArticleKind, Network
from app.kit.errors import NotFound

PAGE = 20
MOST_PAGES = 100


@dataclass(frozen=True)
class Line:
    """A text in a list: the text itself, the words of its newest version, and when these were written."""

    article: Article
    version: ArticleVersion

    @property
    def corrected_at(self) -> datetime | None:
        """When its words were last put right, if ever."""
        return self.version.at if self.article.version > 1 else None


@dataclass(frozen=True)
class Listing:
    """One page of news, with the number before which the next page begins."""

    rows: Sequence[Line]
    next: int | None


def news(session: Session, process_id: uuid.UUID, before: int = 0) -> Listing:
    """News, the newest first; what was taken down keeps its place with its title."""
    wanted = _of(process_id, ArticleKind.NEWS).order_by(Article.number.desc()).limit(PAGE + 1)
    if before:
        wanted = wanted.where(Article.number < before)
    rows = [Line(*row) for row in session.execute(wanted)]
    return Listing(rows[:PAGE], rows[PAGE - 1].article.number if len(rows) > PAGE else None)


def newest(session: Session, process_id: uuid.UUID, count: int = 3) -> list[Line]:
    """The newest news that still stands."""
    wanted = _of(process_id, ArticleKind.NEWS).where(Article.taken_down_at.is_(None))
    return [Line(*row) for row in session.execute(wanted.order_by(Article.number.desc()).limit(count))]


def pages(session: Session, process_id: uuid.UUID, *, all_of_them: bool = False) -> list[Line]:
    """The pages that stand in the menu, in the order in which they were written; for the office all of them."""
    wanted = _of(process_id, ArticleKind.PAGE).order_by(Article.number).limit(MOST_PAGES)
    if not all_of_them:
        wanted = wanted.where(Article.taken_down_at.is_(None), Article.in_menu)
    return [Line(*row) for row in session.execute(wanted)]


def networks(session: Session, process_id: uuid.UUID) -> dict[str, Line]:
    """The pages of the networks that stand, by the last part of their address."""
    wanted = _of(process_id, ArticleKind.NETWORK).where(Article.taken_down_at.is_(None))
    return {row[0].name: Line(*row) for row in session.execute(wanted)}


def _of(process_id: uuid.UUID, kind: ArticleKind) -> Any:
    newest_words = (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.version)
    joined = select(Article, ArticleVersion).join(ArticleVersion, newest_words)
    return joined.where(Article.process_id == process_id, Article.kind == kind)


def named(session: Session, process_id: uuid.UUID, kind: ArticleKind, name: str) -> Line:
    """The text at an address, with its newest words."""
    found = session.execute(_of(process_id, kind).where(Article.name == name)).one_or_none()
    if found is None:
        raise NotFound
    return Line(*found)


def is_there(session: Session, process_id: uuid.UUID, kind: ArticleKind, name: str) -> bool:
    """Whether a text has this address."""
    wanted = (Article.process_id == process_id, Article.kind == kind, Article.name == name)
    return bool(session.scalar(select(exists().where(*wanted))))


def version_of(session: Session, article: Article, number: int) -> ArticleVersion:
    """One version of a text."""
    wanted = (ArticleVersion.article_id == article.id, ArticleVersion.number == number)
    found = session.scalars(select(ArticleVersion).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def versions_of(session: Session, article: Article) -> list[tuple[int, datetime, str]]:
    """Number, moment and public sentence of each version, the newest first."""
    wanted = select(ArticleVersion.number, ArticleVersion.at, ArticleVersion.correction)
    wanted = wanted.where(ArticleVersion.article_id == article.id).order_by(ArticleVersion.number.desc())
    return [(row[0], row[1], row[2]) for row in session.execute(wanted)]


def last_number(session: Session, process_id: uuid.UUID, kind: ArticleKind) -> int:
    """The number of the newest text of a kind."""
    wanted = (Article.process_id == process_id, Article.kind == kind)
    return session.scalar(select(func.max(Article.number)).where(*wanted)) or 0


def events(session: Session, process_id: uuid.UUID, network: Network) -> list[NetworkEvent]:
    """The events of a network, the latest first."""
    wanted = (NetworkEvent.process_id == process_id, NetworkEvent.network == network)
    rows = select(NetworkEvent).where(*wanted, NetworkEvent.taken_out_at.is_(None))
    return list(session.scalars(rows.order_by(NetworkEvent.held_on.desc(), NetworkEvent.number.desc()).limit(PAGE)))


def event_numbered(session: Session, process_id: uuid.UUID, network: Network, number: int) -> NetworkEvent:
    """One event of a network."""
    wanted = (NetworkEvent.process_id == process_id, NetworkEvent.network == network, NetworkEvent.number == number)
    found = session.scalars(select(NetworkEvent).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def last_event(session: Session, process_id: uuid.UUID, network: Network) -> int:
    """The number of the newest event of a network."""
    wanted = (NetworkEvent.process_id == process_id, NetworkEvent.network == network)
    return session.scalar(select(func.max(NetworkEvent.number)).where(*wanted)) or 0


def has_content(process_id: Any) -> ColumnElement[bool]:
    """Whether a process has anything behind the door “Information”."""
    tables = (Article, LibraryItem, OutreachAct)
    there = [exists().where(table.process_id == process_id) for table in tables]
    return there[0] | there[1] | there[2]
