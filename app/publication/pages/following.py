"""Following one's own proposal by folio and code, without an account."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.duties.rules import Part
from app.feedback import own_answers
from app.kit.errors import Invalid, NotNow
from app.kit.i18n import T
from app.process import queries as processes
from app.process.doors import stand_in
from app.proposals import actions, queries, words
from app.proposals.actions import co_authoring
from app.proposals.actions.authoring import REVISABLE
from app.proposals.models import Author, Proposal
from app.proposals.rules import State
from app.publication import journey
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
CODE_MARK = 16
"""So much of a code's hash stands in the link that renews it: with the new code the link is worth nothing."""


@router.page("/follow", may=PUBLIC)
def ask(view: View, folio: str = "") -> Response:
    """The form: folio and code, as they stand on the receipt."""
    return view.render("publication/follow.html", folio=folio[:30])


def _again(view: View) -> Response:
    return view.render("publication/follow.html", folio="")


@router.act("/follow", may=PUBLIC, again=_again, limit="follow")
def enter(view: View) -> Response:
    """Let in whoever has both; says the same for a wrong folio and a wrong code."""
    found = queries.author_by_code(view.session, view.typed("folio"), view.typed("code"))
    if found is None:
        raise Invalid(
            folio=T("Folio and code do not fit together. Both stand on your receipt; you can get a new code below.")
        )
    return view.see_other(f"/follow/{sealing.own_link(view.house.settings.secret(), found[1].id)}")


@router.page("/follow/lost", may=PUBLIC)
def ask_code(view: View, folio: str = "") -> Response:
    """The form for whoever lost the code: only the folio."""
    return view.render("publication/lost.html", folio=folio[:30], is_sent=False)


def _code_again(view: View) -> Response:
    return view.render("publication/lost.html", folio="", is_sent=False)


def _prepare_ways(view: View) -> Any:
    if not view.typed("folio"):
        raise Invalid(folio=T("Write the folio of your proposal."))
    secret = view.house.settings.secret()
    return actions.to_recover(
        view.session, view.typed("folio"), lambda author: f"/follow/code/{_code_link(secret, author)}"
    )


def _code_link(secret: str, author: Author) -> str:
    return sealing.seal(secret, "code", [author.id.hex, author.code_hash[:CODE_MARK]])


@router.act("/follow/lost", may=PUBLIC, again=_code_again, prepare=_prepare_ways, limit="follow")
def send_code(view: View) -> Response:
    """Send the way to a new code to the confirmed address; says the same whether or not there is one."""
    actions.send_ways(view.work, view.prepared)
    return view.see_other("/follow/lost/sent")


@router.page("/follow/lost/sent", may=PUBLIC)
def sent_code(view: View) -> Response:
    """That a letter has left if the folio exists and its address is confirmed, and what to do otherwise."""
    return view.render("publication/lost.html", folio="", is_sent=True)


def _author_of_code(view: View, sealed: str) -> tuple[Proposal, Author]:
    """Whose code a link of a letter renews; good for a day, and only until the code has changed."""
    too_late = NotNow(T("This link is too old, or it was used already. Ask for a new one."))
    try:
        author_id, mark = sealing.unseal(view.house.settings.secret(), "code", sealed, sealing.A_DAY)
    except NotNow:
        raise too_late from None
    proposal, author = queries.own_of(view.session, uuid.UUID(author_id))
    if author.code_hash[:CODE_MARK] != mark:
        raise too_late
    return proposal, author


@router.page("/follow/code/{sealed}", may=PUBLIC)
def ask_new_code(view: View, sealed: str) -> Response:
    """A button: opening the link changes nothing, because mail programs open links by themselves."""
    proposal, _ = _author_of_code(view, sealed)
    stand_in(view, processes.by_id(view.session, proposal.process_id))
    return view.render("publication/new_code.html", proposal=proposal, sealed=sealed)


@router.act("/follow/code/{sealed}", may=PUBLIC, limit="follow")
def new_code(view: View, sealed: str) -> Response:
    """Give a new code and show it once, on the receipt."""
    proposal, author = _author_of_code(view, sealed)
    process = processes.by_id(view.session, proposal.process_id)
    code = actions.renew_code(view.work, proposal, author)
    shown = sealing.seal(view.house.settings.secret(), "receipt", [author.id.hex, code, 1])
    notice = T("This is your new code. The earlier one no longer works.")
    return view.see_other(f"/p/{process.slug}/receipt/{shown}", notice)


@router.page("/follow/{sealed}", may=PUBLIC)
def follow(view: View, sealed: str) -> Response:
    """Where it stands, in plain words, and what its author may still do; also before it is public."""
    author_id = sealing.unseal(view.house.settings.secret(), "own", sealed, sealing.TWO_HOURS)
    proposal, author = queries.own_of(view.session, uuid.UUID(author_id))
    stage = processes.stage_by_id(view.session, proposal.stage_id)
    process = processes.by_id(view.session, proposal.process_id)
    stand_in(view, process)
    plain, technical, look = journey.words_for(proposal.state, queries.folio_of_into(view.session, proposal))
    window_is_open = stage.window.status(view.now).value == "open" and not stage.concluded_at
    mending = proposal.state is State.RETURNED and (proposal.mend_by is None or view.now < proposal.mend_by)
    known = journey.known_of(view.session, proposal)
    speaks = author.part is not Part.CO_AUTHOR
    return view.render(
        "publication/own.html",
        process=process,
        proposal=proposal,
        revision=known.revisions[0],
        earlier=known.revisions[1:],
        author=author,
        sealed=sealed,
        plain=plain,
        technical=technical,
        look=look,
        story=journey.story_of(view.session, process, proposal, view.language, known),
        attached=queries.files_of(view.session, proposal.id),
        **words.OF_FILES,
        signing=co_authoring.counts(view.session, proposal),
        answers=own_answers.of_author(view.session, proposal, author),
        may_edit=speaks and (mending or (window_is_open and proposal.state in REVISABLE)),
        may_withdraw=speaks and window_is_open and proposal.state in REVISABLE,
    )
