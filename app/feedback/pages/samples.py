"""A few letters to read before many are approved."""

from __future__ import annotations

import random

from starlette.responses import Response

from app.feedback import samples
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.web.edge import Router
from app.web.view import View

router = Router()
_dice = random.SystemRandom()


@router.page("/p/{slug}/office/answers/{stage}/samples", may=Permission.APPROVE_ANSWERS)
def read_first(view: View, slug: str, stage: str) -> Response:
    """The first draft, the longest, one by chance, and one of each outcome and language; real ones, to real people."""
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    row = processes.stage_named(view.session, process.id, stage)
    return view.render(
        "feedback/samples.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        samples=samples.of_stage(view.session, row.id, _dice.random()),
    )
