"""The proposals most like a text: while somebody writes, beside one that is read, and at the office's door.

The index gives the twenty that share most of the rarest words; they are compared by their groups of letters, in
which other forms of a word and misspelt ones still meet. What is not alike enough is not shown at all.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import not_, or_, select
from sqlalchemy.orm import Session

from app.kit import likeness, search
from app.kit.i18n import Text
from app.kit.search import plain
from app.proposals.models import Proposal, Revision
from app.proposals.rules import PLAIN_WORDS, State, plain_state

COMPARED = 20
"""So many of those that share the rarest words are compared letter by letter: with fifty the same come first, later."""
TITLE_TIMES = 3
LETTERS = (4,)
READ = 200
"""Of a long text its beginning says what it is about."""
ALIKE = 0.22
"""The floor, chosen from 1,008 real proposals: below it two texts mostly share a street, above it mostly a wish."""
AKIN = 0.15
"""Below this two texts share words and no matter; chosen by reading what it leaves in and out."""
ENDED_ELSEWHERE = (State.WITHDRAWN, State.MERGED)
"""Nobody is sent to what was withdrawn, nor to what goes on within another."""
_SHOWN = (Proposal.folio, Proposal.title, Proposal.state, Revision.problem)


@dataclass(frozen=True)
class Similar:
    """One proposal the public may see that is like the text it was compared with, from 0 to 1."""

    folio: str
    title: str
    state: State
    problem: str
    alike: float

    @property
    def words(self) -> Text:
        """Where it stands, in the plain words of the public pages."""
        return PLAIN_WORDS[plain_state(self.state)]


@dataclass(frozen=True)
class Written:
    """A text to compare others with; `but` is the proposal it stands in, if it stands in one."""

    title: str
    problem: str = ""
    solution: str = ""
    but: uuid.UUID | None = None

    @property
    def body(self) -> str:
        """What is written below the title."""
        return f"{self.problem}\n{self.solution}"


def related(session: Session, process_id: uuid.UUID, written: Written) -> list[Similar]:
    """Up to four that speak of the same matter as one that is read: less alike than what would be the same wish."""
    return similar(session, process_id, written, 4, floor=AKIN)


def similar(
    session: Session, process_id: uuid.UUID, written: Written, limit: int = 5, *, floor: float = ALIKE
) -> list[Similar]:
    """The public proposals of a process most like this text, the most alike first.

    Two statements, however many proposals there are; a third where every word is common.
    """
    weights = dict(search.alike(session, str(process_id), written.title, written.body, COMPARED))
    if not weights:
        return []
    # As in the list's search: said as "not of another", so that only these numbers are read.
    is_other = or_(
        Proposal.process_id != process_id,
        Proposal.is_public.is_(False),
        Proposal.state.in_(ENDED_ELSEWHERE),
        Proposal.id == written.but,
    )
    rows = session.execute(
        select(Proposal.search_number, *_SHOWN, Revision.solution)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Proposal.search_number.in_(list(weights)), not_(is_other))
    )
    found = {row[0]: row[1:] for row in rows}
    weighed = [(found[number], weights[number]) for number in weights if number in found]
    return _compared(written, weighed, floor)[:limit]


def _compared(written: Written, found: Sequence[tuple[Any, float]], floor: float) -> list[Similar]:
    """Put in order by letters in common, times the root of the rare words in common; in how few of these is known."""
    texts = {row[0]: _text(row[1], row[3], row[4]) for row, _ in found}
    likely = likeness.Likeness(texts, LETTERS)
    own = likely.vector(_text(written.title, written.problem, written.solution))
    heaviest = max((weight for _, weight in found), default=1.0)
    scored = []
    for (folio, title, state, problem, _), weight in found:
        alike = likeness.product(own, likely.vectors[folio])
        if alike >= floor:
            scored.append((alike * math.sqrt(weight / heaviest), Similar(folio, title, state, problem, alike)))
    return [one for _, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].folio))]


def _text(title: str, problem: str, solution: str) -> str:
    return plain(f"{' '.join([title] * TITLE_TIMES)} {f'{problem} {solution}'[:READ]}")
