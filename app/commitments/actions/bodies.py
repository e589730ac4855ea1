"""Organisations as the plan names them: found by name, made where nobody named them before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.commitments.models import Commitment
from app.commitments.rules.plan import LONGEST_NAME, PUBLIC
from app.kit import ids
from app.kit.errors import Invalid, NotNow
from app.kit.i18n import T, Text
from app.people.models import Organisation
from app.people.rules import OriginSector
from app.process.models import Process
from app.work import Work


def body_named(work: Work, name: str, field: str, sector: OriginSector = OriginSector.PUBLIC) -> Organisation:
    """The organisation of this name; refused next to the field it was typed into where there is no name."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(**{field: T("Write the name of the organisation.")})
    if len(name) > LONGEST_NAME:
        raise Invalid(**{field: too_long(LONGEST_NAME)})
    found = work.session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if found is None:
        found = Organisation(id=ids.new_id(), name=name, sector=sector)
        work.session.add(found)
        work.session.flush()
    return found


def too_long(n: int) -> Text:
    """That a text is longer than it may be."""
    return T("This is too long: at most {n} characters.", n=n)


def require_running(process: Process) -> None:
    """Refuse what changes a plan while its process rests or has ended."""
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))


def told(commitment: Commitment, **facts: Any) -> dict[str, Any]:
    """What the trail says of an act: of a draft only that it happened, the rest stands in the private part."""
    return facts if commitment.state in PUBLIC else {"private": facts}


def locked(work: Work, commitment: Commitment) -> Commitment:
    """The commitment as it stands now, held for this transaction."""
    held = select(Commitment).where(Commitment.id == commitment.id).with_for_update()
    return work.session.scalars(held.execution_options(populate_existing=True)).one()
