"""The notes page of one proposal at a table: kept while people write; who writes at once sees both, and loses none."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.actions import NoteText
from app.prioritisation.actions.noting import TEXTS
from app.prioritisation.doors import run_table
from app.prioritisation.models import TableNote, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.rounds import OnIt
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.voting import LONGEST_NOTE, NOTE_WORDS
from app.web.edge import Router
from app.web.view import View

router = Router()
NOTES = "/p/{slug}/office/tables/{number}/notes"
RUN = Permission.RUN_TABLES


@router.page(NOTES, may=RUN)
def listing(view: View, slug: str, number: int) -> Response:
    """Every proposal of the ballot with how far the table came with it."""
    process, at, found = run_table(view, slug, number)
    notes = tables.notes_of(view.session, at.table.id)
    groups = tables.subgroups_of(view.session, at.table.id)
    return view.render(
        "prioritisation/notes.html",
        process=process,
        at=at,
        title=at.meeting.title(view.language),
        on_it=rounds.on_ballot(view.session, found.id),
        groups=[0, *(group.number for group in groups)],
        notes=notes,
        note_words=NOTE_WORDS,
    )


@router.page(f"{NOTES}/{{folio}}", may=RUN)
def note(view: View, slug: str, number: int, folio: str, group: int = 0) -> Response:
    """The notes of one proposal, for the whole table or one group of it."""
    process, at, found = run_table(view, slug, number)
    typed = view.typed("group")
    group = int(typed) if typed.isdigit() and len(typed) < len("999") else group
    about = _about(view, at, found, (folio, group))
    response = view.render("prioritisation/note.html", block="form", **_facts(view, at, about), process=process)
    if view.is_htmx:
        response.headers["hx-retarget"], response.headers["hx-reswap"] = "#note", "outerHTML"
    return response


def _about(view: View, at: AtTable, found: VotingRound, named: tuple[str, int]) -> tuple[OnIt, int]:
    folio, group = named
    groups = {0} | {one.number for one in tables.subgroups_of(view.session, at.table.id)}
    one = next((one for one in rounds.on_ballot(view.session, found.id) if one.folio == folio), None)
    if one is None or group not in groups:
        raise NotFound
    return one, group


def _facts(view: View, at: AtTable, about: tuple[OnIt, int]) -> dict[str, Any]:
    proposal, group = about
    kept: TableNote | None = tables.notes_of(view.session, at.table.id).get((proposal.id, group))
    return {
        "at": at,
        "title": at.meeting.title(view.language),
        "proposal": proposal,
        "group": group,
        "note": kept,
        "states": [(state.value, word) for state, word in NOTE_WORDS.items()],
        "most": LONGEST_NOTE,
    }


@router.act(f"{NOTES}/{{folio}}", may=RUN, again=note)
def write(view: View, slug: str, number: int, folio: str) -> Response:
    """Keep a note; where somebody else wrote meanwhile, show both."""
    process, at, found = run_table(view, slug, number)
    typed = view.typed("group")
    group = int(typed) if typed.isdigit() and len(typed) < len("999") else 0
    about = _about(view, at, found, (folio, group))
    seen = view.typed("version")
    texts = {name: view.typed(name) for name in TEXTS}
    text = NoteText(int(seen) if seen.isdigit() else 0, view.typed("state"), **texts)
    kept = actions.write_note(view.work, process, at, about, text)
    if view.is_htmx:
        facts: dict[str, Any] = {"proposal": about[0], "group": group, "note": kept}
        return view.render("prioritisation/note.html", block="kept", **facts)
    address = f"/p/{slug}/office/tables/{number}/notes/{folio}?group={group}"
    return view.see_other(address, T("The note is kept."))
