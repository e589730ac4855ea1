"""What the meetings that vote did with a proposal, told in plain words for its story: talked about, voted, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.i18n import T, Text, Tn
from app.meetings.models import Meeting
from app.prioritisation.models import Table, TableNote, VotingRound
from app.prioritisation.queries import rounds, stories
from app.prioritisation.rules.counting import BallotMethod, Line
from app.prioritisation.rules.voting import NoteState, read
from app.proposals.models import Proposal

FURTHEST = (NoteState.DISCUSSED, NoteState.RAN_OUT, NoteState.NOT_REACHED)
FEW = 5


@dataclass(frozen=True)
class Telling:
    """One event: when, what, where the rest of it stands (below the address of the process), and a note."""

    at: datetime
    what: Text
    url: str
    label: Text
    note: Text | None = None


def told_of(session: Session, proposal: Proposal, language: str) -> list[Telling]:
    """Everything the meetings did with a proposal; nothing where it was on no ballot."""
    on = stories.rounds_with(session, proposal.id)
    if not on:
        return []
    events = [_asked(found, language) for found in on]
    events += _talked(stories.notes_about(session, proposal.id), proposal, language)
    return events + [_ranked(session, found, proposal, language) for found in on if found.result and found.closed_at]


def _asked(found: VotingRound, language: str) -> Telling:
    assert found.adopted_at is not None  # noqa: S101 - the rounds told of are adopted
    what = T("It was put on the ballot of a round of meetings: {name}.", name=found.name(language))
    return Telling(found.adopted_at, what, f"/tables/rounds/{found.number}", T("The rules of this round"))


def _talked(rows: Sequence[tuple[TableNote, Table, Meeting]], proposal: Proposal, language: str) -> list[Telling]:
    """How far each meeting came with it, by the group that came furthest; one sentence where there were many."""
    far: dict[int, tuple[NoteState, Table, Meeting]] = {}
    for note, table, meeting in rows:
        known = far.get(table.number)
        if known is None or FURTHEST.index(note.state) < FURTHEST.index(known[0]):
            far[table.number] = (note.state, table, meeting)
    if len(far) > FEW:
        return [_summed(list(far.values()))]
    label = T("What was said at this meeting")
    return [
        Telling(
            meeting.ends_at,
            _how_far(state, meeting.title(language)),
            f"/tables/{table.number}#n-{proposal.folio}",
            label,
        )
        for state, table, meeting in far.values()
    ]


def _summed(far: Sequence[tuple[NoteState, Table, Meeting]]) -> Telling:
    talked = sum(state is NoteState.DISCUSSED for state, _, _ in far)
    what = T(
        "It was talked about at {talked} of {all} meetings; at the others there was not enough time.",
        talked=talked,
        all=len(far),
    )
    return Telling(max(meeting.ends_at for _, _, meeting in far), what, "/tables", T("The meetings"))


def _how_far(state: NoteState, meeting: str) -> Text:
    if state is NoteState.DISCUSSED:
        return T("It was talked about at the meeting {meeting}.", meeting=meeting)
    if state is NoteState.RAN_OUT:
        return T("At the meeting {meeting} time ran out before it was talked through.", meeting=meeting)
    return T("At the meeting {meeting} it was not reached.", meeting=meeting)


def _ranked(session: Session, found: VotingRound, proposal: Proposal, language: str) -> Telling:
    """Its place by the rule; what it received only where figures are told of the round at all."""
    assert found.closed_at is not None  # noqa: S101 - only closed rounds are ranked
    what = T("{name}: the meetings have voted.", name=found.name(language))
    lines = {line["folio"]: read(line) for line in (found.result or {})["lines"]}
    received = _received(found, lines[proposal.folio]) if (found.result or {})["is_told"] else None
    place = rounds.place_in_words(session, found, proposal.folio)
    note = T("{one} {another}", one=place, another=received) if received else place
    return Telling(found.closed_at, what, f"/tables/rounds/{found.number}", T("The ranking in full"), note)


def _received(found: VotingRound, line: Line) -> Text:
    named = Tn("{count} ballot names it.", "{count} ballots name it.", line.named)
    if found.method is BallotMethod.APPROVAL:
        return named
    points = Tn("It received {count} point.", "It received {count} points.", line.sum)
    return T("{one} {another}", one=points, another=named) if line.named else points
