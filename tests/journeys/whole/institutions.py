"""The technical tables: institutions are asked by letter, one answers, one never does; a promised date slips."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys import steps
from tests.journeys.plain import Typed
from tests.journeys.whole.story import (
    OFFICE,
    PLAN,
    P,
    Way,
    answer_everybody,
    call_session,
    day_in_words,
    lines,
    one_answer_each,
)

STAGE = "mesas-tecnicas"
ASKED = f"{OFFICE}/feasibility"
SERVICE, ARCHIVE = "Servicio de Compras", "Archivo de la Nación"
CHANGES = "Se puede avisar por correo, pero todavía no por teléfono, porque falta personal en la central."
BARRED = "La ley de presupuestos no permite hoy entregar fondos sin un concurso."
DIMENSIONS = ("legal", "technical", "budget", "time", "competence")
DECIDED = {
    "ana": ("feasible", "El servicio dice que puede y ya tiene los datos por artículo."),
    "dora": ("feasible", "El servicio puede hacerlo por correo, y así se recoge en el texto que sigue."),
    "camila": ("not_feasible", "La ley exige un concurso y cambiarla no cabe en el plazo de este plan."),
    "bruno": ("feasible", "El archivo no respondió: el foro revisó su ley y encontró que puede publicar actas."),
}
LATER = "La redacción de las respuestas se atrasó por las elecciones de consejeros."


async def institutions_are_asked(way: Way) -> None:
    """A technical table with four proposals; two institutions get a numbered letter each."""
    carla = await way.of("carla")
    await steps.set_window(carla, PLAN, STAGE, way.local(hours=1), way.local(days=70))
    way.site.clock.move(hours=2)
    carla = await way.of("carla")
    tables = f"{OFFICE}/technical-tables"
    await carla.send(tables, topic_es="Datos y reclamos", institution=SERVICE, forum="Red de organizaciones")
    for who in ("ana", "dora", "camila", "bruno"):
        await carla.send(f"{tables}/1", f"{tables}/1/proposals", folio=way.folio(who), share="core")
    letter: dict[str, Typed] = {"signatory": "Oficina del plan", "dated_on": way.day(), "due_on": way.day(days=9)}
    for body, name, authors in (("servicio", SERVICE, ("ana", "dora", "camila")), ("archivo", ARCHIVE, ("bruno",))):
        await carla.send(
            ASKED,
            organisation=name,
            address=steps.address(body),
            head_address=steps.address(f"jefe-{body}"),
            letter_number=f"ORD. N°{len(name)}",
            folios=[way.folio(who) for who in authors],
            **letter,
        )
    await way.look()
    way.links["servicio"] = way.link_in(way.to("servicio")[-1], "assessment")


async def one_answers_by_its_link(way: Way) -> None:
    """Without an account: yes, yes with changes, no; half an answer is refused, and the head approves at the end."""
    body, here = way.site.somebody("a desk at the service"), way.links["servicio"]
    fine: dict[str, Typed] = {f"grade-{one}": "fine" for one in DIMENSIONS}
    await body.send(f"{here}/{way.folio('ana')}", answer="yes")
    half = f"{here}/{way.folio('camila')}"
    await body.refused(422, half, answer="no", plain_words=BARRED)
    no: dict[str, Typed] = fine | {"grade-legal": "obstacle", "words-legal": "Exige un concurso público."}
    await body.send(half, answer="no", plain_words=BARRED, **no)
    await body.refused(409, here, head_name="Rosa Jefa", head_post="Dirección del servicio")
    doubt: dict[str, Typed] = fine | {"grade-technical": "doubt", "words-technical": "Falta personal."}
    await body.send(f"{here}/{way.folio('dora')}", answer="yes_with_changes", plain_words=CHANGES, **doubt)
    page = f"{P}/proposals/{way.folio('dora')}"
    assert CHANGES not in await way.site.somebody().open(page)
    await body.send(here, head_name="Rosa Jefa", head_post="Dirección del servicio")
    said = await way.read(page, f"{SERVICE} respondió", CHANGES, "Dirección del servicio")
    assert "Rosa Jefa" not in said


async def the_other_never_answers(way: Way) -> None:
    """Two reminders, a letter to its head, then its silence is public with the dates."""
    asked_on = way.site.clock.now
    for _ in range(20):
        way.site.clock.move(days=1)
        await way.look()
    assert len(way.to("archivo")) == 3
    assert len(way.to("jefe-archivo")) == 1
    assert len(way.to("servicio")) == 1
    await way.read(f"{P}/technical-tables", "No respondió", ARCHIVE, day_in_words(asked_on))
    await way.read(f"{P}/proposals/{way.folio('bruno')}", f"{ARCHIVE} no respondió", "jefatura de servicio")


async def the_forum_decides_what_can_be_done(way: Way) -> None:
    marta = await way.of("marta")
    at = await call_session(way, marta, "Qué se puede hacer")
    here = f"{at}/deciding/{STAGE}"
    assert f"{ARCHIVE} no respondió" in steps.words_of(await marta.open(here))
    await marta.send(here, **lines(way, DECIDED))
    await marta.send(at, f"{at}/minutes", minutes="Se revisó lo que dijo cada institución.", then="close")
    await steps.publish(await way.of("carla"), PLAN, STAGE)


async def a_promised_date_slips(way: Way) -> None:
    """It passes with nobody answered; the office promises another and says why; each who waits is told once."""
    promised = way.site.clock.now + timedelta(days=30)
    await way.read(f"{P}/feedback/{STAGE}", day_in_words(promised))
    way.site.clock.move(days=31)
    carla = await way.of("carla")
    assert "Se prometieron respuestas para antes del" in steps.words_of(await carla.open("/desk"))
    answers, later = f"{OFFICE}/answers/{STAGE}", way.site.clock.now + timedelta(days=10)
    await carla.send(answers, f"{answers}/promise", new_on=way.site.local(later)[:10], reason=LATER)
    for _ in range(2):
        await way.look()
    for who in DECIDED:
        (told,) = way.to(who, "llega más tarde")
        assert told.says(LATER)
        assert told.says(day_in_words(promised))
        assert told.says(day_in_words(later))
    assert way.to("fermin", "llega más tarde") == []
    await way.read(f"{P}/feedback/{STAGE}", day_in_words(promised), day_in_words(later), LATER)
    way.site.clock.move(days=3)
    await answer_everybody(way, STAGE)
    one_answer_each(way, STAGE, {who: reason for who, (_, reason) in DECIDED.items()})
