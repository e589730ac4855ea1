"""Comparing the texts of a process: three likely themes for each, drafts of groups, pairs that may be the same.

The comparison is a job of the worker and only ever suggests. Nothing is placed before a person says so.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert

from app.kit import clock, ids, likeness
from app.kit.db import Database
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.kit.search import plain
from app.people.actor import Actor
from app.people.rules import Permission
from app.prioritisation.actions.theming import NameTheme, Place, name_theme, place
from app.prioritisation.models import Alike, Comparison, GroupDraft, Suggestion, Theme
from app.prioritisation.queries import themes as queries
from app.prioritisation.queries.themes import Compared
from app.prioritisation.rules import theming
from app.process import queries as processes
from app.process.models import Process
from app.proposals import queries as proposals
from app.work import Work, jobs, transaction

Tell = Callable[[int, int], None]
JOB = "prioritisation.compare"
STEPS = 4


@dataclass
class Findings:
    """What a comparison found, as rows."""

    compared: int = 0
    suggestions: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    alikes: list[dict[str, Any]] = field(default_factory=list)


def ask_comparison(work: Work, process: Process, groups: int) -> None:
    """Ask for a new comparison with so many drafts of groups; the worker makes it. Office only, one at a time."""
    work.require(Permission.GROUP_PROPOSALS, process.id)
    if not theming.FEWEST_GROUPS <= groups <= theming.MOST_GROUPS:
        limits = {"fewest": theming.FEWEST_GROUPS, "most": theming.MOST_GROUPS}
        raise Invalid(groups=T("Write a number from {fewest} to {most}.", **limits))
    found = queries.comparison_of(work.session, process.id)
    if queries.is_comparing(found):
        raise Conflict(T("The texts are being compared already. Wait a moment."))
    job = jobs.ask(work.session, JOB, {"process": process.slug, "groups": groups}, work.now)
    work.session.flush()
    if found is None:
        work.session.add(Comparison(process_id=process.id, job_id=job.id, asked_at=work.now, compared=0))
    else:
        found[0].job_id, found[0].asked_at, found[0].done_at = job.id, work.now, None
    work.record("themes.comparison_asked", process.subject, groups=groups)


def compare_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `prioritisation.compare`: arguments `process` and `groups`."""
    with database.reading() as session:
        process = processes.by_slug(session, arguments["process"])
        themes = queries.themes_of(session, process.id)
        texts = queries.texts_to_compare(session, process.id, theming.MOST_COMPARED)
    tell(1, STEPS)
    found = compare(process.id, themes, texts, int(arguments["groups"]), tell)
    with transaction(database, Actor.system(), clock.now()) as work:
        _keep(work, process.id, found)


def compare(
    process_id: uuid.UUID, themes: Sequence[Theme], texts: Sequence[Compared], groups: int, tell: Tell
) -> Findings:
    """Everything a comparison finds; takes seconds for a thousand texts, so never inside a request."""
    likely = likeness.Likeness({text.folio: plain(text.text) for text in texts})
    tell(2, STEPS)
    found = Findings(compared=len(texts))
    found.suggestions = _suggestions(process_id, themes, texts, likely)
    open_texts = [text for text in texts if text.theme_id is None]
    found.drafts = _drafts(process_id, open_texts, texts, likely, groups)
    tell(3, STEPS)
    by_folio = {text.folio: text.id for text in texts}
    for one, other, alike in likeness.pairs(likely.vectors, theming.MUCH_ALIKE):
        pair = {"one_id": by_folio[one], "other_id": by_folio[other]}
        found.alikes.append({**pair, "process_id": process_id, "thousandths": round(alike * 1000)})
    return found


def _suggestions(
    process_id: uuid.UUID, themes: Sequence[Theme], texts: Sequence[Compared], likely: likeness.Likeness
) -> list[dict[str, Any]]:
    placed: defaultdict[uuid.UUID, list[Compared]] = defaultdict(list)
    for text in texts:
        if text.theme_id is not None:
            placed[text.theme_id].append(text)
    known = {str(theme.id): theme.id for theme in themes if placed[theme.id]}
    middles, words = {}, {}
    for key, theme in known.items():
        middles[key] = likeness.middle(likely.vectors[text.folio] for text in placed[theme])
        words[key] = theming.in_how_many(text.text for text in placed[theme])
    among = theming.in_how_many(text.text for text in texts)
    return [
        {
            "proposal_id": text.id,
            "rank": rank,
            "process_id": process_id,
            "theme_id": known[key],
            "thousandths": round(alike * 1000),
            "words": theming.shared_words(text.text, words[key], among, len(texts)),
        }
        for text in texts
        if text.theme_id is None
        for rank, (key, alike) in enumerate(likeness.nearest(likely.vectors[text.folio], middles), start=1)
    ]


def _drafts(  # waiver: what is grouped, among what, by which weights, into how many
    process_id: uuid.UUID,
    open_texts: Sequence[Compared],
    texts: Sequence[Compared],
    likely: likeness.Likeness,
    groups: int,
) -> list[dict[str, Any]]:
    by_folio = {text.folio: text.text for text in open_texts}
    among = theming.in_how_many(text.text for text in texts)
    vectors = {folio: likely.vectors[folio] for folio in by_folio}
    several = [group for group in likeness.groups(vectors, groups) if len(group) > 1]
    return [
        {
            "id": ids.new_id(),
            "process_id": process_id,
            "number": number,
            "words": theming.telling_words([by_folio[folio] for folio in group], among, len(texts)),
            "folios": group,
        }
        for number, group in enumerate(several, start=1)
    ]


def _keep(work: Work, process_id: uuid.UUID, found: Findings) -> None:
    """Put what was found in the place of what was found before."""
    for table, rows in ((Suggestion, found.suggestions), (GroupDraft, found.drafts), (Alike, found.alikes)):
        work.session.execute(delete(table).where(table.process_id == process_id))
        if rows:
            work.session.execute(insert(table), rows)
    comparison = work.session.get_one(Comparison, process_id)
    comparison.done_at, comparison.compared = work.now, found.compared


def adopt_draft(
    work: Work, process: Process, draft: GroupDraft, wish: NameTheme, chosen: tuple[Sequence[str], str]
) -> Theme:
    """Make a theme of a draft: its name, and the proposals chosen from it with one reason. Office only."""
    work.require(Permission.GROUP_PROPOSALS, process.id)
    folios, reason = chosen
    wanted = [folio for folio in draft.folios if folio in set(folios)]
    if not wanted:
        raise Invalid(folios=T("Tick at least one proposal."))
    theme = name_theme(work, process, wish)
    for folio in wanted:
        place(work, process, theme, proposals.by_folio(work.session, process.id, folio), Place(reason))
    work.record("theme.draft_adopted", theme.subject, draft=draft.number, proposals=len(wanted))
    left = [folio for folio in draft.folios if folio not in set(wanted)]
    if left:
        draft.folios = left
    else:
        work.session.delete(draft)
    return theme
