"""The milestones of a commitment at the office: adding one, amending it with its reason, giving it up."""

from __future__ import annotations

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import SetMilestone
from app.commitments.doors import drafted, typed_day
from app.commitments.queries import commitments as queries
from app.commitments.rules.milestones import LONGEST_POST, PRECISION_WORDS
from app.commitments.rules.plan import PUBLIC
from app.kit.i18n import T
from app.people.rules import Permission
from app.proposals.rules import Precision
from app.web.edge import Router
from app.web.view import View

router = Router()
HERE = "/p/{slug}/office/commitments/{number}/milestones"


@router.page(HERE, may=Permission.WRITE_COMMITMENTS)
def listing(view: View, slug: str, number: int) -> Response:
    """Every milestone with the form to amend it, and the form for one more."""
    process, found = drafted(view, slug, number)
    versions = queries.milestones_of(view.session, [found.id])[found.id]
    return view.render(
        "commitments/milestones.html",
        process=process,
        commitment=found,
        rows=[(milestone, some[-1], some) for milestone, some in versions],
        is_amendment=found.state in PUBLIC,
        precisions=[(precision.value, word) for precision, word in PRECISION_WORDS.items()],
        precision_words=PRECISION_WORDS,
        longest_post=LONGEST_POST,
    )


def _typed(view: View) -> SetMilestone:
    names = ("title", "deliverable", "means", "post", "reason", "approver")
    return SetMilestone(
        **{name: view.typed(name) for name in names},
        involves_public=bool(view.typed("involves_public")),
        starts_on=typed_day(view, "starts_on"),
        due_on=typed_day(view, "due_on"),
        due_to_the=view.typed("due_to_the") or Precision.DAY.value,
        is_dropped=bool(view.typed("is_dropped")),
        approved_on=typed_day(view, "approved_on"),
    )


@router.act(HERE, may=Permission.WRITE_COMMITMENTS, again=listing)
def add(view: View, slug: str, number: int) -> Response:
    """Add a milestone."""
    process, found = drafted(view, slug, number)
    made = actions.add_milestone(view.work, process, found, _typed(view))
    back = f"/p/{slug}/office/commitments/{number}/milestones"
    return view.see_other(back, T("Milestone {n} is there.", n=made.number))


def _again(view: View, slug: str, number: int, milestone: int) -> Response:
    del milestone
    return listing(view, slug, number)


@router.act(f"{HERE}/{{milestone}}", may=Permission.WRITE_COMMITMENTS, again=_again)
def amend(view: View, slug: str, number: int, milestone: int) -> Response:
    """Amend a milestone: another version stands beside the earlier ones."""
    process, found = drafted(view, slug, number)
    actions.amend_milestone(view.work, process, found, milestone, _typed(view))
    back = f"/p/{slug}/office/commitments/{number}/milestones"
    return view.see_other(back, T("Milestone {n} has a new version; the earlier ones stay readable.", n=milestone))
