"""Themes, a round with its rules, and people who register for the meetings that vote in it."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys import steps
from tests.journeys.plain import Typed
from tests.journeys.steps import Browser
from tests.journeys.whole.story import OFFICE, PLAN, P, Way

THEMES = {
    "Datos y cuentas abiertas": ("ana", "bruno", "fermin"),
    "Participación de todas las edades": ("camila", "dora"),
}
PLACED = "Trata de lo mismo que las otras de este tema."
ONLINE, YOUTH = "prioritisation-table-1", "prioritisation-table-2"
TABLES = f"{OFFICE}/tables"
ROUND = f"{TABLES}/rounds/1"
VIDEO = "https://video.example.org/j/777"
RULE: dict[str, Typed] = {
    "name_es": "Ronda de prioridades",
    "name_en": "Round of priorities",
    "method": "points",
    "most": "3",
    "each": "2",
    "over": "heads",
    "capacity": "3",
}


async def proposals_are_grouped(way: Way) -> None:
    """Another official names two themes and places each proposal with a reason the public reads."""
    ines = await way.of("ines")
    board = f"{OFFICE}/themes"
    for name in THEMES:
        await ines.send(board, name_es=name)
    for number, (name, authors) in enumerate(THEMES.items(), 1):
        for who in authors:
            folio = way.folio(who)
            typed: dict[str, Typed] = {f"theme-{folio}": str(number), f"reason-{folio}": PLACED}
            shown = await ines.send(board, f"{board}/placements", folio=folio, **typed)
            assert f"{folio} quedó en {name}" in steps.words_of(shown), steps.words_of(shown)
    await way.read(f"{P}/proposals/{way.folio('dora')}", "Participación de todas las edades", PLACED)


async def a_round_is_adopted_before_anybody_registers(way: Way) -> None:
    """Its rules, its ballot and its two meetings are fixed first; only then the meetings are announced."""
    carla = await way.of("carla")
    await steps.set_window(carla, PLAN, "priorizacion", way.local(hours=1), way.local(days=40))
    way.site.clock.move(hours=2)
    carla = await way.of("carla")
    more: dict[str, Typed] = {"video_link": VIDEO, "capacity": "300"}
    await _draft(way, carla, "Encuentro en línea de todo el país", 7, **more)
    young: dict[str, Typed] = {"place": "Biblioteca de Valdivia", "capacity": "2", "age_min": "15", "age_max": "29"}
    await _draft(way, carla, "Encuentro joven de Los Ríos", 8, **young)
    await way.site.somebody().open(f"{P}/meetings/{ONLINE}/register", 404)
    await carla.send(TABLES, **RULE)
    for slug, scope in ((ONLINE, "territorial"), (YOUTH, "youth")):
        await carla.send(ROUND, f"{ROUND}/tables", meeting=slug, scope=scope)
    await way.site.somebody().open(f"{P}/tables/rounds/1", 404)
    await carla.send(ROUND, f"{ROUND}/adoption")
    await way.read(f"{P}/tables/rounds/1", "Reparta a lo más 3 puntos", "Va antes la que aparece en más papeletas")
    for slug in (ONLINE, YOUTH):
        await carla.send(f"{OFFICE}/meetings/{slug}", f"{OFFICE}/meetings/{slug}/state", move="convene")


async def _draft(way: Way, carla: Browser, title: str, days: int, **more: Typed) -> None:
    starts = way.site.clock.now + timedelta(days=days)
    new = f"{OFFICE}/meetings/new"
    when: dict[str, Typed] = {
        "starts_at": way.site.local(starts),
        "ends_at": way.site.local(starts + timedelta(hours=2)),
    }
    kind = "prioritisation_table"
    await carla.send(new, kind=kind, title_es=title, audience="open", then="draft", **when, **more)
    way.starts[carla.at.rpartition("/")[2]] = starts.replace(second=0, microsecond=0)


async def people_register_and_the_line_moves_by_itself(way: Way) -> None:
    """Three for the meeting by video; two young people take the places of theirs, a third waits until one gives up."""
    for who in ("ana", "vera", "wenceslao"):
        assert "Usted tiene cupo" in await _register(way, ONLINE, who)
    young: dict[str, Typed] = {"birth_year": "2004"}
    for who in ("rocio", "joaquin"):
        assert "Usted tiene cupo" in await _register(way, YOUTH, who, **young)
    assert "lista de espera" in await _register(way, YOUTH, "tomas", **young)
    register = f"{P}/meetings/{YOUTH}/register"
    old: dict[str, Typed] = {"name": "Óscar", "email": steps.address("oscar"), "birth_year": "1970"}
    refused = await way.site.somebody("a phone").refused(422, register, **old)
    assert "de 15 a 29 años" in steps.words_of(refused), steps.words_of(refused)
    await way.look()
    assert way.to("oscar") == []
    for who in ("vera", "joaquin"):
        way.links[who] = way.link_in(way.to(who)[-1], "mine")
    before = len(way.to("tomas"))
    somebody = way.site.somebody()
    assert VIDEO not in await somebody.open(way.links["vera"])
    await somebody.send(way.links["joaquin"], f"{way.links['joaquin']}/cancellation")
    await way.look()
    (told,) = way.to("tomas")[before:]
    way.links["tomas"] = way.link_in(told, "mine")
    await way.read(way.links["tomas"], "tiene cupo")


async def _register(way: Way, slug: str, who: str, **more: Typed) -> str:
    page = await way.site.somebody("a phone").send(
        f"{P}/meetings/{slug}/register", name=who.title(), email=steps.address(who), **more
    )
    return steps.words_of(page)
