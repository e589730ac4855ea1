"""The office writes: a text is looked at as it will be before it is published, and put right in the open."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.editorial import actions
from app.editorial.actions import Address, Correction, Words
from app.editorial.models import ArticleVersion
from app.editorial.queries import articles, library, outreach
from app.editorial.queries.articles import Line
from app.editorial.rules.words import NETWORK_WORDS, ArticleKind, Network
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.kinds import FORUM
from app.process.models import Process
from app.web.edge import Router
from app.web.view import View

router = Router()
ALL = "/p/{slug}/office/content"
PUBLISH = Permission.PUBLISH_CONTENT
KINDS: dict[str, ArticleKind] = {
    "news": ArticleKind.NEWS,
    "pages": ArticleKind.PAGE,
    "networks": ArticleKind.NETWORK,
}


def entered(view: View, slug: str) -> Process:
    """The process, for those who write there."""
    process = standing(view, slug)
    view.require(PUBLISH, process.id)
    return process


@router.page(ALL, may=PUBLISH)
def content(view: View, slug: str) -> Response:
    """Everything the office has written, with the doors to write more."""
    process = entered(view, slug)
    return view.render(
        "editorial/content.html",
        process=process,
        lines=articles.news(view.session, process.id).rows,
        pages=articles.pages(view.session, process.id, all_of_them=True),
        documents=library.last_number(view.session, process.id),
        acts=outreach.last_number(view.session, process.id),
        networks=_networks(view, process),
    )


def _networks(view: View, process: Process) -> list[tuple[str, Any, bool]]:
    """The networks, in a process in which a forum decides: elsewhere the words are never met."""
    if not has_forum(view, process):
        return []
    there = articles.networks(view.session, process.id)
    return [(one.value, NETWORK_WORDS[one], one.value in there) for one in Network]


@router.page(f"{ALL}/{{kind}}/new", may=PUBLISH)
def new(view: View, slug: str, kind: str) -> Response:
    """An empty form."""
    process = entered(view, slug)
    if kind not in {"news", "pages"}:
        raise NotFound
    return _form(view, process, kind, None, values_of(None))


@router.act(f"{ALL}/{{kind}}/new", may=PUBLISH, again=new)
def publish(view: View, slug: str, kind: str) -> Response:
    """Publish it."""
    process = entered(view, slug)
    if kind not in {"news", "pages"}:
        raise NotFound
    made = actions.publish(view.work, process, _address(view, kind), _typed(view))
    return view.see_other(f"/p/{slug}/{kind}/{made.name}", T("It is published."))


@router.act(f"{ALL}/{{kind}}/preview", may=PUBLISH)
def preview(view: View, slug: str, kind: str) -> Response:
    """Show how it will look, with the form below; nothing is changed."""
    process = entered(view, slug)
    name = view.typed("about")
    line = _line(view, process, kind, name) if name else None
    words = _typed(view)
    values = {key: view.typed(key) for key in values_of(None)} | {"in_menu": bool(view.typed("in_menu"))}
    try:
        actions.check(words)
    except Invalid as invalid:
        view.errors = invalid.fields
    return _form(view, process, kind, line, values, seen=None if view.errors else words, about=name)


@router.page(f"{ALL}/{{kind}}/{{name}}", may=PUBLISH)
def edit(view: View, slug: str, kind: str, name: str) -> Response:
    """A text as it stands, to be put right; the page of a network is begun here too."""
    process = entered(view, slug)
    line = _line(view, process, kind, name)
    return _form(view, process, kind, line, values_of(line), about=name)


@router.act(f"{ALL}/{{kind}}/{{name}}", may=PUBLISH, again=edit)
def correct(view: View, slug: str, kind: str, name: str) -> Response:
    """Put it right, and say what was changed."""
    process = entered(view, slug)
    line = _line(view, process, kind, name)
    if line is None:
        actions.publish(view.work, process, Address(KINDS[kind], name), _typed(view))
        return view.see_other(f"/p/{slug}/{kind}/{name}", T("It is published."))
    seen = view.typed("seen")
    how = Correction(view.typed("correction"), int(seen) if seen.isdecimal() else 0, kind != "pages" or _in_menu(view))
    actions.correct(view.work, line.article, _typed(view), how)
    return view.see_other(f"/p/{slug}/{kind}/{name}", T("The new version is published; the earlier ones stay."))


@router.act(f"{ALL}/{{kind}}/{{name}}/take-down", may=PUBLISH, again=edit)
def take_down(view: View, slug: str, kind: str, name: str) -> Response:
    """Take it away with a public reason."""
    process = entered(view, slug)
    line = _line(view, process, kind, name)
    if line is None:
        raise NotFound
    actions.take_down(view.work, line.article, view.typed("reason"))
    return view.see_other(f"/p/{slug}/office/content", T("It was taken down. Its title and the reason stay."))


def _line(view: View, process: Process, kind: str, name: str) -> Line | None:
    if kind not in KINDS:
        raise NotFound
    try:
        return articles.named(view.session, process.id, KINDS[kind], name)
    except NotFound:
        if kind == "networks" and name in set(Network) and has_forum(view, process):
            return None
        raise


def has_forum(view: View, process: Process) -> bool:
    """Whether a forum decides in some stage of this process."""
    return any(stage.settings.get("body") == FORUM for stage in processes.stages_of(view.session, process.id))


def _address(view: View, kind: str) -> Address:
    return Address(KINDS[kind], view.typed("name"), _in_menu(view) if kind == "pages" else True)


def _in_menu(view: View) -> bool:
    return view.typed("in_menu") == "yes"


def _typed(view: View) -> Words:
    members = tuple(line.strip() for line in view.typed("members").splitlines() if line.strip())
    plain = {name: view.typed(name) for name in ("title_es", "text_es", "title_en", "text_en", "contact")}
    return Words(**plain, members=members)


def values_of(line: Line | None) -> dict[str, Any]:
    """What the form shows at first."""
    names = ("title_es", "text_es", "title_en", "text_en", "contact")
    if line is None:
        return dict.fromkeys((*names, "members", "name", "correction"), "") | {"in_menu": True}
    words: ArticleVersion = line.version
    known = {name: getattr(words, name) for name in names}
    known |= {"members": "\n".join(words.members), "name": line.article.name, "correction": ""}
    return known | {"in_menu": line.article.in_menu}


def _form(  # waiver: what the one template of all texts of the office is given
    view: View,
    process: Process,
    kind: str,
    line: Line | None,
    values: dict[str, Any],
    *,
    seen: Words | None = None,
    about: str = "",
) -> Response:
    return view.render(
        "editorial/write.html",
        process=process,
        kind=kind,
        article=line.article if line else None,
        values=values,
        seen=seen,
        about=about,
        network_word=NETWORK_WORDS[Network(about)] if kind == "networks" else None,
    )
