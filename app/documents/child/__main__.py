"""Reads one file from the standard input; writes a line that says what it is or its fault, then the bytes to store.

With the word `logo` behind it, it takes pictures only and draws them small.
"""

from __future__ import annotations

import json
import sys

from app.documents.child import limits, offices, pdfs, pictures, sniffing, texts
from app.documents.child.limits import MOST_STORED, Fault

PICTURES = ("jpeg", "png", "webp")


def read(content: bytes) -> tuple[str, bytes]:
    """What this is, and its content cleaned."""
    kind = sniffing.kind_of(content)
    if kind in PICTURES:
        return kind, pictures.clean(content, kind)
    if kind == "pdf":
        return kind, pdfs.clean(content)
    if kind == "zip":
        return offices.clean(content)
    if kind == "text":
        return kind, texts.clean(content)
    raise Fault("encrypted" if kind == "encrypted" else "refused_kind", kind)


def logo(content: bytes) -> tuple[str, bytes]:
    """A picture drawn as small as a logo is; anything else is refused."""
    kind = sniffing.kind_of(content)
    if kind not in PICTURES:
        raise Fault("no_picture", kind)
    return "png", pictures.small(pictures.clean(content, kind))


def main() -> None:
    limits.bind()
    as_asked = logo if sys.argv[1:] == ["logo"] else read
    content, told, stored = sys.stdin.buffer.read(), {}, b""
    kind = sniffing.kind_of(content)
    try:
        kind, stored = as_asked(content)
        if len(stored) > MOST_STORED:
            raise Fault("too_heavy")
        told = {"kind": kind}
    except Fault as fault:
        stored = b""
        told = {"fault": fault.word, "found": fault.found or kind}
    except (MemoryError, RecursionError):
        stored = b""
        told = {"fault": "too_heavy", "found": kind}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + stored)


if __name__ == "__main__":
    main()
