"""The letters of the forum: to who is late with score sheets, how many are missing; of scores and of others nothing."""

from __future__ import annotations

from app.forum.models import Round
from app.kit.text import say_until
from app.mail.rendering import Letter, Verbatim
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.letters import variant


def late_with_sheets(process: Process, found: Round, missing: int, language: str) -> Letter:
    """That sheets are missing, until when they are awaited, and where they are filled in."""
    context = {
        "process": {"name": process.name(language)},
        "missing": missing,
        "closes_at": say_until(found.closes_at, process.timezone, variant(process, language)),
        "path": f"/p/{process.slug}/score",
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("forum/late_with_sheets", context, kind=LetterKind.DUTY, process_id=process.id)
