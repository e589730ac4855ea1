"""After the meetings: the forum decides in a session with minutes, the participants and the authors are answered."""

from __future__ import annotations

from tests.journeys import steps
from tests.journeys.whole.meeting import TABLES
from tests.journeys.whole.story import (
    OFFICE,
    PLAN,
    P,
    Way,
    answer_everybody,
    call_session,
    lines,
    one_answer_each,
)
from tests.journeys.whole.voting import SAID

STAGE = "priorizacion"
DECIDED = {
    "ana": ("prioritised", "Quedó primera en los dos encuentros y abrirla no depende de ninguna ley nueva."),
    "bruno": ("prioritised", "Quedó segunda y hay consejos que ya ofrecieron publicar sus actas este año."),
    "dora": ("prioritised", "Quedó tercera y la pidieron sobre todo los jóvenes del encuentro de Los Ríos."),
    "camila": ("prioritised", "Recibió los mismos puntos que la tercera y llega a comunas que las otras no tocan."),
    "fermin": ("not_prioritised", "No recibió puntos: en un encuentro no alcanzó el tiempo para presentarla."),
}
LEFT = {"camila": "El foro la suma porque empató en puntos con la tercera y la regla solo las separa por papeletas."}
MINUTES = "Se revisó la clasificación, lugar por lugar. Se acordó sumar la cuarta por su empate con la tercera."
TOGETHER = {
    1: "Ustedes repartieron casi cuatrocientos puntos: cuatro propuestas pasan a las instituciones.",
    2: "Ustedes pusieron primero que se avise a quien reclama, y esa propuesta sigue.",
}


async def the_forum_decides_after_the_tables(way: Way) -> None:
    """The chair records it: three by the rule, one against it with its own reason, one not; then it is published."""
    way.site.clock.move(days=2)
    marta = await way.of("marta")
    at = await call_session(way, marta, "Decisión después de los encuentros")
    here = f"{at}/deciding/{STAGE}"
    await (await way.of("diego")).open(here, 403)
    shown = steps.words_of(await marta.open(here))
    assert "Lugar 3 de 5 en la clasificación" in shown
    await marta.refused(422, here, **lines(way, {"camila": DECIDED["camila"]}))
    await marta.send(here, **lines(way, DECIDED, LEFT))
    await marta.send(at, f"{at}/minutes", minutes=MINUTES, then="close")
    number = at.rpartition("/")[2]
    assert MINUTES not in await way.site.somebody().open(f"{P}/forum/sessions/{number}")
    await (await way.of("carla")).send(f"{at}/minutes", f"{at}/minutes/approval")
    await marta.send(f"{at}/minutes", f"{at}/minutes/publication")
    await way.read(f"{P}/forum/sessions/{number}", MINUTES)
    early = await way.site.somebody().open(f"{P}/proposals/{way.folio('camila')}")
    assert LEFT["camila"] not in early
    public = steps.words_of(await steps.publish(await way.of("carla"), PLAN, STAGE))
    assert "De 5 propuestas, 4 siguen" in public, public


async def the_meetings_are_answered_together(way: Way) -> None:
    """One answer for each meeting, public, and by letter to whoever left an address, confirmed or not."""
    hugo = await way.of("hugo")
    for number, words in TOGETHER.items():
        await hugo.send(f"{TABLES}/{number}/answer", words=words)
        await way.read(f"{P}/tables/{number}/answer", words, DECIDED["fermin"][1])
    await way.read(f"{P}/tables/2/answer", SAID, "faltó tiempo")
    await answer_everybody(way, STAGE)
    one_answer_each(way, STAGE, {who: reason for who, (_, reason) in DECIDED.items()})
    (to_camila,) = [one for one in steps.answers(way.site, steps.address("camila")) if one.says(LEFT["camila"])]
    assert to_camila.says(DECIDED["camila"][1])
    (to_vera,) = steps.answers(way.site, steps.address("vera"))
    assert to_vera.says(TOGETHER[1])
    (to_ana,) = [one for one in steps.answers(way.site, steps.address("ana")) if one.says(DECIDED["ana"][1])]
    assert to_ana.says(TOGETHER[1])
    (to_p7,) = steps.answers(way.site, steps.address("p7"))
    assert "/answers/stop/" in to_p7.text
    shown = steps.words_of(await (await way.of("carla")).open(f"{OFFICE}/answers/{STAGE}"))
    assert "Todas las personas a las que se debía respuesta en esta etapa ya la tienen" in shown, shown


async def the_story_of_each_proposal_tells_of_it(way: Way) -> None:
    """What a stranger reads: its place, that time ran out, and why the rule was left."""
    dora = await way.read(f"{P}/proposals/{way.folio('dora')}", "Lugar 3 de 5", DECIDED["dora"][1])
    assert "30 puntos" in dora
    await way.read(f"{P}/proposals/{way.folio('camila')}", "Lugar 4 de 5", LEFT["camila"])
    await way.read(f"{P}/proposals/{way.folio('fermin')}", "faltó tiempo", "Lugar 5 de 5")
