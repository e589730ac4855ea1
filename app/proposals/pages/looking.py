"""A last look before sending, and a draft one can come back to: neither is an act, and neither loses a word."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from app.kit.errors import NotFound, NotNow
from app.kit.i18n import T
from app.process.actions import require_open
from app.process.doors import standing
from app.process.models import Process
from app.proposals.actions import drafting
from app.proposals.actions.wishing import check
from app.proposals.pages import attaching
from app.proposals.pages.proposing import (
    DRAFT,
    DRAFT_SECONDS,
    beside_the_contact,
    consultation,
    draft_of,
    form_again,
    open_now,
    show_form,
    show_look,
    typed_by_a_citizen,
)
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()
NOT_KEPT = frozenset({"form_token", "form_key", "draft", "consent", attaching.KEPT})


@router.page("/p/{slug}/propose/look", may=PUBLIC)
def look_again(view: View, slug: str) -> Response:
    """Nothing is kept of a last look, so whoever comes to it by its address goes to the form."""
    return view.see_other(f"/p/{standing(view, slug).slug}/propose")


def _prepare_look(view: View, slug: str) -> Response:
    process, _ = open_now(view, slug)
    standing(view, slug)
    with attaching.beside(view), beside_the_contact(view):
        check(typed_by_a_citizen(view))
    return _pushed(view, show_look(view, process), f"/p/{slug}/propose/look")


@router.act(
    "/p/{slug}/propose/look",
    may=PUBLIC,
    again=form_again,
    prepare=_prepare_look,
    limit="submit",
    files=attaching.INTAKE,
)
def look(view: View, slug: str) -> Response:
    """What is about to be sent, to be read once more; rendered before the transaction, which writes nothing."""
    shown: Response = view.prepared
    return shown


def _prepare_change(view: View, slug: str) -> Response:
    process = standing(view, slug)
    stage = require_open(process, consultation(view, process), view.now)
    return _pushed(view, show_form(view, process, stage, begun=view.form), f"/p/{slug}/propose")


@router.act("/p/{slug}/propose/change", may=PUBLIC, prepare=_prepare_change, limit="submit")
def change(view: View, slug: str) -> Response:
    """Back from the last look to the form, with all that was typed."""
    shown: Response = view.prepared
    return shown


def _pushed(view: View, response: Response, path: str) -> Response:
    response.headers["hx-push-url"] = view.url(path)
    return response


@router.act("/p/{slug}/propose/draft", may=PUBLIC)
def keep(view: View, slug: str) -> Response:
    """Keep what is typed, as it is typed, once it says where its writer can be reached; or throw it away."""
    process, draft_id = _here(view, slug)
    if view.typed("discard"):
        drafting.throw_away(view.work, draft_id)
    else:
        drafting.keep(view.work, process, draft_id, _typed(view.form))
    return Response(status_code=204, headers=PRIVATE)


def _here(view: View, slug: str) -> tuple[Process, uuid.UUID]:
    """The process, while proposals may be written in it, and the key of the draft."""
    process = standing(view, slug)
    require_open(process, consultation(view, process), view.now)
    draft_id = draft_of(view, view.typed("draft"))
    if draft_id is None:
        raise NotFound
    return process, draft_id


def _typed(form: FormData) -> dict[str, list[str]]:
    names = [name for name in form if name not in NOT_KEPT]
    return {name: [said for said in form.getlist(name) if isinstance(said, str)] for name in names}


def _prepare_link(view: View, slug: str) -> Any:
    process, draft_id = _here(view, slug)
    path = _path(view, process, draft_id)
    return path, drafting.to_go_on(process, path, view.language)


def _path(view: View, process: Process, draft_id: uuid.UUID) -> str:
    return f"/p/{process.slug}/propose/draft/{sealing.seal(view.house.settings.secret(), DRAFT, draft_id.hex)}"


@router.act(
    "/p/{slug}/propose/later",
    may=PUBLIC,
    again=form_again,
    prepare=_prepare_link,
    limit="submit",
    files=attaching.INTAKE,
)
def later(view: View, slug: str) -> Response:
    """Keep the draft and send its writer the link to go on, on this device or another."""
    process, draft_id = _here(view, slug)
    path, letter = view.prepared
    files = [seal for seal, _ in attaching.field_of(view)["kept"]]
    draft = drafting.keep(view.work, process, draft_id, _typed(view.form) | {attaching.KEPT: files})
    if drafting.send_link(view.work, draft, letter):
        return view.see_other(path, T("Your draft is kept. We have sent you a letter with the link to go on."))
    return view.see_other(path, T("Your draft is kept. The link is in the letter we sent you a moment ago."))


@router.page("/p/{slug}/propose/draft/{sealed}", may=PUBLIC)
def go_on(view: View, slug: str, sealed: str) -> Response:
    """The form as it was left; when the window has closed, the text, so that nothing is lost."""
    process = standing(view, slug)
    draft = drafting.read(view.session, process, _draft_id(view, sealed))
    typed = [(name, said) for name, all_said in draft.typed.items() for said in all_said]
    view.form = begun = FormData([*typed, ("draft", sealed)])
    stage = consultation(view, process)
    try:
        return show_form(view, process, require_open(process, stage, view.now), begun=begun, written_to=draft.address)
    except NotNow as refusal:
        return view.render("proposals/draft.html", process=process, begun=begun, sealed=sealed, why=refusal.text)


def _draft_id(view: View, sealed: str) -> uuid.UUID:
    return uuid.UUID(sealing.unseal(view.house.settings.secret(), DRAFT, sealed, DRAFT_SECONDS))


@router.act("/p/{slug}/propose/draft/{sealed}/erase", may=PUBLIC)
def erase(view: View, slug: str, sealed: str) -> Response:
    """Throw the draft away; whoever holds its link may."""
    process = standing(view, slug)
    drafting.throw_away(view.work, _draft_id(view, sealed))
    return view.see_other(f"/p/{process.slug}", T("The draft is erased."))
