"""Having a file read by a child process, which has no secrets, 1 GB of memory and 20 seconds of processor.

The child (`app/documents/child`) binds itself before it reads: RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, no core dump. Its
environment is empty, so no key or address of a database is in it. Whatever kills it is told as a file too heavy.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.documents import rules
from app.documents.rules import Kind
from app.kit.i18n import Text
from app.settings import ROOT
from app.web.intake import Sent

SECONDS = 40.0
READER = (sys.executable, "-s", "-m", "app.documents.child")
log = structlog.get_logger("minga.documents")


@dataclass(frozen=True)
class Clean:
    """A file that may be kept: its name, what it is, and its bytes as they are stored."""

    name: str
    kind: Kind
    content: bytes
    sha256: str


@dataclass(frozen=True)
class Looked:
    """What came of the files of one form: those that may be kept, and a sentence for each that may not."""

    clean: tuple[Clean, ...] = ()
    faults: tuple[Text, ...] = ()


def look(sent: Sequence[Sent]) -> Looked:
    """Look at each file by itself: one that is refused takes nothing away from the others."""
    return _sorted([_look(one) for one in sent])


def look_at_logo(sent: Sequence[Sent]) -> Looked:
    """Look at a picture that becomes a logo: drawn anew, small, as PNG."""
    return _sorted([_look(one, "logo") for one in sent])


def _sorted(seen: Sequence[Clean | Text]) -> Looked:
    return Looked(
        tuple(one for one in seen if isinstance(one, Clean)), tuple(one for one in seen if isinstance(one, Text))
    )


def _look(sent: Sent, *how: str) -> Clean | Text:
    if rules.has_path(sent.name):
        return rules.sentence(sent.name, "path")
    if sent.size > rules.MOST_BYTES:
        return rules.sentence(sent.name, "too_large")
    if sent.size == 0:
        return rules.sentence(sent.name, "empty")
    told, content = read(sent.content(), *how)
    if "fault" in told:
        return rules.sentence(sent.name, told["fault"], told["found"])
    kind = rules.kind_named(told["kind"], sent.name)
    if not how and rules.is_disguised(sent.name, kind):
        return rules.sentence(sent.name, "disguised", kind)
    return Clean(rules.clean_name(sent.name, kind), kind, content, hashlib.sha256(content).hexdigest())


def read(content: bytes, *how: str) -> tuple[dict[str, str], bytes]:
    """What the child says of a file, and the bytes it made of it."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell, nothing of the file in its arguments
                (*READER, *how),
                stdin=given,
                stdout=made,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"fault": "too_heavy", "found": ""}, b""
        if done.returncode:
            log.warning("documents: a file could not be read", returncode=done.returncode)
            return {"fault": "too_heavy", "found": ""}, b""
        made.seek(0)
        told: dict[str, str] = json.loads(made.readline())
        return told, made.read()
