"""The list of proposals in another order, narrowed and un-narrowed, its matches shown; feeds; passing it on."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from app.kit import marking
from app.process import actions as process_actions
from app.process.models import Process
from app.proposals import lists, queries
from app.proposals.models import sorted_as
from app.proposals.queries import Filters
from app.proposals.rules import Order, State
from tests.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
TITLES = ("Ámbar", "zanja", "ambar", "Ñandú", "Bicis", "bicis", "  Bicis")


@pytest.fixture
def town(world: World) -> Process:
    process = world.open_process()
    with world.work("carla") as work:
        process_actions.add_territory(work, process, "LR", "Los Ríos")
    for title in TITLES:
        world.admitted(process, "ana", title, territory="LR" if title == "Bicis" else "")
    return process


def read(world: World, process: Process, filters: Filters, size: int = 3) -> list[str]:
    """Every page of a list, one after the other."""
    found, after = [], None
    with world.database.reading() as session:
        while True:
            page = queries.public_list(session, process, filters, after=after, limit=size)
            found += [row.folio for row in page.rows]
            if page.next is None:
                return found
            after = page.next


def test_every_order_shows_each_proposal_once_also_where_titles_are_the_same(world: World, town: Process) -> None:
    numbers = [f"TOWN-000{n}" for n in range(1, len(TITLES) + 1)]
    assert read(world, town, Filters(order=Order.OLDEST)) == numbers
    assert read(world, town, Filters()) == numbers[::-1]
    by_title = [f"TOWN-000{n}" for n in (1, 3, 5, 6, 7, 4, 2)]
    assert read(world, town, Filters(order=Order.TITLE)) == by_title
    assert read(world, town, Filters(order=Order.TITLE), size=1) == by_title


def test_a_changed_title_takes_its_new_place(world: World, town: Process) -> None:
    with world.work("ana") as work:
        found = queries.by_folio(work.session, town.id, "TOWN-0001")
        found.title = "Último"
        work.record("proposal.revised", found.subject)
    assert read(world, town, Filters(order=Order.TITLE))[-2:] == ["TOWN-0001", "TOWN-0002"]
    assert sorted_as("  ¡Ñuñoa, Ámbito!") == "nunoa ambito"


async def test_what_narrows_the_list_is_taken_away_by_one_link_and_kept_by_the_others(
    world: World, town: Process
) -> None:
    async with world.browser() as browser:
        path = "/p/town/proposals?territory=LR&state=admitted&sort=title"
        page = (await browser.get(path)).text
        chip = re.search(r'<a class="chip" href="([^"]+)">.*?</a>', page, re.DOTALL)
        assert chip
        assert "Lugar: Los Ríos" in re.sub(r"<[^>]+>", "", chip[0])
        assert chip[1].replace("&amp;", "&") == "/p/town/proposals?state=admitted&sort=title"
        assert "Propuestas: 1<" in page
        assert 'href="/p/town/proposals.atom?state=admitted&amp;territory=LR"' in page
        for wrong in ("sort=votes", "territory=XX", "theme=9", "origin_sector=cat"):
            assert (await browser.get(f"/p/town/proposals?{wrong}")).status_code == 422


async def test_a_search_shows_where_the_words_stand_with_accents_and_plurals(world: World, town: Process) -> None:
    problem = "Antes de todo esto había mucho que decir. " * 9 + "Los jardínes <b>están</b> secos todo el verano. " * 2
    world.admitted(town, "bruno", "Un jardín por barrio", problem=problem)
    async with world.browser() as browser:
        page = (await browser.get("/p/town/proposals/search?q=JARDIN+seco")).text
        narrow = (await browser.get("/p/town/proposals/search?q=bicis&territory=LR")).text
    assert "Un <mark>jardín</mark> por barrio" in page
    found = re.search(r'<p class="found">(.*?)</p>', page, re.DOTALL)
    assert found
    assert "Los <mark>jardínes</mark> &lt;b&gt;están&lt;/b&gt; <mark>secos</mark>" in found[1]
    assert len(re.sub(r"<[^>]+>", "", found[1])) < marking.EXCERPT + 40
    assert "Propuestas: 1<" in narrow
    assert narrow.count('class="card-title"') == 1
    assert marking.Sought("jardín").excerpt("Nada de eso") == []


def feed(content: bytes) -> Element:
    root: Element = fromstring(content)
    assert root.tag == f"{ATOM}feed"
    keys = [root.findtext(f"{ATOM}id")] + [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert len(keys) == len({uuid.UUID(str(key).removeprefix("urn:uuid:")) for key in keys})
    for one in root.iter(f"{ATOM}updated"):
        assert datetime.fromisoformat(str(one.text)).tzinfo
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    return root


def titles(root: Element) -> list[str]:
    return [str(one.findtext(f"{ATOM}title")) for one in root.iter(f"{ATOM}entry")]


async def test_feeds_are_whole_keep_their_keys_and_tell_only_what_is_public(world: World, town: Process) -> None:
    world.propose(town, "bruno", "Aún no se ve")
    world.admitted(town, "bruno", 'Más <b>"micros"</b> & trenes \x0b')
    async with world.browser() as browser:
        for path in ("/p/town/proposals.atom", "/en/p/town/proposals.atom?state=admitted", "/p/town/news.atom"):
            answered = await browser.get(path)
            assert answered.headers["content-type"] == "application/atom+xml; charset=utf-8"
            root = feed(answered.content)
            links = {one.get("rel"): str(one.get("href")) for one in root.findall(f"{ATOM}link")}
            assert links["self"] == f"{world.settings.base_url}{path}"
            assert (await browser.get(links["alternate"])).status_code == 200
            world.app.state.house.cache.clear()
            assert (await browser.get(path)).content == answered.content
        shown = titles(feed((await browser.get("/p/town/proposals.atom")).content))
        assert shown[0].startswith('TOWN-0009 · Más <b>"micros"</b> & trenes')
        assert not [title for title in shown if "Aún no" in title]
        news = titles(feed((await browser.get("/p/town/news.atom")).content))
        assert [title for title in news if title.startswith("Se abrió una etapa")]
        one = await browser.get("/p/town/proposals/TOWN-0009.atom")
        assert titles(feed(one.content))[0].startswith("La oficina admitió la propuesta: TOWN-0009")
        assert (await browser.get("/p/town/proposals/TOWN-0008.atom")).status_code == 404


async def test_a_proposal_is_passed_on_by_plain_links_and_asks_nobody_else_for_anything(
    world: World, town: Process
) -> None:
    async with world.browser() as browser:
        page = (await browser.get("/en/p/town/proposals/TOWN-0001")).text
    base = world.settings.base_url
    assert f'<link rel="canonical" href="{base}/en/p/town/proposals/TOWN-0001">' in page
    assert f'hreflang="es" href="{base}/p/town/proposals/TOWN-0001">' in page
    assert '<meta property="og:title" content="TOWN-0001 · Ámbar">' in page
    elsewhere = [url for url in re.findall(r'(?:src|href|content|action)="(https?://[^"]+)"', page) if base not in url]
    assert [url.partition("?")[0] for url in elsewhere] == ["https://wa.me/"]
    assert not re.findall(r'(?:src|srcset|poster)="https?:', page)


def test_narrowed_by_title_few_and_many_are_in_the_same_order(
    world: World, town: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few are sorted, of many the next are looked up by title; counted to two, the seven of the town are many."""
    narrow = Filters(state=State.ADMITTED, order=Order.TITLE)
    few = read(world, town, narrow, size=20)
    assert few == read(world, town, Filters(order=Order.TITLE))
    assert read(world, town, narrow, size=2) == few
    monkeypatch.setattr(lists, "COUNT_TO", 2)
    assert read(world, town, narrow) == few
    assert read(world, town, narrow, size=2) == few
    assert read(world, town, Filters(state=State.NOT_SELECTED, order=Order.TITLE)) == []


def test_a_narrowed_search_goes_on_where_the_page_before_ended(world: World, town: Process) -> None:
    """The newest first, each once, and the number stays that of all that fit."""
    words = Filters(q="Bicis", state=State.ADMITTED)
    whole = read(world, town, words)
    assert read(world, town, words, size=1) == whole
    with world.database.reading() as session:
        pages = lists.public_list(session, town, words, limit=1)
        assert pages.total == len(whole) > 1
        assert pages.next is not None
        assert lists.public_list(session, town, words, after=pages.next, limit=1).total == len(whole)
        begun = lists.public_list(session, town, Filters(q="Bici", state=State.ADMITTED))
        assert begun.total >= len(whole)  # a beginning of a word is looked for where no whole word fits
        assert not lists.public_list(session, town, Filters(q="Bicis", state=State.WITHDRAWN)).rows
