"""The library: a document is put in with its date and a sentence, and taken out with a public reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.documents import actions as documents
from app.editorial.models import LibraryItem
from app.editorial.queries import library
from app.editorial.rules.library import LANGUAGES, LONGEST_ABOUT, LibraryType
from app.editorial.rules.words import LONGEST_TITLE, check_link, check_reason, civic_date
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Shelved:
    """What is entered of a document; it has a file or a link, never both."""

    title_es: str
    about_es: str
    type: str
    dated_on: str
    title_en: str = ""
    about_en: str = ""
    written_in: str = "es"
    stage: str = ""
    link: str = ""
    file: uuid.UUID | None = None


def shelve(work: Work, process: Process, wish: Shelved) -> LibraryItem:
    """Put a document into the library. Office."""
    work.require(Permission.PUBLISH_CONTENT, process.id)
    faults = _faults(wish)
    if faults:
        raise Invalid(**faults)
    day, to_the = civic_date(wish.dated_on, work.now.astimezone(process.zone).date())
    stages = {stage.slug: stage.id for stage in processes.stages_of(work.session, process.id)}
    if wish.stage and wish.stage not in stages:
        raise Invalid(stage=T("Choose one of the list."))
    item = LibraryItem(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stages.get(wish.stage),
        number=library.last_number(work.session, process.id) + 1,
        type=LibraryType(wish.type),
        dated_on=day,
        dated_to_the=to_the,
        link=check_link(wish.link) if wish.link else "",
        entered_at=work.now,
        **{name: getattr(wish, name) for name in ("title_es", "title_en", "about_es", "about_en", "written_in")},
    )
    if wish.file:
        item.document_id = documents.bind(work, [wish.file])[0].id
    work.session.add(item)
    work.session.flush()
    work.record("library.document_added", item.subject, type=item.type.value)
    return item


def _faults(wish: Shelved) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if not wish.title_es:
        faults["title_es"] = T("Write a title in Spanish.")
    if not wish.about_es:
        faults["about_es"] = T("Say in a sentence what it is.")
    for name, most in (
        ("title_es", LONGEST_TITLE),
        ("title_en", LONGEST_TITLE),
        ("about_es", LONGEST_ABOUT),
        ("about_en", LONGEST_ABOUT),
    ):
        if len(getattr(wish, name)) > most:
            faults[name] = T("This is too long: at most {n} characters.", n=most)
    if wish.type not in set(LibraryType):
        faults["type"] = T("Choose one of the list.")
    if wish.written_in not in LANGUAGES:
        faults["written_in"] = T("Choose one of the list.")
    if bool(wish.link) == bool(wish.file):
        faults["file"] = T("Choose a file or write a link: one of the two.")
    return faults


def take_out(work: Work, item: LibraryItem, reason: str) -> None:
    """Take a document out of the library, with a reason everybody reads. Office."""
    work.require(Permission.PUBLISH_CONTENT, item.process_id)
    if item.taken_out_at is not None:
        raise Conflict(T("This document was taken out already."))
    item.taken_out_because = check_reason(reason)
    item.taken_out_at = work.now
    work.session.flush()
    work.record("library.document_taken_out", item.subject)
