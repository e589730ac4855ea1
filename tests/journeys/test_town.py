"""A town of two officials asks, decides and answers, by forms and letters that really arrive; it has no forum."""

from __future__ import annotations

import re

import pytest

from tests.journeys import steps
from tests.journeys.steps import Browser, Sent, Site

TOWN = "plaza"
P = f"/p/{TOWN}"
OFFICE = f"{P}/office"
OTHER_METHODS = re.compile(
    r"\b(foros?|forums?|pautas?|scores?|scoring|qu[oó]rum|quorums?|mesas?|tables?)\b", re.IGNORECASE
)
TITLES = {
    "ana": "Publicar las actas del concejo como texto",
    "bruno": "Cerrar la calle Prat los domingos",
    "rosa": "Bancas con sombra en el consultorio",
    "tomas": "Una piscina municipal",
    "irma": "Actas del concejo que se puedan buscar",
    "julio": "Algo mejor para todos",
    "lucia": "Que me cambien el medidor",
    "mario": "Avisar por teléfono antes de cortar el agua",
    "nora": "Un buzón de preguntas en la biblioteca",
}
SECOND_OF_ANA = "Transmitir las sesiones del concejo"
DECIDED = {
    "ana": ("selected", "El concejo ya escribe sus actas en computador: publicarlas como texto no cuesta más."),
    "bruno": ("not_selected", "Por la calle Prat pasa la única ambulancia hacia el hospital del sector."),
    "rosa": ("selected", "Las bancas caben en el contrato de áreas verdes que se renueva en agosto."),
    "julio": ("not_selected", "La luminaria del pasaje depende de la empresa, que la cambia este mismo mes."),
    "mario": ("selected", "La empresa de agua acepta enviar el aviso dos días antes de cada corte."),
    "ana 2": ("not_selected", "La sala no tiene conexión y la obra está recién en su segundo tramo."),
    "nora": ("selected", "La biblioteca abre seis días y ya recibe cartas para otras oficinas."),
}
REFUSED = "Cambiar un medidor se pide en la ventanilla de la empresa; le indicamos el teléfono en esta respuesta."
PUBLIC = ("", "/proposals", "/calendar", "/decisions/decision", "/decisions/decision/list", "/feedback", "/data")


@pytest.mark.parametrize(
    ("new_browser", "post"),
    [("plain", "smtp"), ("plain", "sendgrid"), pytest.param("scripted", "smtp", marks=pytest.mark.browser)],
    indirect=True,
)
async def test_a_town_asks_decides_and_answers_everybody(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    await _a_bare_installation_gets_its_process(site, capsys)
    sent = await _ten_proposals_come_in(site, capsys)
    await _the_office_examines_them(site, sent, capsys)
    await _the_window_closes(site, sent)
    await _the_office_decides_and_publishes(site, sent, capsys)
    await _everybody_is_answered(site, capsys)
    _every_author_got_one_letter_with_the_reason(site)
    await _the_stages_are_concluded(site, capsys)
    await _the_public_reads_it(site, sent)
    _nobody_met_a_forum(site)
    site.verify()


async def _a_bare_installation_gets_its_process(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The process is opened and dated; nobody can propose before its day."""
    opened = await steps.open_process(
        site,
        capsys,
        TOWN,
        "consulta",
        "decision",
        template="simple_consultation",
        folio_prefix="PLZ",
        name_es="La plaza que queremos",
        name_en="The square we want",
        ask_at="Teléfono 55 1234, oficina de partes",
    )
    assert "La plaza que queremos" in opened
    early = await site.somebody().open(f"{P}/propose", 409)
    assert "2 de junio" in steps.words_of(early), steps.words_of(early)
    site.clock.move(days=1, minutes=1)


async def _ten_proposals_come_in(site: Site, capsys: pytest.CaptureFixture[str]) -> dict[str, Sent]:
    """Eight people write, Ana twice; Rosa has no e-mail and tells hers on the phone. Each confirms their address."""
    sent: dict[str, Sent] = {}
    somebody = site.somebody()
    missing = await somebody.refused(
        422, f"{P}/propose", f"{P}/propose/look", title=TITLES["ana"], problem="Son imágenes."
    )
    assert TITLES["ana"] in missing
    assert "Son imágenes." in missing
    for who, title in TITLES.items():
        if who == "rosa":
            sent[who] = await _rosa_calls(site, capsys)
        else:
            sent[who] = await steps.propose(somebody, TOWN, who, title)
        site.clock.move(minutes=5)
    sent["ana 2"] = await steps.propose(somebody, TOWN, "ana", SECOND_OF_ANA)
    assert len({one.folio for one in sent.values()}) == 10
    await site.deliver()
    for who in TITLES:
        if who != "rosa":
            await steps.confirm(somebody, site.post.letters(steps.address(who)))
    return sent


async def _rosa_calls(site: Site, capsys: pytest.CaptureFixture[str]) -> Sent:
    carla = await site.signed_in("carla", capsys)
    page = await carla.send(
        f"{OFFICE}/enter",
        assisted_by="phone",
        title=TITLES["rosa"],
        problem="Los mayores esperan de pie y al sol.",
        solution="Tres bancas con techo junto a la entrada.",
        name="Rosa",
        contact_kind="phone",
        contact="55 9876",
    )
    return Sent(steps.folio_on(page), steps.code_on(page), page)


async def _the_office_examines_them(site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]) -> None:
    """Julio's lacks something and comes back better; Lucía's is refused; Irma's joins Ana's; Tomás thinks again."""
    carla = await site.signed_in("carla", capsys)
    await carla.open("/desk")
    queue = await carla.open(f"{OFFICE}/proposals")
    assert all(title in queue for title in TITLES.values())
    asked = "Falta decir qué calle y qué luz: así no sabemos a quién preguntar."
    await steps.examine(carla, TOWN, sent["julio"].folio, "returned", return_reason=asked)
    await steps.examine(carla, TOWN, sent["lucia"].folio, "refused", refuse_reason=REFUSED, reason_codes="complaint")
    for who in ("ana", "bruno", "rosa", "irma", "mario", "nora", "ana 2"):
        await steps.examine(carla, TOWN, sent[who].folio, "admitted")
    door = f"{OFFICE}/proposals/{sent['irma'].folio}"
    await carla.send(door, f"{door}/merge", into=sent["ana"].folio, merge_reason="Piden lo mismo con otras palabras.")
    julio = site.somebody()
    here = await steps.follow(julio, sent["julio"])
    edit = await julio.open(f"{P}/own/{here.removeprefix('/follow/')}/edit")
    assert asked in edit
    await julio.send(julio.at, title="Cambiar la luminaria del pasaje Sur", problem="El pasaje Sur queda a oscuras.")
    await steps.examine(carla, TOWN, sent["julio"].folio, "admitted")
    tomas = site.somebody()
    here = await steps.follow(tomas, sent["tomas"])
    left = await tomas.send(f"{P}/own/{here.removeprefix('/follow/')}/withdraw")
    assert "retirada" in steps.words_of(left).lower()


async def _the_window_closes(site: Site, sent: dict[str, Sent]) -> None:
    somebody = site.somebody()
    open_until = await somebody.open(f"{P}/propose")
    assert "11 de junio" in open_until
    site.clock.move(days=9)
    late = await somebody.open(f"{P}/propose", 409)
    assert "11 de junio" in late
    shown = await somebody.open(f"{P}/proposals")
    assert all(sent[who].folio in shown for who in ("ana", "bruno", "rosa", "julio", "mario", "nora"))
    await somebody.open(f"{P}/proposals/{sent['lucia'].folio}", 404)


async def _the_office_decides_and_publishes(
    site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    """Three one by one, four from the list, each with its own reason; nothing is public before all of it is."""
    carla = await site.signed_in("carla", capsys)
    here = f"{OFFICE}/decisions/decision"
    await carla.open(f"{OFFICE}/decisions")
    one_by_one, together = ("ana", "bruno", "rosa"), ("mario", "nora")
    for who in one_by_one:
        outcome, reason = DECIDED[who]
        await carla.send(f"{here}/{sent[who].folio}", outcome=outcome, reason=reason, reason_codes="other", then="next")
    for group in (together, ("julio", "ana 2")):
        reasons = {f"reason-{sent[who].folio}": DECIDED[who][1] for who in group}
        folios = [sent[who].folio for who in group]
        await carla.send(here, here, folios=folios, outcome=DECIDED[group[0]][0], **reasons)
    assert DECIDED["bruno"][1] not in await site.somebody().open(f"{P}/proposals/{sent['bruno'].folio}")
    public = await steps.publish(carla, TOWN, "decision")
    assert "De 7 propuestas, 4 siguen" in steps.words_of(public)


async def _everybody_is_answered(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Carla drafts and may not approve; Hugo reads one and approves; what no mail carries is told on the phone."""
    carla = await site.signed_in("carla", capsys)
    hugo = await site.signed_in("hugo", capsys)
    await carla.open(f"{OFFICE}/answers")
    for stage in ("consulta", "decision"):
        drafted = await steps.draft(carla, TOWN, stage)
        assert 'value="all"' not in drafted
        assert "Las puede aprobar: hugo" in drafted
        letter = re.search(rf'href="({OFFICE}/answers/{stage}/letters/[0-9a-f-]+)"', drafted)
        assert letter
        await hugo.open(letter[1])
        await steps.approve_all(hugo, TOWN, stage)
    await site.deliver()
    assert await steps.hand_over(carla, TOWN, "decision", "Se le leyó por teléfono el 11 de junio.") == 1
    assert await steps.hand_over(carla, TOWN, "consulta", "nadie") == 0


def _every_author_got_one_letter_with_the_reason(site: Site) -> None:
    reasons = {who: [DECIDED[who][1]] for who in ("bruno", "julio", "mario", "nora")}
    reasons |= {"ana": [DECIDED["ana"][1], DECIDED["ana 2"][1]], "irma": [DECIDED["ana"][1]], "lucia": [REFUSED]}
    for who, said in reasons.items():
        letters = steps.answers(site, steps.address(who))
        assert len(letters) == 1, f"{who}: {[letter.subject for letter in letters]}"
        assert all(letters[0].says(reason) for reason in said), letters[0].text
    assert steps.answers(site, steps.address("tomas")) == []
    steps.nothing_is_owed_and_nothing_was_said_twice(site)


async def _the_stages_are_concluded(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.clock.move(days=31)
    hugo = await site.signed_in("hugo", capsys)
    for stage in ("consulta", "decision"):
        await steps.conclude(hugo, TOWN, stage)
    await hugo.send(f"{P}/feedback/decision", f"{P}/feedback/decision/report", purpose="Para decidir sobre la plaza.")


async def _the_public_reads_it(site: Site, sent: dict[str, Sent]) -> None:
    """Every public page, in both languages; and each author's own page."""
    reader: Browser = site.somebody()
    for language in ("", "/en"):
        for path in ("/", "/privacy", "/accessibility", "/follow", "/sign-in"):
            await reader.open(language + path if path != "/" else language or "/")
        for path in (
            *PUBLIC,
            "/feedback/decision",
            f"/proposals/{sent['ana'].folio}",
            f"/proposals/{sent['irma'].folio}",
        ):
            await reader.open(language + P + path)
    story = steps.words_of(await reader.open(f"{P}/proposals/{sent['bruno'].folio}"))
    assert DECIDED["bruno"][1] in story, story
    await steps.follow(reader, sent["lucia"])
    assert REFUSED in steps.words_of(reader.seen[-1][1])


def _nobody_met_a_forum(site: Site) -> None:
    met = [(path, found[0]) for path, page in site.seen if (found := OTHER_METHODS.search(steps.words_of(page)))]
    assert len(site.seen) > 80
    assert met == []
