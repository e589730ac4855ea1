"""Deciding, publishing, answering and opening by program."""

from __future__ import annotations

from datetime import timedelta

from tests.feedback.deciding import REASON, decided, draft
from tests.world import World

API = "/api/v1/processes"


async def test_an_official_decides_and_publishes_by_program(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno", "diego"):
        world.propose(process, who)
    async with world.browser("carla") as carla:
        for folio in ("TOWN-0001", "TOWN-0002"):
            sent = await carla.put(f"{API}/town/proposals/{folio}/admission", json={"outcome": "admitted"})
            assert sent.json() == {"folio": folio, "state": "admitted", "merged_into": None}
        refusal = {"outcome": "refused", "reason": "Es una queja de otra oficina.", "reason_codes": ["complaint"]}
        assert (await carla.put(f"{API}/town/proposals/TOWN-0003/admission", json=refusal)).status_code == 200
        joined = {"into": "TOWN-0001", "reason": "Piden lo mismo y van juntas."}
        sent = await carla.post(f"{API}/town/proposals/TOWN-0002/merge", json=joined)
        assert sent.json()["merged_into"] == "TOWN-0001"
        early = await carla.put(
            f"{API}/town/proposals/TOWN-0001/decision", json={"outcome": "selected", "reason": REASON}
        )
        assert early.status_code == 409
    world.clock.move(days=11)
    async with world.browser("carla") as carla:
        silent = await carla.put(f"{API}/town/proposals/TOWN-0001/decision", json={"outcome": "selected", "reason": ""})
        assert (silent.status_code, list(silent.json()["fields"])) == (422, ["reason"])
        sent = await carla.put(
            f"{API}/town/proposals/TOWN-0001/decision", json={"outcome": "selected", "reason": REASON}
        )
        assert (sent.status_code, sent.json()["published_at"], sent.json()["version"]) == (200, None, 1)
        sent = await carla.post(f"{API}/town/decisions/publication", json={})
        assert (sent.status_code, sent.json()["decisions"]) == (200, 1)
        counts = (await carla.get(f"{API}/town")).json()["counts"]
    assert (counts["proposals_received"], counts["proposals_selected"], counts["themes"]) == (3, 1, 0)


async def test_the_figures_are_the_offices_and_a_second_person_approves(world: World) -> None:
    process = decided(world)
    draft(world, process)
    async with world.browser("carla") as carla, world.browser("hugo") as hugo, world.browser("ana") as ana:
        figures = (await carla.get(f"{API}/town/feedback")).json()["decision"]
        assert (figures["owed"], figures["drafted"], figures["approved"]) == (1, 1, 0)
        assert (await ana.get(f"{API}/town/feedback")).status_code == 403
        assert (await carla.post(f"{API}/town/feedback/approval", json={"stage": "decision"})).status_code == 403
        sent = await hugo.post(f"{API}/town/feedback/approval", json={"stage": "decision"})
        assert sent.json() == {"posted": 1, "by_hand": 0, "left_out": [], "waiting": 0}


async def test_letters_are_held_back_and_taken_back_by_program(world: World) -> None:
    process = decided(world)
    draft(world, process)
    address = f"{API}/town/feedback/sending"
    pause = {"act": "pause", "stage": "decision", "reason": "El plazo está equivocado."}
    async with world.browser("hugo") as hugo, world.browser("ana") as ana:
        await hugo.post(f"{API}/town/feedback/approval", json={"stage": "decision"})
        assert (await ana.post(address, json=pause)).status_code == 403
        assert (await hugo.post(address, json=pause | {"act": "stop"})).status_code == 409
        assert (await hugo.post(address, json=pause | {"reason": ""})).status_code == 422
        assert (await hugo.post(address, json=pause)).json() == {"letters": 0}
        assert (await hugo.post(address, json=pause)).status_code == 409
        assert (await hugo.post(address, json=pause | {"act": "stop"})).json() == {"letters": 1}
        assert (await hugo.post(address, json=pause | {"act": "go_on"})).status_code == 409
        assert (await hugo.post(address, json={"act": "looked_at", "stage": "decision"})).status_code == 409
        assert (await hugo.post(address, json={"act": "looked_at"})).status_code == 422
        assert (await hugo.get(f"{API}/town/feedback")).json()["decision"]["drafted"] == 1


async def test_a_process_is_opened_and_dated_by_program(world: World) -> None:
    wish = {"slug": "plan-2027", "name": "Plan 2027", "timezone": "America/Santiago", "template": "simple_consultation"}
    async with world.browser("admin") as admin, world.browser("carla") as carla, world.browser() as public:
        assert (await carla.post(API, json=wish)).status_code == 403
        assert (await admin.post(API, json=wish)).status_code == 201
        window = {"opens_at": world.now.isoformat(), "closes_at": (world.now + timedelta(days=5)).isoformat()}
        sent = await carla.put(f"{API}/plan-2027/stages/consulta", json=window)
        assert (sent.status_code, sent.json()["status"]) == (200, "open")
        found = (await public.get(f"{API}/plan-2027")).json()
        assert [stage["kind"] for stage in found["stages"]] == ["public_consultation", "filter"]
        assert (await public.get(API)).json()["total"] == 1
