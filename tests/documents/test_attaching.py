"""Files beside a proposal, as a browser sends and fetches them: nothing typed is lost, nothing is shown too early."""

from __future__ import annotations

import re
import uuid
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.documents import actions as documents
from app.documents import rules
from app.documents.models import Document, FileBytes
from app.documents.queries import waiting
from app.kit import ids
from app.my import queries as my
from app.people.actor import Actor
from app.process import queries as processes
from app.proposals import actions, queries
from app.proposals.consent import CURRENT
from app.proposals.models import Proposal, ProposalFile
from app.trail.models import Entry
from app.web import intake, sealing
from tests.clock import MovableClock
from tests.documents import making
from tests.world import PROBLEM, SOLUTION, World, form_of

FORM, ONE = "/p/town/propose", "/p/town/proposals/TOWN-0001"
DOOR = "/p/town/office/proposals/TOWN-0001"
TYPED = {
    "title": "Publicar las actas del concejo",
    "problem": PROBLEM,
    "solution": SOLUTION,
    "name": "Ana Soto",
    "contact_kind": "email",
    "contact": "ana@example.org",
}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Files = list[tuple[str, tuple[str, bytes, str]]]


def files(*sent: tuple[str, bytes]) -> Files:
    return [("files", (name, content, "application/octet-stream")) for name, content in sent]


NONE = files(("", b""))
"""What a browser sends of a field for files in which none was chosen."""


async def hidden_in(browser: httpx2.AsyncClient) -> dict[str, str]:
    """What stands hidden in the form, and what its last look adds."""
    shown = (await browser.get(FORM)).text
    return form_of(shown, f"{FORM}/look") | {"consent": CURRENT, "form_key": ids.new_token()}


async def send(browser: httpx2.AsyncClient, sent: Files, **typed: Any) -> httpx2.Response:
    hidden = await hidden_in(browser)
    return await browser.post(FORM, data=TYPED | hidden | typed, files=sent)


def kept_in(page: str) -> list[str]:
    return re.findall(r'name="kept_file" value="([^"]+)" checked', page)


def bound(world: World) -> list[tuple[str, int, int | None]]:
    with world.database.reading() as session:
        proposal = session.scalars(select(Proposal)).one()
        found = queries.files_of(session, proposal.id)
        return [(one.document.name, one.from_revision, one.until_revision) for one in found]


def verbs(world: World) -> list[str]:
    with world.database.reading() as session:
        said = session.scalars(select(Entry.verb).order_by(Entry.seq))
        return [verb for verb in said if "file" in verb]


async def admitted(world: World, *sent: tuple[str, bytes]) -> Proposal:
    async with world.browser() as browser:
        assert (await send(browser, files(*sent))).status_code == 303
    with world.work("carla") as work:
        proposal = work.session.scalars(select(Proposal)).one()
        actions.admit(work, proposal, actions.to_admit(work.session, proposal))
    return world.fresh(proposal)


@on_sqlite
async def test_a_file_goes_along_over_the_last_look(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        seen = await browser.post(f"{FORM}/look", data=TYPED, files=files(("acta.pdf", making.pdf())))
        assert "acta.pdf" in seen.text
        back = await browser.post(f"{FORM}/change", data=form_of(seen.text, FORM))
        assert len(kept_in(back.text)) == 1
        sent = await browser.post(FORM, data=form_of(seen.text, FORM) | {"consent": CURRENT})
        assert "acta.pdf" in (await browser.get(sent.headers["location"])).text
    assert bound(world) == [("acta.pdf", 1, None)]


async def test_a_photo_is_public_with_its_proposal_and_says_no_more_where_it_was_taken(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        received = await send(browser, files(("Mi foto.JPG", making.photo()), ("acta.pdf", making.pdf())))
        assert received.status_code == 303
        receipt = await browser.get(received.headers["location"])
        assert "Mi foto.jpg" in receipt.text
        assert (await browser.get(f"{ONE}/files/1")).status_code == 404
        with world.work("carla") as work:
            proposal = work.session.scalars(select(Proposal)).one()
            actions.admit(work, proposal, actions.to_admit(work.session, proposal))
        page = await browser.get(ONE)
        assert f'<a href="{ONE}/files/1">Mi foto.jpg</a>' in page.text
        assert "documento PDF" in page.text
        got = await browser.get(f"{ONE}/files/1")
        again = await browser.get(f"{ONE}/files/1", headers={"if-none-match": got.headers["etag"]})
        assert (await browser.get(f"{ONE}/files/3")).status_code == 404
    assert got.status_code == 200
    assert making.CAMERA.encode() not in got.content
    with Image.open(BytesIO(got.content)) as seen:
        assert (seen.size, dict(seen.getexif())) == ((40, 64), {})
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"] == "attachment; filename=\"Mi foto.jpg\"; filename*=UTF-8''Mi%20foto.jpg"
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert verbs(world) == ["proposal.files_attached"]


async def test_a_refused_form_keeps_the_files_and_everything_typed(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        sent = await send(browser, files(("acta.pdf", making.pdf()), ("x.pdf", making.EXE)), problem="Corto", cause="Y")
        assert sent.status_code == 422
        assert 'id="f-files-error"' in sent.text
        assert "«x.pdf» es un programa. No se recibió." in sent.text
        assert 'id="f-problem-error"' in sent.text
        assert 'value="Publicar las actas del concejo"' in sent.text
        kept = kept_in(sent.text)
        assert len(kept) == 1
        assert bound_none(world)
        done = await send(browser, NONE, kept_file=kept)
        assert done.status_code == 303
    assert bound(world) == [("acta.pdf", 1, None)]


def bound_none(world: World) -> bool:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ProposalFile)) == 0


@on_sqlite
async def test_a_file_that_was_unticked_is_left_out(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        sent = await send(browser, files(("a.txt", b"hola"), ("b.txt", b"adios")), title="")
        kept = kept_in(sent.text)
        assert len(kept) == 2
        assert (await send(browser, NONE, kept_file=kept[1:])).status_code == 303
    assert bound(world) == [("b.txt", 1, None)]


@on_sqlite
async def test_a_fourth_file_is_refused_and_the_form_names_all_four(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        sent = await send(browser, files(*((f"{n}.txt", b"hola") for n in range(4))))
    assert sent.status_code == 422
    assert "Como máximo 3 archivos. Deje uno fuera." in sent.text
    assert len(kept_in(sent.text)) == 4


@on_sqlite
async def test_fifty_megabytes_are_refused_beside_the_field_and_nothing_typed_is_lost(world: World) -> None:
    world.open_process()
    heavy = b"%PDF-1.7\n" + b"\x00" * 50 * 1024 * 1024
    async with world.browser() as browser:
        sent = await send(browser, files(("video.pdf", heavy), ("acta.pdf", making.pdf())))
    assert sent.status_code == 422
    assert "«video.pdf» pesa más de 10 MB." in sent.text
    assert 'value="Publicar las actas del concejo"' in sent.text
    assert len(kept_in(sent.text)) == 1


@on_sqlite
async def test_what_no_form_holds_is_refused_before_it_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open_process()
    async with world.browser() as browser:
        monkeypatch.setattr(intake, "MOST_READ", 1024 * 1024)
        sent = await send(browser, files(("a.txt", b"x" * 2_000_000)))
        assert sent.status_code == 413
        assert "Cada archivo puede pesar 10 MB como máximo" in sent.text
        words = await browser.post(FORM, data=TYPED | {"cause": "x" * 3_000_000})
        assert words.status_code == 413
        elsewhere = await browser.post("/follow", data={"folio": "x"}, files=files(("a.txt", b"x" * 3_000_000)))
        assert elsewhere.status_code == 413


@on_sqlite
async def test_a_path_and_a_drawing_with_a_script_are_told_beside_the_field(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        path = await send(browser, files(("../../etc/passwd", b"hola")))
        assert "El nombre de un archivo contiene una ruta" in path.text
        drawing = await send(browser, files(("<img src=x>.svg", making.SVG)))
        assert "es un dibujo SVG, que puede llevar un programa dentro" in drawing.text
        assert "<img src=x>" not in drawing.text
    assert (path.status_code, drawing.status_code) == (422, 422)


@on_sqlite
async def test_the_same_form_sent_twice_is_one_proposal(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        hidden = await hidden_in(browser)
        sent = [
            await browser.post(
                FORM,
                content=multipart(TYPED | hidden, b"hola", boundary),
                headers={"content-type": f"multipart/form-data; boundary={boundary}"},
            )
            for boundary in ("one", "two")
        ]
        other = await browser.post(FORM, data=TYPED | hidden, files=files(("a.txt", b"otra")))
    assert [one.status_code for one in (*sent, other)] == [303, 303, 409]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert bound(world) == [("a.txt", 1, None)]


def multipart(fields: dict[str, str], content: bytes, boundary: str) -> bytes:
    parts = [f'--{boundary}\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    file = f'--{boundary}\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    return ("".join(parts) + file).encode() + content + f"\r\n--{boundary}--\r\n".encode()


@on_sqlite
async def test_a_form_with_files_from_elsewhere_needs_its_token_too(world: World) -> None:
    world.open_process()
    async with world.browser(**{"sec-fetch-site": "cross-site"}) as browser:
        assert (await browser.post(FORM, data=TYPED, files=files(("a.txt", b"x")))).status_code == 403
    async with world.browser(**{"sec-fetch-site": ""}) as browser:
        hidden = await hidden_in(browser)
        forged = await browser.post(FORM, data=TYPED | {"form_token": "x"}, files=files(("a.txt", b"x")))
        honest = await browser.post(FORM, data=TYPED | hidden, files=files(("a.txt", b"x")))
    assert (forged.status_code, honest.status_code) == (403, 303)


async def test_waiting_files_are_forgotten_after_a_day_and_bytes_are_stored_once(
    world: World, clock: MovableClock
) -> None:
    world.open_process()
    async with world.browser() as browser:
        kept = kept_in((await send(browser, files(("a.txt", b"hola"), ("b.txt", b"otra")), title="")).text)
        assert (await send(browser, files(("c.txt", b"hola")))).status_code == 303
    assert counted(world) == (3, 2)
    clock.move(hours=24)
    with world.work(Actor.system()) as work:
        documents.sweep(work)
    assert counted(world) == (1, 1)
    assert bound(world) == [("c.txt", 1, None)]
    with world.work("ana") as work:
        assert [one.name for one in waiting(work.session, [uuid_of(world, kept[0])], work.now)] == []


def uuid_of(world: World, seal: str) -> uuid.UUID:
    return uuid.UUID(sealing.unseal(world.settings.secret(), "file", seal, sealing.A_MONTH))


def counted(world: World) -> tuple[int, int]:
    with world.database.reading() as session:
        rows = [session.scalar(select(func.count()).select_from(table)) for table in (Document, FileBytes)]
    return rows[0] or 0, rows[1] or 0


@on_sqlite
async def test_bruno_cannot_attach_what_waits_for_somebody_else(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        seal = kept_in((await send(browser, files(("a.txt", b"hola")), title="")).text)[0]
        key = uuid_of(world, seal).hex
        forged = sealing.seal("another secret, long enough to be one", "file", key)
        assert (await send(browser, NONE, kept_file=[key, forged], title="Uno")).status_code == 303
        assert bound(world) == []
        assert (await send(browser, NONE, kept_file=[seal], title="Dos")).status_code == 303
        again = await send(browser, NONE, kept_file=[seal], title="Tres")
    assert again.status_code == 409
    assert "ya no está" in again.text


async def test_the_office_holds_a_file_back_and_shows_it_again(world: World) -> None:
    world.open_process()
    proposal = await admitted(world, ("Juan Pérez.txt", b"hola"), ("acta.txt", b"acta"))
    async with world.browser("carla") as office, world.browser("bruno") as bruno:
        page = await office.get(DOOR)
        assert f'<a href="{DOOR}/files/1">Juan Pérez.txt</a>' in page.text
        hidden = form_of(page.text, f"{DOOR}/files/1/hold")
        refused = await office.post(f"{DOOR}/files/1/hold", data=hidden)
        assert refused.status_code == 422
        assert 'id="f-why_1-error"' in refused.text
        held = await office.post(f"{DOOR}/files/1/hold", data=hidden | {"why_1": "personal_data"})
        assert held.status_code == 303
        assert (await bruno.post(f"{DOOR}/files/1/release", data={})).status_code == 403
        world.app.state.house.cache.clear()
        public = await bruno.get(ONE)
        assert "Un documento no se muestra: muestra datos personales de otras personas." in public.text
        assert "Juan" not in public.text
        assert (await bruno.get(f"{ONE}/files/1")).status_code == 404
        assert (await bruno.get(f"{ONE}/files/2")).status_code == 200
        assert (await bruno.get(f"{DOOR}/files/1")).status_code == 403
        assert (await office.get(f"{DOOR}/files/1")).text == "hola"
        own = own_link(world, proposal)
        assert "Juan Pérez.txt" in (await bruno.get(f"/follow/{own}")).text
        assert (await bruno.get(f"/p/town/own/{own}/files/1")).text == "hola"
        hidden = form_of((await office.get(DOOR)).text, f"{DOOR}/files/1/release")
        assert (await office.post(f"{DOOR}/files/1/release", data=hidden)).status_code == 303
        assert (await bruno.get(f"{ONE}/files/1")).text == "hola"
    assert verbs(world) == ["proposal.files_attached", "proposal.file_held_back", "proposal.file_released"]
    with world.database.reading() as session:
        assert [leaf for leaf in session.scalars(select(Entry.leaf)) if "Juan" in str(leaf)] == []


def own_link(world: World, proposal: Proposal) -> str:
    with world.database.reading() as session:
        author = queries.authors_of(session, proposal.id)[0]
    return sealing.own_link(world.settings.secret(), author.id)


async def test_a_new_version_leaves_one_out_and_adds_one_and_the_earlier_keeps_its_own(world: World) -> None:
    world.open_process()
    proposal = await admitted(world, ("a.txt", b"a"), ("b.txt", b"b"))
    edit = f"/p/town/own/{own_link(world, proposal)}/edit"
    typed = {"title": "Otro título", "problem": PROBLEM, "solution": SOLUTION, "staying_file": ["2"]}
    async with world.browser() as browser:
        hidden = form_of((await browser.get(edit)).text, edit)
        assert hidden["files_were_shown"] == "yes"
        short = await browser.post(edit, data=hidden | typed | {"problem": "Corto"}, files=files(("c.txt", b"c")))
        assert short.status_code == 422
        assert re.findall(r'name="staying_file" value="(\d)"( checked)?', short.text) == [("1", ""), ("2", " checked")]
        kept = {"kept_file": kept_in(short.text)}
        hidden = form_of(short.text, edit)
        assert (await browser.post(edit, data=hidden | typed | kept, files=NONE)).status_code == 303
        world.app.state.house.cache.clear()
        page = (await browser.get(ONE)).text
    assert bound(world) == [("a.txt", 1, 1), ("b.txt", 1, None), ("c.txt", 2, None)]
    now, _, before = page.partition("Versiones anteriores")
    assert re.findall(r">(\w\.txt)</a>", now) == ["b.txt", "c.txt"]
    assert re.findall(r">(\w\.txt)</a>", before) == ["a.txt", "b.txt"]
    assert verbs(world) == ["proposal.files_attached", "proposal.files_left_out", "proposal.files_attached"]


@on_sqlite
async def test_a_person_takes_along_the_names_of_their_files(world: World) -> None:
    process = world.open_process()
    await admitted(world, ("a.txt", b"hola"))
    with world.database.reading() as session:
        everything = my.everything(session, world.people["ana"], world.now)
        assert processes.by_slug(session, process.slug).id == process.id
    assert [one["name"] for one in everything["proposals"][0]["files"]] == ["a.txt"]


@on_sqlite
async def test_a_form_without_files_costs_what_it_did(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open_process()
    monkeypatch.setattr(world.app.state.house.hops, "look", None)
    async with world.browser() as browser:
        assert (await send(browser, NONE)).status_code == 303
    assert counted(world) == (0, 0)


@on_sqlite
async def test_when_too_much_waits_a_file_is_refused_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open_process()
    monkeypatch.setattr(rules, "MOST_WAITING", 6)
    async with world.browser() as browser:
        sent = await send(browser, files(("a.txt", b"hola"), ("b.txt", b"adios")))
    assert sent.status_code == 422
    assert "llegan muchos archivos y «b.txt» no se pudo recibir" in sent.text
    assert counted(world) == (1, 1)
