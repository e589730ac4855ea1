"""The letters of the plan: a comment on its draft was received, a round is opened, who is silent is reminded."""

from __future__ import annotations

from collections.abc import Sequence

from app.commitments.models import MonitoringRound
from app.kit.text import say_date
from app.mail.rendering import LATE, Letter, Verbatim
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.letters import variant


def _about(process: Process, template: str, facts: dict[str, object]) -> Letter:
    context = {
        "process": {"name": process.name(process.language)},
        "path": f"/p/{process.slug}/reporting/{LATE('token')}",
        "ask_at": Verbatim(process.ask_at),
        **facts,
    }
    return Letter(f"commitments/{template}", context, kind=LetterKind.DUTY, process_id=process.id)


def round_opened(process: Process, facts: dict[str, str], commitments: Sequence[str]) -> Letter:
    """That a round is open: by which letter, until when, for which commitments, and the link to report by."""
    return _about(process, "round_opened", {**facts, "commitments": list(commitments)})


def reminder(process: Process, one: MonitoringRound, organisation: str) -> Letter:
    """That a report is still missing, and until when it is awaited."""
    spoken = variant(process, process.language)
    facts: dict[str, object] = {
        "organisation": organisation,
        "round": one.name,
        "letter_number": one.letter_number,
        "due_on": say_date(one.due_on, spoken),
    }
    return _about(process, "reminder", facts)


def comment_received(process: Process, folio: str, token: str, language: str) -> Letter:
    """That a comment arrived: folio, moment, and the link that confirms the address; nothing of what was written."""
    context = {
        "process": {"name": process.name(language)},
        "folio": folio,
        "received_at": LATE("received_at"),
        "path": f"/p/{process.slug}/draft/mine/{token}",
        "table_path": f"/p/{process.slug}/draft/issues",
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("commitments/comment_received", context, kind=LetterKind.RECEIPT, process_id=process.id)
