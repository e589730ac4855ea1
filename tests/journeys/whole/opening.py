"""From a bare installation to the first answers: a process with its people and its forum, proposals, the filter."""

from __future__ import annotations

from tests.journeys import steps
from tests.journeys.plain import Typed
from tests.journeys.steps import Browser
from tests.journeys.whole.story import ASK_AT, AUTHORS, FORUM, OFFICE, PLAN, P, Way, answer_everybody, one_answer_each

SEATS = [
    ("marta", "Secretaría General", "government", "vote", "chair"),
    ("diego", "Red de organizaciones", "civil_society", "vote", "none"),
    ("nadia", "Red académica", "academia", "vote", "none"),
    ("elena", "Cámara regional", "private", "voice", "none"),
]
REASONS = {
    "ana": "Las compras ya se registran por artículo: abrirlas pide poco y sirve a quien quiere controlar.",
    "bruno": "Las actas ya se escriben en computador y hoy se publican como imágenes que nadie encuentra.",
    "camila": "Los jóvenes no deciden hoy sobre ningún fondo y varias comunas ofrecieron empezar.",
    "dora": "Nueve de diez reclamos se cierran sin que la persona sepa en qué quedó el suyo.",
    "elisa": "El color de los edificios no mejora la transparencia ni la participación de nadie.",
    "fermin": "Las obras detenidas cuestan cada mes y nadie las ve juntas en un solo lugar.",
}


async def the_process_opens_with_its_people(way: Way) -> None:
    """The admin opens it from the template and appoints; the office dates it and sets up the forum."""
    await steps.open_process(
        way.site, way.capsys, PLAN, "consulta", "filtro", template="ogp_action_plan",
        name_es="Séptimo plan de acción", name_en="Seventh action plan", ask_at=ASK_AT,
    )  # fmt: skip
    alicia = await way.of("alicia")
    for who, role in (("gloria", "facilitator"), ("ines", "office")):
        await alicia.send(f"{OFFICE}/people", holder=who.title(), email=steps.address(who), role=role, post="Equipo")
    await way.look()
    assert len(way.to("gloria")) == 1
    carla = await way.of("carla")
    stage = f"{OFFICE}/stages/filtro"
    await carla.send(stage, body="office", method="simple")
    await carla.send(FORUM, name_es="Foro multiactor", name_en="Forum", over_percent="50", needs_both_sides="yes")
    for number, seat in enumerate(SEATS, 1):
        await _seat(carla, number, *seat)


async def _seat(carla: Browser, number: int, who: str, *seat: str) -> None:
    name, sector, right, office = seat
    await carla.send(FORUM, f"{FORUM}/seats", name=name, sector=sector, right=right, office=office)
    at = f"{FORUM}/seats/{number}"
    holder: dict[str, Typed] = {"holder_name": who.title(), "address": steps.address(who)}
    await carla.send(at, f"{at}/holders", appointing_act="Resolución 51", **holder)


async def people_propose_and_the_office_examines(way: Way) -> None:
    """Six people write; each confirms the address; the office admits all six."""
    early = await way.site.somebody().open(f"{P}/propose", 409)
    assert "2 de junio" in steps.words_of(early)
    way.site.clock.move(days=1, minutes=1)
    for who, title in AUTHORS.items():
        way.sent[who] = await steps.propose(way.site.somebody(), PLAN, who, title)
        way.site.clock.move(minutes=5)
    await way.look()
    for who in AUTHORS:
        await steps.confirm(way.site.somebody(), way.to(who))
    carla = await way.of("carla")
    for who in AUTHORS:
        await steps.examine(carla, PLAN, way.folio(who), "admitted")


async def the_office_filters_and_answers(way: Way) -> None:
    """One does not go on; every author reads why in one letter and on the page."""
    way.site.clock.move(days=9)
    carla = await way.of("carla")
    for who, reason in REASONS.items():
        outcome = "not_selected" if who == "elisa" else "selected"
        here = f"{OFFICE}/decisions/filtro/{way.folio(who)}"
        await carla.send(here, outcome=outcome, reason=reason, reason_codes="other", then="next")
    assert "De 6 propuestas, 5 siguen" in steps.words_of(await steps.publish(carla, PLAN, "filtro"))
    await answer_everybody(way, "filtro")
    one_answer_each(way, "filtro", REASONS)
    await way.read(f"{P}/proposals/{way.folio('elisa')}", REASONS["elisa"], "no sigue")
