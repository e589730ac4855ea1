"""One commitment at the office: what is missing, entering the plan, proposals behind it, institutions, indicators."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import Despite, Ending, HandOver, SetIndicator
from app.commitments.doors import drafted, needed_day, typed_day, typed_number
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.plan import AT_THE_END, LEVEL_WORDS, PART_WORDS, STANDING_WORDS
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.proposals.rules import State
from app.web.edge import Router
from app.web.view import View

router = Router()
HERE = "/p/{slug}/office/commitments/{number}"


@router.page(HERE, may=Permission.WRITE_COMMITMENTS)
def one(view: View, slug: str, number: int) -> Response:
    """Everything about one commitment that is not its text or its milestones."""
    process, found = drafted(view, slug, number)
    sources = queries.sources_of(view.session, found.id)
    return view.render(
        "commitments/one.html",
        process=process,
        commitment=found,
        standing=STANDING_WORDS[found.state],
        moves=rules.COMMITMENT.moves_from(found.state),
        missing=queries.missing_of(view.session, found, view.now),
        sources=sources,
        is_committed=any(proposal.state is State.COMMITTED for _, proposal in sources),
        leads=queries.leads_of(view.session, found.id),
        actors=queries.actors_of(view.session, found.id),
        companion=queries.organisation_name(view.session, found.companion_id),
        indicators=queries.indicators_of(view.session, found.id),
        parts=[(part.value, word) for part, word in PART_WORDS.items()],
        part_words=PART_WORDS,
        levels=[(level.value, word) for level, word in LEVEL_WORDS.items()],
        level_words=LEVEL_WORDS,
        at_the_end=list(AT_THE_END.items()),
        today=view.now.astimezone(process.zone).date().isoformat(),
    )


@router.act(f"{HERE}/entry", may=Permission.WRITE_COMMITMENTS, again=one)
def enter(view: View, slug: str, number: int) -> Response:
    """Make it part of the plan."""
    process, found = drafted(view, slug, number)
    why = Despite(view.typed("not_from_the_consultation"), view.typed("missing"))
    actions.enter(view.work, process, found, why)
    return view.see_other(f"/p/{slug}/commitments/{number}", T("Commitment {n} is part of the plan now.", n=number))


@router.act(f"{HERE}/drop", may=Permission.WRITE_COMMITMENTS, again=one)
def drop(view: View, slug: str, number: int) -> Response:
    """Give the draft up."""
    process, found = drafted(view, slug, number)
    actions.drop(view.work, process, found, view.typed("drop_reason"))
    return view.see_other(f"/p/{slug}/office/commitments", T("The draft was given up."))


def _proposal(view: View, process_id: uuid.UUID) -> Proposal:
    folio = view.typed("folio").upper()
    try:
        return proposals.public_by_folio(view.session, process_id, folio)
    except NotFound:
        raise Invalid(folio=T("There is no public proposal of this folio.")) from None


@router.act(f"{HERE}/sources", may=Permission.WRITE_COMMITMENTS, again=one)
def link(view: View, slug: str, number: int) -> Response:
    """Say that a proposal stands behind it."""
    process, found = drafted(view, slug, number)
    proposal = _proposal(view, process.id)
    actions.link(view.work, process, found, proposal, (view.typed("part"), view.typed("words")))
    told = T("{folio} stands behind this commitment.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/office/commitments/{number}", told)


@router.act(f"{HERE}/sources/removal", may=Permission.WRITE_COMMITMENTS, again=one)
def unlink(view: View, slug: str, number: int) -> Response:
    """Take back that a proposal stands behind a draft."""
    process, found = drafted(view, slug, number)
    actions.unlink(view.work, process, found, _proposal(view, process.id))
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The proposal was taken off."))


@router.act(f"{HERE}/lead", may=Permission.WRITE_COMMITMENTS, again=one)
def hand_over(view: View, slug: str, number: int) -> Response:
    """Name who leads it from a day on, and by which act."""
    process, found = drafted(view, slug, number)
    wish = HandOver(view.typed("lead"), needed_day(view, "from_on"), view.typed("act"))
    actions.hand_over(view.work, process, found, wish)
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("Another institution leads it now."))


@router.act(f"{HERE}/actors", may=Permission.WRITE_COMMITMENTS, again=one)
def name_actor(view: View, slug: str, number: int) -> Response:
    """Name an organisation that helps."""
    process, found = drafted(view, slug, number)
    actions.name_actor(view.work, process, found, view.typed("organisation"), view.typed("role"))
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The organisation takes part now."))


@router.act(f"{HERE}/actors/removal", may=Permission.WRITE_COMMITMENTS, again=one)
def remove_actor(view: View, slug: str, number: int) -> Response:
    """Take an organisation off."""
    process, found = drafted(view, slug, number)
    actions.remove_actor(view.work, process, found, view.typed("removed"))
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The organisation was taken off."))


@router.act(f"{HERE}/companion", may=Permission.WRITE_COMMITMENTS, again=one)
def name_companion(view: View, slug: str, number: int) -> Response:
    """Name the counterpart that comments each report."""
    process, found = drafted(view, slug, number)
    actions.name_companion(view.work, process, found, view.typed("companion"))
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The counterpart is named."))


@router.act(f"{HERE}/indicators", may=Permission.WRITE_COMMITMENTS, again=one)
def set_indicator(view: View, slug: str, number: int) -> Response:
    """Add an indicator."""
    process, found = drafted(view, slug, number)
    names = ("level", "name", "baseline", "target", "unit", "source", "frequency")
    actions.set_indicator(view.work, process, found, SetIndicator(**{name: view.typed(name) for name in names}))
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The indicator is kept."))


@router.act(f"{HERE}/indicators/removal", may=Permission.WRITE_COMMITMENTS, again=one)
def drop_indicator(view: View, slug: str, number: int) -> Response:
    """Take an indicator away."""
    process, found = drafted(view, slug, number)
    actions.drop_indicator(view.work, process, found, typed_number(view, "indicator") or 0)
    return view.see_other(f"/p/{slug}/office/commitments/{number}", T("The indicator was taken away."))


@router.act(f"{HERE}/continuity", may=Permission.WRITE_COMMITMENTS, again=one)
def decide_continuity(view: View, slug: str, number: int) -> Response:
    """Write down what becomes of it at the end of the plan."""
    process, found = drafted(view, slug, number)
    typed = (view.typed("move"), view.typed("end_reason"), view.typed("body"))
    try:
        actions.decide_continuity(view.work, process, found, Ending(*typed, typed_day(view, "decided_on")))
    except Invalid as invalid:
        raise Invalid(**{{"reason": "end_reason"}.get(n, n): text for n, text in invalid.fields.items()}) from None
    return view.see_other(f"/p/{slug}/commitments/{number}", T("What becomes of it is public now."))
