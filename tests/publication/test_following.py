"""A citizen's own proposal: found however the folio is typed, its text and versions shown, a lost code replaced."""

from __future__ import annotations

import re

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.people.rules import ContactKind
from app.process.models import Process
from app.process.rules import folios_in, folios_meant
from app.proposals.models import Proposal
from tests.feedback import deciding
from tests.world import World, form_of

pytestmark = pytest.mark.either

FOLIO = "TOWN-0001"


@pytest.fixture
def town(world: World) -> Process:
    process = world.open_process(ask_at="Oficina, teléfono 55 1234")
    world.propose(process, "nora", contact=(ContactKind.EMAIL, "nora@example.org"))
    return process


def mails(world: World) -> list[OutboxMessage]:
    with world.database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id)))


def path_in(text: str, kind: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/\S*{kind}/\S+)", text)
    assert found
    return found[1]


async def press(browser: AsyncClient, address: str, data: dict[str, str] | None = None, action: str = "") -> Response:
    page = await browser.get(address)
    assert page.status_code == 200
    return await browser.post(action or address, data=form_of(page.text, action or address) | (data or {}))


async def follow(browser: AsyncClient, folio: str, code: str) -> Response:
    return await press(browser, "/follow", {"folio": folio, "code": code})


async def confirm(world: World, browser: AsyncClient) -> Response:
    return await press(browser, path_in(mails(world)[0].text, "confirm"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PUE-0005", ["PUE-0005"]),
        ("pue-5", ["PUE-0005"]),
        (" PUE 5 ", ["PUE-0005"]),
        ("pue–00005", ["PUE-0005"]),
        ("6PE-12345", ["6PE-12345"]),
        ("PUE", []),
        ("", []),
        ("-5", []),
    ],
)
def test_a_folio_is_understood_however_it_is_typed(typed: str, meant: list[str]) -> None:
    assert folios_meant(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [("PUE0005", "PUE-0005"), ("pue5", "PUE-0005"), ("6PE0042", "6PE-0042")])
def test_without_a_hyphen_every_reading_is_tried(typed: str, meant: str) -> None:
    assert meant in folios_meant(typed)


@pytest.mark.usefixtures("town")
async def test_folio_and_code_are_taken_as_people_type_them(world: World) -> None:
    code = world.codes[FOLIO]
    async with world.browser() as browser:
        for folio in ("town 1", "TOWN0001", "Town-01"):
            assert (await follow(browser, folio, f" {code[:4].lower()}-{code[4:]} ")).status_code == 303
        wrong = await follow(browser, "TOWN-0002", code)
    assert wrong.status_code == 422
    assert "/follow/lost" in wrong.text


@pytest.mark.usefixtures("town")
async def test_the_receipt_says_when_to_the_second_and_claims_no_code(world: World) -> None:
    (mail,) = mails(world)
    with world.database.reading() as session:
        at = session.scalars(select(Proposal)).one().received_at
    assert re.search(rf"Recibida: .*, \d\d:\d\d:{at:%S}, hora de Santiago", mail.text)
    assert world.codes[FOLIO] not in mail.text
    assert "volveremos a escribir" not in mail.text
    assert "buscará otra manera de contactarle" in mail.text


@pytest.mark.usefixtures("town")
async def test_a_confirmation_only_confirms_and_its_link_says_so_afterwards(world: World) -> None:
    async with world.browser() as browser:
        told = await browser.get((await confirm(world, browser)).headers["location"])
        assert "Gracias: su dirección está confirmada" in told.text
        assert "/own/" not in told.text
        assert "Retirarla" not in told.text
        assert f"/follow/lost?folio={FOLIO}" in told.text
        link = path_in(mails(world)[0].text, "confirm")
        again = await browser.get(link)
        assert "su dirección está confirmada" in again.text
        assert f"/follow?folio={FOLIO}" in again.text
        pressed = await browser.post(link)
        assert pressed.headers["location"] == link


@pytest.mark.usefixtures("town")
async def test_an_author_reads_the_text_and_its_versions_and_the_story_tells_of_the_change(world: World) -> None:
    async with world.browser() as browser:
        own = (await follow(browser, FOLIO, world.codes[FOLIO])).headers["location"]
        page = await browser.get(own)
        assert "Publicar cada acta como texto dentro de cinco días." in page.text
        sealed = own.rpartition("/")[2]
        new = {
            "title": "Actas que se lean",
            "problem": "Nadie puede buscar en ellas.",
            "solution": "Publicarlas en texto.",
        }
        changed = await press(browser, f"/p/town/own/{sealed}/edit", new)
        assert changed.status_code == 303
        page = await browser.get(own)
        assert "El texto nuevo está recibido" in page.text
        assert "cambió el texto: versión 2" in page.text
        assert "Publicarlas en texto." in page.text
        assert "Publicar cada acta como texto dentro de cinco días." in page.text
        asked = await browser.get(f"/p/town/own/{sealed}/withdraw")
        assert "¿Retirar su propuesta?" in asked.text
        assert "Quien la propuso la retiró." not in (await browser.get(own)).text
        gone = await press(browser, f"/p/town/own/{sealed}/withdraw")
        assert gone.status_code == 303
        told = (await browser.get(own)).text
        assert "Quien la propuso la retiró." in told
        assert f"Su propuesta {FOLIO} quedó retirada" in told


@pytest.mark.usefixtures("town")
async def test_a_lost_code_is_replaced_through_the_confirmed_address_once(world: World) -> None:
    async with world.browser() as browser:
        await confirm(world, browser)
        before = len(mails(world))
        sent = await press(browser, "/follow/lost", {"folio": "town 1"})
        assert sent.headers["location"] == "/follow/lost/sent"
        mail = mails(world)[before]
        assert mail.to_address == "nora@example.org"
        link = path_in(mail.text, "follow/code")
        shown = await browser.get((await press(browser, link)).headers["location"])
        code = re.search(r"<dd>([2-9A-Z]{8})</dd>", shown.text)
        assert code
        assert "Este es su código nuevo" in shown.text
        assert (await follow(browser, FOLIO, code[1])).status_code == 303
        assert (await follow(browser, FOLIO, world.codes[FOLIO])).status_code == 422
        assert (await browser.get(link)).status_code == 409


@pytest.mark.usefixtures("town")
async def test_asking_for_a_code_tells_a_stranger_nothing_and_writes_to_no_unconfirmed_address(world: World) -> None:
    async with world.browser() as browser:
        before = len(mails(world))
        answers = {
            (await press(browser, "/follow/lost", {"folio": folio})).headers["location"] for folio in ("TOWN-1", "X9")
        }
        assert answers == {"/follow/lost/sent"}
        assert len(mails(world)) == before
        await confirm(world, browser)
        for _ in range(5):
            await press(browser, "/follow/lost", {"folio": FOLIO})
        assert len(mails(world)) == before + 3


async def test_a_decision_is_linked_at_its_place_and_no_later_stage_is_announced(world: World) -> None:
    process = deciding.decided(world, "ana", "bruno")
    async with world.browser() as browser:
        page = await browser.get(f"/en/p/{process.slug}/proposals/TOWN-0002")
        assert 'href="/en/p/town/decisions/decision/list?after=1#TOWN-0002"' in page.text
        assert "it is not a commitment yet" not in page.text
        assert "In Spanish, as it was written." in page.text
        assert 'lang="es"' in page.text
        behind = await browser.get("/en/p/town/decisions/decision/list?after=1")
        assert 'id="TOWN-0002"' in behind.text
        assert 'id="TOWN-0001"' not in behind.text
        data = await browser.get("/p/town/data")
        assert "Etapas</h2>" in data.text
        report = await browser.get("/p/town/feedback/decision")
        assert "Se cierra" in report.text
        assert "Se cerró" not in report.text


def test_several_folios_are_told_apart_however_they_are_typed() -> None:
    assert folios_in("6pe 4, 6PE-0005;6pe6 6PE-7") == ["6pe 4", "6PE-0005", "6pe6", "6PE-7"]
    assert folios_in("6PE-0004 y la otra") == ["6PE-0004", "y", "la", "otra"]
    assert folios_in("  ") == []
