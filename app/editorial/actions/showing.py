"""The logo of a process: set, exchanged, taken away."""

from __future__ import annotations

import uuid

from app.documents import actions as documents
from app.documents import queries
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work

SHOWN_HIGH = 40
"""So many points high it stands beside the name."""
WIDTH, HEIGHT = slice(16, 20), slice(20, 24)
"""Where a PNG says how large it is (ISO/IEC 15948, IHDR)."""


def show_logo(work: Work, process: Process, file: uuid.UUID) -> None:
    """Show a picture that waits beside the name of a process, on all of its pages. Office only.

    The one that was there before stays kept: pages that were saved with it still name it.
    """
    work.require(Permission.EDIT_PROCESS, process.id)
    document = documents.bind(work, [file])[0]
    content = queries.content_of(work.session, document)
    wide, high = (int.from_bytes(content[part]) for part in (WIDTH, HEIGHT))
    process.logo_id, process.logo_width = document.id, max(1, round(wide * SHOWN_HIGH / high))
    work.record("process.described", process.subject, changed=["logo"])


def take_logo_away(work: Work, process: Process) -> None:
    """Let a process stand under its name alone again. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if process.logo_id is None:
        raise Conflict(T("There is no logo."))
    process.logo_id, process.logo_width = None, 0
    work.record("process.described", process.subject, changed=["logo"])
