"""The list of proposals with search and filters, and one proposal that tells its story in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel
from starlette.responses import Response

from app.commitments.queries import commitments
from app.commitments.rules.plan import PART_WORDS
from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.people.rules import OriginSector
from app.prioritisation.models import Theme
from app.prioritisation.queries import themes
from app.process import queries as processes
from app.process.doors import standing
from app.proposals import queries, words
from app.proposals.queries import Filters
from app.proposals.rules import State
from app.publication import journey
from app.trail import queries as trail
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


class Asked(BaseModel):
    """What a list is asked for; every word of it is checked against a closed list or only ever bound."""

    q: str = ""
    state: str = ""
    origin_sector: str = ""
    territory: str = ""
    theme: int | None = None
    after: int | None = None


@router.page("/p/{slug}/proposals", may=PUBLIC, kept=True)
def listing(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """What the public may see, newest first, narrowed by filters that are links."""
    return _list(view, slug, asked.model_copy(update={"q": ""}))


@router.page("/p/{slug}/proposals/search", may=PUBLIC, kept=True, long=True)
def search(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """Search that forgives accents, plurals and word order."""
    return _list(view, slug, asked)


def filters_of(asked: Asked, chosen: Theme | None = None) -> Filters:
    """What was asked for, as filters; a word that is on no list is refused."""
    if asked.state and asked.state not in set(State):
        raise Invalid(state=T("There is no such state."))
    if asked.origin_sector and asked.origin_sector not in set(OriginSector):
        raise Invalid(origin_sector=T("There is no such sector."))
    return Filters(
        State(asked.state) if asked.state else None,
        OriginSector(asked.origin_sector) if asked.origin_sector else None,
        asked.territory[:20],
        chosen.id if chosen else None,
        asked.q.strip()[:200],
    )


def _list(view: View, slug: str, asked: Asked) -> Response:
    process = standing(view, slug)
    chosen = themes.theme_numbered(view.session, process.id, asked.theme) if asked.theme is not None else None
    filters = filters_of(asked, chosen)
    listing = queries.public_list(view.session, process, filters, after=asked.after)
    kept = {name: value for name, value in asked.model_dump(exclude={"after"}).items() if value}
    following = urlencode(kept | {"after": str(listing.next)}) if listing.next else ""
    return view.render(
        "publication/proposals.html",
        block="results",
        process=process,
        listing=listing,
        words_for=journey.words_for,
        tabs=_tabs(queries.counts_of(view.session, process.id), asked.state),
        asked=asked,
        chosen=chosen,
        following=following,
    )


TABS: dict[State, Text] = {
    State.ADMITTED: T("Under consideration"),
    State.SELECTED: T("They go on"),
    State.PRIORITISED: T("Prioritised"),
    State.FEASIBLE: T("Found feasible"),
    State.COMMITTED: T("In the plan"),
    State.RESERVED: T("In reserve"),
    State.NOT_SELECTED: T("They do not go on"),
    State.NOT_PRIORITISED: T("Not prioritised"),
    State.NOT_FEASIBLE: T("Found not feasible"),
    State.NOT_COMMITTED: T("Not in the plan"),
    State.MERGED: T("Joined with another"),
}
NOT_SELECTED = T("Not selected")
"""What those a filter left are called where others were left later."""


def _tabs(counts: Mapping[State, int], asked: str) -> list[tuple[str, Text, int]]:
    """The states in which there are proposals the public may see, with how many, and the one that was asked for."""
    later = any(counts.get(state) for state in (State.NOT_PRIORITISED, State.NOT_FEASIBLE, State.NOT_COMMITTED))
    named = TABS | ({State.NOT_SELECTED: NOT_SELECTED} if later else {})
    return [
        (state.value, words, counts.get(state, 0))
        for state, words in named.items()
        if counts.get(state) or asked == state.value
    ]


@router.page("/p/{slug}/proposals/{folio}", may=PUBLIC, kept=True)
def proposal(view: View, slug: str, folio: str) -> Response:
    """One proposal: its text, where it stands, each step with who, why and when, and the trail."""
    process = standing(view, slug)
    found = queries.public_by_folio(view.session, process.id, folio)
    plain, technical, look = journey.words_for(found.state, queries.folio_of_into(view.session, found))
    entries = trail.about(view.session, process.id, found.subject.name, 100)
    known = journey.known_of(view.session, found)
    territory = processes.territory_by_id(view.session, found.territory_id) if found.territory_id else None
    return view.render(
        "publication/proposal.html",
        process=process,
        proposal=found,
        revision=known.revisions[0],
        revisions=known.revisions,
        plain=plain,
        technical=technical,
        look=look,
        is_followed=journey.is_followed(view.session, found, known),
        story=journey.story_of(view.session, process, found, view.language, known),
        territory=territory.name(view.language) if territory else None,
        became=commitments.of_proposal(view.session, found.id),
        part_words=PART_WORDS,
        groups=[(row, theme) for row, theme in known.placements if not row.ended_at],
        sector=words.SECTORS[found.origin_sector],
        channel=words.CHANNELS[found.channel],
        entries=[(e, json.dumps(e.leaf, ensure_ascii=False, indent=1, sort_keys=True)) for e in entries],
    )
