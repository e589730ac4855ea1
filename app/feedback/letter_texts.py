"""Reading what the office says comes next: the texts in force, their versions, and the drafts that are older."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.decisions.rules import GATES, Outcome
from app.feedback.models import Letter, LetterText
from app.feedback.rules import SEVERAL, LetterState
from app.feedback.sections import Section
from app.kit.errors import NotFound
from app.kit.i18n import LANGUAGES
from app.process.models import Stage


def language_of(language: str) -> str:
    """In which of the languages of this site a reader gets letters."""
    return "en" if language.startswith("en") else "es"


@dataclass(frozen=True)
class InForce:
    """The newest text of each outcome and language of a stage, and the highest number there is."""

    texts: dict[tuple[str, str], LetterText]
    upto: int = 0

    def of(self, outcome: str, language: str) -> LetterText | None:
        """The newest text, be it empty; none where nobody ever wrote one."""
        return self.texts.get((outcome, language_of(language)))

    def put_into(self, section: Section, language: str) -> Section:
        """The section with the text that holds for what it tells."""
        text = self.of(section.outcome, language)
        return replace(section, next_text=text.body, next_version=text.version) if text and text.body else section


def outcomes_of(stage: Stage) -> tuple[Outcome, ...]:
    """The outcomes a stage may have, each with a text of its own; none where nothing is decided."""
    return GATES[stage.kind].outcomes if stage.kind in GATES else ()


def named(stage: Stage, outcome: str, language: str) -> Outcome:
    """The outcome of this name, where this stage may have it and this site speaks the language."""
    found = next((one for one in outcomes_of(stage) if one == outcome), None)
    if found is None or language not in LANGUAGES:
        raise NotFound
    return found


def in_force(session: Session, stage_id: uuid.UUID) -> InForce:
    """What holds at a stage now."""
    newest = (
        select(func.max(LetterText.version))
        .where(LetterText.stage_id == stage_id)
        .group_by(LetterText.outcome, LetterText.language)
    )
    wanted = select(LetterText).where(LetterText.stage_id == stage_id, LetterText.version.in_(newest))
    rows = session.scalars(wanted).all()
    return InForce({(row.outcome, row.language): row for row in rows}, max((row.version for row in rows), default=0))


def of_process(session: Session, process_id: uuid.UUID) -> list[tuple[str, LetterText]]:
    """What holds at every stage of a process, with the stage's name in addresses."""
    newer = aliased(LetterText)
    same = (newer.stage_id == LetterText.stage_id, newer.outcome == LetterText.outcome)
    replaced = exists().where(*same, newer.language == LetterText.language, newer.version > LetterText.version)
    wanted = select(Stage.slug, LetterText).join(LetterText, LetterText.stage_id == Stage.id)
    rows = wanted.where(LetterText.process_id == process_id, ~replaced).order_by(Stage.position, LetterText.version)
    return [(slug, text) for slug, text in session.execute(rows)]


def versions_of(session: Session, stage_id: uuid.UUID, outcome: Outcome, language: str) -> Sequence[LetterText]:
    """Every version of one text, the newest first."""
    one = (LetterText.stage_id == stage_id, LetterText.outcome == outcome, LetterText.language == language)
    return session.scalars(select(LetterText).where(*one).order_by(LetterText.version.desc())).all()


def is_older() -> ColumnElement[bool]:
    """Whether a letter was drafted before the newest text that may concern it."""
    tells = or_(LetterText.outcome == Letter.outcome, Letter.outcome == SEVERAL)
    speaks = LetterText.language == func.substr(Letter.language, 1, 2)
    return exists().where(LetterText.stage_id == Letter.stage_id, LetterText.version > Letter.texts_upto, tells, speaks)


def _older_drafts(stage_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return (Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, is_older())


def count_older(session: Session, stage_id: uuid.UUID) -> int:
    """How many drafts of a stage are from before the newest text."""
    return session.scalar(select(func.count()).select_from(Letter).where(*_older_drafts(stage_id))) or 0


def waiting_anew(session: Session, stage_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The people whose drafts are from before the newest text, the oldest draft first."""
    wanted = select(Letter.person_id).where(*_older_drafts(stage_id)).order_by(Letter.id)
    return list(session.scalars(wanted.limit(limit)))


def is_draft_older(session: Session, letter: Letter) -> bool:
    """Whether this one is."""
    return session.scalar(select(Letter.id).where(Letter.id == letter.id, *_older_drafts(letter.stage_id))) is not None
