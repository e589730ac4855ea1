"""The pages after a proposal was sent: signing it too, by the link of a letter, and telling about oneself."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.process.doors import standing
from app.process.models import Process
from app.proposals import queries, traits, words
from app.proposals.actions import Received, co_authoring, counting
from app.proposals.actions.co_authoring import Signing
from app.proposals.consent import CURRENT, SIGNING
from app.proposals.models import Author, CoAuthorRequest, Proposal
from app.proposals.pages.proposing import receipt_path
from app.proposals.rules import PublishAs
from app.proposals.traits import ANSWERS, QUESTIONS, Trait
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def _asked(view: View, slug: str, token: str) -> tuple[Process, tuple[CoAuthorRequest, Proposal]]:
    process = standing(view, slug)
    return process, co_authoring.request_of(view.session, process, token)


@router.page("/p/{slug}/co-author/{token}", may=PUBLIC)
def ask_to_sign(view: View, slug: str, token: str) -> Response:
    """The proposal, to be read, and two buttons: opening the link signs nothing."""
    process, (request, proposal) = _asked(view, slug, token)
    return view.render(
        "proposals/co_author.html",
        process=process,
        proposal=proposal,
        revision=queries.newest_revision(view.session, proposal),
        request=request,
        token=token,
        names=[(way.value, words.PUBLISHED_AS[way]) for way in PublishAs],
        consents=SIGNING[CURRENT],
        files=[one for one in queries.files_of(view.session, proposal.id) if one.stands],
        **words.OF_FILES,
        consent_version=CURRENT,
    )


def _prepare(view: View, slug: str, token: str) -> Any:
    _, asked = _asked(view, slug, token)
    name, publish_as, other, agreed = (view.typed(one) for one in ("name", "publish_as", "public_name", "consent"))
    return co_authoring.to_join(view.session, asked, Signing(name, publish_as, other, agreed, view.language))


@router.act("/p/{slug}/co-author/{token}", may=PUBLIC, again=ask_to_sign, prepare=_prepare, limit="submit")
def sign(view: View, slug: str, token: str) -> Response:
    """Sign it too, and get a receipt and a code of one's own."""
    process, asked = _asked(view, slug, token)
    author, code = co_authoring.join(view.work, process, asked, view.prepared)
    notice = T("You have signed this proposal. You will get every answer that its author gets.")
    return view.see_other(receipt_path(view, process, Received(asked[1], author, code)), notice)


@router.act("/p/{slug}/co-author/{token}/decline", may=PUBLIC)
def decline(view: View, slug: str, token: str) -> Response:
    """Not sign it; the address is forgotten."""
    process, asked = _asked(view, slug, token)
    co_authoring.decline(view.work, process, asked)
    return view.see_other(f"/p/{process.slug}", T("You did not sign it. We have forgotten your address."))


def _author(view: View, process: Process, sealed: str) -> tuple[Proposal, Author]:
    author_id, _, _ = sealing.unseal(view.house.settings.secret(), "receipt", sealed, sealing.A_MONTH)
    found = queries.own_of(view.session, uuid.UUID(author_id))
    if found[0].process_id != process.id:
        raise NotFound
    return found


@router.page("/p/{slug}/receipt/{sealed}/about-you", may=PUBLIC)
def ask_about(view: View, slug: str, sealed: str) -> Response:
    """Six questions that may all be left out; what is answered is added to sums and to nothing else."""
    process = standing(view, slug)
    _, author = _author(view, process, sealed)
    questions = [(trait.value, QUESTIONS[trait], list(ANSWERS[trait].items())) for trait in Trait]
    return view.render(
        "proposals/about_you.html",
        process=process,
        sealed=sealed,
        questions=questions,
        was_counted=author.was_counted,
        smallest=traits.SMALLEST_CELL,
    )


@router.act("/p/{slug}/receipt/{sealed}/about-you", may=PUBLIC, again=ask_about)
def tell_about(view: View, slug: str, sealed: str) -> Response:
    """Add the answers to the sums."""
    process = standing(view, slug)
    proposal, author = _author(view, process, sealed)
    answers = traits.told({trait.value: view.typed(trait.value) for trait in Trait})
    if not answers:
        raise Invalid(**{Trait.AGE.value: T("You have answered none yet. Answer one, or go back to the receipt.")})
    counting.count(view.work, proposal, author, answers)
    notice = T("Thank you. Your answers were added up with those of the others, and nothing says which were yours.")
    return view.see_other(f"/p/{process.slug}/receipt/{sealed}", notice)
