"""The library: a list with filters as links, files handed out to be saved, and the office's two forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from app.documents import actions as documents
from app.documents import inspecting
from app.documents import queries as document_queries
from app.documents.rules import MEDIA_TYPES, MEGABYTE, MOST_BYTES, WORDS
from app.editorial import actions
from app.editorial.actions import Shelved
from app.editorial.pages.writing import PUBLISH, entered
from app.editorial.queries import library
from app.editorial.queries.library import Wanted
from app.editorial.rules.library import LANGUAGES, TYPE_WORDS, LibraryType
from app.kit.errors import Invalid, NotFound, Refusal
from app.kit.i18n import T
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process
from app.web import sealing
from app.web.downloads import Download, handed_out
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.intake import Intake
from app.web.view import View

router = Router()
ALL = "/p/{slug}/office/library"
FIELD, KEPT = "file", "kept_file"
INTAKE = Intake(FIELD, MOST_BYTES, inspecting.look, documents.keep)
PLAIN = ("title_es", "about_es", "type", "dated_on", "title_en", "about_en", "written_in", "stage", "link")


@router.page("/p/{slug}/library", may=PUBLIC, kept=True)
def listing(view: View, slug: str, type: str = "", year: int = 0, after: int = 0) -> Response:  # noqa: A002 - the word of the address
    """The documents of a process, the newest date first."""
    process = standing(view, slug)
    if type and type not in set(LibraryType):
        raise NotFound
    wanted = Wanted(LibraryType(type) if type else None, year)
    found = library.listed(view.session, process.id, wanted, after)
    types, years = library.counts(view.session, process.id)
    stages = {stage.id: stage.name(view.language) for stage in processes.stages_of(view.session, process.id)}
    return view.render(
        "editorial/library.html",
        process=process,
        rows=found.rows,
        more=found.next,
        wanted=wanted,
        types=[(one, TYPE_WORDS[one], types[one]) for one in LibraryType if one in types],
        years=list(years.items()),
        stages=stages,
        gone=library.taken_out(view.session, process.id) if not after and not type and not year else [],
        type_words=TYPE_WORDS,
        languages=LANGUAGES,
        kinds=WORDS,
    )


@router.page("/p/{slug}/library/{number}/file", may=PUBLIC, length=Length.LONG)
def file(view: View, slug: str, number: int) -> Response:
    """The file of a document, to be saved; one that was taken out is handed to nobody."""
    process = standing(view, slug)
    held = library.numbered(view.session, process.id, number)
    document = held.document
    if document is None or held.item.taken_out_at is not None:
        raise NotFound
    told = Download(document.name, MEDIA_TYPES[document.kind], document.sha256, is_public=True)
    content: Callable[[], bytes] = lambda: document_queries.content_of(view.session, document)  # noqa: E731
    return handed_out(view, told, content)


@router.page(f"{ALL}/new", may=PUBLISH)
def new(view: View, slug: str) -> Response:
    """The form of a new document."""
    process = entered(view, slug)
    return view.render("editorial/shelve.html", process=process, taken=_taken(view), **options(view, process))


def options(view: View, process: Process) -> dict[str, Any]:
    """The closed lists of the form."""
    stages = processes.stages_of(view.session, process.id)
    return {
        "types": [(one.value, TYPE_WORDS[one]) for one in LibraryType],
        "languages": list(LANGUAGES.items()),
        "stages": [(stage.slug, stage.name(view.language)) for stage in stages],
    }


@router.act(f"{ALL}/new", may=PUBLISH, again=new, files=INTAKE)
def shelve(view: View, slug: str) -> Response:
    """Put the document into the library."""
    process = entered(view, slug)
    if view.kept and view.kept.faults:
        raise Invalid(file=view.kept.faults[0])
    keys = _keys(view)
    if len(keys) > 1:
        raise Invalid(file=T("One file for one document. Leave one out."))
    wish = Shelved(**{name: view.typed(name) for name in PLAIN}, file=keys[0] if keys else None)
    actions.shelve(view.work, process, wish)
    return view.see_other(f"/p/{slug}/library", T("The document is in the library."))


def _keys(view: View) -> list[uuid.UUID]:
    """The file that came now, or else the one an earlier sending of this form left waiting."""
    if view.kept and view.kept.documents:
        return [document.id for document in view.kept.documents]
    keys = []
    for one in view.typed_all(KEPT)[:3]:
        try:
            keys.append(uuid.UUID(sealing.unseal(view.house.settings.secret(), "file", one, sealing.A_DAY)))
        except Refusal:
            continue
    return keys


def _taken(view: View) -> dict[str, Any]:
    keys = _keys(view)
    waiting = document_queries.waiting(view.session, keys, view.now) if keys else []
    secret = view.house.settings.secret()
    kept = [(sealing.seal(secret, "file", document.id.hex), document) for document in waiting]
    return {"most": 1, "megabytes": MOST_BYTES // MEGABYTE, "kept": kept, "own": [], "words": WORDS}


@router.page(f"{ALL}/{{number}}", may=PUBLISH)
def one(view: View, slug: str, number: int) -> Response:
    """A document as it was entered, with the way to take it out."""
    process = entered(view, slug)
    held = library.numbered(view.session, process.id, number)
    return view.render("editorial/shelved.html", process=process, held=held, type_words=TYPE_WORDS)


@router.act(f"{ALL}/{{number}}", may=PUBLISH, again=one)
def take_out(view: View, slug: str, number: int) -> Response:
    """Take it out, with a public reason."""
    process = entered(view, slug)
    actions.take_out(view.work, library.numbered(view.session, process.id, number).item, view.typed("reason"))
    return view.see_other(f"/p/{slug}/library", T("The document was taken out. Its title and the reason stay."))
