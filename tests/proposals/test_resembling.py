"""What is like a text is found, and what is not is not shown; search puts the best first and pages through it once."""

from __future__ import annotations

from sqlalchemy import func, select

from app.kit import search
from app.people.actor import OPERATOR
from app.process.models import Process
from app.proposals import queries, resembling
from app.proposals.actions import importing
from app.proposals.models import Proposal
from app.proposals.queries import Filters
from app.proposals.resembling import Written
from app.proposals.sheets import ImportRow
from app.trail.models import Entry
from tests.world import World

TEXTS = [
    ("Árboles en la plaza de Armas", "No hay sombra donde esperar en verano.", "Plantar árboles nativos en la plaza."),
    ("Sombra para la plaza de armas", "Los mayores no pueden sentarse al sol.", "Plantar arboles y poner toldos."),
    ("Ciclovía por la costanera", "Las bicicletas van entre los autos.", "Una pista separada hasta el puente."),
    ("Actas del concejo como texto", "Las actas son imágenes.", "Publicarlas como texto en cinco días."),
    ("Biblioteca abierta los sábados", "Quien trabaja no llega a la biblioteca.", "Abrirla los sábados."),
    ("Semáforo en la calle Huelva", "Los autos no paran.", "Un semáforo con botón frente a la escuela."),
    ("Reciclaje de vidrio", "No hay donde dejar el vidrio.", "Un contenedor junto a la plaza."),
    (
        "Feria de las pulgas",
        "Los artesanos no tienen lugar.",
        "Ceder la plaza el primer domingo, sin árboles que cortar.",
    ),
]


def take_in(world: World, slug: str, texts: list[tuple[str, str, str]]) -> Process:
    process = world.open_process(slug)
    rows = [ImportRow(at, *text, f"Vecina {at}", "") for at, text in enumerate(texts, start=1)]
    importing.take_in(world.database, OPERATOR, world.now, (slug, "texts", slug, rows), lambda _n: None)
    return process


def titles(world: World, process: Process, title: str, problem: str = "") -> list[str]:
    with world.database.reading() as session:
        return [one.title for one in resembling.similar(session, process.id, Written(title, problem))]


def found(world: World, process: Process, q: str) -> list[str]:
    with world.database.reading() as session:
        return [row.title for row in queries.public_list(session, process, Filters(q=q)).rows]


def test_what_is_alike_is_found_in_other_forms_and_misspelt(world: World) -> None:
    town = take_in(world, "town", TEXTS)
    take_in(world, "other", TEXTS[:1])
    assert titles(world, town, "Más arbol en las plazas de armas") == [TEXTS[0][0], TEXTS[1][0]]
    assert titles(world, town, "Abrir la bibloteca el sabado") == [TEXTS[4][0]]
    assert titles(world, town, "Una piscina temperada") == []
    assert titles(world, town, "de la que los") == []
    assert titles(world, town, "") == []


async def test_the_look_up_answers_with_and_without_a_script_and_writes_nothing(world: World) -> None:
    take_in(world, "town", TEXTS)
    typed = {"title": "Ciclovía en la costanera", "problem": "", "solution": ""}
    with world.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Entry))
    async with world.browser() as browser:
        block = (await browser.post("/p/town/propose/similar", data=typed, headers={"hx-request": "true"})).text
        page = (await browser.post("/p/town/propose/similar", data=typed)).text
        none = await browser.post("/p/town/propose/similar", data={"title": "Piscina"}, headers={"hx-request": "true"})
    assert "1 propuesta parecida" in block
    assert "<html" not in block
    assert TEXTS[2][0] in block
    assert 'target="_blank"' in block
    assert "se abre en otra pestaña" in block
    assert "<html" in page
    assert TEXTS[2][0] in page
    assert (none.status_code, "card" in none.text, "parecida" in none.text) == (200, False, False)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == before


async def test_bruno_cannot_find_what_waits_at_the_door_and_the_office_sees_what_it_repeats(world: World) -> None:
    process = world.open_process()
    first = world.admitted(process, "ana", "Publicar las actas del concejo como texto")
    waits = world.propose(process, "bruno", "Las actas del concejo publicadas como texto")
    assert titles(world, process, "Publicar actas del concejo") == [first.title]
    async with world.browser("bruno") as browser:
        shown = (await browser.get(f"/p/town/proposals/{first.folio}/related")).text
        assert waits.title not in shown
        assert (await browser.get(f"/p/town/proposals/{waits.folio}/related")).status_code == 404
    async with world.browser("carla") as browser:
        office = f"/p/town/office/proposals/{waits.folio}"
        assert f"Unirla con {first.folio}" in (await browser.get(office)).text
        assert f'value="{first.folio}"' in (await browser.get(f"{office}?into={first.folio}")).text


async def test_related_ones_stand_on_their_own_page_too(world: World) -> None:
    town = take_in(world, "town", TEXTS)
    with world.database.reading() as session:
        folios = {p.title: p.folio for p in session.scalars(select(Proposal).where(Proposal.process_id == town.id))}
    async with world.browser() as browser:
        related = (await browser.get(f"/p/town/proposals/{folios[TEXTS[0][0]]}/related")).text
        alone = (await browser.get(f"/p/town/proposals/{folios[TEXTS[3][0]]}/related")).text
    assert f"/p/town/proposals/{folios[TEXTS[1][0]]}" in related
    assert "Ninguna otra propuesta pública se parece mucho a esta." in alone


async def test_the_title_and_words_close_together_come_first(world: World) -> None:
    town = take_in(world, "town", TEXTS)
    assert found(world, town, "árbol plaza") == [TEXTS[0][0], TEXTS[1][0], TEXTS[7][0]]
    assert found(world, town, "los árboles de la plaza") == found(world, town, "árbol plaza")
    assert found(world, town, "bibl") == [TEXTS[4][0]]


async def test_where_none_has_all_the_words_those_with_some_are_offered_and_it_is_said(world: World) -> None:
    town = take_in(world, "town", TEXTS)
    assert found(world, town, "semáforo huelva dinosaurio") == [TEXTS[5][0]]
    assert found(world, town, "dinosaurio") == []
    async with world.browser() as browser:
        page = (await browser.get("/p/town/proposals/search?q=vidrio+dinosaurio")).text
        whole = (await browser.get("/p/town/proposals/search?q=vidrio")).text
    said = "Ninguna tiene todas las palabras; estas tienen algunas."
    assert (said in page, said in whole) == (True, False)


def test_paging_through_a_search_meets_every_entry_once(world: World) -> None:
    many = search.RANKED + 35
    town = take_in(world, "town", [(f"Banco {at}", "Faltan bancos.", "Poner bancos.") for at in range(many)])
    with world.database.reading() as session:
        folios, after, totals = [], None, set()
        while True:
            listing = queries.public_list(session, town, Filters(q="bancos faltan"), after=after, limit=20)
            folios += [row.folio for row in listing.rows]
            totals.add(listing.total)
            after = listing.next
            if after is None:
                break
    assert (len(folios), len(set(folios)), totals) == (many, many, {many})


def test_both_databases_put_the_same_in_the_same_order(world: World) -> None:
    """Run on each: the numbers are those the other gives."""
    town = take_in(world, "town", TEXTS)
    with world.database.reading() as session:
        near = search.alike(session, str(town.id), "Plantar árboles en la plaza", "sombra y toldos", 20)
        first = min(number for number, _ in near)
    assert [(number - first, round(weight, 1)) for number, weight in near] == [
        (1, 48.2),
        (0, 41.3),
        (7, 22.7),
        (6, 11.1),
    ]
