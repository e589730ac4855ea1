"""Correcting one's own data: another e-mail address, and another name over what was proposed."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.accounts import addresses, security, sessions
from app.kit.errors import NotAllowed
from app.kit.i18n import T
from app.my import actions, queries
from app.my.queries import Mine
from app.people import queries as people
from app.proposals import actions as proposals
from app.proposals.rules import PublishAs
from app.proposals.words import PUBLISHED_AS
from app.web.edge import PUBLIC, SIGNED_IN, Router
from app.web.view import PRIVATE, View

router = Router()


@router.page("/account/address", may=SIGNED_IN)
def ask_address(view: View) -> Response:
    """The form: the new address; asks that they signed in a moment ago."""
    if not sessions.is_fresh(view.session, view.request, view.now):
        return view.see_other("/sign-in?next=/account/address")
    me = queries.person(view.session, view.actor.person_id)
    waiting = addresses.waiting(view.session, me)
    return view.render(
        "my/address.html",
        address=people.email_of(view.session, me.id),
        waiting=waiting.address if waiting and view.now < waiting.expires_at else "",
    )


def _prepare_address(view: View) -> Any:
    _require_somebody(view)
    return addresses.prepare(view.typed("email"), view.variant)


def _require_somebody(view: View) -> None:
    """What is prepared comes before the edge asks who it is for."""
    if not view.actor.is_signed_in:
        raise NotAllowed


@router.act("/account/address", may=SIGNED_IN, again=ask_address, prepare=_prepare_address, limit="sign_in")
def change_address(view: View) -> Response:
    """Write to the new address and to the old one."""
    sessions.require_fresh(view.session, view.request, view.now)
    me = queries.person(view.session, view.actor.person_id)
    addresses.ask(view.work, me, view.prepared)
    security.note_visit(view, "address_asked", me.id, address=view.prepared.address)
    return view.see_other("/account", T("We wrote to the new address. It counts once you confirm it there."))


@router.act("/account/address/end", may=SIGNED_IN)
def keep_address(view: View) -> Response:
    """Take the wish for another address back."""
    me = queries.person(view.session, view.actor.person_id)
    addresses.take_back(view.work, me)
    security.note_visit(view, "address_kept", me.id)
    return view.see_other("/account", T("Your address stays as it is."))


@router.page("/account/address/{token}", may=PUBLIC)
def open_address(view: View, token: str) -> Response:
    """A button: opening the link changes nothing, because mail programs open links by themselves."""
    change = addresses.by_token(view.session, token)
    response = view.render("my/new_address.html", token=token, address=change.address)
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = PRIVATE["cache-control"]
    return response


@router.act("/account/address/{token}", may=PUBLIC, again=open_address, limit="code")
def confirm_address(view: View, token: str) -> Response:
    """The new mailbox says yes."""
    change = addresses.by_token(view.session, token)
    security.note_visit(view, "address_changed", change.person_id)
    actions.confirm_address(view.work, change)
    return view.see_other("/account", T("This is your address from now on."))


def _mine(view: View, author_id: uuid.UUID) -> Mine:
    return queries.own_proposal(view.session, view.actor.person_id, author_id)


@router.page("/account/proposals/{author_id}/name", may=SIGNED_IN)
def ask_name(view: View, author_id: uuid.UUID) -> Response:
    """The form: under which name a proposal is published from now on."""
    mine = _mine(view, author_id)
    return view.render(
        "my/name.html",
        mine=mine,
        person=queries.person(view.session, view.actor.person_id),
        options=[(kind.value, words) for kind, words in PUBLISHED_AS.items()],
        other=PublishAs.OTHER.value,
    )


def _prepare_name(view: View, author_id: uuid.UUID) -> Any:
    _require_somebody(view)
    mine = _mine(view, author_id)
    own = (mine.proposal, mine.author)
    return proposals.to_rename(view.session, own, view.typed("publish_as"), view.typed("public_name"))


@router.act("/account/proposals/{author_id}/name", may=SIGNED_IN, again=ask_name, prepare=_prepare_name)
def change_name(view: View, author_id: uuid.UUID) -> Response:
    """Publish one's proposal under another name."""
    mine = _mine(view, author_id)
    proposals.rename(view.work, (mine.proposal, mine.author), view.prepared)
    return view.see_other("/account", T("The proposal is published under the name you chose."))
