"""What holds at the doors: how long a link is good, how often a letter is sent, and where one may be sent on to."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit

CITIZEN_LINK = timedelta(minutes=30)
STAFF_LINK = timedelta(minutes=10)
"""Shorter for whoever holds a role; one mail is still one factor (written down as a deviation)."""
MOST_TRIES = 5
MOST_UNUSED = 3
"""Letters to one address in a day that nobody used: beyond these the site itself would be the nuisance."""
A_DAY = timedelta(hours=24)
TO_CHOOSE = timedelta(minutes=10)
"""How long somebody whose mailbox serves several people may take to say who they are."""
LINKS_KEPT = timedelta(hours=48)
SESSIONS_KEPT = timedelta(days=7)
EVENTS_KEPT = timedelta(days=90)

HOME = "/home"
"""Where people go who asked for nothing else; it sends each on to where they work."""
_PLAIN = re.compile(r"/[A-Za-z0-9\-._~/?=&%+,:@]*")
_LONGEST_PATH = 300


def link_life(*, holds_role: bool) -> timedelta:
    """How long a sign-in link is good."""
    return STAFF_LINK if holds_role else CITIZEN_LINK


def local_path(asked: str) -> str:
    """The path to go to after signing in: one of this site's own, without its language; anything doubtful is home.

    Decided on plain ASCII alone, before and after percent-decoding, because browsers drop tabs and read backslashes
    as slashes: what looks local to a parser may be another host to a browser.
    """
    decoded = unquote(asked, errors="replace")
    if len(asked) > _LONGEST_PATH or not _is_local(asked) or not _is_local(decoded):
        return HOME
    path = asked[3:] or "/" if asked == "/en" or asked.startswith("/en/") else asked
    if not _is_local(path) or path.startswith("/sign-"):
        return HOME
    return path


def _is_local(path: str) -> bool:
    if not _PLAIN.fullmatch(path) or "//" in path or "/.." in path:
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


def encoded(path: str) -> str:
    """A path as a value in another address; dots as well, since letters break up what looks like an address."""
    return quote(path, safe="/").replace(".", "%2E")
