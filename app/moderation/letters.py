"""What the authors of a text are told: by which rule it is held back, until when, and how somebody else looks at it."""

from __future__ import annotations

from app.mail.rendering import Letter, Verbatim
from app.mail.rules import LetterKind
from app.process.models import Process
from app.proposals.models import Proposal


def held(process: Process, proposal: Proposal, rule: str, until: str) -> Letter:
    """That it is held back; nothing of the text stands in the letter, whose address may never have been confirmed."""
    return _about(process, proposal, "moderation/held", rule=rule, until=until)


def decided(process: Process, proposal: Proposal, outcome: str, rule: str, may_review: bool) -> Letter:  # noqa: FBT001 - what the letter says
    """What was decided."""
    return _about(process, proposal, "moderation/decided", outcome=outcome, rule=rule, may_review=may_review)


def _about(process: Process, proposal: Proposal, template: str, **context: object) -> Letter:
    facts = {
        "process": {"name": process.name(proposal.language)},
        "folio": proposal.folio,
        "path": f"/p/{process.slug}/moderation",
        "ask_at": Verbatim(process.ask_at),
        **context,
    }
    return Letter(template, facts, kind=LetterKind.RECEIPT, process_id=process.id)
