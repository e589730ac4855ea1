"""Letters on paper: those that are to be handed over, each beginning on a page of its own, with an address block.

The words are those that were approved, as they stand. A letter that was printed is not thereby handed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.documents import papers
from app.feedback import queries
from app.feedback.models import Letter
from app.kit.i18n import T
from app.people import queries as people
from app.people.models import Contact
from app.people.rules import ContactKind
from app.process.models import Process, Stage

AT_ONCE = 100
"""As many letters make one file; the page offers the next ones after it."""
QUOTED = "> "
FOOT = "--\n"


def to_print(session: Session, stage: Stage, after: uuid.UUID | None) -> list[Letter]:
    """The approved letters of a stage that are to be handed over, in the order of the office's list."""
    return [line.letter for line in queries.letters_of(session, stage.id, "hand", after, AT_ONCE)]


def sheet(session: Session, process: Process, letters: Sequence[Letter]) -> bytes:
    """What the press is given: the words of each letter, and where it goes."""
    persons = [letter.person_id for letter in letters]
    names, reached = queries.people_named(session, persons), people.contacts_of(session, persons)
    language = process.language[:2]
    return papers.sheet_from(
        {
            "language": language,
            "title": T("Letters to be handed over").into(language),
            "body": process.name(language),
            "letters": [_told(one, names[one.person_id].name, reached[one.person_id]) for one in letters],
        }
    )


def printed(sheet: bytes) -> bytes:
    """The letters as one tagged PDF."""
    return papers.set_sheet(sheet, "letters")


def _told(letter: Letter, name: str, reached: Sequence[Contact]) -> dict[str, Any]:
    by_post = [contact.value for contact in reached if contact.kind is ContactKind.POST and contact.value]
    return {
        "language": letter.language[:2],
        "folios": ", ".join(letter.folios),
        "to": [] if letter.is_to_anybody else [name, *(by_post[0].splitlines() if by_post else [])],
        "subject": letter.subject,
        "parts": list(_parts(letter.text)),
    }


def _parts(text: str) -> Iterator[dict[str, Any]]:
    """What a letter's own text is made of; what stands below its line is its foot to the end."""
    kind = "said"
    for part in filter(str.strip, text.split("\n\n")):
        said = part.strip()
        kind = "foot" if said.startswith(FOOT) else kind
        lines = said.removeprefix(FOOT).removeprefix(QUOTED).split("\n")
        yield {"kind": "quote" if said.startswith(QUOTED) else kind, "lines": lines}
