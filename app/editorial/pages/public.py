"""What everybody reads: the door to all of it, news, and the pages of a process; each with its earlier versions."""

from __future__ import annotations

from starlette.responses import Response

from app.editorial.queries import articles, library, outreach
from app.editorial.queries.articles import Line
from app.editorial.rules.words import NETWORK_WORDS, ArticleKind, Network
from app.process.doors import standing
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/information", may=PUBLIC, kept=True)
def information(view: View, slug: str) -> Response:
    """One door to everything the office has written: only what is there is listed."""
    process = standing(view, slug)
    there = articles.networks(view.session, process.id)
    return view.render(
        "editorial/information.html",
        process=process,
        lines=articles.newest(view.session, process.id, 3),
        pages=articles.pages(view.session, process.id),
        has_library=library.last_number(view.session, process.id) > 0,
        has_outreach=outreach.last_number(view.session, process.id) > 0,
        networks=[(one.value, NETWORK_WORDS[one]) for one in Network if one.value in there],
    )


@router.page("/p/{slug}/news", may=PUBLIC, kept=True)
def news(view: View, slug: str, before: int = 0) -> Response:
    """News, the newest first."""
    process = standing(view, slug)
    found = articles.news(view.session, process.id, before)
    more, is_first = found.next, not before
    return view.render("editorial/news.html", process=process, lines=found.rows, more=more, is_first=is_first)


@router.page("/p/{slug}/news/{number}", may=PUBLIC, kept=True)
def one_news(view: View, slug: str, number: int, version: int = 0) -> Response:
    """One piece of news, or an earlier version of it."""
    process = standing(view, slug)
    line = articles.named(view.session, process.id, ArticleKind.NEWS, str(number))
    return shown(view, process, line, version)


@router.page("/p/{slug}/pages/{name}", may=PUBLIC, kept=True)
def one_page(view: View, slug: str, name: str, version: int = 0) -> Response:
    """One page of the process, or an earlier version of it."""
    process = standing(view, slug)
    return shown(view, process, articles.named(view.session, process.id, ArticleKind.PAGE, name), version)


def shown(view: View, process: Process, line: Line, version: int) -> Response:
    """A text with its versions; of one that was taken down only the title and the reason."""
    is_down = line.article.taken_down_at is not None
    wanted = line.version if is_down or not version else articles.version_of(view.session, line.article, version)
    many = line.article.version > 1 and not is_down
    return view.render(
        "editorial/article.html",
        process=process,
        article=line.article,
        said=wanted,
        is_newest=wanted.number == line.article.version,
        versions=articles.versions_of(view.session, line.article) if many else [],
    )
