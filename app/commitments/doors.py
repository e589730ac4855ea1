"""What the pages of the plan do first: find the process and the commitment an address names, and read common fields."""

from __future__ import annotations

from datetime import date

from app.commitments.models import Commitment
from app.commitments.queries import comments
from app.commitments.queries import commitments as queries
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import found, standing
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.web.view import View


def office(view: View, slug: str, permission: Permission = Permission.WRITE_COMMITMENTS) -> Process:
    """The process, for those who work on its plan."""
    process = standing(view, slug)
    view.require(permission, process.id)
    return process


def drafted(view: View, slug: str, number: int) -> tuple[Process, Commitment]:
    """A commitment, drafts too, for those who write the plan."""
    process = office(view, slug)
    return process, queries.numbered(view.session, process.id, number)


def commented(view: View, slug: str) -> tuple[Process, Stage]:
    """The process and the stage at which its draft is commented on; for a process without one there is no such page."""
    process = standing(view, slug)
    stage = comments.stage_of(view.session, process.id, view.now)
    if stage is None:
        raise NotFound
    return process, stage


def commented_by_program(view: View, slug: str) -> tuple[Process, Stage]:
    """The same for a program, which stands on no page."""
    process = found(view, slug)
    stage = comments.stage_of(view.session, process.id, view.now)
    if stage is None:
        raise NotFound
    return process, stage


def read_by_office(view: View, slug: str) -> tuple[Process, Stage]:
    """The same, for those who read the comments and answer them."""
    process, stage = commented(view, slug)
    view.require(Permission.WRITE_COMMITMENTS, process.id)
    return process, stage


def is_read_by_all(view: View, process: Process) -> bool:
    """Whether drafts of the plan are public at this moment: their stage has opened and is not concluded."""
    stage = comments.stage_of(view.session, process.id, view.now)
    return (
        stage is not None and stage.concluded_at is None and stage.window.status(view.now) is not WindowStatus.SCHEDULED
    )


def typed_day(view: View, name: str) -> date | None:
    """A day that was typed into a field; nothing typed is nothing."""
    typed = view.typed(name)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(**{name: T("Write the date like 2026-09-07.")}) from None


def typed_number(view: View, name: str) -> int | None:
    """A number that was typed or chosen; anything else is nothing."""
    typed = view.typed(name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def needed_day(view: View, name: str) -> date:
    """A day that has to be typed."""
    day = typed_day(view, name)
    if day is None:
        raise Invalid(**{name: T("Write the date.")})
    return day
