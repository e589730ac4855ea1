"""How a refusal reaches a person (a page with one sentence and what to do) and a machine (problem+json)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from starlette.responses import RedirectResponse, Response

from app.kit.errors import Busy, Invalid, NotAllowed, NotFound, NotNow, Refusal, TooMany, WrongState
from app.kit.i18n import T, Text
from app.kit.text import say_instant, say_until
from app.web.view import PRIVATE, View

TITLES: dict[type[Refusal], Text] = {
    NotAllowed: T("You may not do this"),
    NotFound: T("Nothing is here"),
    NotNow: T("Not at this time"),
    WrongState: T("Not in this step"),
    TooMany: T("Too many attempts"),
    Busy: T("One moment, please"),
    Invalid: T("Please check what you wrote"),
}
NOT_TYPED = {"form_token", "form_key"}
A_SENTENCE = 12
OTHER = T("This cannot be done")


def title_of(refusal: Refusal) -> Text:
    """The heading of the page that tells a refusal."""
    return TITLES.get(type(refusal), OTHER)


def page_of(view: View, refusal: Refusal) -> Response:
    """A refusal as a page; somebody who is not signed in and may not see it is asked to sign in."""
    if isinstance(refusal, NotAllowed) and not view.actor.is_signed_in and view.request.method == "GET":
        return RedirectResponse(view.url(f"/sign-in?next={view.url(view.request.url.path)}"), 303, headers=PRIVATE)
    sentence: Any = refusal.text
    if isinstance(refusal, Invalid) and refusal.fields:
        sentence = " ".join(text.into(view.variant) for text in refusal.fields.values())
    response = view.render(
        "errors/refusal.html",
        status=refusal.status,
        title=title_of(refusal),
        sentence=sentence,
        what_to_do=_when(view, refusal),
        doors=[(label, view.url(address)) for label, address in refusal.doors] + _doors(view),
        code=str(refusal.status),
        typed=_typed(view),
    )
    if view.is_htmx:  # the whole page came: its main part takes the place of the one that asked
        response.headers.update({"hx-retarget": "#main", "hx-reselect": "#main", "hx-reswap": "outerHTML"})
    return _with_retry(response, refusal)


def _when(view: View, refusal: Refusal) -> Text | str:
    """The dates of a window that is not open, in the zone of the process."""
    if not isinstance(refusal, NotNow) or view.process is None:
        return ""
    opens_at, closes_at, zone = refusal.opens_at, refusal.closes_at, view.process.zone
    if opens_at and view.now < opens_at:
        return T("It opens on {when}.", when=say_instant(opens_at, zone, view.variant))
    if closes_at and view.now >= closes_at:
        return T("It closed on {when}.", when=say_until(closes_at, zone, view.variant))
    return ""


def _typed(view: View) -> list[str]:
    """The sentences that were typed into the form that was refused, so that nobody writes them twice."""
    values = [value for name, value in view.form.multi_items() if isinstance(value, str) and name not in NOT_TYPED]
    return [value.strip() for value in values if len(value.strip()) >= A_SENTENCE]


def _doors(view: View) -> list[tuple[Text | str, str]]:
    home = (T("Go to the front page"), view.url("/"))
    return [(view.process.name, view.url(f"/p/{view.process.slug}")), home] if view.process else [home]


def problem_of(refusal: Refusal, language: str) -> Response:
    """A refusal as RFC 9457 problem+json, with the dates of a window or the legal moves where they help."""
    body: dict[str, Any] = {
        "type": f"/docs/problems#{refusal.code}",
        "title": title_of(refusal).into(language),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.text.into(language),
    }
    if isinstance(refusal, Invalid):
        body["fields"] = {name: text.into(language) for name, text in refusal.fields.items()}
    if isinstance(refusal, NotNow):
        body["opens_at"], body["closes_at"] = _instant(refusal.opens_at), _instant(refusal.closes_at)
    if isinstance(refusal, WrongState):
        body["state"], body["allowed"] = refusal.state, refusal.allowed
    response = Response(
        orjson.dumps(body), status_code=refusal.status, media_type="application/problem+json", headers=PRIVATE
    )
    return _with_retry(response, refusal)


def _with_retry(response: Response, refusal: Refusal) -> Response:
    seconds = getattr(refusal, "retry_after", None)
    if seconds:
        response.headers["retry-after"] = str(seconds)
    return response


def _instant(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
