"""The logo of a process: the office's form, and the picture itself."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from app.documents import actions as documents
from app.documents import inspecting, queries
from app.documents.models import Document
from app.documents.rules import MEDIA_TYPES, MEGABYTE, MOST_BYTES
from app.editorial import actions
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import found, standing
from app.web.edge import PUBLIC, Router
from app.web.intake import Intake
from app.web.view import View

router = Router()
MAY = Permission.EDIT_PROCESS
FORM = "/p/{slug}/office/logo"
INTAKE = Intake("logo", MOST_BYTES, inspecting.look_at_logo, documents.keep)


@router.page(FORM, may=MAY)
def logo(view: View, slug: str) -> Response:
    """The logo as it is, and the form for another."""
    process = standing(view, slug)
    view.require(MAY, process.id)
    return view.render("editorial/logo.html", process=process, megabytes=MOST_BYTES // MEGABYTE)


@router.act(FORM, may=MAY, again=logo, files=INTAKE)
def set_logo(view: View, slug: str) -> Response:
    """Show the picture that was sent, or none any more."""
    process = standing(view, slug)
    if view.typed("then") == "remove":
        actions.take_logo_away(view.work, process)
        return view.see_other(f"/p/{slug}/office/logo", T("The logo was taken away."))
    if view.kept and view.kept.faults:
        raise Invalid(logo=view.kept.faults[0])
    if not view.kept or len(view.kept.documents) != 1:
        raise Invalid(logo=T("Choose one picture."))
    actions.show_logo(view.work, process, view.kept.documents[0].id)
    return view.see_other(f"/p/{slug}/office/logo", T("The logo stands on every page of the process now."))


@router.page("/p/{slug}/logo/{document_id}", may=PUBLIC)
def picture(view: View, slug: str, document_id: uuid.UUID) -> Response:
    """The picture, which a browser may keep for ever: another logo has another address."""
    process = found(view, slug)
    document = view.session.get(Document, document_id) if process.logo_id == document_id else None
    if document is None:
        raise NotFound
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
    }
    return Response(queries.content_of(view.session, document), media_type=MEDIA_TYPES[document.kind], headers=headers)
