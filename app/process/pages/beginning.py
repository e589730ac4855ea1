"""What is still to be done before a process can begin, in its order, each with where it is done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kit.i18n import T, Text, Tn
from app.people import queries as people
from app.people.rules import Permission
from app.process.kinds import DECIDING, FORUM
from app.process.models import Process, Stage
from app.web.view import View

TWO = 2
FEW = 3
OFFICE = "office"
BODIES_OF: list[Callable[[Session, uuid.UUID, str], list[tuple[str, str]]]] = []
"""Short name and name of the deciding bodies of a process; filled by whoever puts the parts together."""


@dataclass(frozen=True)
class Step:
    """One thing to do: done or not, and where; without an address it is another person's to do."""

    text: Text
    is_done: bool
    url: str


def to_begin(view: View, process: Process, stages: list[Stage]) -> list[Step]:
    """The steps of a process that is being prepared; none once all are done, or the process has ended."""
    if process.ended_at:
        return []
    base = f"/p/{process.slug}/office"
    steps = [
        _dates(stages, base),
        *_bodies(view, process, stages, base),
        _officials(view, process, base),
        Step(T("Say in a few sentences what it is about"), bool(process.summary_es), f"{base}/texts"),
        Step(T("Say where people may ask: it stands in every letter"), bool(process.ask_at), f"{base}/texts"),
    ]
    return [] if all(step.is_done for step in steps) else steps


def _dates(stages: list[Stage], base: str) -> Step:
    undated = [stage for stage in stages if stage.opens_at is None and not stage.concluded_at]
    first = f"{base}/stages/{(undated or stages)[0].slug}" if stages else f"{base}/stages"
    if len(undated) < len(stages) and (len(stages) > FEW or not undated):
        return Step(T("Give the stages their dates; the later ones can wait"), is_done=True, url=first)
    text = Tn("Give the stage its dates", "Give the stages their dates: {count} have none", len(undated))
    return Step(text, is_done=False, url=first)


def _bodies(view: View, process: Process, stages: list[Stage], base: str) -> list[Step]:
    """The forum or council that is to decide and has not been set up yet."""
    wanted = {str(stage.settings.get("body", OFFICE)) for stage in stages if stage.kind in DECIDING} - {OFFICE}
    there = {slug for bodies_of in BODIES_OF for slug, _ in bodies_of(view.session, process.id, view.language)}
    told: list[Step] = []
    for slug in sorted(wanted):
        where = f"{base}/forum" if slug == FORUM else f"{base}/bodies"
        may = view.actor.may(Permission.APPOINT_SEATS, process.id)
        text = T("Set up the forum that decides: its quorum, its seats and who sits in them")
        if slug != FORUM:
            text = T("Name the body that decides")
        elif not may:
            text = T("The office sets up the forum that decides: its quorum, its seats and who sits in them")
        told.append(Step(text, slug in there, where if may else ""))
    return told


def _officials(view: View, process: Process, base: str) -> Step:
    there = len(people.others_who_may(view.session, Permission.APPROVE_ANSWERS, process.id, None, view.now))
    may = view.actor.may(Permission.GRANT_ROLES, process.id)
    text = T("Appoint two officials: one writes the answers, the other approves them")
    if not may:
        text = T("Two officials: one writes the answers, the other approves them. The administrator appoints them")
    return Step(text, there >= TWO, f"{base}/people" if may else "")
