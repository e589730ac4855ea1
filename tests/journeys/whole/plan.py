"""The plan: a commitment out of two proposals, decided and published; a round of monitoring by letter."""

from __future__ import annotations

import re

from tests.journeys import steps
from tests.journeys.plain import Typed
from tests.journeys.whole.institutions import SERVICE
from tests.journeys.whole.story import (
    OFFICE,
    PLAN,
    P,
    Way,
    answer_everybody,
    call_session,
    lines,
    link_on,
    one_answer_each,
)

STAGE = "plan"
WRITING = f"{OFFICE}/commitments"
ONE = f"{P}/commitments/1"
TITLE, PART = "Compras y actas a la vista", "Solo las actas que hablan de compras"
MILESTONES = ("Publicar las compras por artículo", "Publicar las actas de compras como texto")
DECIDED = {
    "ana": ("committed", "Es el centro del compromiso 1, que empieza este año con presupuesto propio."),
    "bruno": ("committed", "Su parte sobre las actas de compras entra en el compromiso 1, como segundo hito."),
    "dora": ("not_committed", "El servicio la hará por su cuenta este año y no necesita estar en el plan."),
}
DONE = "Se publicaron las compras de los dos primeros trimestres."
COMMENTED, VALIDATED = (
    "Lo revisamos: falta el tercer trimestre.",
    "El foro vio los datos en su sesión y los da por buenos.",
)


async def a_commitment_is_written(way: Way) -> None:
    """Out of two proposals, one of them in part; with milestones, indicators and a counterpart."""
    carla = await way.of("carla")
    await steps.set_window(carla, PLAN, STAGE, way.local(hours=1), way.local(days=40))
    way.site.clock.move(hours=2)
    carla = await way.of("carla")
    sections: dict[str, Typed] = {
        "problem": "No se sabe a quién compra el Estado.",
        "solution": "Publicar cada compra y las actas que la deciden.",
        "results": "Cualquiera puede seguir una compra de principio a fin.",
    }
    await carla.send(WRITING, title_es=TITLE, lead=SERVICE, area="Datos abiertos", **sections)
    here = f"{WRITING}/1"
    await carla.send(here, f"{here}/sources", folio=way.folio("ana"), part="core")
    await carla.send(here, f"{here}/sources", folio=way.folio("bruno"), part="partly", words=PART)
    await carla.send(here, f"{here}/companion", companion="Red de organizaciones")
    for level, name in (("output", "Compras publicadas"), ("outcome", "Personas que siguen una compra")):
        await carla.send(here, f"{here}/indicators", level=level, name=name, baseline="0", target="100")
    for place, title in enumerate(MILESTONES, 1):
        step: dict[str, Typed] = {"deliverable": "Datos abiertos", "means": "La página", "post": "Jefatura de datos"}
        await carla.send(f"{here}/milestones", title=title, due_on=way.day(days=120 * place), **step)
    assert "No falta nada" in steps.words_of(await carla.open(here))
    await way.site.somebody().open(ONE, 404)


async def the_forum_decides_the_plan(way: Way) -> None:
    """Two become part of the plan, one does not; with the publication the commitment stands in it."""
    marta = await way.of("marta")
    at = await call_session(way, marta, "El plan")
    await marta.send(f"{at}/deciding/{STAGE}", **lines(way, DECIDED))
    await marta.send(at, f"{at}/minutes", minutes="Se aprobó el plan con un compromiso.", then="close")
    await steps.publish(await way.of("carla"), PLAN, STAGE)
    await way.read(ONE, TITLE, way.folio("ana"), way.folio("bruno"), PART, *MILESTONES, SERVICE, "en el plan")
    await way.read(f"{P}/proposals/{way.folio('bruno')}", "en el plan", TITLE, PART, DECIDED["bruno"][1])
    await answer_everybody(way, STAGE)
    one_answer_each(way, STAGE, {who: reason for who, (_, reason) in DECIDED.items()})


async def a_round_of_monitoring_is_opened(way: Way) -> None:
    """By one letter to the institution that leads."""
    carla = await way.of("carla")
    await steps.set_window(carla, PLAN, "seguimiento", way.local(hours=1), way.local(days=700))
    way.site.clock.move(days=100)
    carla = await way.of("carla")
    office = f"{OFFICE}/monitoring"
    page = await carla.open(link_on(await carla.open(WRITING), office))
    field = re.search(r'name="(address-[0-9a-f-]+)"', page)
    assert field
    letter: dict[str, Typed] = {
        "letter_number": "ORD. N°90",
        "signatory": "Oficina",
        field[1]: steps.address("servicio"),
    }
    await carla.send(office, name="Primer semestre", dated_on=way.day(), due_on=way.day(days=20), **letter)
    await way.look()
    way.links["report"] = way.link_in(way.to("servicio")[-1], "reporting")


async def the_institution_reports_a_milestone(way: Way) -> None:
    """By its link; the counterpart comments through the office, and the chair writes down the forum's validation."""
    body, link = way.site.somebody("a desk at the service"), way.links["report"]
    assert "falta informar" in steps.words_of(await body.open(link))
    said: dict[str, Typed] = {"m1-low": "60", "m1-done": DONE, "m1-evidence": "https://example.org/compras"}
    await body.refused(422, f"{link}/1", low="600", **said)
    await body.send(f"{link}/1", low="30", **said)
    carla, marta = await way.of("carla"), await way.of("marta")
    comment = link_on(await carla.open(ONE), f"{ONE}/report/counterpart")
    await carla.send(comment, done=COMMENTED)
    validation = link_on(await marta.open(ONE), f"{ONE}/validation")
    await marta.send(validation, status="limited", done=VALIDATED)
    await way.read(ONE, DONE, COMMENTED, VALIDATED, "https://example.org/compras")
    await way.read(f"{P}/commitments", TITLE)
    closing = f"{OFFICE}/monitoring/1"
    await carla.send(closing, f"{closing}/closing")
