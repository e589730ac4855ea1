"""A proposal sent without an account: a folio at once, a receipt by mail, and nothing of it public before admission."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.proposals.consent import CURRENT
from app.proposals.models import Proposal
from tests.world import World, form_of

pytestmark = pytest.mark.either

TYPED = {
    "title": "Publicar las actas del concejo",
    "problem": "Las actas se publican como imágenes y nadie puede buscar en ellas.",
    "solution": "Publicar cada acta como texto dentro de cinco días.",
    "name": "Ana Soto",
    "contact_kind": "email",
    "contact": "ana@example.org",
}
SENT = {"consent": CURRENT, "form_key": "one"}


def hidden_of(page: str) -> dict[str, str]:
    """What stands hidden in the form, and what its last look adds."""
    return form_of(page, "/p/town/propose/look") | SENT


async def test_a_citizen_proposes_without_an_account(world: World) -> None:
    process = world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        assert page.status_code == 200
        sent = await browser.post("/p/town/propose", data=TYPED | hidden_of(page.text))
        assert sent.status_code == 303
        receipt = await browser.get(sent.headers["location"])
        assert receipt.status_code == 200
        assert "TOWN-0001" in receipt.text
        assert (await browser.get("/p/town/proposals/TOWN-0001")).status_code == 404
    with world.database.reading() as session:
        stored = session.scalars(select(Proposal)).one()
        letter = session.scalars(select(OutboxMessage)).one()
    assert (stored.folio, stored.state.value, stored.process_id) == ("TOWN-0001", "submitted", process.id)
    assert letter.to_address == "ana@example.org"
    assert "TOWN-0001" in letter.subject
    assert "imágenes" not in letter.text


async def test_what_was_typed_is_never_lost(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        typed = TYPED | {"problem": "Corto", "contact": "ana@"}
        sent = await browser.post("/p/town/propose", data=typed | hidden_of(page.text))
    assert sent.status_code == 422
    assert 'value="Publicar las actas del concejo"' in sent.text
    assert "Corto" in sent.text
    assert 'aria-invalid="true"' in sent.text


async def test_sending_the_same_form_twice_gives_one_folio(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        data = TYPED | hidden_of(page.text)
        first = await browser.post("/p/town/propose", data=data)
        second = await browser.post("/p/town/propose", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    with world.database.reading() as session:
        assert len(session.scalars(select(Proposal)).all()) == 1


async def test_after_the_window_nothing_is_received(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        data = TYPED | hidden_of(page.text)
        world.clock.move(days=11)
        sent = await browser.post("/p/town/propose", data=data)
    assert sent.status_code == 409
    with world.database.reading() as session:
        assert session.scalars(select(Proposal)).all() == []


@pytest.mark.parametrize(
    ("chosen", "published"),
    [
        ({}, "Ana Soto"),
        ({"publish_as": "own"}, "Ana Soto"),
        ({"publish_as": "other", "public_name": "Vecina de Lota"}, "Vecina de Lota"),
        ({"publish_as": "none"}, "Sin nombre"),
        ({"public_name": "Vecina de Lota"}, "Vecina de Lota"),
    ],
)
async def test_people_choose_how_their_name_is_published_and_the_receipt_says_it(
    world: World, chosen: dict[str, str], published: str
) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        assert page.text.index('name="publish_as"') < page.text.index("No tengo correo")
        sent = await browser.post("/p/town/propose", data=TYPED | chosen | hidden_of(page.text))
        receipt = (await browser.get(sent.headers["location"])).text
    assert f"<dt>Se publica como</dt><dd>{published}</dd>" in receipt
    assert "<dt>La respuesta va</dt><dd>Por correo electrónico: ana@example.org</dd>" in receipt
    with world.database.reading() as session:
        assert session.scalars(select(Proposal.public_names)).all() == [published]


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"publish_as": "other"}, "public_name"),
        ({"publish_as": "own", "public_name": "Vecina de Lota"}, "publish_as"),
        ({"publish_as": "nobody"}, "publish_as"),
    ],
)
async def test_no_name_is_published_by_mistake(world: World, chosen: dict[str, str], field: str) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        sent = await browser.post("/p/town/propose", data=TYPED | chosen | hidden_of(page.text))
    assert sent.status_code == 422
    assert f'id="f-{field}-error"' in sent.text


async def test_the_shortest_text_is_named_before_and_after_it_is_refused(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        assert page.text.count("Al menos 20 caracteres.") == 2
        typed = TYPED | {"problem": "Hay un hoyo."} | hidden_of(page.text)
        sent = await browser.post("/p/town/propose", data=typed)
    assert "Cuéntenos en al menos 20 caracteres cuál es el problema" in sent.text


async def test_the_receipt_and_the_office_read_the_paragraphs_as_they_were_written(world: World) -> None:
    world.open_process()
    words = "Las actas son imágenes.\n\nNadie puede buscar en ellas."
    async with world.browser() as browser:
        page = await browser.get("/p/town/propose")
        typed = TYPED | {"problem": words} | hidden_of(page.text)
        receipt = (await browser.get((await browser.post("/p/town/propose", data=typed)).headers["location"])).text
    async with world.browser("carla") as browser:
        examined = (await browser.get("/p/town/office/proposals/TOWN-0001")).text
    for shown in (receipt, examined):
        assert f'<p class="prose written">{words}</p>' in shown
