"""Inviting public bodies by tracked letters, and the door through which they answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.kit.text import say_date
from app.people.models import Organisation
from app.people.rules import ContactKind, OriginSector, Permission
from app.process import queries as processes
from app.process.actions import require_open
from app.process.doors import standing
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals import actions, queries
from app.proposals.actions import Contact, Submission
from app.proposals.actions.inviting import InviteBody
from app.proposals.models import Invitation, Proposal
from app.proposals.pages.proposing import choices, invitation_of, receipt_path, typed_submission
from app.proposals.rules import LONGEST_TITLE, STATE_WORDS, Channel
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def _call(view: View, process: Process) -> Stage:
    stage = processes.intake_stage(view.session, process.id, StageKind.CALL_TO_PUBLIC_BODIES, view.now)
    if stage is None:
        raise NotFound
    return stage


@router.page("/p/{slug}/office/invitations", may=Permission.INVITE_BODIES)
def invitations(view: View, slug: str) -> Response:
    """Whom the office invited, by which letter, and what came of it."""
    process = standing(view, slug)
    view.require(Permission.INVITE_BODIES, process.id)
    _call(view, process)
    invitations = queries.invitations_of(view.session, process.id)
    rows = [
        (name, row.letter_number, say_date(row.dated_on, view.variant), row.signatory, n)
        for row, name, n in invitations
    ]
    return view.render("proposals/invitations.html", process=process, invitations=invitations, rows=rows)


def _prepare_invite(view: View, slug: str) -> Any:
    process = standing(view, slug)
    view.require(Permission.INVITE_BODIES, process.id)
    wish = _typed_invite(view)
    return wish, actions.to_invite(process, wish)


def _typed_invite(view: View) -> InviteBody:
    try:
        dated_on = date.fromisoformat(view.typed("dated_on"))
    except ValueError:
        raise Invalid(dated_on=T("Write the date of the letter.")) from None
    typed = (view.typed("organisation"), view.typed("address"), view.typed("letter_number"))
    return InviteBody(*typed, dated_on=dated_on, signatory=view.typed("signatory"))


@router.act("/p/{slug}/office/invitations", may=Permission.INVITE_BODIES, again=invitations, prepare=_prepare_invite)
def invite(view: View, slug: str) -> Response:
    """Invite one body by an official letter."""
    process = standing(view, slug)
    wish, made = view.prepared
    actions.invite_body(view.work, process, _call(view, process), wish, made)
    return view.see_other(f"/p/{slug}/office/invitations")


@router.page("/p/{slug}/invitation/{token}", may=PUBLIC)
def answer(view: View, slug: str, token: str) -> Response:
    """The letter, what was already sent under it, and the form for one more proposal."""
    process = standing(view, slug)
    invitation = invitation_of(view, process, token)
    sent = view.session.scalars(
        select(Proposal).where(Proposal.invitation_id == invitation.id).order_by(Proposal.number)
    ).all()
    return view.render(
        "proposals/invitation.html",
        process=process,
        stage=_call(view, process),
        invitation=invitation,
        organisation=_body(view, invitation),
        sent=sent,
        state_words=STATE_WORDS,
        token=token,
        longest_title=LONGEST_TITLE,
        **choices(view, process),
    )


def _body(view: View, invitation: Invitation) -> Organisation:
    body = view.session.get(Organisation, invitation.organisation_id)
    if body is None:
        raise NotFound
    return body


def _typed(view: View, process: Process, token: str) -> Submission:
    invitation = invitation_of(view, process, token)
    body = _body(view, invitation)
    return typed_submission(
        view,
        Channel.INSTITUTION,
        name=body.name,
        public_name=body.name,
        publish_as="",
        organisation=body.name,
        origin_sector=OriginSector.PUBLIC.value,
        contact=Contact(ContactKind.EMAIL, invitation.address),
        invitation=invitation,
    )


def _prepare(view: View, slug: str, token: str) -> Any:
    process = standing(view, slug)
    require_open(process, _call(view, process), view.now)
    return actions.prepare(process, _typed(view, process, token))


@router.act("/p/{slug}/invitation/{token}", may=PUBLIC, again=answer, prepare=_prepare, limit="submit")
def send(view: View, slug: str, token: str) -> Response:
    """Receive one proposal of an invited body."""
    process = standing(view, slug)
    received = actions.submit(view.work, process, _call(view, process), _typed(view, process, token), view.prepared)
    return view.see_other(receipt_path(view, process, received))
