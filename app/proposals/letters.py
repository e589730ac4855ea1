"""The letters of the intake: receipt, returned, merged, withdrawn, invitation; each a function that returns data."""

from __future__ import annotations

from dataclasses import replace

from app.mail.rendering import LATE, Letter, Verbatim
from app.mail.rules import LetterKind
from app.process.models import FormOfAddress, Process
from app.proposals.models import Proposal


def variant(process: Process, language: str) -> str:
    """The catalogue a letter of this process speaks from."""
    if language == "es" and process.form_of_address is FormOfAddress.TU:
        return "es_tu"
    return language if language in {"es", "en"} else "es"


def receipt(process: Process, folio: str, token: str, language: str) -> Letter:
    """What somebody gets at once: folio, moment, and how to confirm the address; nothing they wrote, and no code.

    The address may be mistyped until it is confirmed, and a stranger must not be able to change the proposal.
    """
    return Letter(
        "proposals/receipt",
        {
            "process": {"name": process.name(language)},
            "slug": process.slug,
            "folio": folio,
            "received_at": LATE("received_at"),
            "confirm_path": f"/p/{process.slug}/confirm/{token}",
            "follow_path": f"/follow?folio={folio}",
            "ask_at": Verbatim(process.ask_at),
        },
        kind=LetterKind.RECEIPT,
        process_id=process.id,
    )


def new_code(process: Process, folio: str, path: str, language: str) -> Letter:
    """The way to a new code, for an author who lost theirs; only ever to an address that was confirmed."""
    context = {
        "process": {"name": process.name(language)},
        "folio": folio,
        "path": Verbatim(path),
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("proposals/new_code", context, kind=LetterKind.RECEIPT, process_id=process.id)


def _about(process: Process, proposal: Proposal, template: str, **context: object) -> Letter:
    facts = {
        "process": {"name": process.name(proposal.language)},
        "slug": process.slug,
        "folio": proposal.folio,
        "title": proposal.title,
        "follow_path": "/follow",
        "ask_at": Verbatim(process.ask_at),
        **context,
    }
    return Letter(template, facts, kind=LetterKind.RECEIPT, process_id=process.id)


def returned(process: Process, proposal: Proposal, reason: str, mend_by: str) -> Letter:
    """What has to be changed, and until when."""
    return _about(process, proposal, "proposals/returned", reason=reason, mend_by=mend_by)


def merged(process: Process, proposal: Proposal, into: Proposal, reason: str) -> Letter:
    """With which proposal it goes on together, and why; its author is answered for that one from now on."""
    return _about(process, proposal, "proposals/merged", reason=reason, into_folio=into.folio, into_title=into.title)


def news(process: Process, proposal: Proposal, mend_by: str = "") -> Letter:
    """That something became of it, and where to read what: all an address is told that nobody has confirmed."""
    letter = _about(process, proposal, "proposals/news", mend_by=mend_by)
    return replace(letter, context={name: value for name, value in letter.context.items() if name != "title"})


def withdrawn(process: Process, proposal: Proposal) -> Letter:
    """That it was withdrawn, as its author asked."""
    return _about(process, proposal, "proposals/withdrawn")


def invitation(process: Process, facts: dict[str, str], token: str, language: str) -> Letter:
    """The invitation of a public body by a tracked official letter."""
    context = {
        "process": {"name": process.name(language)},
        "slug": process.slug,
        "path": f"/p/{process.slug}/invitation/{token}",
        "ask_at": Verbatim(process.ask_at),
        **facts,
    }
    return Letter("proposals/invitation", context, kind=LetterKind.DUTY, process_id=process.id)


def go_on(process: Process, path: str) -> Letter:
    """The link to a draft, for whoever wants to go on writing later or on another device."""
    context = {
        "process": {"name": process.name(process.language)},
        "path": Verbatim(path),
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("proposals/go_on", context, kind=LetterKind.RECEIPT, process_id=process.id)


def co_author(process: Process, folio: str, path: str) -> Letter:
    """Somebody says they propose this together: read it, and sign it or not; nothing that was typed stands in it."""
    context = {
        "process": {"name": process.name(process.language)},
        "folio": folio,
        "path": path,
        "ask_at": Verbatim(process.ask_at),
    }
    return Letter("proposals/co_author", context, kind=LetterKind.RECEIPT, process_id=process.id)
