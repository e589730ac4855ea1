"""The list of proposals with search and filters, and one proposal that tells its story in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query
from pydantic import BaseModel
from starlette.responses import Response

from app.commitments.queries import commitments
from app.commitments.rules.plan import PART_WORDS
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T, Text
from app.kit.marking import Piece, Sought
from app.kit.text import excerpt, say_number
from app.people.rules import OriginSector
from app.prioritisation.models import Theme
from app.prioritisation.queries import themes
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Territory
from app.proposals import queries, words
from app.proposals.models import Proposal, Revision
from app.proposals.queries import Filters, Listing
from app.proposals.rules import Order, State
from app.publication import journey
from app.trail import queries as trail
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()


class Asked(BaseModel):
    """What a list is asked for; every word of it is checked against a closed list or only ever bound."""

    q: str = ""
    state: str = ""
    origin_sector: str = ""
    territory: str = ""
    theme: int | str | None = None
    sort: str = ""
    after: int | None = None


@router.page("/p/{slug}/proposals", may=PUBLIC, kept=True)
def listing(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """What the public may see, newest first unless asked otherwise, narrowed by what stands in the address."""
    if asked.q:
        kept = {name: value for name, value in asked.model_dump().items() if value}
        return view.see_other(f"/p/{slug}/proposals/search?{urlencode(kept)}")
    return _list(view, slug, asked)


@router.page("/p/{slug}/proposals/search", may=PUBLIC, kept=True, length=Length.SEARCH)
def search(view: View, slug: str, asked: Annotated[Asked, Query()]) -> Response:
    """Search that forgives accents, plurals and word order, and shows where the words stand; a folio leads there."""
    return _list(view, slug, asked)


@dataclass(frozen=True)
class Choices:
    """The places and themes of a process, to choose from."""

    places: Sequence[Territory]
    themes: Sequence[Theme]


def _choices(view: View, process: Process) -> Choices:
    return Choices(processes.territories_of(view.session, process.id), themes.themes_of(view.session, process.id))


def filters_for(view: View, process: Process, asked: Asked) -> tuple[Filters, Choices]:
    """What was asked for, as filters, beside what there is to choose from; a word that is on no list is refused."""
    choices = view.recently(("choices", process.id), lambda: _choices(view, process))
    faults = {}
    if asked.state and asked.state not in set(State):
        faults["state"] = T("There is no such state.")
    if asked.origin_sector and asked.origin_sector not in set(OriginSector):
        faults["origin_sector"] = T("There is no such sector.")
    if asked.sort and asked.sort not in set(Order):
        faults["sort"] = T("There is no such order.")
    place = next((one for one in choices.places if one.code == asked.territory), None)
    if asked.territory and place is None:
        faults["territory"] = T("There is no such place.")
    theme = next((one for one in choices.themes if str(one.number) == str(asked.theme)), None)
    if asked.theme and theme is None:
        faults["theme"] = T("There is no such theme.")
    if faults:
        raise Invalid(**faults)
    filters = Filters(
        State(asked.state) if asked.state else None,
        OriginSector(asked.origin_sector) if asked.origin_sector else None,
        theme=theme.id if theme else None,
        q=asked.q.strip()[:200],
        place=place.id if place else None,
        order=Order(asked.sort or Order.NEWEST),
    )
    return filters, choices


def _list(view: View, slug: str, asked: Asked) -> Response:
    process = standing(view, slug)
    meant = queries.public_meant(view.session, process, asked.q[:30])
    if meant is not None:
        return view.see_other(f"/p/{slug}/proposals/{meant}")
    filters, choices = filters_for(view, process, asked)
    listing = queries.public_list(view.session, process, filters, after=asked.after)
    counts = queries.counts_of(view.session, process.id) if listing.counts is None else listing.counts
    kept = {name: value for name, value in asked.model_dump(exclude={"after"}).items() if value}
    base = view.url(f"/p/{slug}/proposals")
    return view.render(
        "publication/proposals.html",
        block="results",
        process=process,
        listing=listing,
        found=_found(view, process, listing, filters.q),
        words_for=journey.words_for,
        tabs=[
            (words, n, _address(base, kept | {"state": value}), value) for value, words, n in _tabs(counts, asked.state)
        ],
        asked=asked,
        everything=_address(base, {name: value for name, value in kept.items() if name != "state"}),
        counted=not filters.q and not (set(kept) & set(NARROWING) - {"state"}),
        chips=_chips(view, base, kept, choices),
        panel=_panel(view, choices),
        following=_address(base, kept | {"after": listing.next}) if listing.next else None,
        feed=_address(f"{base}.atom", {name: kept[name] for name in kept if name in NARROWING}),
    )


def _address(base: str, kept: Mapping[str, object]) -> str:
    path = f"{base}/search" if kept.get("q") else base
    return f"{path}?{urlencode(kept)}" if kept else path


def _found(view: View, process: Process, listing: Listing, q: str) -> dict[str, tuple[list[Piece], list[Piece]]]:
    """Where the words that were looked for stand in the rows that are shown: in the title, and in the text."""
    if not q:
        return {}
    texts = queries.words_of(view.session, process.id, [row.folio for row in listing.rows])
    sought = Sought(q)
    return {row.folio: (sought.marked(row.title), sought.excerpt(texts.get(row.folio, ""))) for row in listing.rows}


def _chips(view: View, base: str, kept: Mapping[str, object], choices: Choices) -> list[tuple[Text, str, str]]:
    """What the list is narrowed to, each with the address of the list without it."""
    place = {one.code: one.name(view.language) for one in choices.places}
    theme = {str(one.number): one.name(view.language) for one in choices.themes}
    sectors = {value.value: word.into(view.variant) for value, word in words.SECTORS.items()}
    named: list[tuple[str, Text, Mapping[str, str]]] = [
        ("territory", T("Place"), place),
        ("origin_sector", T("Writes as"), sectors),
        ("theme", T("Theme"), theme),
    ]
    return [
        (label, names[str(kept[name])], _address(base, {one: kept[one] for one in kept if one != name}))
        for name, label, names in named
        if name in kept
    ]


def _panel(view: View, choices: Choices) -> list[tuple[str, Text, list[tuple[str, str]]]]:
    """What a list may be narrowed to, and its order: each field with its choices; themes say how many stand in them."""
    whole = [("", T("Any").into(view.variant))]
    number = partial(say_number, language=view.language)
    places = [(one.code, one.name(view.language)) for one in choices.places]
    sectors = [(value.value, word.into(view.variant)) for value, word in words.SECTORS.items()]
    grouped = [(str(one.number), f"{one.name(view.language)} ({number(one.whole)})") for one in choices.themes]
    fields = [
        ("territory", T("Place"), places),
        ("origin_sector", T("Writes as"), sectors),
        ("theme", T("Theme"), grouped),
    ]
    ordered = [(order.value, word.into(view.variant)) for order, word in ORDERS.items()]
    return [(name, label, whole + some) for name, label, some in fields if some] + [("sort", T("Order"), ordered)]


DESCRIPTION = 200
NARROWING = ("state", "origin_sector", "territory", "theme")
ORDERS: dict[Order, Text] = {
    Order.NEWEST: T("The newest first"),
    Order.OLDEST: T("The oldest first"),
    Order.TITLE: T("By title"),
}
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


def _public(view: View, process: Process, folio: str) -> Proposal:
    """The proposal, if everybody may see it; whoever sent one is told where to see it before that."""
    try:
        return queries.public_by_folio(view.session, process.id, folio)
    except NotFound:
        text = T(
            "There is no public proposal with this folio. A proposal is public once the office has read it. If you "
            "sent it, you can see it now with your folio and code."
        )
        raise NotFound(text).leading_to(T("Follow my proposal"), f"/follow?folio={quote(folio[:30])}") from None


@router.page("/p/{slug}/proposals/{folio}", may=PUBLIC, kept=True)
def proposal(view: View, slug: str, folio: str) -> Response:
    """One proposal: its text, where it stands, each step with who, why and when, and the trail."""
    process = standing(view, slug)
    found = _public(view, process, folio)
    plain, technical, look = journey.words_for(found.state, queries.folio_of_into(view.session, found))
    entries = trail.about(view.session, process.id, found.subject.name, 100)
    known = journey.known_of(view.session, found)
    territory = processes.territory_by_id(view.session, found.territory_id) if found.territory_id else None
    return view.render(
        "publication/proposal.html",
        process=process,
        share=_shared(view, process, found, known.revisions[0]),
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
        attached=queries.files_of(view.session, found.id),
        **words.OF_FILES,
        entries=[(e, json.dumps(e.leaf, ensure_ascii=False, indent=1, sort_keys=True)) for e in entries],
    )


def _shared(view: View, process: Process, found: Proposal, revision: Revision) -> dict[str, str]:
    """What a page says of itself to whoever passes its address on, in its own language and with the other one."""
    path, base = f"/p/{process.slug}/proposals/{found.folio}", view.house.settings.base_url
    return {
        "url": f"{base}{view.url(path)}",
        "es": f"{base}{path}",
        "en": f"{base}/en{path}",
        "title": f"{found.folio} · {revision.title}",
        "words": excerpt(f"{revision.problem} {revision.solution}", DESCRIPTION),
    }
