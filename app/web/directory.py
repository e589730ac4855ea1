"""Finding the page of an address without asking every route in turn.

The router asks its routes one after the other, which for a hundred and fifty of them costs more than the page's own
statements. Here they are filed by the number of segments and by the fixed words in their address, so that two or three
are asked. Whatever is not found here (other methods, a slash too many, no page at all) goes on to the router.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_FOUND = "minga.route"
_FIXED = (0, 2, 3)  # /p/{slug}/… : the segments that tell most addresses apart
_Key = tuple[int, tuple[str, ...]]


class Directory(BaseRoute):
    """The routes of the whole program, filed by the shape of their address."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes: list[Route] = []
        self._filed: dict[_Key, list[Route]] = {}
        self._shapes: dict[int, list[tuple[bool, ...]]] = {}
        for route in routes:
            if isinstance(route, Route) and ":path}" not in route.path:
                self._file(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route of this address and method, when there is one."""
        if scope["type"] == "http":
            segments = scope["path"].split("/")[1:]
            for shape in self._shapes.get(len(segments), ()):
                for route in self._filed.get((len(segments), _words(segments, shape)), ()):
                    match, found = route.matches(scope)
                    if match is Match.FULL:
                        return match, {**found, _FOUND: route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that was found answer."""
        scope["route"] = route = scope.pop(_FOUND)
        await route.handle(scope, receive, send)

    def _file(self, route: Route) -> None:
        self.routes.append(route)
        segments = route.path.split("/")[1:]
        shape = tuple(at < len(segments) and "{" not in segments[at] for at in _FIXED)
        key = (len(segments), _words(segments, shape))
        self._filed.setdefault(key, []).append(route)
        shapes = self._shapes.setdefault(len(segments), [])
        if shape not in shapes:
            shapes.append(shape)
            shapes.sort(reverse=True)  # fixed words before open ones, as the routes themselves are ordered


def _words(segments: list[str], shape: tuple[bool, ...]) -> tuple[str, ...]:
    return tuple(segments[at] if is_fixed else "{}" for at, is_fixed in zip(_FIXED, shape, strict=True))
