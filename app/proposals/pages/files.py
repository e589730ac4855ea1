"""The files of a proposal, handed out to whoever may have them; and the office holding one back."""

from __future__ import annotations

from starlette.responses import Response

from app.documents import queries as documents
from app.documents.rules import MEDIA_TYPES
from app.kit.errors import NotFound, under
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.proposals import actions, queries
from app.proposals.pages import examining, own
from app.proposals.queries import Attached
from app.web.downloads import Download, handed_out
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()


@router.page("/p/{slug}/proposals/{folio}/files/{number}", may=PUBLIC, length=Length.LONG)
def public_file(view: View, slug: str, folio: str, number: int) -> Response:
    """A file of a public proposal; one that is held back is not here."""
    process = standing(view, slug)
    proposal = queries.public_by_folio(view.session, process.id, folio)
    one = queries.file_of(view.session, proposal.id, number)
    if one.held_for is not None:
        raise NotFound(T("The office holds this file back. Why is said on the page of the proposal."))
    return _handed_out(view, one, is_public=True)


@router.page("/p/{slug}/own/{sealed}/files/{number}", may=PUBLIC, length=Length.LONG)
def own_file(view: View, slug: str, sealed: str, number: int) -> Response:
    """A file of one's own proposal, before it is public and also when it is held back."""
    proposal, _ = own.own(view, standing(view, slug), sealed)
    return _handed_out(view, queries.file_of(view.session, proposal.id, number))


@router.page("/p/{slug}/office/proposals/{folio}/files/{number}", may=Permission.EXAMINE_PROPOSALS, length=Length.LONG)
def office_file(view: View, slug: str, folio: str, number: int) -> Response:
    """A file as the office examines it."""
    _, proposal = examining.at_the_door(view, slug, folio)
    return _handed_out(view, queries.file_of(view.session, proposal.id, number))


def _handed_out(view: View, one: Attached, *, is_public: bool = False) -> Response:
    document = one.document
    told = Download(document.name, MEDIA_TYPES[document.kind], document.sha256, is_public)
    return handed_out(view, told, lambda: documents.content_of(view.session, document))


def _again(view: View, slug: str, folio: str, number: int) -> Response:
    return examining.examine(view, slug, folio)


@router.act("/p/{slug}/office/proposals/{folio}/files/{number}/hold", may=Permission.EXAMINE_PROPOSALS, again=_again)
def hold_back(view: View, slug: str, folio: str, number: int) -> Response:
    """Show a file to nobody but its author and the office."""
    _, proposal = examining.at_the_door(view, slug, folio)
    name = f"why_{number}"
    with under(why=name):
        actions.hold_back(view.work, proposal, number, view.typed(name))
    return view.see_other(f"/p/{slug}/office/proposals/{folio}", T("The file is held back. The public page says why."))


@router.act("/p/{slug}/office/proposals/{folio}/files/{number}/release", may=Permission.EXAMINE_PROPOSALS)
def release(view: View, slug: str, folio: str, number: int) -> Response:
    """Show a file again."""
    _, proposal = examining.at_the_door(view, slug, folio)
    actions.release(view.work, proposal, number)
    return view.see_other(f"/p/{slug}/office/proposals/{folio}", T("The file is no longer held back."))
