"""The office's own words about what comes next: per outcome and language a text, its versions, and how letters read."""

from __future__ import annotations

import random
from typing import Any

from starlette.responses import Response

from app.decisions.rules import OUTCOME_WORDS
from app.feedback import actions, letter_texts, own_words, queries, what_next
from app.feedback.models import LetterText
from app.feedback.own_words import ASK_BY, PLACEHOLDERS, SAMPLE_TITLE
from app.feedback.pages.letters import post_trial
from app.feedback.rules import ASK_WITHIN
from app.feedback.samples import LANGUAGES
from app.kit.errors import NotFound
from app.kit.i18n import T, Text, said
from app.kit.text import readability_es, say_date
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Stage
from app.proposals.letters import variant
from app.web.edge import Router
from app.web.view import View

router = Router()
DRAFT = Permission.DRAFT_ANSWERS
ALL = "/p/{slug}/office/answers/{stage}/texts"
ONE = ALL + "/{outcome}/{language}"
_dice = random.SystemRandom()


def _place(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    process = standing(view, slug)
    view.require(DRAFT, process.id)
    row = processes.stage_named(view.session, process.id, stage)
    if not letter_texts.outcomes_of(row):
        raise NotFound
    return process, row


def _ours(view: View, process: Process, stage: Stage) -> dict[tuple[str, str], str]:
    """The program's own words for each outcome and language, with the day as a placeholder."""
    place = what_next.Place(
        process="",
        stage="",
        ask_until=f"{{{ASK_BY}}}",
        is_followed=processes.is_followed(view.session, stage),
        has_plan=processes.has_plan(view.session, process.id),
    )
    return {
        (outcome, language): what_next.of_the_program(outcome, place).into(variant(process, language))
        for outcome in letter_texts.outcomes_of(stage)
        for language in LANGUAGES
    }


@router.page(ALL, may=DRAFT)
def texts(view: View, slug: str, stage: str) -> Response:
    """What the letters say comes next after each outcome, in each language: whose words, and which version."""
    process, row = _place(view, slug, stage)
    standing_texts, ours = letter_texts.in_force(view.session, row.id), _ours(view, process, row)
    first = process.language[:2]
    languages = sorted(LANGUAGES, key=lambda language: language != first)
    return view.render(
        "feedback/letter_texts.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        outcomes=[(outcome, OUTCOME_WORDS[outcome]) for outcome in letter_texts.outcomes_of(row)],
        languages=[(language, LANGUAGES[language]) for language in languages],
        texts=standing_texts,
        ours=ours,
    )


@router.page(ONE, may=DRAFT)
def text(view: View, slug: str, stage: str, outcome: str, language: str) -> Response:
    """One text to be written: the field, what may stand in braces, what stands now, and every version before."""
    return _form(view, _place(view, slug, stage), outcome, language)


def _form(
    view: View, place: tuple[Process, Stage], outcome: str, language: str, shown: list[actions.Shown] | None = None
) -> Response:
    process, row = place
    which = letter_texts.named(row, outcome, language)
    versions = letter_texts.versions_of(view.session, row.id, which, language)
    newest = versions[0].body if versions else ""
    body = view.typed("body") if shown or view.errors else newest
    return view.render(
        "feedback/letter_text.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        outcome=which,
        outcome_word=OUTCOME_WORDS[which],
        language_name=LANGUAGES[language],
        spoken=language,
        versions=versions,
        writers=queries.people_named(view.session, [one.written_by for one in versions]),
        seen=view.typed("seen") if shown or "body" in view.errors else versions[0].version if versions else 0,
        body=body,
        ours=_ours(view, process, row)[which, language],
        placeholders=_explained(view, process, row, language),
        longest=own_words.LONGEST,
        reading=readability_es(body) if language == "es" else None,
        shown=shown,
        sent_to_me=bool(shown) and view.typed("do") == "test",
    )


def _explained(view: View, process: Process, stage: Stage, language: str) -> list[tuple[str, Text, Any]]:
    """What may stand in braces, what it is, and a sample in the language of the text."""
    until = (view.now + ASK_WITHIN).astimezone(process.zone).date()
    samples = {
        "proceso": process.name(language),
        "etapa": said(stage.name(language), language),
        "folio": f"{process.folio_prefix}-0000",
        "titulo": SAMPLE_TITLE.into(language),
        ASK_BY: say_date(until, language),
    }
    return [(f"{{{name}}}", what, samples[name]) for name, what in PLACEHOLDERS.items()]


def _about(view: View, place: tuple[Process, Stage], outcome: str, language: str) -> actions.About:
    process, row = place
    return actions.About(
        process, row, letter_texts.named(row, outcome, language), language, view.typed("body"), view.now
    )


def _prepare(view: View, slug: str, stage: str, outcome: str, language: str) -> Any:
    about = _about(view, _place(view, slug, stage), outcome, language)
    if view.typed("do") == "look":
        return actions.shown(view.session, about, _dice.random())
    return [actions.sample(view.session, about, "")] if view.typed("do") == "test" else None


@router.act(ONE, may=DRAFT, prepare=_prepare, again=text)
def write(view: View, slug: str, stage: str, outcome: str, language: str) -> Response:
    """Save the text as another version; or only look at letters with it, or send one with samples to oneself."""
    place = _place(view, slug, stage)
    if view.typed("do") in {"look", "test"}:
        if view.typed("do") == "test":
            post_trial(view, view.prepared[0].rendered)
        return _form(view, place, outcome, language, view.prepared)
    seen = view.typed("seen")
    about = _about(view, place, outcome, language)
    saved = actions.write(view.work, about, int(seen) if seen.isascii() and seen.isdigit() else 0)
    return view.see_other(f"/p/{slug}/office/answers/{stage}/texts", _told(saved))


def _told(saved: LetterText) -> Text:
    if not saved.body:
        return T("The program's own words stand again.")
    return T("Version {n} is in force. Letters drafted from now on say it.", n=saved.version)
