"""The pages of the two networks of a process with a forum: who they are, whom they are made of, what they invite to."""

from __future__ import annotations

from starlette.responses import Response

from app.editorial import actions
from app.editorial.actions import Event
from app.editorial.pages.writing import PUBLISH, entered
from app.editorial.queries import articles
from app.editorial.rules.words import NETWORK_WORDS, ArticleKind, Network
from app.kit.errors import NotFound
from app.kit.i18n import T
from app.process.doors import standing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
EVENTS = "/p/{slug}/office/networks/{name}/events"


@router.page("/p/{slug}/networks/{name}", may=PUBLIC, kept=True)
def one(view: View, slug: str, name: str, version: int = 0) -> Response:
    """A network, and what it invites to."""
    process = standing(view, slug)
    network = _network(name)
    line = articles.named(view.session, process.id, ArticleKind.NETWORK, name)
    is_down = line.article.taken_down_at is not None
    said = articles.version_of(view.session, line.article, version) if version and not is_down else line.version
    today = view.now.astimezone(process.zone).date()
    events = [] if is_down else articles.events(view.session, process.id, network)
    return view.render(
        "editorial/network.html",
        process=process,
        network_word=NETWORK_WORDS[network],
        article=line.article,
        said=said,
        is_newest=said.number == line.article.version,
        versions=articles.versions_of(view.session, line.article) if line.article.version > 1 and not is_down else [],
        coming=[event for event in reversed(events) if event.held_on >= today],
        past=[event for event in events if event.held_on < today],
    )


def _network(name: str) -> Network:
    if name not in set(Network):
        raise NotFound
    return Network(name)


@router.page(EVENTS, may=PUBLISH)
def events(view: View, slug: str, name: str) -> Response:
    """The events of a network, with the form of a new one."""
    process = entered(view, slug)
    network = _network(name)
    articles.named(view.session, process.id, ArticleKind.NETWORK, name)
    rows = articles.events(view.session, process.id, network)
    word = NETWORK_WORDS[network]
    return view.render("editorial/events.html", process=process, network=name, network_word=word, rows=rows)


@router.act(EVENTS, may=PUBLISH, again=events)
def announce(view: View, slug: str, name: str) -> Response:
    """Announce an event."""
    process = entered(view, slug)
    wish = Event(**{field: view.typed(field) for field in ("title", "held_on", "place", "link", "text")})
    actions.announce(view.work, process, _network(name), wish)
    return view.see_other(f"/p/{slug}/networks/{name}", T("The event stands on the page."))


@router.act(f"{EVENTS}/{{number}}/take-off", may=PUBLISH)
def take_off(view: View, slug: str, name: str, number: int) -> Response:
    """Take an event off the page."""
    process = entered(view, slug)
    actions.call_off(view.work, articles.event_numbered(view.session, process.id, _network(name), number))
    return view.see_other(f"/p/{slug}/office/networks/{name}/events", T("The event is no longer on the page."))
