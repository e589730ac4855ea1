"""The notes of a table: what it said of one proposal, written by several hands and kept while they write."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotNow
from app.kit.i18n import T
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.prioritisation.models import TableNote
from app.prioritisation.queries.rounds import OnIt
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.voting import LONGEST_NOTE, NoteState
from app.process.models import Process
from app.work import Work

TEXTS = ("in_favour", "worries", "changes", "actors")


@dataclass(frozen=True)
class NoteText:
    """What stands in a note; `seen` is the version its writer had before them, 0 where there was none."""

    seen: int
    state: str
    in_favour: str = ""
    worries: str = ""
    changes: str = ""
    actors: str = ""


def write_note(work: Work, process: Process, at: AtTable, about: tuple[OnIt, int], text: NoteText) -> TableNote:
    """Keep what a table, or one group of it, says of a proposal, until its meeting is closed. Facilitator or office.

    Refused where somebody else wrote meanwhile, so that the page can show both and nothing is lost.
    """
    work.require(Permission.RUN_TABLES, process.id)
    if at.meeting.state not in {MeetingState.CONVENED, MeetingState.HELD}:
        text_closed = T("This meeting is over: its notes no longer change.")
        raise NotNow(text_closed, at.meeting.starts_at, at.meeting.ends_at)
    faults = {
        name: T("This is too long: at most {n} characters.", n=LONGEST_NOTE)
        for name in TEXTS
        if len(getattr(text, name)) > LONGEST_NOTE
    }
    if text.state not in set(NoteState):
        faults["state"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)
    proposal, group = about
    mine = (TableNote.table_id == at.table.id, TableNote.proposal_id == proposal.id, TableNote.subgroup == group)
    note = work.session.scalars(select(TableNote).where(*mine).with_for_update()).one_or_none()
    if (note.revision if note else 0) != text.seen:
        raise Conflict(
            T("Somebody else wrote here while you did. Both stand below: put together what is to stay, and keep it.")
        )
    if note is None:
        note = TableNote(table_id=at.table.id, proposal_id=proposal.id, subgroup=group, revision=0)
        work.session.add(note)
    note.state, note.revision = NoteState(text.state), text.seen + 1
    for name in TEXTS:
        setattr(note, name, getattr(text, name).strip())
    work.session.flush()
    return note
