"""The items of a session: changed until it is held, and afterwards only told of; what is undertaken in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from app.forum.actions.minuting import require_unpublished
from app.forum.models import ForumSession
from app.forum.queries import records as queries
from app.forum.records import ItemProposal, SessionItem, SessionTask
from app.forum.rules.agenda import LONGEST_TITLE, MOST_ITEMS, ItemText
from app.forum.rules.minutes import LONGEST
from app.forum.rules.motions import Wanted
from app.forum.rules.seats import SESSION, SessionState
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.process.rules import folios_meant
from app.proposals.models import Proposal
from app.work import Work

MOST_TASKS = 100


@dataclass(frozen=True)
class Undertaken:
    """What somebody undertook in a session: what, which body, and until when."""

    text: str
    owner: str
    due_on: date | None = None


def write_item(
    work: Work, process: Process, meeting: ForumSession, text: ItemText, number: int | None = None
) -> SessionItem:
    """Change an item of the agenda, or add one at its end. Office or chair, until the session is held."""
    work.require(Permission.RECORD_SESSION, process.id)
    _require_convened(meeting)
    items = queries.items_of(work.session, meeting.id)
    if number is None and len(items) >= MOST_ITEMS:
        raise Conflict(T("At most {n} items.", n=MOST_ITEMS))
    meant = _checked(work, process, text)
    if number is None:
        item = SessionItem(session_id=meeting.id, number=len(items) + 1)
    else:
        item = queries.item_numbered(work.session, meeting.id, number)
    item.title, item.wanted = text.title.strip(), Wanted(text.wanted)
    item.papers = [{"title": paper.title, "url": paper.url} for paper in text.papers]
    work.session.add(item)
    work.session.flush()
    work.session.execute(delete(ItemProposal).where(ItemProposal.item_id == item.id))
    work.session.add_all(ItemProposal(item_id=item.id, proposal_id=proposal.id) for proposal in meant)
    _say_again(work, meeting)
    work.record(
        "session.agenda_changed", meeting.subject, item=item.number, wanted=text.wanted, folios=list(text.folios)
    )
    return item


def remove_item(work: Work, process: Process, meeting: ForumSession, number: int) -> None:
    """Take an item off the agenda; those after it move up. Office or chair, until the session is held."""
    work.require(Permission.RECORD_SESSION, process.id)
    _require_convened(meeting)
    gone = queries.item_numbered(work.session, meeting.id, number)
    items = queries.items_of(work.session, meeting.id)
    if len(items) == 1:
        raise Conflict(T("A session is about something: change this item instead."))
    work.session.execute(delete(ItemProposal).where(ItemProposal.item_id == gone.id))
    work.session.delete(gone)
    work.session.flush()
    for item in items[number:]:
        item.number -= 1
        work.session.flush()
    _say_again(work, meeting)
    work.record("session.agenda_changed", meeting.subject, removed=number)


def _say_again(work: Work, meeting: ForumSession) -> None:
    """The agenda as one text, which is what was typed when the session was called, follows its items."""
    items = queries.items_of(work.session, meeting.id)
    meeting.agenda = "\n".join(f"{item.number}. {item.title}" for item in items)


def _require_convened(meeting: ForumSession) -> None:
    if meeting.state is not SessionState.CONVENED:
        is_cancelled = meeting.state is SessionState.CANCELLED
        raise WrongState(
            T("The session was cancelled: its agenda no longer changes.")
            if is_cancelled
            else T("The session has begun: its agenda no longer changes."),
            meeting.state.value,
            SESSION.moves_from(meeting.state),
        )


def _checked(work: Work, process: Process, text: ItemText) -> list[Proposal]:
    """The proposals meant; refused per field where the item is not a whole one."""
    faults: dict[str, Text] = {}
    if not text.title.strip() or len(text.title) > LONGEST_TITLE:
        faults["title"] = T("Write what the item is about, in at most {n} characters.", n=LONGEST_TITLE)
    if text.wanted not in set(Wanted):
        faults["wanted"] = T("Choose one of the list.")
    folios = {typed: folios_meant(typed) for typed in text.folios}
    known = {folio for meant in folios.values() for folio in meant}
    wanted = (Proposal.process_id == process.id, Proposal.folio.in_(known), Proposal.is_public)
    meant = list(work.session.scalars(select(Proposal).where(*wanted))) if known else []
    there = {proposal.folio for proposal in meant}
    missing = [typed for typed, candidates in folios.items() if not there.intersection(candidates)]
    if missing:
        faults["folios"] = T("There is no public proposal with this folio: {folio}", folio=", ".join(missing))
    if faults:
        raise Invalid(**faults)
    return meant


def tell_of_item(work: Work, process: Process, meeting: ForumSession, number: int, said: str) -> None:
    """Write what was said of one item, for the minutes. Office or chair, until they are published."""
    work.require(Permission.RECORD_SESSION, process.id)
    require_unpublished(work, meeting)
    item = queries.item_numbered(work.session, meeting.id, number)
    if len(said) > LONGEST:
        raise Invalid(**{f"said-{number}": T("This is too long: at most {n} characters.", n=LONGEST)})
    item.said = said.strip()
    work.record("session.item_told", meeting.subject, item=number, characters=len(item.said))


def undertake(work: Work, process: Process, meeting: ForumSession, what: Undertaken) -> SessionTask:
    """Write down what somebody undertook. Office or chair, from the session's beginning until its minutes are out."""
    work.require(Permission.RECORD_SESSION, process.id)
    require_unpublished(work, meeting)
    faults = {}
    if not what.text.strip() or len(what.text) > LONGEST:
        faults["task"] = T("Write what is to be done.")
    if not what.owner.strip():
        faults["owner"] = T("Write which body sees to it.")
    if faults:
        raise Invalid(**faults)
    number = len(queries.tasks_of(work.session, meeting.id)) + 1
    if number > MOST_TASKS:
        raise Conflict(T("At most {n} tasks.", n=MOST_TASKS))
    task = SessionTask(
        session_id=meeting.id, number=number, text=what.text.strip(), owner=what.owner.strip()[:200], due_on=what.due_on
    )
    work.session.add(task)
    due = what.due_on.isoformat() if what.due_on else None
    work.record("session.task_undertaken", meeting.subject, task=number, due_on=due)
    work.session.flush()
    return task


def end_task(work: Work, process: Process, meeting: ForumSession, number: int, how: str) -> SessionTask:
    """Write down that what was undertaken is done, and how. Office or chair, at any time, once."""
    work.require(Permission.RECORD_SESSION, process.id)
    task = queries.task_numbered(work.session, meeting.id, number)
    if task.done_on is not None:
        raise Conflict(T("This was written down as done already."))
    task.done_on, task.how = work.now.astimezone(process.zone).date(), how.strip()[:LONGEST]
    work.record("session.task_done", meeting.subject, task=number)
    return task
