"""The list of proposals with search and filters, and one proposal that tells its story in plain words."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import OriginSector
from app.process import queries as processes
from app.proposals import queries, words
from app.proposals.queries import Filters
from app.proposals.rules import PUBLIC_STATES, STATE_WORDS, State
from app.publication import journey
from app.publication.pages.home import standing
from app.trail import queries as trail
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def filters_of(state: str, origin_sector: str, territory: str, q: str) -> Filters:
    """What was asked for, as filters; a word that is on no list is refused."""
    if state and state not in set(State):
        raise Invalid(state=T("There is no such state."))
    if origin_sector and origin_sector not in set(OriginSector):
        raise Invalid(origin_sector=T("There is no such sector."))
    return Filters(
        State(state) if state else None, OriginSector(origin_sector) if origin_sector else None, territory[:20], q[:200]
    )


def _list(view: View, slug: str, asked: dict[str, str], after: int | None) -> Response:
    process = standing(view, slug)
    filters = filters_of(asked["state"], asked["origin_sector"], asked["territory"], asked["q"])
    listing = queries.public_list(view.session, process, filters, after=after)
    kept = {name: value for name, value in asked.items() if value}
    following = urlencode(kept | {"after": str(listing.next)}) if listing.next else ""
    return view.render(
        "publication/proposals.html",
        block="results",
        process=process,
        listing=listing,
        words_for=journey.words_for,
        asked=asked,
        following=following,
        sectors=words.SECTORS,
        states=[(s.value, STATE_WORDS[s]) for s in State if s in PUBLIC_STATES],
        territories=processes.territories_of(view.session, process.id),
    )


@router.page("/p/{slug}/proposals", may=PUBLIC, kept=True)
def listing(
    view: View,
    slug: str,
    state: str = "",
    origin_sector: str = "",
    territory: str = "",
    after: int | None = None,
) -> Response:
    """What the public may see, newest first, narrowed by filters that are links."""
    return _list(view, slug, {"state": state, "origin_sector": origin_sector, "territory": territory, "q": ""}, after)


@router.page("/p/{slug}/proposals/search", may=PUBLIC, kept=True, long=True)
def search(view: View, slug: str, q: str = "", state: str = "", origin_sector: str = "", territory: str = "", after: int | None = None) -> Response:  # noqa: E501, PLR0913 - waiver: one argument for each word a list can be asked for
    """Search that forgives accents, plurals and word order."""
    return _list(view, slug, {"q": q.strip(), "state": state, "origin_sector": origin_sector, "territory": territory}, after)


@router.page("/p/{slug}/proposals/{folio}", may=PUBLIC, kept=True)
def proposal(view: View, slug: str, folio: str) -> Response:
    """One proposal: its text, where it stands, each step with who, why and when, and the trail."""
    process = standing(view, slug)
    found = queries.public_by_folio(view.session, process.id, folio)
    plain, technical, look = journey.words_for(found.state)
    entries = trail.about(view.session, process.id, found.subject.name, 100)
    revisions = queries.revisions_of(view.session, found.id)
    territory = next(
        (t for t in processes.territories_of(view.session, process.id) if t.id == found.territory_id), None
    )
    return view.render(
        "publication/proposal.html",
        process=process,
        proposal=found,
        revision=revisions[0],
        revisions=revisions,
        plain=plain,
        technical=technical,
        look=look,
        story=journey.story_of(view.session, process, found, view.language),
        territory=territory.name(view.language) if territory else None,
        sector=words.SECTORS[found.origin_sector],
        channel=words.CHANNELS[found.channel],
        entries=[(e, json.dumps(e.leaf, ensure_ascii=False, indent=1, sort_keys=True)) for e in entries],
    )
