"""What people typed, made harmless for mail: it stays readable as typed, but forms no link and moves no line.

A letter comes from a domain people trust. A name such as `[Win](https://evil)` in it must not become something to
click on (pretalx 2026.1.2 sent phishing this way), and a line break in a subject must not become a header.
"""

from __future__ import annotations

import re

ZERO_WIDTH_SPACE = "\u200b"
SUBJECT_LENGTH = 200

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb{_BIDI}]")
_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029\x0b\x0c]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
# Where mail programs begin to see a link: after a scheme, at a dot between a word and letters, after an @.
_SCHEME = re.compile(r"(?<=:)(?=//)")
_NAMED_SCHEME = re.compile(r"\b(mailto|javascript|data|tel|sms|callto|file|vbscript):(?=\S)", re.IGNORECASE)
_DOTS = re.compile(r"(?<=[\w\-])(?=[.\u3002\uff0e\uff61][^\W\d_]{2})")
_AT = re.compile(r"(?<=\S)@(?=\S)")


def plain(text: str) -> str:
    """The text without control and direction marks, with line breaks of one kind."""
    return _CONTROL.sub("", _BREAKS.sub("\n", _SURROGATES.sub("\ufffd", text)))


def unlinked(text: str) -> str:
    """The same words with a zero-width space wherever a mail program would start to see an address."""
    text = _SCHEME.sub(ZERO_WIDTH_SPACE, plain(text))
    text = _NAMED_SCHEME.sub(rf"\1:{ZERO_WIDTH_SPACE}", text)
    text = _DOTS.sub(ZERO_WIDTH_SPACE, text)
    return _AT.sub(f"@{ZERO_WIDTH_SPACE}", text)


def one_line(text: str) -> str:
    """A subject: one line without control marks, at most 200 characters."""
    line = _SPACES.sub(" ", plain(text)).strip()
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"
