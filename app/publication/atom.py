"""A list of what happened as an Atom feed (RFC 4287): for whoever follows a process with a program of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Item:
    """One entry: its key is the same for ever, whatever else changes about it."""

    key: UUID
    title: str
    at: datetime
    url: str
    words: str = ""
    author: str = ""


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself; `url` is its own address and `page` that of the page it belongs to."""

    key: UUID
    title: str
    author: str
    url: str
    page: str
    language: str
    since: datetime


def written(feed: Feed, items: Sequence[Item]) -> bytes:
    """The feed as it is sent; a feed without entries was last changed when what it tells of began."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {_LANG: feed.language})
    _say(root, "id", feed.key.urn)
    _say(root, "title", feed.title)
    _say(root, "updated", _instant(max((item.at for item in items), default=feed.since)))
    _author(root, feed.author)
    _link(root, "self", feed.url, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    for item in items:
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        _say(entry, "id", item.key.urn)
        _say(entry, "title", item.title)
        _say(entry, "updated", _instant(item.at))
        _link(entry, "alternate", item.url, "text/html")
        if item.author:
            _author(entry, item.author)
        if item.words:
            _say(entry, "summary", item.words)
    sent: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return sent


def _say(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = _NOT_XML.sub("", words)


def _author(parent: ET.Element, name: str) -> None:
    _say(ET.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _link(parent: ET.Element, rel: str, url: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "type": kind, "href": url})


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
