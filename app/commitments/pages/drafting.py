"""The office's list of commitments, drafts too, and the form in which a text is written or written again."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import DraftCommitment
from app.commitments.doors import drafted, is_read_by_all, office, typed_day
from app.commitments.queries import commitments as queries
from app.commitments.rules.plan import LONGEST_TITLE, PUBLIC, SECTIONS, STANDING_WORDS
from app.kit.i18n import T
from app.people.rules import OriginSector, Permission
from app.proposals.words import SECTORS, VALUES
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/commitments", may=Permission.WRITE_COMMITMENTS)
def listing(view: View, slug: str) -> Response:
    """Every commitment, drafts too, and the form for one more."""
    process = office(view, slug)
    return view.render(
        "commitments/office.html",
        process=process,
        rows=queries.all_of(view.session, process.id),
        standing=STANDING_WORDS,
        is_read_by_all=is_read_by_all(view, process),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {
        "sections": SECTIONS,
        "sectors": [(sector.value, SECTORS[sector]) for sector in OriginSector],
        "values": [(value.value, word) for value, word in VALUES.items()],
        "longest_title": LONGEST_TITLE,
        "has_reason": False,
        "commitment": None,
        "text": None,
    }


@router.act("/p/{slug}/office/commitments", may=Permission.WRITE_COMMITMENTS, again=listing)
def draft(view: View, slug: str) -> Response:
    """Begin a draft."""
    process = office(view, slug)
    made = actions.draft(view.work, process, _typed(view))
    told = T("Commitment {n} is drafted. Only the office sees it until it enters the plan.", n=made.number)
    if is_read_by_all(view, process):
        told = T("Commitment {n} is drafted. Everybody reads it in the draft of the plan.", n=made.number)
    return view.see_other(f"/p/{slug}/office/commitments/{made.number}", told)


def _typed(view: View) -> DraftCommitment:
    return DraftCommitment(
        title_es=view.typed("title_es"),
        title_en=view.typed("title_en"),
        summary_es=view.typed("summary_es"),
        summary_en=view.typed("summary_en"),
        area=view.typed("area"),
        lead=view.typed("lead"),
        reason=view.typed("reason"),
        origin_sector=view.typed("origin_sector") or OriginSector.PUBLIC.value,
        values=tuple(view.typed_all("values")),
        starts_on=typed_day(view, "starts_on"),
        ends_on=typed_day(view, "ends_on"),
        sections={name: view.typed(name) for name in SECTIONS},
    )


@router.page("/p/{slug}/office/commitments/{number}/text", may=Permission.WRITE_COMMITMENTS)
def text(view: View, slug: str, number: int) -> Response:
    """The form in which another version of the text is written."""
    process, found = drafted(view, slug, number)
    context = _choices() | {"commitment": found, "text": queries.text_of(view.session, found)}
    context["has_reason"] = found.state in PUBLIC
    context["is_read_by_all"] = found.state not in PUBLIC and is_read_by_all(view, process)
    return view.render("commitments/text.html", process=process, **context)


@router.act("/p/{slug}/office/commitments/{number}/text", may=Permission.WRITE_COMMITMENTS, again=text)
def rewrite(view: View, slug: str, number: int) -> Response:
    """Keep another version beside the earlier ones."""
    process, found = drafted(view, slug, number)
    kept = actions.rewrite(view.work, process, found, _typed(view))
    told = T("Version {n} is kept beside the earlier ones.", n=kept.text_version)
    return view.see_other(f"/p/{slug}/commitments/{number}/versions", told)
