"""What is still to be done before a process can begin, in its order, each with where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.i18n import T, Text, Tn
from app.people import queries as people
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.web.view import View

TWO = 2


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
        _officials(view, process, base),
        Step(T("Say in a few sentences what it is about"), bool(process.summary_es), f"{base}/texts"),
        Step(T("Say where people may ask: it stands in every letter"), bool(process.ask_at), f"{base}/texts"),
    ]
    return [] if all(step.is_done for step in steps) else steps


def _dates(stages: list[Stage], base: str) -> Step:
    undated = [stage for stage in stages if stage.opens_at is None and not stage.concluded_at]
    first = f"{base}/stages/{(undated or stages)[0].slug}" if stages else f"{base}/stages"
    if len(undated) < len(stages):
        return Step(T("Give the stages their dates; the later ones can wait"), is_done=True, url=first)
    text = Tn("Give the stage its dates", "Give the stages their dates: {count} have none", len(undated))
    return Step(text, is_done=False, url=first)


def _officials(view: View, process: Process, base: str) -> Step:
    there = len(people.others_who_may(view.session, Permission.APPROVE_ANSWERS, process.id, None, view.now))
    may = view.actor.may(Permission.GRANT_ROLES, process.id)
    text = T("Appoint two officials: one writes the answers, the other approves them")
    if not may:
        text = T("Two officials: one writes the answers, the other approves them. The administrator appoints them")
    return Step(text, there >= TWO, f"{base}/people" if may else "")
