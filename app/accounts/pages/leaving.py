"""Going out: the session ends on the server, and the browser is told to forget what it kept."""

from __future__ import annotations

from starlette.responses import Response

from app.accounts import oidc, security, sessions
from app.web.edge import PUBLIC, Router
from app.web.view import View, session_cookie

router = Router()


@router.act("/sign-out", may=PUBLIC)
def sign_out(view: View) -> Response:
    """End this session; who came by an identity provider is led on to end the one there as well."""
    held = sessions.of_request(view.session, view.request)
    if held is not None:
        sessions.end_one(view.session, session_cookie(view.request), view.now)
        security.note_visit(view, "signed_out", held.person_id)
    by_provider = held is not None and held.method == "oidc" and bool(oidc.way_out(view.house.settings))
    response = view.see_other("/signed-out" + ("?by=provider" if by_provider else ""))
    sessions.take_cookie(response, view.house.settings)
    return response


@router.page("/signed-out", may=PUBLIC)
def signed_out(view: View, by: str = "") -> Response:
    """That one is out.

    The provider's own way out is opened by the page and not by the form: a form of ours may lead to no other site.
    """
    way_out = oidc.way_out(view.house.settings) if by == "provider" else ""
    response = view.render("accounts/signed_out.html", way_out=way_out, was_erased=by == "erased")
    if way_out:
        response.headers["refresh"] = f"1; url={way_out}"
    return response
