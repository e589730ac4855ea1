"""The office's own words in the letters of a stage: another version at each saving, and how they would read before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.feedback import letter_texts, letters, own_words, samples
from app.feedback.actions import drafting, looking
from app.feedback.models import LetterText
from app.feedback.rules import ASK_WITHIN
from app.feedback.sections import Section
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.mail.rendering import Rendered
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals.letters import variant
from app.work import Work

SAMPLE_REASON = T("Here stands the reason of the decision, as it was published.")


@dataclass(frozen=True)
class About:
    """Which text is meant, what was typed for it, and when."""

    process: Process
    stage: Stage
    outcome: str
    language: str
    body: str
    now: datetime


@dataclass(frozen=True)
class Shown:
    """A letter as it would read: about what and to whom it is, and of what it is an example; samples are to nobody."""

    to: str
    of: list[Text]
    rendered: Rendered


def write(work: Work, about: About, seen: int) -> LetterText:
    """Put a text in force from now on, an empty one for the program's own words. Whoever drafts answers.

    Letters that were drafted or approved before stay as they are. Refused where somebody else saved another version
    since the one that was `seen`, 0 for none.
    """
    work.require(Permission.DRAFT_ANSWERS, about.process.id)
    outcome = letter_texts.named(about.stage, about.outcome, about.language)
    checked(about.body)
    looking.hold(work, about.stage.id)
    standing = letter_texts.in_force(work.session, about.stage.id)
    newest = standing.of(outcome, about.language)
    if (newest.version if newest else 0) != seen:
        raise Conflict(T("Somebody changed this text in the meantime. Look at the versions below and save again."))
    body = about.body.strip()
    if body == (newest.body if newest else ""):
        raise Conflict(T("Nothing was changed in this text."))
    row = LetterText(
        id=ids.new_id(),
        process_id=about.process.id,
        stage_id=about.stage.id,
        outcome=outcome,
        language=about.language,
        version=standing.upto + 1,
        body=body,
        written_by=_whose(work),
        at=work.now,
    )
    work.session.add(row)
    told = {"outcome": outcome.value, "language": about.language, "version": row.version, "is_empty": not body}
    work.record("letter_text.written", about.stage.subject, stage=about.stage.slug, **told)
    return row


def _whose(work: Work) -> uuid.UUID:
    if work.actor.person_id is None:
        raise Conflict(T("A text is written by a person."))
    return work.actor.person_id


def checked(body: str) -> None:
    """Refuse a text that could not stand in a letter as it was typed."""
    why_not = own_words.fault(body)
    if why_not is not None:
        raise Invalid(body=why_not)


def shown(session: Session, about: About, chance: float) -> list[Shown]:
    """How drafted letters would read with this text: the first, the longest and one by `chance`; changes nothing.

    While none about this outcome in this language is drafted, one made up of samples.
    """
    checked(about.body)
    drafts = samples.of_stage(session, about.stage.id, chance, about.outcome, about.language)
    if not drafts:
        return [sample(session, about, "")]
    found = []
    for one in drafts:
        answer = drafting.answer_of(session, about.process, about.stage, one.letter, one.letter.note)
        told = [_with(Section(**section), about) for section in one.letter.sections]
        rendered = letters.written(about.process, about.stage, told, answer)
        found.append(Shown(f"{', '.join(one.letter.folios)} · {one.name}", one.of, rendered))
    return found


def _with(section: Section, about: About) -> Section:
    return replace(section, next_text=about.body.strip()) if section.outcome == about.outcome else section


def sample(session: Session, about: About, name: str) -> Shown:
    """A letter with this text to nobody, in which a sample stands for everything a proposal would bring."""
    checked(about.body)
    language = variant(about.process, about.language)
    section = Section(
        folio=f"{about.process.folio_prefix}-0000",
        title=own_words.SAMPLE_TITLE.into(language),
        own_words="",
        outcome=letter_texts.named(about.stage, about.outcome, about.language).value,
        reason=SAMPLE_REASON.into(about.process.language[:2]),
        decided_on=about.now.astimezone(about.process.zone).date().isoformat(),
        is_public=False,
    )
    answer = letters.Answer(
        name=name or T("Name and surname").into(language),
        language=about.language,
        ask_by=about.now + ASK_WITHIN,
        question=ids.new_token(),
        is_followed=processes.is_followed(session, about.stage),
        has_plan=processes.has_plan(session, about.process.id),
    )
    rendered = letters.written(about.process, about.stage, [_with(section, about)], answer)
    return Shown("", [], rendered)
