"""The letters worth reading before many are approved: the first, the longest, one by chance, and one of each kind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.feedback.letters import IN_SUBJECT
from app.feedback.models import Letter
from app.feedback.rules import LetterState
from app.kit.i18n import T, Text
from app.people.models import Person

MOST = 2000
"""So many drafts are looked through, the oldest first, whatever more there are."""
LANGUAGES: dict[str, Text] = {"es": T("in Spanish"), "en": T("in English")}


@dataclass(frozen=True)
class Draft:
    """A draft that could be approved, as far as it takes to choose among many."""

    id: uuid.UUID
    outcome: str
    language: str
    length: int


@dataclass(frozen=True)
class Sample:
    """A letter to read, its reader, and what it is an example of."""

    letter: Letter
    name: str
    of: list[Text]


def chosen(drafts: Sequence[Draft], chance: float) -> dict[uuid.UUID, list[Text]]:
    """The letters to read and what each is an example of: the first, the longest, one by `chance` in [0, 1).

    Then the first of each outcome, and of each language where there is more than one.
    """
    found: dict[uuid.UUID, list[Text]] = {}
    if not drafts:
        return found
    picked = [
        (drafts[0], T("the first")),
        (max(drafts, key=lambda draft: draft.length), T("the longest")),
        (drafts[int(chance * len(drafts))], T("one by chance")),
    ]
    picked += [(draft, IN_SUBJECT.get(what, T("several proposals"))) for what, draft in _first(drafts, "outcome")]
    spoken = [(draft, LANGUAGES.get(what[:2], T("in another language"))) for what, draft in _first(drafts, "language")]
    for draft, why in picked + (spoken if len(spoken) > 1 else []):
        found.setdefault(draft.id, []).append(why)
    return found


def _first(drafts: Sequence[Draft], field: str) -> list[tuple[str, Draft]]:
    """The first draft of each value of a field, in the order in which they come."""
    firsts: dict[str, Draft] = {}
    for draft in drafts:
        firsts.setdefault(getattr(draft, field), draft)
    return list(firsts.items())


def of_stage(
    session: Session, stage_id: uuid.UUID, chance: float, outcome: str | None = None, language: str | None = None
) -> list[Sample]:
    """The letters of a stage to read before they are approved; none while nothing is drafted.

    Only those about one proposal with this outcome, and in this language, where they are named.
    """
    columns = (Letter.id, Letter.outcome, Letter.language, Letter.length)
    wanted = (Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, Letter.length > 0)
    drafts = select(*columns).where(*wanted)
    if outcome is not None:
        drafts = drafts.where(Letter.outcome == outcome)
    if language is not None:
        drafts = drafts.where(Letter.language.startswith(language))
    rows = session.execute(drafts.order_by(Letter.id).limit(MOST))
    picked = chosen([Draft(*row) for row in rows], chance)
    whole = select(Letter, Person.name).join(Person, Person.id == Letter.person_id).where(Letter.id.in_(picked))
    read = {letter.id: (letter, name) for letter, name in session.execute(whole)}
    return [Sample(*read[key], why) for key, why in picked.items()]
