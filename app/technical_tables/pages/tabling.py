"""The office's tables: naming them, saying who sits there, and putting proposals on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.meetings.models import Meeting
from app.meetings.queries import meetings
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.proposals import queries as proposals
from app.proposals.rules import Precision, Provenance
from app.proposals.words import PRECISION_WORDS, SECTORS
from app.technical_tables import actions
from app.technical_tables.actions import NameTable, PutOn
from app.technical_tables.models import TechnicalTable
from app.technical_tables.queries import requests, tables
from app.technical_tables.rules import ROLE_WORDS, SHARE_WORDS, Role
from app.web.edge import Router
from app.web.view import View

router = Router()
BASE = "/p/{slug}/office/technical-tables"
MAY = Permission.CONVENE_MEETINGS
KNOWN_TO = (Precision.DAY, Precision.MONTH, Precision.YEAR)


def _office(view: View, slug: str) -> Process:
    process = standing(view, slug)
    view.require(MAY, process.id)
    return process


def _choices(view: View, process: Process) -> dict[str, Any]:
    held = tables.meetings_for(view.session, process.id)
    return {
        "process": process,
        "roles": [(role.value, ROLE_WORDS[role]) for role in Role],
        "precisions": [(known.value, PRECISION_WORDS[known]) for known in KNOWN_TO],
        "sectors": [(sector.value, word) for sector, word in SECTORS.items()],
        "meetings": [(meeting.slug, f"{meeting.number}. {meeting.title(view.language)}") for meeting in held],
        "slug_of": {meeting.id: meeting.slug for meeting in held},
    }


@router.page(BASE, may=MAY)
def listing(view: View, slug: str) -> Response:
    """Every table of the process, and the form for one more."""
    process = _office(view, slug)
    found = tables.tables_of(view.session, process.id)
    return view.render(
        "technical_tables/office.html",
        tables=found,
        lying=tables.on_tables(view.session, found, public=False),
        actors=tables.actors_of(view.session, found),
        **_choices(view, process),
    )


@router.act(BASE, may=MAY, again=listing)
def name(view: View, slug: str) -> Response:
    """Set up one more table."""
    process = standing(view, slug)
    view.work.require(MAY, process.id)
    table = actions.name_table(view.work, process, _typed(view, process))
    return view.see_other(f"/p/{slug}/office/technical-tables/{table.number}", T("The technical table was set up."))


@router.page(BASE + "/{number}", may=MAY)
def one(view: View, slug: str, number: int) -> Response:
    """One table: what it is about, who sits there, what lies on it."""
    process = _office(view, slug)
    table = tables.table_numbered(view.session, process.id, number)
    waiting = requests.may_be_asked_about(view.session, process)
    return view.render(
        "technical_tables/table_office.html",
        table=table,
        lying=tables.on_tables(view.session, [table], public=False)[table.id],
        seated=tables.actors_of(view.session, [table])[table.id],
        waiting=[(proposal.folio, f"{proposal.folio} · {proposal.title}") for proposal in waiting],
        shares=list(SHARE_WORDS.items()),
        share_words=SHARE_WORDS,
        **_choices(view, process),
    )


@router.act(BASE + "/{number}", may=MAY, again=one)
def change(view: View, slug: str, number: int) -> Response:
    """Change what a table is about, when it met and who sits there."""
    process, table = _table(view, slug, number)
    actions.name_table(view.work, process, _typed(view, process, table), table)
    return view.see_other(f"/p/{slug}/office/technical-tables/{number}", T("The technical table was changed."))


@router.act(BASE + "/{number}/proposals", may=MAY, again=one)
def put(view: View, slug: str, number: int) -> Response:
    """Put a proposal on a table."""
    process, table = _table(view, slug, number)
    folio = view.typed("folio").upper()
    try:
        proposal = proposals.by_folio(view.session, process.id, folio)
    except NotFound:
        raise Invalid(folio=T("There is no proposal with this folio.")) from None
    actions.put_on(view.work, process, table, proposal, PutOn(view.typed("share"), view.typed("words")))
    return view.see_other(f"/p/{slug}/office/technical-tables/{number}", T("{folio} lies on this table.", folio=folio))


@router.act(BASE + "/{number}/removal", may=MAY, again=one)
def remove(view: View, slug: str, number: int) -> Response:
    """Take a proposal off a table, with the reason."""
    process, table = _table(view, slug, number)
    proposal = proposals.by_folio(view.session, process.id, view.typed("folio"))
    try:
        actions.take_off(view.work, process, table, proposal, view.typed(f"reason-{proposal.folio}"))
    except Invalid as invalid:
        raise Invalid(**{f"reason-{proposal.folio}": text for text in invalid.fields.values()}) from None
    said = T("{folio} was taken off this table.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/office/technical-tables/{number}", said)


def _table(view: View, slug: str, number: int) -> tuple[Process, TechnicalTable]:
    process = standing(view, slug)
    view.work.require(MAY, process.id)
    return process, tables.table_numbered(view.session, process.id, number)


def _typed(view: View, process: Process, table: TechnicalTable | None = None) -> NameTable:
    known = view.typed("met_to_the") or Precision.DAY.value
    try:
        precision = Precision(known)
        met_on = date.fromisoformat(view.typed("met_on")) if view.typed("met_on") else None
    except ValueError:
        raise Invalid(met_on=T("Write the date, or leave it empty.")) from None
    return NameTable(
        view.typed("topic_es"),
        view.typed("topic_en"),
        met_on,
        precision,
        _meeting(view, process),
        {role: _lines(view.typed(role.value)) for role in Role},
        view.typed("origin_sector"),
        _known(table) if view.typed("reported_source") else Provenance.NATIVE,
        view.typed("reported_source"),
    )


def _known(table: TechnicalTable | None) -> Provenance:
    """How a table that a document tells of is known: as it was said before, else as reported."""
    if table is None or table.provenance is Provenance.NATIVE:
        return Provenance.REPORTED
    return table.provenance


def _meeting(view: View, process: Process) -> Meeting | None:
    if not view.typed("meeting"):
        return None
    try:
        return meetings.at(view.session, process.id, view.typed("meeting"))
    except NotFound:
        raise Invalid(meeting=T("Choose a meeting of this process that is a technical table.")) from None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
