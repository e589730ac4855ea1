"""Proposals are grouped by theme: placed with a reason, moved, in parts; a comparison suggests and places nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.parts import due
from app.prioritisation import actions as prioritisation
from app.prioritisation.actions import NameTheme, Place
from app.prioritisation.models import Placement, Theme
from app.prioritisation.queries import themes as queries
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.costs import cost
from tests.world import World, form_of

pytestmark = pytest.mark.either

REASON = "Trata de los árboles de la plaza, como las otras de este tema."
TITLES = {
    "ana": "Más árboles con sombra en la plaza",
    "bruno": "Plantar árboles nativos en las plazas",
    "diego": "Publicar las actas del concejo como texto",
    "elena": "Buscar dentro de las actas del concejo",
}
WHY = Place(REASON)
OFFICE = "/p/plan/office/themes"


@pytest.fixture
def plan(world: World) -> Process:
    process = world.open_process("plan", template="ogp_action_plan")
    for who, title in TITLES.items():
        world.admitted(process, who, title, problem=f"Hoy falta esto: {title.lower()}.")
    return process


def named(world: World, process: Process, name: str, who: str = "carla") -> Theme:
    with world.work(who) as work:
        return prioritisation.name_theme(work, processes.by_id(work.session, process.id), NameTheme(name))


def placed(world: World, process: Process, number: int, folio: str, wish: Place = WHY, *, who: str = "carla") -> None:
    with world.work(who) as work:
        here = processes.by_id(work.session, process.id)
        theme = queries.theme_numbered(work.session, here.id, number)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        prioritisation.place(work, here, theme, proposal, wish)


def standing(world: World, process: Process) -> dict[int, list[tuple[str, str]]]:
    with world.database.reading() as session:
        themes = queries.themes_of(session, process.id)
        found = queries.columns(session, [theme.id for theme in themes], 50)
        counts = {theme.number: (theme.whole, theme.parts) for theme in themes}
        rows = {theme.number: [(row.folio, row.part) for row in found[theme.id]] for theme in themes}
    for number, some in rows.items():
        assert counts[number] == (sum(not part for _, part in some), sum(bool(part) for _, part in some))
    return rows


def test_a_proposal_placed_elsewhere_leaves_the_theme_it_stood_in_whole(world: World, plan: Process) -> None:
    named(world, plan, "Medio ambiente")
    named(world, plan, "Transparencia")
    placed(world, plan, 1, "PLAN-0001")
    placed(world, plan, 2, "PLAN-0001", Place("Se movió porque pide publicar, no plantar."))
    assert standing(world, plan) == {1: [], 2: [("PLAN-0001", "")]}
    with world.database.reading() as session:
        rows = session.scalars(select(Placement).order_by(Placement.placed_at, Placement.id)).all()
        assert [(row.ended_at is None, row.ended_because) for row in rows] == [
            (False, "Se movió porque pide publicar, no plantar."),
            (True, ""),
        ]
        facts = session.scalars(select(Entry.leaf).where(Entry.verb == "proposal.grouped")).all()
        assert len(facts) == 2


def test_parts_of_a_proposal_stand_in_several_themes(world: World, plan: Process) -> None:
    for name in ("Medio ambiente", "Transparencia", "Plazas"):
        named(world, plan, name)
    placed(world, plan, 1, "PLAN-0001")
    placed(world, plan, 2, "PLAN-0001", Place("Esta parte pide publicar un registro.", "El registro de árboles"))
    placed(world, plan, 3, "PLAN-0001", Place("Esta parte trata del riego.", "El riego"))
    assert standing(world, plan) == {
        1: [("PLAN-0001", "")],
        2: [("PLAN-0001", "El registro de árboles")],
        3: [("PLAN-0001", "El riego")],
    }
    with pytest.raises(Conflict):
        placed(world, plan, 3, "PLAN-0001", Place("Esta parte trata del riego.", "El riego"))


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"])
def test_nobody_but_the_office_groups(world: World, plan: Process, who: str) -> None:
    named(world, plan, "Medio ambiente")
    with pytest.raises(NotAllowed):
        named(world, plan, "Otro", who)
    with pytest.raises(NotAllowed):
        placed(world, plan, 1, "PLAN-0001", who=who)


def test_a_theme_needs_a_name_of_its_own_and_is_given_up_only_when_empty(world: World, plan: Process) -> None:
    theme = named(world, plan, "Medio ambiente")
    for wrong in ("", "  ", "medio  ambiente", "x" * 161):
        with pytest.raises(Invalid) as refused:
            named(world, plan, wrong)
        assert set(refused.value.fields) == {"name_es"}
    placed(world, plan, 1, "PLAN-0001")
    with world.work("carla") as work, pytest.raises(Conflict):
        prioritisation.dissolve(work, processes.by_id(work.session, plan.id), work.session.get_one(Theme, theme.id))
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.id)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
        row = work.session.get_one(Theme, theme.id)
        prioritisation.take_out(work, here, row, proposal, "Estaba en el tema equivocado.")
        prioritisation.dissolve(work, here, row)
    with pytest.raises(Invalid):
        placed(world, plan, 1, "PLAN-0001")


def test_what_does_not_go_on_is_not_grouped(world: World, plan: Process) -> None:
    named(world, plan, "Medio ambiente")
    world.propose(plan, "bruno", "Una propuesta que nadie ha examinado")
    with pytest.raises(WrongState):
        placed(world, plan, 1, "PLAN-0005")
    with pytest.raises(Invalid) as refused:
        placed(world, plan, 1, "PLAN-0001", Place("Corta"))
    assert set(refused.value.fields) == {"reason"}


def compared(world: World, process: Process, groups: int = 2) -> None:
    """Ask for a comparison, and let the worker make it."""
    with world.work("carla") as work:
        prioritisation.ask_comparison(work, processes.by_id(work.session, process.id), groups)
    job = due._claim(world.database, world.clock)
    assert job is not None
    due.do_job(world.database, job, world.clock)


def test_a_comparison_suggests_themes_drafts_groups_and_places_nothing(world: World, plan: Process) -> None:
    named(world, plan, "Medio ambiente")
    named(world, plan, "Transparencia")
    placed(world, plan, 1, "PLAN-0001")
    placed(world, plan, 2, "PLAN-0003", Place("Trata de las actas del concejo."))
    before = standing(world, plan)
    compared(world, plan)
    assert standing(world, plan) == before
    with world.database.reading() as session:
        hints = {row.folio: [hint.theme.number for hint in row.hints] for row in queries.to_place(session, plan.id)}
        assert {folio: numbers[0] for folio, numbers in hints.items()} == {"PLAN-0002": 1, "PLAN-0004": 2}
        assert queries.drafts_of(session, plan.id) == []  # one text alone is no group
    placed(world, plan, 1, "PLAN-0002")
    with world.database.reading() as session:
        suggested = session.scalars(select(Placement.suggested).where(Placement.number == 2)).one()
        assert suggested == 1


def test_one_comparison_at_a_time_and_within_limits(world: World, plan: Process) -> None:
    with pytest.raises(Invalid):
        compared(world, plan, 1)
    with world.work("carla") as work:
        prioritisation.ask_comparison(work, processes.by_id(work.session, plan.id), 2)
    with world.work("carla") as work, pytest.raises(Conflict):
        prioritisation.ask_comparison(work, processes.by_id(work.session, plan.id), 2)


async def test_the_office_groups_on_the_board_and_the_public_reads_why(world: World, plan: Process) -> None:
    async with world.browser("carla") as carla, world.browser() as reader:
        page = await carla.get(OFFICE)
        sent = await carla.post(OFFICE, data={"name_es": "Medio ambiente"} | form_of(page.text, OFFICE))
        assert sent.status_code == 303
        page = await carla.get(OFFICE)
        form = form_of(page.text, f"{OFFICE}/placements")
        typed = {"theme-PLAN-0001": "1", "reason-PLAN-0001": REASON} | form
        assert typed["folio"] == "PLAN-0001"
        short = await carla.post(f"{OFFICE}/placements", data=typed | {"reason-PLAN-0001": "Corta"})
        assert short.status_code == 422
        assert "al menos 10 caracteres" in short.text
        assert ">\nCorta</textarea>" in short.text
        assert (await carla.post(f"{OFFICE}/placements", data=typed)).status_code == 303
        shown = await reader.get("/p/plan/themes/1")
        assert REASON in shown.text
        assert "PLAN-0001" in (await reader.get("/p/plan/proposals?theme=1")).text
        assert "PLAN-0002" not in (await reader.get("/p/plan/proposals?theme=1")).text
        assert (await reader.get("/p/plan/proposals?theme=9")).status_code == 422
        story = await reader.get("/p/plan/proposals/PLAN-0001")
        assert "Se ubicó en el tema Medio ambiente." in story.text


async def test_a_reason_too_short_is_said_beside_the_form_it_was_typed_in(world: World, plan: Process) -> None:
    named(world, plan, "Medio ambiente")
    named(world, plan, "Transparencia")
    placed(world, plan, 1, "PLAN-0001")
    async with world.browser("carla") as carla:
        page = (await carla.get(f"{OFFICE}/1")).text
        form = form_of(page, f"{OFFICE}/1/removal")
        back = await carla.post(f"{OFFICE}/1/removal", data=form | {"folio": "PLAN-0001", "reason-PLAN-0001": "Corta"})
    assert back.status_code == 422
    for text in (page, back.text):
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert sorted(set(ids)) == sorted(ids)
    assert back.text.count("Corta</textarea>") == 1
    assert back.text.index("/removal") < back.text.index("Corta</textarea>")


async def test_a_draft_becomes_a_theme_with_what_stayed_ticked(world: World, plan: Process) -> None:
    compared(world, plan)
    async with world.browser("carla") as carla:
        page = await carla.get(f"{OFFICE}/suggestions")
        assert "Borrador 1" in page.text
        address = f"{OFFICE}/suggestions/1"
        form = form_of(page.text, address)
        with world.database.reading() as session:
            folios = queries.draft_numbered(session, plan.id, 1).folios
        typed = {"folios-1": folios, "name_es-1": "Un tema", "reason-1": REASON} | form
        assert (await carla.post(address, data={**typed, "folios-1": []})).status_code == 422
        assert (await carla.post(address, data=typed)).status_code == 303
    assert standing(world, plan) == {1: [(folio, "") for folio in sorted(folios)]}


async def test_programs_read_themes_and_place(world: World, plan: Process) -> None:
    named(world, plan, "Medio ambiente")
    api = "/api/v1/processes/plan"
    async with world.browser("carla") as carla, world.browser() as reader:
        sent = await carla.put(f"{api}/themes/1/proposals/PLAN-0002", json={"reason": REASON})
        assert sent.json() == {"folio": "PLAN-0002", "theme": 1, "part": "", "reason": REASON, "suggested": None}
        listed = (await reader.get(f"{api}/themes")).json()
        assert [(row["number"], row["proposals"]) for row in listed["items"]] == [(1, 1)]
        found = (await reader.get(f"{api}/proposals?theme=1")).json()
        assert [(row["folio"], row["theme"]) for row in found["items"]] == [("PLAN-0002", "Medio ambiente")]
        assert (await reader.get(f"{api}/proposals?theme=4")).status_code == 422
        assert (await reader.get(api)).json()["counts"]["themes"] == 1


@pytest.mark.parametrize(("path", "most"), [("/p/plan/themes", 7), ("/p/plan/themes/1", 7), (OFFICE, 14)])
async def test_pages_of_themes_cost_the_same_whatever_stands_in_them(
    world: World, plan: Process, path: str, most: int
) -> None:
    who = "carla" if path == OFFICE else "stranger"
    named(world, plan, "Medio ambiente")
    placed(world, plan, 1, "PLAN-0003")
    few = await cost(world, path, who)
    for folio in ("PLAN-0001", "PLAN-0002"):
        placed(world, plan, 1, folio)
    named(world, plan, "Transparencia")
    assert await cost(world, path, who) == few <= most
