"""The pages of the plan: the panel, a commitment, the desks of the office, the page of an institution by its link."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.commitments import actions
from app.commitments.actions import DraftCommitment, SetMilestone
from app.commitments.models import Commitment, ProgressReport, RegisterEntry
from app.commitments.queries import commitments as queries
from app.commitments.rules.plan import SECTIONS
from app.process import queries as processes
from app.proposals.models import Proposal
from tests.commitments.building import LEAD, OUTSIDE, PlanBuilder
from tests.costs import cost
from tests.world import World, form_of

pytestmark = pytest.mark.either

OFFICE = "/p/plan/office/commitments"
PANEL = "/p/plan/commitments"


@pytest.fixture
def plan(world: World) -> PlanBuilder:
    return PlanBuilder(world, world.open_process("plan", template="ogp_action_plan"))


async def test_a_plan_without_commitments_says_so(world: World, plan: PlanBuilder) -> None:
    plan.drafted("Un borrador que nadie debe ver")
    async with world.browser() as reader:
        page = await reader.get(PANEL)
        assert "Todavía no hay compromisos" in page.text
        assert "nadie debe ver" not in page.text
        assert PANEL not in (await reader.get("/p/plan")).text
        for path in (f"{PANEL}/1", f"{PANEL}/1/versions", "/api/v1/processes/plan/commitments/1"):
            assert (await reader.get(path)).status_code == 404
        assert (await reader.get("/api/v1/processes/plan/commitments")).json()["items"] == []


async def test_the_panel_says_in_words_what_it_shows_in_colours(world: World, plan: PlanBuilder) -> None:
    for title in ("El que calza", "El que no calza", "El que calla"):
        plan.entered(title)
    for number in (1, 2):
        plan.milestone(number)
    plan.round()
    plan.report(1, low="85")
    plan.report(1, 1, low="85")
    plan.report(2, low="90")
    plan.report(2, 1, low="40")
    async with world.browser() as reader:
        page = (await reader.get(PANEL)).text
        english = (await reader.get(f"/en{PANEL}")).text
    for words in ("completo o avance sustancial", "no informó", "no calza", "88\u00a0%", "La cifra informada difiere"):
        assert words in page
    assert '<a href="#warnings">Advertencias</a>' in page
    assert "did not report" in english
    assert 'href="/p/plan/commitments"' in page


async def test_a_round_out_of_a_document_is_called_by_its_date_in_words(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    for name, on in (("2022-12", date(2022, 12, 1)), ("2023-04", date(2023, 4, 1))):
        plan.told_round(name, on)
    async with world.browser() as reader:
        panel, one = [(await reader.get(path)).text for path in (PANEL, f"{PANEL}/1")]
    assert "<strong>abril de 2023</strong></li>" in panel
    assert f'<a href="{PANEL}?round=1">diciembre de 2022</a>' in panel
    assert "En la ronda más reciente, abril de 2023:" in one
    assert "diciembre de 2022" in one
    for page in (panel, one):
        assert ("2022-12" in page, "2023-04" in page) == (False, False)


async def test_a_commitment_tells_where_it_comes_from_and_what_was_reported(world: World, plan: PlanBuilder) -> None:
    proposal = world.admitted(plan.process, "ana", "Publicar los datos de comercio")
    plan.entered(sections=dict.fromkeys(SECTIONS, "Palabras del plan."))
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        one = queries.numbered(work.session, here.id, 1)
        actions.link(
            work, here, one, work.session.get_one(Proposal, proposal.id), ("partly", "Solo los datos de aduana")
        )
        change: dict[str, Any] = {"reason": "Cambió la ley.", "approver": "El foro", "approved_on": date(2026, 5, 1)}
        actions.add_milestone(work, here, one, SetMilestone("Publicar", post="Jefatura", **change))
        actions.amend_milestone(work, here, one, 1, SetMilestone("Publicar cada mes", **change))
    plan.round()
    plan.report(1, 1, low="60", done="Se publicó la mitad.", evidence=("https://example.org/datos",))
    async with world.browser() as reader:
        page = (await reader.get(f"{PANEL}/1")).text
        story = (await reader.get(f"/p/plan/proposals/{proposal.folio}")).text
        told = (await reader.get(f"/api/v1/processes/plan/proposals/{proposal.folio}")).json()
    for words in (
        "Solo los datos de aduana",
        proposal.folio,
        "Se publicó la mitad.",
        "https://example.org/datos",
        "Cambió la ley.",
        OUTSIDE,
        "no viene de la consulta",
        "Palabras del plan.",
        LEAD,
    ):
        assert words in page
    assert "Compromiso 1: " in story
    assert told["commitments"] == [f"{world.settings.base_url}/p/plan/commitments/1"]


async def test_the_office_drafts_completes_and_enters_without_scripts(world: World, plan: PlanBuilder) -> None:
    proposal = world.admitted(plan.process, "ana")
    async with world.browser("carla") as carla:
        page = await carla.get(OFFICE)
        wrong = await carla.post(OFFICE, data={"title_es": "", "area": "Justicia"} | form_of(page.text, OFFICE))
        assert wrong.status_code == 422
        assert 'value="Justicia"' in wrong.text
        typed = {"title_es": "Observatorio", "lead": LEAD, "origin_sector": "public", "problem": "No se sabe."}
        sent = await carla.post(OFFICE, data=typed | form_of(page.text, OFFICE))
        assert sent.headers["location"] == f"{OFFICE}/1"
        page = await carla.get(f"{OFFICE}/1")
        assert "Indicadores: ninguno mide un producto." in page.text
        forms: list[tuple[str, dict[str, str]]] = [
            ("sources", {"folio": proposal.folio.lower(), "part": "core"}),
            ("actors", {"organisation": "Red de ONG", "role": "acompaña"}),
            ("companion", {"companion": "Red de ONG"}),
            ("indicators", {"level": "output", "name": "Conjuntos publicados"}),
            ("lead", {"lead": "Hacienda", "from_on": "2027-01-01", "act": "Decreto 4"}),
            ("milestones", {"title": "Publicar", "due_on": "2026-12-01", "due_to_the": "month"}),
        ]
        for name, data in forms:
            path = f"{OFFICE}/1/{name}"
            form = form_of((await carla.get(path if name == "milestones" else f"{OFFICE}/1")).text, path)
            empty = await carla.post(path, data=form)
            assert empty.status_code == 422, name
            form = form_of(empty.text, path)
            assert (await carla.post(path, data=data | form)).status_code == 303, name
        again = await carla.get(f"{OFFICE}/1/text")
        text = typed | {"title_es": "Observatorio abierto", "solution": "Publicar."}
        assert (await carla.post(f"{OFFICE}/1/text", data=text | form_of(again.text, f"{OFFICE}/1/text"))).is_redirect
        compared = (await carla.get(f"{PANEL}/1/versions")).text
        assert "Observatorio abierto" in compared
        assert "cambió" in compared
        page = await carla.get(f"{OFFICE}/1")
        why = {"not_from_the_consultation": OUTSIDE, "missing": "Se completa luego."}
        short = await carla.post(
            f"{OFFICE}/1/entry", data={"missing": "corto"} | form_of(page.text, f"{OFFICE}/1/entry")
        )
        assert short.status_code == 422
        assert "corto" in short.text
        assert (await carla.post(f"{OFFICE}/1/entry", data=why | form_of(short.text, f"{OFFICE}/1/entry"))).is_redirect
    with world.database.reading() as session:
        one = session.scalars(select(Commitment)).one()
        assert (one.text_version, one.state.value, one.title_es) == (2, "in_plan", "Observatorio abierto")
        assert len(queries.leads_of(session, one.id)) == 2


async def test_a_round_is_opened_answered_by_link_and_closed(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.milestone()
    path = "/p/plan/office/monitoring"
    async with world.browser("carla") as carla, world.browser() as institution:
        page = await carla.get(path)
        with world.database.reading() as session:
            body = session.scalars(select(Commitment.lead_id)).one()
        typed = {
            "name": "Diciembre",
            "letter_number": "ORD. 1",
            "dated_on": "2026-06-01",
            "signatory": "La directora",
            "due_on": "2026-06-20",
            f"address-{body}": "aduanas@example.org",
        }
        wrong = await carla.post(path, data=typed | {"dated_on": "ayer"} | form_of(page.text, path))
        assert wrong.status_code == 422
        assert "La directora" in wrong.text
        assert (await carla.post(path, data=typed | form_of(page.text, path))).headers["location"] == f"{path}/1"
        link = f"/p/plan/reporting/{plan.token()}"
        asked = await institution.get(link)
        assert "falta informar" in asked.text
        form = await institution.get(f"{link}/1")
        said = {"low": "150", "m1-low": "40", "m1-done": "La mitad está lista."}
        refused = await institution.post(f"{link}/1", data=said | form_of(form.text, f"{link}/1"))
        assert refused.status_code == 422
        assert "La mitad está lista." in refused.text
        good = said | {"low": "45"} | form_of(refused.text, f"{link}/1")
        assert (await institution.post(f"{link}/1", data=good)).headers["location"] == link
        assert "informado" in (await institution.get(link)).text
        assert (await institution.get(f"{link}x")).status_code == 404
        page = await carla.get(f"{path}/1")
        closing = f"{path}/1/closing"
        assert (await carla.post(closing, data=form_of(page.text, closing))).is_redirect
        late = await institution.post(f"{link}/1", data=good | {"form_key": "another"})
        assert late.status_code == 409
        assert (await institution.get(f"{link}/1")).status_code == 200
    with world.database.reading() as session:
        rows = session.scalars(select(ProgressReport).order_by(ProgressReport.low)).all()
        assert [(row.low, row.milestone_version) for row in rows] == [("40", 1), ("45", None)]


async def test_the_forum_validates_beside_the_report(world: World, plan: PlanBuilder) -> None:
    world.forum(plan.process)
    plan.entered()
    plan.round()
    path = f"{PANEL}/1/validation"
    async with world.browser("marta") as marta, world.browser("diego") as diego:
        assert (await diego.get(path)).status_code == 403
        page = await marta.get(path)
        typed = {"status": "limited", "done": "Se vio en la sesión."} | form_of(page.text, path)
        assert (await marta.post(path, data=typed)).is_redirect
        assert "Se vio en la sesión." in (await marta.get(f"{PANEL}/1")).text


async def test_registers_and_the_end_of_a_commitment(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    path = "/p/plan/office/commitments-registers"
    async with world.browser("carla") as carla, world.browser() as reader:
        page = await carla.get(path)
        line = {"kind": "training", "what": "Taller de datos", "who": "Jefaturas", "on_day": "2026-07-01"}
        assert (await carla.post(path, data=line | form_of(page.text, path))).is_redirect
        with world.database.reading() as session:
            entry = session.scalars(select(RegisterEntry.id)).one()
        page = await carla.get(path)
        form = form_of(page.text, f"{path}/{entry}")
        assert (await carla.post(f"{path}/{entry}", data=form)).status_code == 422
        typed = {f"settled-{entry}": "Fueron doce."}
        assert (await carla.post(f"{path}/{entry}", data=typed | form)).is_redirect
        assert "Fueron doce." in (await carla.get(path)).text
        end = f"{OFFICE}/1/continuity"
        form = form_of((await carla.get(f"{OFFICE}/1")).text, end)
        assert (await carla.post(end, data=form)).status_code == 422
        said = {
            "move": "continue",
            "end_reason": "Falta la segunda mitad.",
            "body": "El foro",
            "decided_on": "2027-01-01",
        }
        assert (await carla.post(end, data=said | form)).is_redirect
        assert "Falta la segunda mitad." in (await reader.get(f"{PANEL}/1")).text


async def test_programs_draft_report_and_read_progress(world: World, plan: PlanBuilder) -> None:
    api = "/api/v1/processes/plan"
    plan.entered("El que calza")
    plan.milestone(1)
    plan.round()
    async with world.browser("carla") as carla, world.browser() as reader, world.browser("bruno") as bruno:
        sent = await carla.post(f"{api}/commitments", json={"title": "Otro", "values": ["transparency"]})
        assert (sent.status_code, sent.json()["number"], sent.json()["state"]) == (201, 2, "draft")
        assert (await bruno.post(f"{api}/commitments/1/reports", json={"low": "10"})).status_code == 403
        assert (await carla.post(f"{api}/commitments/1/reports", json={"low": "92"})).status_code == 201
        step = await carla.post(f"{api}/commitments/1/reports", json={"low": "83.3", "milestone": 1})
        assert step.json()["milestone_version"] == 1
        assert (await carla.post(f"{api}/commitments/1/reports", json={"low": "x"})).status_code == 422
        added = await carla.post(f"{api}/commitments/2/milestones", json={"title": "Publicar", "due_on": "2026-12-01"})
        assert (added.status_code, added.json()["version"]) == (201, 1)
        found = (await reader.get(f"{api}/progress")).json()
        assert found["plan"] | {"reported_range": None, "computed_range": None} == {
            "reported": 92.0,
            "reported_rounded": 92,
            "reported_range": None,
            "reported_known": 1,
            "computed": 83.3,
            "computed_range": None,
            "computed_known": 1,
            "of": 1,
        }
        assert found["warnings"] == [{"commitment": 1, "warning": "differs"}]
        assert (await reader.get(f"{api}/progress?round=7")).status_code == 404
        assert [row["number"] for row in (await reader.get(f"{api}/commitments")).json()["items"]] == [1]
        for number in (0, -(10**30), 10**30):
            assert (await reader.get(f"{api}/commitments/{number}")).status_code in {404, 422}
            assert (await reader.get(f"{api}/progress?round={number}")).status_code in {404, 422}
        odd = await carla.post(f"{api}/commitments", json={"title": "Nulo\x00 aquí"})
        assert odd.json()["title"] == "Nulo aquí"
        assert len((await reader.get(f"{api}/commitments/1/reports")).json()["items"]) == 2
        assert (await reader.get(f"{api}/commitments/1/milestones")).json()["total"] == 1
        assert (await reader.get(api)).json()["counts"]["commitments"] == 1


@pytest.mark.parametrize(
    ("path", "who", "most"),
    [
        (PANEL, "stranger", 9),
        (f"{PANEL}/1", "stranger", 20),
        (OFFICE, "carla", 8),
        (f"{OFFICE}/1", "carla", 16),
        (f"{OFFICE}/1/milestones", "carla", 9),
        ("/p/plan/office/monitoring/1", "carla", 16),
        ("/api/v1/processes/plan/progress", "stranger", 9),
    ],
)
async def test_pages_cost_the_same_however_large_the_plan(
    world: World, plan: PlanBuilder, path: str, who: str, most: int
) -> None:
    plan.entered("Uno")
    plan.milestone(1)
    plan.round()
    plan.report(1, 1, low="10")
    few = await cost(world, path, who)
    for title in ("Dos", "Tres", "Cuatro"):
        plan.entered(title)
    for number in (1, 2, 3):
        plan.milestone(number)
        plan.report(number, 1, low="20")
    assert await cost(world, path, who) == few <= most


async def test_a_draft_of_another_process_is_not_reached(world: World, plan: PlanBuilder) -> None:
    other = world.open_process("otra", template="ogp_action_plan", folio_prefix="OTRA")
    with world.work("carla") as work:
        actions.draft(work, processes.by_id(work.session, other.id), DraftCommitment("De otra parte"))
    async with world.browser("carla") as carla:
        assert (await carla.get(f"{OFFICE}/1")).status_code == 404


async def test_the_thresholds_are_set_on_the_page_of_the_stage_and_told_on_the_panel(
    world: World, plan: PlanBuilder
) -> None:
    plan.entered()
    plan.round()
    plan.report(1, low="72")
    path = "/p/plan/office/stages/seguimiento"
    async with world.browser("carla") as carla, world.browser() as reader:
        assert "avance limitado" in (await reader.get(PANEL)).text
        page = await carla.get(path)
        assert 'value="80"' in page.text
        form = form_of(page.text, path)
        wrong = await carla.post(path, data={"green_from": "40", "yellow_from": "60"} | form)
        assert wrong.status_code == 422
        typed = {"green_from": "70", "yellow_from": "40", "risk_days": "30", "remind_days": "5"} | form
        assert (await carla.post(path, data=typed)).is_redirect
        world.app.state.house.cache.clear()
        page = await reader.get(PANEL)
        assert "verde desde 70" in page.text
        assert page.text.count("completo o avance sustancial") >= 1
