"""Following one's own proposal by folio and code, without an account."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.process import queries as processes
from app.process.doors import stand_in
from app.proposals import queries
from app.proposals.actions.authoring import REVISABLE
from app.proposals.rules import State
from app.publication import journey
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


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
        raise Invalid(folio=T("Folio and code do not fit together. Both stand on your receipt."))
    return view.see_other(f"/follow/{sealing.own_link(view.house.settings.secret(), found[1].id)}")


@router.page("/follow/{sealed}", may=PUBLIC)
def follow(view: View, sealed: str) -> Response:
    """Where it stands, in plain words, and what its author may still do; also before it is public."""
    author_id = sealing.unseal(view.house.settings.secret(), "own", sealed, sealing.TWO_HOURS)
    proposal, author = queries.own_of(view.session, uuid.UUID(author_id))
    stage = processes.stage_by_id(view.session, proposal.stage_id)
    process = processes.by_id(view.session, proposal.process_id)
    stand_in(view, process)
    plain, technical, look = journey.words_for(proposal.state)
    window_is_open = stage.window.status(view.now).value == "open" and not stage.concluded_at
    mending = proposal.state is State.RETURNED and (proposal.mend_by is None or view.now < proposal.mend_by)
    return view.render(
        "publication/own.html",
        process=process,
        proposal=proposal,
        revision=queries.newest_revision(view.session, proposal),
        author=author,
        sealed=sealed,
        plain=plain,
        technical=technical,
        look=look,
        story=journey.story_of(view.session, process, proposal, view.language),
        may_edit=mending or (window_is_open and proposal.state in REVISABLE),
        may_withdraw=window_is_open and proposal.state in REVISABLE,
    )
