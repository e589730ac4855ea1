"""A short form on a phone, without an account; the folio at once; and the same form in an official's hands."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from app.kit import ids
from app.kit.errors import Invalid, NotFound, Refusal, under
from app.kit.i18n import T
from app.people import queries as people
from app.people.addresses import meant
from app.people.rules import ContactKind, OriginSector, Permission
from app.process import queries as processes
from app.process.actions import require_open
from app.process.doors import standing
from app.process.kinds import StageKind, settings_of
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import actions, queries, resembling, words
from app.proposals.actions import Contact, Submission, co_authoring
from app.proposals.actions.arriving import is_over
from app.proposals.actions.submitting import invited
from app.proposals.consent import CONSENTS, CURRENT, require_consent
from app.proposals.pages import attaching
from app.proposals.rules import (
    LANGUAGES,
    LONGEST_TITLE,
    MOST_CO_AUTHORS,
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
A_NUMBER = re.compile(r"^\+?[\d\s().-]{6,}$")
DRAFT = "draft"
DRAFT_SECONDS = 180 * sealing.A_DAY
NOT_CARRIED = frozenset({"form_token", "form_key", "consent", attaching.KEPT})
"""What a form asks anew on each of its pages."""


def consultation(view: View, process: Process) -> Stage | None:
    """The consultation in which a citizen may propose."""
    return processes.intake_stage(view.session, process.id, StageKind.PUBLIC_CONSULTATION, view.now)


@router.page("/p/{slug}/propose", may=PUBLIC)
def propose(view: View, slug: str) -> Response:
    """The form, while the window is open; otherwise the dates, told as a refusal."""
    process = standing(view, slug)
    return show_form(view, process, require_open(process, consultation(view, process), view.now))


def form_again(view: View, slug: str) -> Response:
    """The form with its errors and all that was typed; what only the last look asks is asked there again."""
    process = standing(view, slug)
    stage = consultation(view, process)
    if stage is None:
        raise NotFound
    if set(view.errors) == {"consent"}:
        return show_look(view, process)
    return show_form(view, process, stage)


def show_look(view: View, process: Process) -> Response:
    """A last look at what is about to be sent: nothing is kept here, the page itself carries what was typed."""
    wish = typed_by_a_citizen(view)
    place = processes.territory_coded(view.session, process.id, wish.territory) if wish.territory else None
    typed = [(name, value) for name, value in view.form.multi_items() if isinstance(value, str)]
    files = attaching.field_of(view)
    waiting = [(attaching.KEPT, seal) for seal, _ in files["kept"]]
    return view.render(
        "proposals/look.html",
        block="proposing",
        process=process,
        wish=wish,
        place=place.name(view.language) if place else "",
        sector=words.SECTORS[OriginSector(wish.origin_sector)],
        values=[words.VALUES[Value(value)].into(view.variant) for value in wish.values],
        written_in=LANGUAGES.get(wish.written_in),
        contact_kind=words.CONTACTS[wish.contact.kind],
        meant=meant(wish.contact.value) if wish.contact.kind == ContactKind.EMAIL else "",
        files=files,
        similar=resembling.similar(
            view.session, process.id, resembling.Written(wish.title, wish.problem, wish.solution)
        ),
        carried=[(name, value) for name, value in typed if name not in NOT_CARRIED] + waiting,
        consents=CONSENTS[CURRENT],
        consent_version=CURRENT,
    )


def show_form(
    view: View, process: Process, stage: Stage, begun: FormData | None = None, written_to: str = ""
) -> Response:
    """The form; `begun` is what somebody had typed before and comes back to, by a letter `written_to` their address."""
    typed = begun or view.form
    secret = view.house.settings.secret()
    settings = settings_of(stage.kind, stage.settings)
    return view.render(
        "proposals/propose.html",
        block="proposing",
        process=process,
        stage=stage,
        begun=begun,
        written_to=written_to,
        draft=str(typed.get("draft") or "") or sealing.seal(secret, DRAFT, ids.random_id().hex),
        me=_me(view),
        longest_title=LONGEST_TITLE,
        complaints_at=getattr(settings, "complaints_at", ""),
        most_co_authors=MOST_CO_AUTHORS,
        files=attaching.field_of(view),
        **choices(view, process),
    )


def _me(view: View) -> dict[str, str]:
    """Name and address of whoever is signed in, so that they need not type them."""
    if view.actor.person_id is None:
        return {"name": "", "contact": ""}
    contact = people.email_of(view.session, view.actor.person_id)
    return {"name": view.actor.name, "contact": contact.value if contact else ""}


def choices(view: View, process: Process) -> dict[str, Any]:
    """The closed lists of the form, in the reader's language."""
    return {
        "territories": [
            (place.code, place.name(view.language)) for place in processes.territories_of(view.session, process.id)
        ],
        "sectors": [(s.value, words.SECTORS[s]) for s in OriginSector],
        "open_values": [(v.value, words.VALUES[v]) for v in Value],
        "contact_kinds": [(k.value, words.CONTACTS[k]) for k in ContactKind],
        "without_mail": [(k.value, words.CONTACTS[k]) for k in ContactKind if k is not ContactKind.EMAIL],
        "names": [(way.value, words.PUBLISHED_AS[way]) for way in PublishAs],
        "shortest": {"problem": SHORTEST_PROBLEM, "solution": SHORTEST_SOLUTION},
        "ways": [(w.value, words.WAYS[w]) for w in AssistedBy],
        "languages": list(LANGUAGES.items()),
    }


def typed_submission(view: View, channel: Channel, **more: Any) -> Submission:
    """What was typed into the form."""
    known = reached_by(view)
    other = view.typed("other_contact") if known is not ContactKind.EMAIL else ""
    facts: dict[str, Any] = {
        "title": view.typed("title"),
        "problem": view.typed("problem"),
        "solution": view.typed("solution"),
        "name": view.typed("name"),
        "contact": Contact(known, other or view.typed("contact")),
        "cause": view.typed("cause"),
        "result": view.typed("result"),
        "values": tuple(view.typed_all("values")),
        "origin_sector": view.typed("origin_sector") or OriginSector.CITIZEN.value,
        "territory": view.typed("territory"),
        "organisation": view.typed("organisation"),
        "public_name": view.typed("public_name"),
        "publish_as": view.typed("publish_as"),
        "language": view.language,
        "written_in": view.typed("written_in"),
        "channel": channel,
        "files": attaching.sent(view).keys,
    }
    return Submission(**(facts | more))


def reached_by(view: View) -> ContactKind:
    """How whoever writes wants to be reached: as they chose; else by what they wrote, a number being a telephone."""
    kind, other = view.typed("contact_kind"), view.typed("other_contact")
    chosen = ContactKind(kind) if kind in set(ContactKind) else ContactKind.EMAIL
    if chosen is ContactKind.EMAIL and other and not view.typed("contact"):
        return ContactKind.PHONE if A_NUMBER.match(other) else ContactKind.POST
    if chosen in {ContactKind.PHONE, ContactKind.POST} and view.typed("contact") and not other:
        return ContactKind.EMAIL if "@" in view.typed("contact") else chosen
    return chosen


@contextmanager
def beside_the_contact(view: View) -> Iterator[None]:
    """Tell what is wrong with a contact beside the field it was written in: without e-mail there is another."""
    named = {} if reached_by(view) is ContactKind.EMAIL else {"contact": "other_contact"}
    with under(**named):
        yield


def typed_by_a_citizen(view: View) -> Submission:
    """The same with what only the citizen's own form asks: who signs too, what is agreed to, and which draft it was."""
    mine = view.typed("contact").casefold()
    signing = tuple(one for one in addresses_in(view.typed("co_authors")) if one.casefold() != mine)
    agreed, draft = view.typed("consent"), draft_of(view, view.typed("draft"))
    return typed_submission(view, Channel.WEB, co_authors=signing, consent=agreed, draft=draft)


def addresses_in(typed: str) -> tuple[str, ...]:
    """The addresses somebody wrote or pasted, one on each line or between commas, with or without names."""
    parts = (part.strip() for part in re.split(r"[\n,;]+", typed))
    found = (re.sub(r"^.*<([^<>]*)>$", r"\1", part) for part in parts if part)
    return tuple(dict.fromkeys(one for part in found for one in ([part] if "@" not in part else part.split())))


def draft_of(view: View, sealed: str) -> uuid.UUID | None:
    """The key of a draft, out of its signed link; nothing where the link is none of ours or too old."""
    try:
        return uuid.UUID(sealing.unseal(view.house.settings.secret(), DRAFT, sealed, DRAFT_SECONDS))
    except Refusal:
        return None


def open_now(view: View, slug: str) -> tuple[Process, Stage]:
    """The process and its open consultation, read at most two seconds ago: `send` asks whether they still hold."""
    moment = view.house.cache.moments.get(("intake", slug))
    if moment and moment.value[1].window.status(view.now) is WindowStatus.OPEN:
        kept: tuple[Process, Stage] = moment.value
        return kept
    process = standing(view, slug)
    stage = require_open(process, consultation(view, process), view.now)
    view.house.cache.moments.put(("intake", slug), (process, stage))
    return process, stage


def _prepare(view: View, slug: str) -> Any:
    process, stage = open_now(view, slug)
    with attaching.beside(view), beside_the_contact(view):
        made = actions.prepare(process, typed_by_a_citizen(view))
    require_consent(view.typed("consent"))
    return process, stage, made


@router.act("/p/{slug}/propose", may=PUBLIC, again=form_again, prepare=_prepare, limit="submit", files=attaching.INTAKE)
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
        sealed=sealed,
        asked_to_sign=co_authoring.counts(view.session, proposal)[0],
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
    late = is_over(stage, view.now)
    facts: dict[str, Any] = {"process": process, "stage": stage, "is_over": late, "longest_title": LONGEST_TITLE}
    facts["files"] = attaching.field_of(view)
    return view.render("proposals/enter.html", block="form", **facts, **choices(view, process))


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
