"""Plain text: whatever alphabet it was written in, stored in the one that everybody reads."""

from __future__ import annotations

import codecs

from app.documents.child.limits import Fault

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ALLOWED = "\t\n\r\f"


def clean(content: bytes) -> bytes:
    """The text in UTF-8; what holds characters that no text holds is none."""
    said = _read(content)
    if any(character < " " and character not in ALLOWED for character in said):
        raise Fault("unknown")
    return said.encode()


def _read(content: bytes) -> str:
    for mark, name in MARKS:
        if content.startswith(mark):
            try:
                return content.decode(name)
            except UnicodeDecodeError:
                raise Fault("unknown") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
