"""Reading a process by program, and sending a proposal without an account; every field is listed, no row is given out.

What the public may not see answers 404 here as on its page: both ask `proposals.queries` for what is public.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.commitments.queries import commitments
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import ContactKind, OriginSector
from app.prioritisation.models import Theme
from app.prioritisation.queries import themes
from app.process import doors
from app.process import queries as processes
from app.process.actions import require_open
from app.process.kinds import StageKind
from app.process.models import Process
from app.proposals import actions, queries
from app.proposals.actions import Contact, Submission
from app.proposals.models import Proposal, Revision
from app.proposals.queries import Filters
from app.proposals.rules import PUBLIC_STATES, Channel, Order, State, plain_state
from app.publication import telling
from app.publication.api.answering import answer
from app.publication.telling import ProposalInFull, ProposalLine, ProposalPage, TrailLine, iso
from app.trail import queries as trail
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
SHOWN_STATES = PUBLIC_STATES | {State.WITHDRAWN}
MOST_ENTRIES = 200


class Asked(BaseModel):
    """Everything a list may be asked for; any other name is refused."""

    model_config = ConfigDict(extra="forbid")

    state: str = ""
    theme: int | None = Field(default=None, ge=1, le=10_000)
    territory: str = Field(default="", max_length=20)
    origin_sector: str = ""
    q: str = Field(default="", max_length=200)
    sort: Literal["newest", "oldest", "title"] = "newest"
    limit: int = Field(default=20, ge=1, le=100)
    after: int | None = Field(default=None, ge=0, le=2**62)


@router.read("/api/v1/processes/{slug}/proposals", may=PUBLIC, kept=True, response_model=ProposalPage)
def listing(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """The public proposals of a process, newest first and in a search the best first, narrowed by closed lists."""
    return _list(view, slug, asked)


def _list(view: View, slug: str, asked: Asked) -> Response:
    process = doors.found(view, slug)
    named: dict[uuid.UUID | None, Theme] = {theme.id: theme for theme in themes.themes_of(view.session, process.id)}
    filters = _filters(asked, {theme.number: theme.id for theme in named.values()})
    found = queries.public_list(view.session, process, filters, after=asked.after, limit=asked.limit)
    items = [
        telling.line(row, _address(view, process, row.folio), _name(view, named.get(row.theme_id)))
        for row in found.rows
    ]
    following = str(found.next) if found.next is not None else None
    return answer(ProposalPage(items=items, next=following, total=found.total, total_is_capped=found.is_capped))


def _name(view: View, theme: Theme | None) -> str | None:
    return theme.name(view.language) if theme else None


def _filters(asked: Asked, themes_by_number: dict[int, uuid.UUID]) -> Filters:
    faults = {}
    if asked.state and asked.state not in SHOWN_STATES:
        faults["state"] = T("There is no such state.")
    if asked.origin_sector and asked.origin_sector not in set(OriginSector):
        faults["origin_sector"] = T("There is no such sector.")
    if asked.theme is not None and asked.theme not in themes_by_number:
        faults["theme"] = T("There is no such theme.")
    if faults:
        raise Invalid(**faults)
    return Filters(
        State(asked.state) if asked.state else None,
        OriginSector(asked.origin_sector) if asked.origin_sector else None,
        asked.territory,
        themes_by_number[asked.theme] if asked.theme is not None else None,
        _printable(asked.q),
        order=Order(asked.sort),
    )


def _printable(text: str) -> str:
    """What was sent without control characters, as the forms take it: no database stores a null character."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or c.isprintable()).strip()


def _address(view: View, process: Process, folio: str) -> str:
    return f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/proposals/{folio}')}"


@router.read("/api/v1/processes/{slug}/proposals/{folio}", may=PUBLIC, kept=True, response_model=ProposalInFull)
def proposal(view: View, slug: str, folio: str) -> Response:
    """One public proposal: its text with every earlier version, where it stands, who decided what and why."""
    process, found = _public(view, slug, folio)
    revisions = queries.revisions_of(view.session, found.id)
    line = _line(view, process, found, revisions[0])
    decided = telling.decided_on(view.session, process, found, view.language)
    base = f"{view.house.settings.base_url}{view.url(f'/p/{slug}/commitments')}"
    became = [f"{base}/{one.number}" for _, one in commitments.of_proposal(view.session, found.id)]
    return answer(telling.in_full(found, revisions, line, decided, became))


def _line(view: View, process: Process, found: Proposal, newest: Revision) -> ProposalLine:
    place = next((t for t in processes.territories_of(view.session, process.id) if t.id == found.territory_id), None)
    theme = themes.theme_by_id(view.session, found.theme_id) if found.theme_id else None
    return ProposalLine(
        folio=found.folio,
        title=newest.title,
        state=found.state.value,
        plain_state=plain_state(found.state).value,
        origin_sector=found.origin_sector.value,
        territory=place.name(view.language) if place else None,
        theme=_name(view, theme),
        submitted_at=iso(found.received_at),
        url=_address(view, process, found.folio),
    )


def _public(view: View, slug: str, folio: str) -> tuple[Process, Proposal]:
    process = doors.found(view, slug)
    return process, queries.public_by_folio(view.session, process.id, _printable(folio))


@router.read("/api/v1/processes/{slug}/proposals/{folio}/trail", may=PUBLIC, kept=True, response_model=list[TrailLine])
def history(view: View, slug: str, folio: str) -> Response:
    """The public leaves about one proposal, oldest first; the whole chain is the dataset `trail`."""
    process, found = _public(view, slug, folio)
    entries = trail.about(view.session, process.id, found.subject.name, MOST_ENTRIES)
    return answer(telling.History([telling.trail_line(entry) for entry in entries]))


class ContactSent(BaseModel):
    """How the answer is to reach whoever proposes."""

    model_config = ConfigDict(extra="forbid")

    kind: ContactKind = ContactKind.EMAIL
    value: str = Field(default="", max_length=1000)


class NewProposal(BaseModel):
    """What is sent in; `contact` may be just an e-mail address."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=2000)
    problem: str = Field(max_length=50_000)
    solution: str = Field(max_length=50_000)
    contact: str | ContactSent
    name: str = Field(default="", max_length=1000)
    public_name: str = Field(default="", max_length=1000)
    cause: str = Field(default="", max_length=50_000)
    result: str = Field(default="", max_length=50_000)
    values: list[str] = Field(default=[], max_length=10)
    origin_sector: str = "citizen"
    territory: str = Field(default="", max_length=100)
    organisation: str = Field(default="", max_length=1000)
    language: Literal["es", "en"] = "es"


class ProposalReceived(BaseModel):
    """What the sender keeps: the folio, the moment it was received whole, and the address of the receipt."""

    folio: str
    received_at: str
    receipt: str


def _wish(sent: NewProposal) -> Submission:
    contact = sent.contact if isinstance(sent.contact, ContactSent) else ContactSent(value=sent.contact)
    texts: dict[str, Any] = {
        field: _printable(getattr(sent, field))
        for field in ("title", "problem", "solution", "cause", "result", "public_name", "territory", "organisation")
    }
    return Submission(
        **texts,
        name=_printable(sent.name) or T("Somebody who gave no name").into(sent.language),
        contact=Contact(contact.kind, _printable(contact.value)),
        values=tuple(sent.values),
        origin_sector=sent.origin_sector,
        language=sent.language,
        channel=Channel.API,
    )


def _prepare(view: View, slug: str, sent: NewProposal) -> Any:
    process = doors.found(view, slug)
    stage = processes.intake_stage(view.session, process.id, StageKind.PUBLIC_CONSULTATION, view.now)
    require_open(process, stage, view.now)
    return actions.prepare(process, _wish(sent))


@router.write(
    "POST",
    "/api/v1/processes/{slug}/proposals",
    may=PUBLIC,
    prepare=_prepare,
    limit="submit",
    response_model=ProposalReceived,
    status_code=201,
)
def send(view: View, slug: str, sent: NewProposal) -> Response:
    """Receive a proposal while the consultation is open; no account is needed."""
    process = doors.found(view, slug)
    stage = processes.intake_stage(view.session, process.id, StageKind.PUBLIC_CONSULTATION, view.now)
    if stage is None:
        raise NotFound
    received = actions.submit(view.work, process, stage, _wish(sent), view.prepared)
    secret = view.house.settings.secret()
    sealed = sealing.seal(secret, "receipt", [received.author.id.hex, received.code, int(received.mail_was_sent)])
    return answer(
        ProposalReceived(
            folio=received.proposal.folio,
            received_at=iso(received.proposal.received_at),
            receipt=f"{view.house.settings.base_url}{view.url(f'/p/{slug}/receipt/{sealed}')}",
        ),
        status=201,
    )
