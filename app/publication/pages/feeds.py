"""Feeds: the newest proposals of a list, what happened in a process, and what became of one proposal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import Response

from app.kit.i18n import T, said
from app.process.doors import standing
from app.process.models import Process
from app.proposals import queries
from app.publication import atom, journey, news
from app.publication.atom import Feed, Item
from app.publication.news import News, Since
from app.publication.pages.proposals import NARROWING, Asked, filters_for
from app.web.edge import PUBLIC, Router
from app.web.view import PUBLIC_HEADERS, View

router = Router()
NEWEST = 30


def _whole(view: View, path: str) -> str:
    return f"{view.house.settings.base_url}{view.url(path)}"


def _answer(view: View, process: Process, told: tuple[str, str, str], items: Sequence[Item]) -> Response:
    """The feed under its own address; `told` is its title, its path and that of its page."""
    title, path, page = told
    feed = Feed(
        key=uuid.uuid5(process.id, f"{view.language} {path}"),
        title=title,
        author=process.name(view.language),
        url=_whole(view, path),
        page=_whole(view, page),
        language=view.language,
        since=process.opened_at,
    )
    headers = {**PUBLIC_HEADERS, "content-type": atom.MEDIA_TYPE}
    return Response(atom.written(feed, items), headers=headers)


@router.page("/p/{slug}/proposals.atom", may=PUBLIC, kept=True)
def of_proposals(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """The newest proposals the public may see, narrowed by the filters of the list."""
    process = standing(view, slug)
    asked = asked.model_copy(update={"q": "", "sort": "", "after": None})
    filters, _ = filters_for(view, process, asked)
    found = queries.public_list(view.session, process, filters, limit=NEWEST)
    items = []
    for row in found.rows:
        plain, _, _ = journey.words_for(row.state, row.merged_into or "")
        items.append(
            Item(
                key=uuid.uuid5(process.id, row.folio),
                title=f"{row.folio} · {row.title}",
                at=row.received_at,
                url=_whole(view, f"/p/{slug}/proposals/{row.folio}"),
                words=str(said(plain, view.variant)),
                author=row.names,
            )
        )
    kept = {name: value for name, value in asked.model_dump().items() if value and name in NARROWING}
    tail = f"?{urlencode(kept)}" if kept else ""
    title = f"{process.name(view.language)}: {T('Proposals').into(view.variant)}"
    return _answer(view, process, (title, f"/p/{slug}/proposals.atom{tail}", f"/p/{slug}/proposals{tail}"), items)


@router.page("/p/{slug}/news.atom", may=PUBLIC, kept=True)
def of_process(view: View, slug: str) -> Response:
    """What happened: stages that opened and closed, dates that moved, decisions and answers that were published."""
    return _news(view, standing(view, slug), f"process:{slug}", f"/p/{slug}/news.atom")


@router.page("/p/{slug}/proposals/{folio}.atom", may=PUBLIC, kept=True)
def of_proposal(view: View, slug: str, folio: str) -> Response:
    """What became of one proposal."""
    return _news(view, standing(view, slug), f"proposal:{folio}", f"/p/{slug}/proposals/{folio}.atom")


def _news(view: View, process: Process, name: str, path: str) -> Response:
    subject = news.subject_of(view.session, process, name, view.language)
    found = news.of(view.session, subject, view.now, Since(), NEWEST)
    return _answer(view, process, (subject.title, path, subject.path), [_item(view, one) for one in found])


def _item(view: View, one: News) -> Item:
    about = str(said(one.about, view.variant))
    title = f"{one.what.into(view.variant)}: {about}"
    return Item(key=one.key, title=title, at=one.at, url=_whole(view, one.path), words=one.why)
