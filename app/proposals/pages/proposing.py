"""A short form on a phone, without an account; the folio at once; and the same form in an official's hands."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people import queries as people
from app.people.rules import ContactKind, OriginSector, Permission
from app.process import queries as processes
from app.process.actions import require_open
from app.process.doors import standing
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import actions, queries, words
from app.proposals.actions import Contact, Submission
from app.proposals.actions.arriving import is_over
from app.proposals.actions.submitting import invited
from app.proposals.pages import attaching
from app.proposals.rules import (
    LONGEST_TITLE,
    SHORTEST_PROBLEM,
    SHORTEST_SOLUTION,
    AssistedBy,
    Channel,
    PublishAs,
    Value,
)
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def consultation(view: View, process: Process) -> Stage | None:
    """The consultation in which a citizen may propose."""
    return processes.intake_stage(view.session, process.id, StageKind.PUBLIC_CONSULTATION, view.now)


@router.page("/p/{slug}/propose", may=PUBLIC)
def propose(view: View, slug: str) -> Response:
    """The form, while the window is open; otherwise the dates, told as a refusal."""
    process = standing(view, slug)
    stage = require_open(process, consultation(view, process), view.now)
    return _form(view, process, stage, assisted=False)


def _again(view: View, slug: str) -> Response:
    process = standing(view, slug)
    stage = consultation(view, process)
    if stage is None:
        raise NotFound
    return _form(view, process, stage, assisted=False)


def _form(view: View, process: Process, stage: Stage, *, assisted: bool) -> Response:
    return view.render(
        "proposals/propose.html",
        block="form",
        process=process,
        stage=stage,
        assisted=assisted,
        is_over=assisted and is_over(stage, view.now),
        longest_title=LONGEST_TITLE,
        files=attaching.field_of(view),
        **choices(view, process),
    )


def choices(view: View, process: Process) -> dict[str, Any]:
    """The closed lists of the form, in the reader's language."""
    return {
        "territories": [
            (place.code, place.name(view.language)) for place in processes.territories_of(view.session, process.id)
        ],
        "sectors": [(s.value, words.SECTORS[s]) for s in OriginSector],
        "open_values": [(v.value, words.VALUES[v]) for v in Value],
        "contact_kinds": [(k.value, words.CONTACTS[k]) for k in ContactKind],
        "names": [(way.value, words.PUBLISHED_AS[way]) for way in PublishAs],
        "shortest": {"problem": SHORTEST_PROBLEM, "solution": SHORTEST_SOLUTION},
        "ways": [(w.value, words.WAYS[w]) for w in AssistedBy],
    }


def typed_submission(view: View, channel: Channel, **more: Any) -> Submission:
    """What was typed into the form."""
    kind = view.typed("contact_kind") or ContactKind.EMAIL.value
    known = ContactKind(kind) if kind in set(ContactKind) else ContactKind.EMAIL
    facts: dict[str, Any] = {
        "title": view.typed("title"),
        "problem": view.typed("problem"),
        "solution": view.typed("solution"),
        "name": view.typed("name"),
        "contact": Contact(known, view.typed("contact")),
        "cause": view.typed("cause"),
        "result": view.typed("result"),
        "values": tuple(view.typed_all("values")),
        "origin_sector": view.typed("origin_sector") or OriginSector.CITIZEN.value,
        "territory": view.typed("territory"),
        "organisation": view.typed("organisation"),
        "public_name": view.typed("public_name"),
        "publish_as": view.typed("publish_as"),
        "language": view.language,
        "channel": channel,
        "files": attaching.sent(view).keys,
    }
    return Submission(**(facts | more))


def _open_now(view: View, slug: str) -> tuple[Process, Stage]:
    """The process and its open consultation, read at most two seconds ago: `send` asks whether they still hold."""
    kept: tuple[Process, Stage] | None = view.house.moments.get(("intake", slug))
    if kept and kept[1].window.status(view.now) is WindowStatus.OPEN:
        return kept
    process = standing(view, slug)
    stage = require_open(process, consultation(view, process), view.now)
    view.house.moments.put(("intake", slug), (process, stage))
    return process, stage


def _prepare(view: View, slug: str) -> Any:
    process, stage = _open_now(view, slug)
    with attaching.beside(view):
        return process, stage, actions.prepare(process, typed_submission(view, Channel.WEB))


@router.act("/p/{slug}/propose", may=PUBLIC, again=_again, prepare=_prepare, limit="submit", files=attaching.INTAKE)
def send(view: View, slug: str) -> Response:
    """Receive the proposal and show its receipt."""
    process, stage, made = view.prepared
    if not processes.is_as_read(view.session, process, stage):
        process = standing(view, slug)
        stage = consultation(view, process)
    received = actions.submit(view.work, process, stage, made.wish, made)
    return view.see_other(receipt_path(view, process, received))


def receipt_path(view: View, process: Process, received: actions.Received) -> str:
    """Where the receipt is shown: a link only its sender gets."""
    value = [received.author.id.hex, received.code, int(received.mail_was_sent)]
    return f"/p/{process.slug}/receipt/{sealing.seal(view.house.settings.secret(), 'receipt', value)}"


@router.page("/p/{slug}/receipt/{sealed}", may=PUBLIC)
def receipt(view: View, slug: str, sealed: str) -> Response:
    """What was received and when, the folio and the code; made to be printed too."""
    process = standing(view, slug)
    author_id, code, by_mail = sealing.unseal(view.house.settings.secret(), "receipt", sealed, sealing.A_MONTH)
    proposal, author = queries.own_of(view.session, uuid.UUID(author_id))
    if proposal.process_id != process.id:
        raise NotFound
    revision = queries.revisions_of(view.session, proposal.id)[-1]
    reached = people.contacts_of(view.session, [author.person_id])[author.person_id]
    return view.render(
        "proposals/receipt.html",
        process=process,
        proposal=proposal,
        revision=revision,
        author=author,
        contact=next((one.value for one in reversed(reached) if one.kind is author.contact_kind), ""),
        contact_kind=words.CONTACTS[author.contact_kind],
        code=code,
        by_mail=bool(by_mail),
        channel=words.CHANNELS[proposal.channel],
        files=queries.files_of(view.session, proposal.id),
        **words.OF_FILES,
    )


@router.page("/p/{slug}/office/enter", may=Permission.ENTER_FOR_OTHERS)
def enter(view: View, slug: str) -> Response:
    """The form in an official's hands: for paper, the phone and meetings."""
    process = standing(view, slug)
    view.require(Permission.ENTER_FOR_OTHERS, process.id)
    stage = consultation(view, process)
    if stage is None:
        raise NotFound
    if process.ended_at or process.paused_at or not is_over(stage, view.now):
        require_open(process, stage, view.now)
    return _form(view, process, stage, assisted=True)


def _prepare_entry(view: View, slug: str) -> Any:
    with attaching.beside(view):
        return actions.prepare(standing(view, slug), _typed_entry(view))


def _typed_entry(view: View) -> Submission:
    return typed_submission(
        view,
        Channel.ASSISTED,
        assisted_by=view.typed("assisted_by"),
        outside_because=view.typed("outside_because"),
        received_on=_typed_day(view, "received_on"),
    )


def _typed_day(view: View, name: str) -> date | None:
    try:
        return date.fromisoformat(view.typed(name)) if view.typed(name) else None
    except ValueError:
        raise Invalid(**{name: T("Write the date like 2026-09-07.")}) from None


@router.act(
    "/p/{slug}/office/enter",
    may=Permission.ENTER_FOR_OTHERS,
    again=enter,
    prepare=_prepare_entry,
    files=attaching.INTAKE,
)
def send_entry(view: View, slug: str) -> Response:
    """Receive what an official entered for somebody; same folio, printable receipt."""
    process = standing(view, slug)
    received = actions.submit(view.work, process, consultation(view, process), _typed_entry(view), view.prepared)
    return view.see_other(receipt_path(view, process, received))


def invitation_of(view: View, process: Process, token: str) -> Any:
    """The invitation a link belongs to, in this process."""
    invitation = invited(view.session, token)
    if invitation is None or invitation.process_id != process.id:
        raise NotFound
    return invitation
