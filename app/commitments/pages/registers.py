"""The small registers of the office: support asked for, training given, people and money."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import EnterLine
from app.commitments.doors import office, typed_day, typed_number
from app.commitments.models import RegisterEntry
from app.commitments.queries import commitments as queries
from app.commitments.rules.plan import REGISTER_WORDS
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
HERE = "/p/{slug}/office/commitments-registers"


@router.page(HERE, may=Permission.WRITE_COMMITMENTS)
def registers(view: View, slug: str) -> Response:
    """The newest lines of each register, and the form for one more."""
    process = office(view, slug)
    return view.render(
        "commitments/registers.html",
        process=process,
        registers=[
            (word, queries.register_of(view.session, process.id, kind)) for kind, word in REGISTER_WORDS.items()
        ],
        kinds=[(kind.value, word) for kind, word in REGISTER_WORDS.items()],
        numbers=[("", T("None in particular"))]
        + [
            (str(one.number), f"{one.number}. {one.title(view.language)}")
            for one in queries.all_of(view.session, process.id)
        ],
    )


@router.act(HERE, may=Permission.WRITE_COMMITMENTS, again=registers)
def enter(view: View, slug: str) -> Response:
    """Enter one line."""
    process = office(view, slug)
    kind = view.typed("kind")
    on_day, number = typed_day(view, "on_day"), typed_number(view, "commitment")
    wish = EnterLine(kind, view.typed("what"), view.typed("who"), on_day, number)
    actions.enter_line(view.work, process, wish)
    return view.see_other(f"/p/{slug}/office/commitments-registers", T("The line stands in its register."))


def _again(view: View, slug: str, line: uuid.UUID) -> Response:
    del line
    return registers(view, slug)


@router.act(f"{HERE}/{{line}}", may=Permission.WRITE_COMMITMENTS, again=_again)
def settle(view: View, slug: str, line: uuid.UUID) -> Response:
    """Say what came of a line."""
    process = office(view, slug)
    entry = view.session.get(RegisterEntry, line)
    try:
        actions.settle_line(view.work, process, entry, view.typed(f"settled-{line}"))
    except Invalid as invalid:
        raise Invalid(**{f"{name}-{line}": text for name, text in invalid.fields.items()}) from None
    return view.see_other(f"/p/{slug}/office/commitments-registers", T("What came of it is written down."))
