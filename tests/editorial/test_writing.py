"""Texts of the office: looked at first, put right in the open, taken down with a reason that stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.editorial import actions
from app.editorial.actions import Address, Correction, Words
from app.editorial.models import Article
from app.editorial.queries import articles
from app.editorial.rules.words import ArticleKind
from app.kit.errors import Conflict, Invalid, NotAllowed, Stale
from tests.costs import cost
from tests.editorial.building import TEXT, EditorialBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
O = "/p/town/office/content"  # noqa: E741
NEW = {"title_es": "Abre la consulta", "text_es": "Abre **hoy**. <script>alert(1)</script>"}
REASON = "Se publicó con una fecha equivocada."


def _count(world: World) -> int:
    with world.database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Article)) or 0)


async def test_news_is_looked_at_before_it_is_published(world: World, desk: EditorialBuilder) -> None:
    async with world.browser("carla") as carla:
        shown = await carla.get(f"{O}/news/new")
        typed = form_of(shown.text, f"{O}/news/new") | NEW
        looked = await carla.post(f"{O}/news/preview", data=typed)
        assert looked.status_code == 200
        assert "<strong>hoy</strong>" in looked.text
        assert "<script>alert" not in looked.text
        assert _count(world) == 0
        assert f'value="{NEW["title_es"]}"' in looked.text
        done = await carla.post(f"{O}/news/new", data=form_of(looked.text, f"{O}/news/new") | NEW)
        assert done.headers["location"] == "/p/town/news/1"
    async with world.browser() as anybody:
        page = await anybody.get("/p/town/news/1")
        front = await anybody.get("/p/town")
        assert "<strong>hoy</strong>" in page.text
        assert 'href="/p/town/information"' in front.text


async def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, desk: EditorialBuilder
) -> None:
    async with world.browser("carla") as carla:
        for address in (f"{O}/news/preview", f"{O}/news/new"):
            refused = await carla.post(address, data={"title_es": "", "text_es": "Un texto", "title_en": "Alone"})
            assert "Un texto" in refused.text
            assert all(f'href="#f-{name}"' in refused.text for name in ("title_es", "text_en"))
    assert _count(world) == 0


async def test_a_correction_keeps_the_earlier_version_and_says_so(world: World, desk: EditorialBuilder) -> None:
    desk.text()
    async with world.browser("carla") as carla:
        shown = await carla.get(f"{O}/news/1")
        typed = form_of(shown.text, f"{O}/news/1") | NEW | {"text_es": "Abre a las diez.", "correction": REASON}
        assert (await carla.post(f"{O}/news/1", data=typed)).status_code == 303
    async with world.browser() as anybody:
        now = (await anybody.get("/en/p/town/news/1")).text
        before = (await anybody.get("/en/p/town/news/1?version=1")).text
        missing = await anybody.get("/en/p/town/news/1?version=3")
    assert ("Abre a las diez." in now, "<strong>nueve</strong>" in now, REASON in now) == (True, False, True)
    assert "<strong>nueve</strong>" in before
    assert "put right since" in before
    assert missing.status_code == 404


async def test_of_what_was_taken_down_only_title_and_reason_are_read(world: World, desk: EditorialBuilder) -> None:
    desk.text()
    desk.text(title_es="Otra noticia")
    async with world.browser("carla") as carla:
        shown = await carla.get(f"{O}/news/1")
        typed = form_of(shown.text, f"{O}/news/1/take-down") | {"reason": REASON}
        assert (await carla.post(f"{O}/news/1/take-down", data=typed)).status_code == 303
    async with world.browser() as anybody:
        for address in ("/p/town/news/1", "/p/town/news/1?version=1", "/p/town/news"):
            page = (await anybody.get(address)).text
            assert "Abre la consulta" in page
            assert "nueve" not in page
        assert REASON in (await anybody.get("/p/town/news/1")).text
    with world.database.reading() as session:
        assert [line.article.number for line in articles.newest(session, desk.process.id)] == [2]


def _change(world: World, article: Article, who: str, **how: Any) -> None:
    told: dict[str, Any] = {"sentence": REASON, "seen": 1} | {
        key: how.pop(key) for key in ("sentence", "seen") if key in how
    }
    words = Words(**{"title_es": "Abre la consulta", "text_es": "Otro texto."} | how)
    with world.work(who) as work:
        actions.correct(work, work.session.get_one(Article, article.id), words, Correction(**told))


def test_a_correction_needs_a_sentence_a_difference_and_the_newest_version(
    world: World, desk: EditorialBuilder
) -> None:
    article = desk.text()
    for refusal, how in (
        (Invalid, {"sentence": ""}),
        (Invalid, {"text_es": TEXT}),
        (Stale, {"seen": 2}),
    ):
        with pytest.raises(refusal):
            _change(world, article, "carla", **how)
    with world.work("carla") as work:
        actions.take_down(work, work.session.get_one(Article, article.id), REASON)
    with pytest.raises(Conflict):
        _change(world, article, "carla")


def test_bruno_cannot_publish_correct_or_take_down(world: World, desk: EditorialBuilder) -> None:
    article = desk.text()
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.publish(work, desk.process, Address(ArticleKind.NEWS), Words("Un título", "Un texto"))
    with pytest.raises(NotAllowed):
        _change(world, article, "bruno")
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.take_down(work, work.session.get_one(Article, article.id), REASON)


def test_two_pages_cannot_have_one_address(world: World, desk: EditorialBuilder) -> None:
    desk.text(ArticleKind.PAGE, "como-se-decide")
    with pytest.raises(Invalid) as refused:
        desk.text(ArticleKind.PAGE, "como-se-decide")
    assert list(refused.value.fields) == ["name"]


async def test_a_page_out_of_the_menu_is_read_only_by_who_knows_its_address(
    world: World, desk: EditorialBuilder
) -> None:
    desk.text(ArticleKind.PAGE, "preguntas", title_es="Preguntas frecuentes")
    with world.work("carla") as work:
        hidden = Address(ArticleKind.PAGE, "letra-chica", in_menu=False)
        actions.publish(work, desk.process, hidden, Words("Letra chica", "Un texto."))
    async with world.browser() as anybody:
        menu = (await anybody.get("/p/town/information")).text
        assert ("Preguntas frecuentes" in menu, "Letra chica" in menu) == (True, False)
        assert (await anybody.get("/p/town/pages/letra-chica")).status_code == 200


async def test_a_town_has_no_networks_and_no_door_where_nothing_was_written(
    world: World, desk: EditorialBuilder
) -> None:
    async with world.browser("carla") as carla:
        assert "/networks/" not in (await carla.get(O)).text
        assert (await carla.get(f"{O}/networks/academic")).status_code == 404
        assert (await carla.post(f"{O}/networks/academic", data=NEW)).status_code == 404
        assert "/p/town/information" not in (await carla.get("/p/town")).text


async def test_a_network_has_its_page_members_and_events(world: World) -> None:
    process = world.open_process("plan", template="ogp_action_plan")
    network = "/p/plan/office/content/networks/civil-society"
    async with world.browser("carla") as carla:
        shown = await carla.get(network)
        typed = form_of(shown.text, network) | NEW | {"members": "Uno\n\nDos", "contact": "red@example.org"}
        assert (await carla.post(network, data=typed)).status_code == 303
        events = "/p/plan/office/networks/civil-society/events"
        typed = {"title": "Encuentro", "held_on": "2026-07-01", "link": "http://example.org"}
        assert (await carla.post(events, data=typed)).status_code == 422
        assert (await carla.post(events, data=typed | {"link": "https://example.org/e"})).status_code == 303
    EditorialBuilder(world, process).event(title="Encuentro pasado", held_on="2020-01-01")
    async with world.browser() as anybody:
        page = (await anybody.get("/p/plan/networks/civil-society")).text
        assert all(said in page for said in ("<li>Dos</li>", "red@example.org", "https://example.org/e"))
        assert page.index("Encuentro</h") < page.index("Encuentro pasado</h")
        assert (await anybody.get("/p/plan/networks/academic")).status_code == 404


async def test_the_pages_cost_the_same_however_much_was_written(world: World, desk: EditorialBuilder) -> None:
    desk.text()
    desk.text(ArticleKind.PAGE, "preguntas")
    few = [await cost(world, address) for address in ("/p/town/news", "/p/town/information")]
    for _ in range(8):
        desk.text()
    assert [await cost(world, address) for address in ("/p/town/news", "/p/town/information")] == few
