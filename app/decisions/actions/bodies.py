"""Deciding bodies: the office is there from the beginning, others are named by the office."""

from __future__ import annotations

from app.decisions import queries
from app.decisions.models import DecidingBody
from app.decisions.rules import BodyKind
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.process.rules import SLUG
from app.work import Work

OFFICE = "office"


def set_body(work: Work, process: Process, slug: str, kind: BodyKind, names: tuple[str, str]) -> DecidingBody:
    """Name a deciding body of a process, or rename it. Office only."""
    work.require(Permission.EDIT_PROCESS, process.id)
    if not SLUG.match(slug):
        raise Invalid(slug=T("Use small letters, digits and hyphens, for example plan-2027."))
    if not names[0].strip():
        raise Invalid(name_es=T("Write the name of the body."))
    body = queries.body_named(work.session, process.id, slug)
    if body is None:
        body = DecidingBody(id=ids.new_id(), process_id=process.id, slug=slug, kind=kind, name_es=names[0].strip())
        work.session.add(body)
    elif body.kind is not kind:
        raise Conflict(T("There is already a body of this short name and another kind."))
    body.name_es, body.name_en = names[0].strip(), names[1].strip()
    work.record("body.named", body.subject, kind=kind.value, name=body.name_es)
    return body


def body_for(work: Work, process: Process, stage: Stage) -> DecidingBody:
    """The body that decides at a stage; the office's row is made when it first decides."""
    slug = str(stage.settings.get("body", OFFICE))
    body = queries.body_named(work.session, process.id, slug)
    if body is not None:
        return body
    if slug != OFFICE:
        raise Conflict(T("The body that decides here has not been set up yet."))
    body = DecidingBody(
        id=ids.new_id(),
        process_id=process.id,
        slug=OFFICE,
        kind=BodyKind.OFFICE,
        name_es="La oficina a cargo del proceso",
        name_en="The office in charge of the process",
    )
    work.session.add(body)
    return body
