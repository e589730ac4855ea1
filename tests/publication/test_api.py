"""The process by program: what is public and nothing else, problems as problem+json, and sending without an account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.proposals.models import Proposal
from tests.world import CAST, STRANGER, World, address

pytestmark = pytest.mark.either

SENT = {
    "title": "Publicar las actas del concejo",
    "problem": "Las actas se publican como imágenes y nadie puede buscar en ellas.",
    "solution": "Publicar cada acta como texto dentro de cinco días.",
    "contact": "ana@example.org",
}
API = "/api/v1/processes/town"


def problem(answered: Any) -> dict[str, Any]:
    assert answered.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answered.json()
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert body["status"] == answered.status_code
    return body


async def test_the_list_tells_each_public_proposal_by_named_fields(world: World) -> None:
    process = world.open_process()
    for title in ("Publicar las actas", "Abrir los presupuestos", "Contar los árboles"):
        world.admitted(process, "ana", title)
    world.propose(process, "bruno", "Todavía en examen")
    async with world.browser() as browser:
        first = (await browser.get(f"{API}/proposals", params={"limit": 2})).json()
        rest = (await browser.get(f"{API}/proposals", params={"limit": 2, "after": first["next"]})).json()
    assert [item["title"] for item in first["items"]] == ["Contar los árboles", "Abrir los presupuestos"]
    assert [item["title"] for item in rest["items"]] == ["Publicar las actas"]
    assert (first["total"], first["total_is_capped"], rest["next"]) == (3, False, None)
    assert first["items"][0] == {
        "folio": "TOWN-0003",
        "title": "Contar los árboles",
        "state": "admitted",
        "plain_state": "under_consideration",
        "origin_sector": "citizen",
        "territory": None,
        "theme": None,
        "submitted_at": "2026-06-01T15:00:00Z",
        "url": f"{world.settings.base_url}/p/town/proposals/TOWN-0003",
    }


@pytest.mark.parametrize(
    "query",
    [
        "state=submitted",
        "state=nowhere",
        "theme=1",
        "origin_sector=martians",
        "sort=person_id",
        "limit=101",
        "limit=0",
        "after=x",
        "contact=ana@example.org",
        "person_id=1",
        "q=" + "a" * 201,
    ],
)
async def test_what_is_on_no_list_cannot_be_asked_for(world: World, query: str) -> None:
    world.open_process()
    async with world.browser() as browser:
        answered = await browser.get(f"{API}/proposals?{query}")
    assert answered.status_code == 422
    assert list(problem(answered)["fields"]) == [query.split("=", maxsplit=1)[0]]


async def test_one_proposal_tells_its_text_its_decisions_and_its_history(world: World) -> None:
    proposal = world.admitted(world.open_process())
    async with world.browser() as browser:
        told = (await browser.get(f"{API}/proposals/{proposal.folio}")).json()
        history = (await browser.get(f"{API}/proposals/{proposal.folio}/trail")).json()
    assert told["problem"].startswith("Las actas")
    assert [revision["number"] for revision in told["revisions"]] == [1]
    assert (told["provenance"], told["decisions"], told["commitments"]) == ("native", [], [])
    assert [entry["verb"] for entry in history] == ["proposal.submitted", "proposal.admitted"]
    assert set(history[0]) == {"seq", "at", "recorded_at", "verb", "role", "because", "facts", "hash"}


async def test_a_program_sends_a_proposal_without_an_account(world: World) -> None:
    world.open_process()
    async with world.browser(**{"idempotency-key": "one"}) as browser:
        sent = await browser.post(f"{API}/proposals", json=SENT)
        again = await browser.post(f"{API}/proposals", json=SENT)
        other = await browser.post(f"{API}/proposals", json=SENT | {"title": "Otra cosa distinta"})
        receipt = await browser.get(sent.json()["receipt"])
    assert (sent.status_code, sorted(sent.json())) == (201, ["folio", "receipt", "received_at"])
    assert (again.status_code, again.json()) == (201, sent.json())
    assert other.status_code == 409
    problem(other)
    assert sent.json()["folio"] in receipt.text
    with world.database.reading() as session:
        stored = session.scalars(select(Proposal)).one()
        assert (stored.channel.value, stored.state.value) == ("api", "submitted")


async def test_a_closed_window_says_its_dates(world: World) -> None:
    world.open_process()
    world.clock.move(days=11)
    async with world.browser() as browser:
        told = problem(await browser.post(f"{API}/proposals", json=SENT))
    assert (told["code"], told["opens_at"], told["closes_at"]) == (
        "not_now",
        "2026-06-01T14:00:00Z",
        "2026-06-11T15:00:00Z",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"problem": "corto"}, "problem"),
        ({"contact": "ana@"}, "contact"),
        ({"contact": {"kind": "carrier pigeon"}}, "kind"),
        ({"origin_sector": "martians"}, "origin_sector"),
        ({"values": ["beauty"]}, "values"),
        ({"territory": "no-such"}, "territory"),
        ({"state": "committed"}, "state"),
        ({"person_id": "1"}, "person_id"),
    ],
)
async def test_what_cannot_be_taken_is_told_field_by_field(world: World, change: dict[str, Any], field: str) -> None:
    world.open_process()
    async with world.browser() as browser:
        answered = await browser.post(f"{API}/proposals", json=SENT | change)
    assert answered.status_code == 422
    assert field in problem(answered)["fields"]
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 0


async def test_the_datasets_come_with_their_dictionary_and_their_licence(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana", "=HYPERLINK(1)")
    async with world.browser() as browser:
        listed = (await browser.get(f"{API}/datasets")).json()
        told = {item["name"]: item for item in listed["items"]}
        for item in listed["items"]:
            for file in item["files"].values():
                answered = await browser.get(file)
                assert (answered.status_code, file) == (200, file)
                assert "attachment" in answered.headers["content-disposition"]
        table = (await browser.get(told["proposals"]["files"]["csv"])).text
        rows = (await browser.get(told["proposals"]["files"]["json"])).json()
        chain = [json.loads(row) for row in (await browser.get(told["trail"]["files"]["jsonl"])).text.splitlines()]
        assert (await browser.get(f"{API}/datasets/people.csv")).status_code == 404
        assert (await browser.get(f"{API}/datasets/proposals.xml")).status_code == 404
    assert {item["licence"] for item in listed["items"]} == {"CC BY 4.0"}
    assert [column["name"] for column in told["proposals"]["columns"]] == list(rows["rows"][0])
    assert "'=HYPERLINK(1)" in table
    assert [row["seq"] for row in chain] == list(range(1, len(chain) + 1))


async def test_what_is_not_admitted_exists_in_no_representation(world: World) -> None:
    process = world.open_process()
    hidden = world.propose(process, "ana", "Zanjas secretas de la calle Prat")
    world.admitted(process, "bruno", "Publicar las actas")
    bare = f"{API}/proposals/{hidden.folio}"
    for who in (STRANGER, "bruno", "felix"):
        async with world.browser(who) as browser:
            for path in (
                bare,
                f"{bare}/trail",
                f"/p/town/proposals/{hidden.folio}",
                f"/en/p/town/proposals/{hidden.folio}",
            ):
                assert (await browser.get(path)).status_code == 404, (who, path)
            for path in (
                f"{API}/proposals?q=zanjas",
                f"{API}/proposals",
                f"{API}/datasets/proposals.csv",
                f"{API}/datasets/proposals.json",
                f"{API}/datasets/trail.jsonl",
                "/p/town/proposals/search?q=zanjas",
                "/p/town/proposals",
                "/p/town",
                "/",
            ):
                answered = await browser.get(path)
                assert answered.status_code == 200, path
                assert "Zanjas" not in answered.text, (who, path)


async def test_no_address_of_anybody_is_told_to_a_stranger(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno", "felix"):
        world.admitted(process, who, f"Propuesta de prueba de {who}")
    addresses = [address(who) for who in CAST]
    facts = {"slug": "town", "folio": "TOWN-0001", "stage": "consulta"}
    asked = 0
    async with world.browser() as browser:
        paths = {route.path for route in world.app.state.register if route.method == "GET"}
        for item in (await browser.get(f"{API}/datasets")).json()["items"]:
            paths.update(file.removeprefix(world.settings.base_url) for file in item["files"].values())
        for path in sorted(paths):
            try:
                filled = path.format(**facts)
            except KeyError:
                continue
            answered = await browser.get(filled)
            assert answered.status_code < 500, filled
            assert [found for found in addresses if found in answered.text] == [], filled
            asked += answered.status_code == 200
    assert asked >= 10


async def test_the_description_lists_exactly_the_addresses_there_are(world: World) -> None:
    async with world.browser() as browser:
        described = (await browser.get("/api/v1/openapi.json")).json()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert told == {(r.method, r.path) for r in world.app.state.register if r.kind in {"read", "write"}}


async def test_nothing_a_stranger_sends_is_a_fault_of_ours(world: World) -> None:
    """Odd values in every place of every address of the API: refused, never a fault, always as a problem."""
    process = world.open_process()
    world.admitted(process)
    odd = ["", "0", "-1", "9" * 40, "%00", "ñandú", "..%2F", "' OR 1=1 --", "<b>", "TOWN-0001", "town"]
    bodies: list[Any] = [None, [], {}, "text", {"title": None}, {"title": "x" * 200_000}, SENT | {"title": "a\x00b"}]
    async with world.browser() as browser:
        for route in [r for r in world.app.state.register if r.kind in {"read", "write"}]:
            names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
            for value, slug in [*((value, "town") for value in odd), *((value, value) for value in odd)]:
                path = route.path.format(**(dict.fromkeys(names, value) | {"slug": slug}))
                if route.method == "GET":
                    sent = [await browser.get(path, params={"q": value, "after": value})]
                else:
                    sent = [await browser.request(route.method, path, json=body) for body in bodies]
                for answered in sent:
                    assert answered.status_code < 500, (route.method, path, answered.text)
                    if answered.status_code >= 400 and answered.request.url.path.startswith("/api/"):
                        problem(answered)
