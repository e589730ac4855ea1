"""The register of outreach: what it adds up to by channel and stage, its rows, and the office's two forms."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.editorial import actions
from app.editorial.actions import Entry
from app.editorial.pages.writing import PUBLISH, entered
from app.editorial.queries import library, outreach
from app.editorial.queries.outreach import Sum
from app.editorial.rules.outreach import (
    AUDIENCE_WORDS,
    CHANNEL_WORDS,
    KNOWN_WORDS,
    Audience,
    OutreachChannel,
    ReachKnown,
)
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
ALL = "/p/{slug}/office/outreach"
PLAIN = ("what", "dated_on", "channel", "reach_known", "audience", "stage", "link", "source")


@router.page("/p/{slug}/outreach", may=PUBLIC, kept=True)
def listing(view: View, slug: str, after: int = 0) -> Response:
    """How people were told of the process, and how many that reached."""
    process = standing(view, slug)
    found = outreach.listed(view.session, process.id, after)
    places = {place.code: place.name(view.language) for place in processes.territories_of(view.session, process.id)}
    return view.render(
        "editorial/outreach.html",
        process=process,
        rows=found.rows,
        more=found.next,
        places=places,
        audiences=AUDIENCE_WORDS,
        channels=CHANNEL_WORDS,
        known=KNOWN_WORDS,
        **({} if after else _sums(view, process)),
    )


def _sums(view: View, process: Process) -> dict[str, Any]:
    """The same acts added up twice: by channel, and by stage."""
    cells = outreach.sums(view.session, process.id)
    by_channel = {one: added([row for key, row in cells.items() if key[0] is one]) for one in OutreachChannel}
    stages = processes.stages_of(view.session, process.id)
    named: list[tuple[Any, uuid.UUID | None]] = [(stage.name(view.language), stage.id) for stage in stages]
    by_stage = [
        (name, added([row for cell, row in cells.items() if cell[1] == key]))
        for name, key in [*named, (T("Outside any stage"), None)]
    ]
    return {
        "by_channel": [(CHANNEL_WORDS[one], row) for one, row in by_channel.items() if row.acts],
        "by_stage": [(name, row) for name, row in by_stage if row.acts],
        "total": added(list(cells.values())),
    }


def added(rows: list[Sum]) -> Sum:
    """Several sums as one."""
    return Sum(sum(row.acts for row in rows), sum(row.reach for row in rows), sum(row.unknown for row in rows))


@router.page(f"{ALL}/new", may=PUBLISH)
def new(view: View, slug: str) -> Response:
    """The form of a new row."""
    process = entered(view, slug)
    stages = processes.stages_of(view.session, process.id)
    places = processes.territories_of(view.session, process.id)
    return view.render(
        "editorial/enter_outreach.html",
        process=process,
        groups=[(one.value, AUDIENCE_WORDS[one]) for one in Audience],
        channels=[(one.value, CHANNEL_WORDS[one]) for one in OutreachChannel],
        known=[(one.value, KNOWN_WORDS[one]) for one in ReachKnown],
        stages=[(stage.slug, stage.name(view.language)) for stage in stages],
        territories=[(p.code, p.name(view.language)) for p in places if p.code not in {"abroad", "unknown"}],
        materials=[(str(one.number), one.title(view.language)) for one in library.to_choose(view.session, process.id)],
    )


@router.act(f"{ALL}/new", may=PUBLISH, again=new)
def enter(view: View, slug: str) -> Response:
    """Enter the row."""
    process = entered(view, slug)
    wish = Entry(
        **{name: view.typed(name) for name in PLAIN},
        groups=tuple(view.typed_all("groups")),
        territories=tuple(view.typed_all("territories")),
        reach=_number(view, "reach"),
        library=_number(view, "library"),
        is_illustrative=view.typed("is_illustrative") == "yes",
    )
    actions.enter(view.work, process, wish)
    return view.see_other(f"/p/{slug}/outreach", T("The row stands in the register."))


def _number(view: View, name: str) -> int | None:
    typed = view.typed(name)
    if typed and not (typed.isdigit() and typed.isascii() and len(typed) < 10):
        raise Invalid(**{name: T("Write a whole number, or leave it empty.")})
    return int(typed) if typed else None


@router.page(f"{ALL}/{{number}}", may=PUBLISH)
def one(view: View, slug: str, number: int) -> Response:
    """A row as it was entered, with the way to withdraw it."""
    process = entered(view, slug)
    act = outreach.numbered(view.session, process.id, number)
    return view.render("editorial/outreach_row.html", process=process, act=act, channels=CHANNEL_WORDS)


@router.act(f"{ALL}/{{number}}", may=PUBLISH, again=one)
def withdraw(view: View, slug: str, number: int) -> Response:
    """Let it no longer count."""
    process = entered(view, slug)
    actions.withdraw(view.work, outreach.numbered(view.session, process.id, number), view.typed("reason"))
    return view.see_other(f"/p/{slug}/outreach", T("The row was withdrawn. It stays readable, with the reason."))
