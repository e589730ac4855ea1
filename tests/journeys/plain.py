"""A browser without JavaScript: it opens pages, fills in the forms it finds there, and follows where it is sent.

What a form sends is what stands in it, hidden fields and presets included; to type into a field that is not there is an
error of the page, and the test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx2
from fastapi import FastAPI


@dataclass(frozen=True)
class Attached:
    """A file somebody chooses in a form."""

    name: str
    content: bytes
    kind: str = "text/csv"


Typed = str | list[str] | Attached


@dataclass
class Form:
    """One form of a page: where it goes, what would be sent, and what may be typed or pressed."""

    action: str
    hidden: dict[str, Typed] = field(default_factory=dict)
    preset: dict[str, Typed] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: set[tuple[str, str]] = field(default_factory=set)

    def fits(self, typed: dict[str, Typed]) -> bool:
        """Whether all of this can be typed or pressed here, and what is hidden says the same."""
        return all(self._takes(name, value) for name, value in typed.items())

    def _takes(self, name: str, value: Typed) -> bool:
        pressed = isinstance(value, str) and (name, value) in self.buttons
        return pressed or name in self.names or self.hidden.get(name) == value

    def filled(self, typed: dict[str, Typed]) -> dict[str, Typed]:
        return {**self.preset, **self.hidden, **typed}


class _Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open = False
        self._name = ""
        self._words: list[str] | None = None
        self._first_option = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = told.get("method", "get") == "post"
            if self._open:
                self.forms.append(Form(told["action"]))
            return
        if not self._open:
            return
        name = told.get("name", "")
        if tag == "input" and name:
            self._input(name, told)
        elif tag in {"textarea", "select"} and name:
            self.forms[-1].names.add(name)
            self._name, self._words, self._first_option = name, [] if tag == "textarea" else None, True
        elif tag == "option" and (self._first_option or "selected" in told):
            self.forms[-1].preset[self._name] = told.get("value", "")
            self._first_option = False
        elif tag == "button" and name:
            self.forms[-1].buttons.add((name, told.get("value", "")))

    def _input(self, name: str, told: dict[str, str]) -> None:
        form, kind, value = self.forms[-1], told.get("type", "text"), told.get("value", "")
        if kind == "hidden":
            form.hidden[name] = _added(form.hidden.get(name), value)
            return
        form.names.add(name)
        if kind not in {"radio", "checkbox"}:
            form.preset[name] = value
        elif "checked" in told:
            form.preset[name] = _added(form.preset.get(name), value)

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._words is not None:
            self.forms[-1].preset[self._name] = "".join(self._words).removeprefix("\n")
            self._words = None
        elif tag == "form":
            self._open = False


def _added(known: Typed | None, value: str) -> Typed:
    if known is None:
        return value
    assert not isinstance(known, Attached)
    return [*([known] if isinstance(known, str) else known), value]


def forms_of(page: str) -> list[Form]:
    """The forms of a page that send something."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms


def fitting(shown: str, action: str, typed: dict[str, Typed]) -> list[tuple[int, Form]]:
    """The forms of a page with this action that take all this, with their places among the forms that send."""
    found = enumerate(forms_of(shown))
    return [(place, form) for place, form in found if form.action == action and form.fits(typed)]


def form_for(shown: str, page: str, action: str, typed: dict[str, Typed]) -> tuple[int, Form]:
    """The first of them; the action is the page's own address if none is given."""
    wanted = action or urlsplit(page).path
    found = fitting(shown, wanted, typed)
    assert found, f"{page} has no form to {wanted} that takes {sorted(typed)}"
    return found[0]


class Browser:
    """One person's browser, with its cookies; `seen` gathers every page it was shown.

    It asks the program directly, or `by_port` where others ask it there too.
    """

    def __init__(self, app: FastAPI, base_url: str, seen: list[tuple[str, str]], *, by_port: bool = False) -> None:
        inside = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
        self._client = httpx2.AsyncClient(
            transport=None if by_port else inside,
            base_url=base_url,
            headers={"sec-fetch-site": "same-origin"},
        )
        self._cache = app.state.house.cache
        self.seen = seen
        self.at = ""

    async def open(self, path: str, status: int = 200) -> str:
        """Open a page, following where it leads; its HTML."""
        self._cache.clear()  # people take longer than the two seconds for which a page is kept
        answer = await self._client.get(path)
        while answer.status_code in {302, 303}:
            path = answer.headers["location"]
            answer = await self._client.get(path)
        assert answer.status_code == status, f"GET {path}: {answer.status_code}\n{answer.text}"
        self.at = path
        if answer.headers["content-type"].startswith("text/html"):
            self.seen.append((path, answer.text))
        return answer.text

    async def send(self, page: str, action: str = "", /, **typed: Typed) -> str:
        """Open a page, fill in its form with this action (its own address by default), and send it.

        The page one is led to.
        """
        answer = await self._send(page, action, typed)
        assert answer.status_code == 303, f"POST {action or page}: {answer.status_code}\n{answer.text}"
        return await self.open(answer.headers["location"])

    async def look_and_send(self, page: str, send: str, agreed: dict[str, Typed], /, **typed: Typed) -> str:
        """The same over a page that shows what is about to be sent: it is read, `agreed` is ticked, and it goes."""
        answer = await self._send(page, f"{send}/look", typed)
        assert answer.status_code == 200, f"POST {send}/look: {answer.status_code}\n{answer.text}"
        self.seen.append((f"{send}/look", answer.text))
        _, form = form_for(answer.text, page, send, agreed)
        answer = await self._client.post(send, data=form.filled(agreed))
        assert answer.status_code == 303, f"POST {send}: {answer.status_code}\n{answer.text}"
        return await self.open(answer.headers["location"])

    async def refused(self, status: int, page: str, action: str = "", /, **typed: Typed) -> str:
        """The same, where it has to be refused; the page that says why."""
        answer = await self._send(page, action, typed)
        assert answer.status_code == status, f"POST {action or page}: {answer.status_code}\n{answer.text}"
        self.seen.append((action or page, answer.text))
        return str(answer.text)

    async def _send(self, page: str, action: str, typed: dict[str, Typed]) -> httpx2.Response:
        _, form = form_for(await self.open(page), page, action, typed)
        files = {name: value for name, value in typed.items() if isinstance(value, Attached)}
        said = {name: value for name, value in form.filled(typed).items() if name not in files}
        attached = {name: (one.name, one.content, one.kind) for name, one in files.items()} or None
        return await self._client.post(form.action, data=said, files=attached)

    async def close(self) -> None:
        await self._client.aclose()
