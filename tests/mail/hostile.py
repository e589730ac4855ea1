"""What people have typed to make a trusted sender say it for them, and a reader that would be taken in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.mail.paper import ORIGIN

# T-A24: what people have put into names and titles to make a trusted sender say it for them.
CORPUS = [
    "[Win](https://evil)",
    "[Win](https://evil.cl/x?y=1)",
    '<a href="https://evil.cl">click</a>',
    "https://evil.cl",
    "HTTPS://EVIL.CL/a",
    "//evil.cl/x",
    "www.evil.cl",
    "evil.cl/login",
    "escribe a ladron@evil.cl",
    "mailto:ladron@evil.cl",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "Ana\r\nBcc: todos@evil.cl",
    "Ana\nX-Evil: 1",
    "Ana\u2028Bcc: todos@evil.cl",
    "Ana\x00\x08 Soto",
    "\u202egnp.exe\u202c",
    "\u2066evil\u2069\u200f",
    "![x](http://evil.cl/pixel.png)",
    "<style>*{display:none}</style>",
    "&lt;b&gt; &amp;copy;",
    f"{ORIGIN}.evil.cl/x",
    f"{ORIGIN}@evil.cl/x",
    f"lea {ORIGIN}/p/x y luego https://evil.cl",
    "late_000000000000000000000000_folio_end",
    "\ud800 suelto",
    "ñandú, Ñuñoa, ʻokina, 👩‍👩‍👧‍👦",
]
# What mail programs make clickable on their own: a scheme, a host with a known ending, an address.
CLICKABLE = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\w+|\b[\w-]+\.(?:cl|com|org|net|exe)\b\S*|\b(?:mailto|tel|javascript):\w+|[\w.]+@\w+",
    re.IGNORECASE,
)


class Seen(HTMLParser):
    """What a reader of the HTML sees, and every place something could be fetched from or clicked."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action", "background"}]

    def handle_data(self, data: str) -> None:
        self.words += data
