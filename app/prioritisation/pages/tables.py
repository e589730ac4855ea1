"""Rounds of prioritisation and their tables for everybody: the rules beforehand, how many voted, the results."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.meetings.rules.meeting import STATE_WORDS, MeetingState
from app.people.rules import Permission
from app.prioritisation import showing
from app.prioritisation.models import TableNote, VotingRound
from app.prioritisation.queries import rounds as queries
from app.prioritisation.queries import tables
from app.prioritisation.queries.rounds import OnIt
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.results import group_of
from app.prioritisation.rules.voting import (
    NOTE_WORDS,
    OVER_WORDS,
    ROUND_WORDS,
    SCOPE_WORDS,
    VOTING_WORDS,
    VotingState,
    rule_in_words,
)
from app.process.doors import standing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
WORDS: dict[str, Any] = {
    "round_words": ROUND_WORDS,
    "voting_words": VOTING_WORDS,
    "scope_words": SCOPE_WORDS,
    "over_words": OVER_WORDS,
    "meeting_words": STATE_WORDS,
}


@router.page("/p/{slug}/tables", may=PUBLIC, kept=True)
def listing(view: View, slug: str) -> Response:
    """Every adopted round with its tables."""
    process = standing(view, slug)
    rows = queries.rounds_of(view.session, process.id)
    at = tables.of_rounds(view.session, [row.id for row in rows])
    return view.render(
        "prioritisation/tables.html",
        process=process,
        rows=[(row, rule_in_words(row.rule), at.get(row.id, [])) for row in rows],
        may_run=view.actor.may(Permission.RUN_TABLES, process.id),
        **WORDS,
    )


@router.page("/p/{slug}/tables/rounds/{number}", may=PUBLIC, kept=True)
def one_round(view: View, slug: str, number: int) -> Response:
    """One round: its rules, its ballot, its tables; the ranking once it is closed."""
    process = standing(view, slug)
    found = queries.public_round(view.session, process.id, number)
    on_it = queries.on_ballot(view.session, found.id)
    lines = showing.ranked(found, on_it)
    return view.render(
        "prioritisation/round.html",
        process=process,
        round=found,
        rule=rule_in_words(found.rule),
        on_it=on_it,
        tables=tables.tables_of(view.session, found.id),
        lines=lines,
        bars=[_bar(view, slug, line) for line in lines],
        hidden=showing.why_hidden(found),
        **WORDS,
    )


def _bar(view: View, slug: str, line: showing.Ranked) -> dict[str, Any]:
    url = view.url(f"/p/{slug}/proposals/{line.folio}")
    return {"label": f"{line.folio} {line.title}", "value": line.score, "url": url, "marked": line.goes_on is True}


@router.page("/p/{slug}/tables/{number}", may=PUBLIC, kept=True)
def one_table(view: View, slug: str, number: int) -> Response:
    """One table: how many voted, every vote of it with its box's hash, what it gave once all have voted, its notes."""
    process = standing(view, slug)
    at, found = tables.public_table(view.session, process.id, number)
    on_it = queries.on_ballot(view.session, found.id)
    group = group_of(found.result, number) if found.result and found.result["is_told"] else None
    sums = showing.sums_of(group, on_it)
    return view.render(
        "prioritisation/table.html",
        process=process,
        round=found,
        at=at,
        title=at.meeting.title(view.language),
        rule=rule_in_words(found.rule),
        votes=tables.votes_of(view.session, at.table.id),
        turnout=tables.turnout(view.session, at.voting) if _is_told(at) else None,
        group=group,
        sums=sums,
        bars=[{"label": f"{one.folio} {one.title}", "value": n} for one, n in sums],
        hidden=showing.why_hidden(found),
        notes=_notes(view, at, found, on_it),
        note_words=NOTE_WORDS,
        **WORDS,
    )


def _is_told(at: AtTable) -> bool:
    return at.voting.state in {VotingState.OPEN, VotingState.CLOSED}


def _notes(view: View, at: AtTable, found: VotingRound, on_it: list[OnIt]) -> list[tuple[OnIt, list[TableNote]]]:
    """What the table said of each proposal, once its meeting is closed."""
    del found
    if at.meeting.state is not MeetingState.CLOSED:
        return []
    notes = tables.notes_of(view.session, at.table.id)
    said = [(one, [note for (proposal, _), note in notes.items() if proposal == one.id]) for one in on_it]
    return [(one, some) for one, some in said if some]
