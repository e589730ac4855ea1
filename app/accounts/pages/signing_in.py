"""Signing in by letter: ask for it, type its code here, or press the button behind its link."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.accounts import arriving, links, rules, security
from app.accounts.models import SignInLink
from app.kit import ids
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Person
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()

COOKIE = "minga_asked"
SECURE_COOKIE = "__Host-minga_asked"


@router.page("/sign-in", may=PUBLIC)
def ask(view: View, next: str = "") -> Response:  # noqa: A002 - the name it has in every address
    """The form: one's e-mail address."""
    return _private(
        view.render(
            "accounts/sign_in.html",
            onward=rules.local_path(next),
            provider=_provider(view),
        )
    )


def _again(view: View) -> Response:
    return ask(view, view.typed("next"))


def _prepare(view: View) -> Any:
    address = view.typed("email")
    if not is_address(address):
        raise Invalid(email=NOT_WHOLE)
    onward = rules.local_path(view.typed("next"))
    return links.prepare(view.session, address, view.variant, view.now, "" if onward == rules.HOME else onward)


@router.act("/sign-in", may=PUBLIC, prepare=_prepare, again=_again, limit="sign_in")
def send(view: View) -> Response:
    """Send the letter, or the one that says nobody is known; the answer is the same."""
    secret = ids.new_token()
    asked: links.Asked = view.prepared
    links.ask(view.work, asked, secret)
    security.note_visit(view, "letter_asked", address=asked.address)
    onward = rules.local_path(view.typed("next"))
    response = view.see_other("/sign-in/sent" + ("" if onward == rules.HOME else f"?next={rules.encoded(onward)}"))
    _bind(view, response, secret)
    return response


@router.page("/sign-in/sent", may=PUBLIC)
def sent(view: View, next: str = "") -> Response:  # noqa: A002
    """What was sent, and the field for its code."""
    return _private(view.render("accounts/sent.html", onward=rules.local_path(next)))


@router.act("/sign-in/sent", may=PUBLIC, limit="code")
def enter_code(view: View) -> Response:
    """Let in whoever types the code of the letter; a wrong one is counted, so this answers instead of refusing."""
    link = links.by_code(view.session, _browser(view), view.typed("code"), view.now)
    if link is None:
        security.note_visit(view, "code_refused")
        view.errors = {"code": T("This code does not fit, or it is too old. After five tries ask for a new letter.")}
        onward = rules.local_path(view.typed("next"))
        return _private(view.render("accounts/sent.html", status=422, onward=onward))
    return _let_in(view, link)


@router.page("/sign-in/who", may=PUBLIC)
def choose(view: View, next: str = "") -> Response:  # noqa: A002
    """Which of the people whom this mailbox serves stands here."""
    link = links.to_choose(view.session, _browser(view), view.now)
    people = links.whom(view.session, link)
    return _private(view.render("accounts/who.html", people=people, onward=rules.local_path(next)))


@router.act("/sign-in/who", may=PUBLIC, limit="code")
def enter_as(view: View) -> Response:
    """Go in as one of them."""
    link = links.to_choose(view.session, _browser(view), view.now)
    try:
        wanted = uuid.UUID(view.typed("person"))
    except ValueError:
        view.errors = {"person": T("Choose who you are.")}
        people = links.whom(view.session, link)
        onward = rules.local_path(view.typed("next"))
        return _private(view.render("accounts/who.html", status=422, people=people, onward=onward))
    return _as(view, link, links.chosen(view.session, link, wanted))


@router.page("/sign-in/{token}", may=PUBLIC)
def open_link(view: View, token: str, next: str = "") -> Response:  # noqa: A002
    """A button: opening the link lets nobody in, because mail programs open links by themselves."""
    link = links.by_token(view.session, token, view.now)
    is_here = links.is_from(link, _browser(view))
    people = links.whom(view.session, link) if is_here else []
    name = people[0].name if len(people) == 1 else ""
    context: dict[str, Any] = {"token": token, "is_here": is_here, "name": name, "onward": rules.local_path(next)}
    return _private(view.render("accounts/link.html", **context))


@router.act("/sign-in/{token}", may=PUBLIC, limit="code")
def use_link(view: View, token: str) -> Response:
    """Use the link up, in the browser that asked for it."""
    link = links.by_token(view.session, token, view.now)
    if not links.is_from(link, _browser(view)):
        security.note_visit(view, "link_refused", address=link.address)
        onward = rules.local_path(view.typed("next"))
        context: dict[str, Any] = {"token": token, "is_here": False, "name": "", "onward": onward}
        return _private(view.render("accounts/link.html", status=403, **context))
    return _let_in(view, link)


def _let_in(view: View, link: SignInLink) -> Response:
    people = links.use(view.session, link, view.now)
    if len(people) == 1:
        return _as(view, link, people[0])
    onward = rules.local_path(view.typed("next"))
    return view.see_other("/sign-in/who" + ("" if onward == rules.HOME else f"?next={rules.encoded(onward)}"))


def _as(view: View, link: SignInLink, person: Person) -> Response:
    link.person_id = person.id
    arriving.confirm_address(view.work, person, link)
    method = "letter" if link.browser_hash else "operator"
    response = arriving.arrive(view, person, method, rules.local_path(view.typed("next")))
    return _private(response)


def _bind(view: View, response: Response, secret: str) -> None:
    """Bind the letter to this browser: without this cookie neither its link nor its code is worth anything."""
    is_https = view.house.settings.is_https
    age = int((rules.CITIZEN_LINK + rules.TO_CHOOSE).total_seconds())
    name = SECURE_COOKIE if is_https else COOKIE
    response.set_cookie(name, secret, age, path="/", secure=is_https, httponly=True, samesite="lax")


def _browser(view: View) -> str:
    cookies = view.request.cookies
    return cookies.get(SECURE_COOKIE if view.house.settings.is_https else COOKIE, "")


def _provider(view: View) -> str:
    settings = view.house.settings
    return (settings.oidc_preset or "oidc") if settings.oidc_issuer and settings.oidc_client_id else ""


def _private(response: Response) -> Response:
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = "no-store"
    return response
