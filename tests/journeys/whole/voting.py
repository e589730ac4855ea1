"""Two meetings that vote: one by video with 144 people and codes on phones, one of young people on paper."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tests.journeys import steps
from tests.journeys.plain import Attached, Typed
from tests.journeys.steps import Browser
from tests.journeys.whole.meeting import ONLINE, ROUND, TABLES, VIDEO, YOUTH
from tests.journeys.whole.story import OFFICE, ON_PHONES, P, Way

CAME, VOTED = 144, 97
GUESTS, TOO_SHORT = 4, 3
BALLOTS = [({"ana": 2, "bruno": 1}, 40), ({"bruno": 2, "ana": 1}, 27), ({"camila": 2}, 15), ({"dora": 1}, 15)]
PAPER = [({"dora": 2}, 5), ({"dora": 1, "ana": 1}, 5), ({}, 1)]
RANKED = [("ana", 112), ("bruno", 94), ("dora", 30), ("camila", 30), ("fermin", 0)]
"""Dora and Camila have 30 points each; 25 ballots name Dora's and 15 Camila's, so by the rule Dora's comes first."""
SAID = "Que se pueda bajar por comuna y por rubro."
CODE = re.compile(r'class="code-big">(\w{4} \w{4})<')


def report_of(starts: datetime) -> bytes:
    """The participant report of a video platform: every third person left and came again, three only looked in."""
    known = [("Ana", "ana@example.org"), ("Vera", "vera@example.org"), ("Wenceslao Soto", "wenceslao@example.org")]
    people = [*known, *((f"Persona {n}", f"p{n}@example.org") for n in range(CAME - GUESTS - len(known)))]
    people += [(f"Tableta del salón {n}", "") for n in range(GUESTS)]
    rows = ["Nombre (nombre original),Correo electrónico del usuario,Hora de entrada,Hora de salida,Duración (minutos)"]
    for place, (name, mail) in enumerate(people):
        spans = [(0, 40), (50, 100)] if place % 3 == 0 else [(0, 100)]
        rows += [_row(starts, name, mail, *span) for span in spans]
    rows += [_row(starts, f"Curioso {n}", f"c{n}@example.org", 0, 4) for n in range(TOO_SHORT)]
    return "\n".join(rows).encode("utf-8-sig")


def _row(starts: datetime, name: str, mail: str, since: int, until: int) -> str:
    one, other = (f"{starts + timedelta(minutes=n):%m/%d/%Y %I:%M:%S %p}" for n in (since, until))
    return f"{name},{mail},{one},{other},{until - since}"


async def the_meeting_by_video_is_held(way: Way) -> None:
    """It begins; Vera says by her link that she is there; the platform's report counts everybody, once each."""
    way.site.clock.set(way.starts[ONLINE])
    gloria = await way.of("gloria")
    here = f"{OFFICE}/meetings/{ONLINE}"
    await gloria.send(here, f"{here}/state", move="hold")
    vera = way.site.somebody()
    assert VIDEO in await vera.open(way.links["vera"])
    await vera.send(way.links["vera"], f"{way.links['vera']}/here")
    attendance = f"{here}/attendance"
    carla = await way.of("carla")
    report = Attached("participantes.csv", report_of(way.starts[ONLINE]))
    shown = steps.words_of(await carla.send(attendance, f"{attendance}/report", report=report, least="15"))
    waiting = CAME - 3
    assert (
        f"Contadas ahora: 2. Ya contadas antes: 1. Estuvieron muy poco: {TOO_SHORT}. Por resolver: {waiting}." in shown
    ), shown
    await _the_rest_is_settled(carla, attendance)
    assert str(CAME) in steps.words_of(await carla.open(here))


async def _the_rest_is_settled(carla: Browser, attendance: str) -> None:
    """Those who gave no address are guests; the others are noted by the names and addresses they gave, at once."""
    page = await carla.open(attendance)
    for n in range(GUESTS):
        line = re.search(rf'Tableta del salón {n}\b.*?action="({attendance}/report/([0-9a-f-]+))"', page, re.DOTALL)
        assert line
        typed: dict[str, Typed] = {f"who-{line[2]}": "guest"}
        await carla.send(attendance, line[1], **typed)
    shown = steps.words_of(await carla.send(attendance, f"{attendance}/report-rest", rest="person"))
    assert f"Contadas ahora: {CAME - GUESTS - 3}" in shown, shown


async def they_vote_by_code(way: Way) -> None:
    """A rehearsal, 97 codes, each good for one ballot; the screen on the wall says how many, never what."""
    gloria, carla = await way.of("gloria"), await way.of("carla")
    console = f"{TABLES}/1"
    await gloria.send(console, f"{console}/rehearsal")
    await gloria.send(console, f"{console}/rehearsal/end")
    await gloria.send(console, f"{console}/opening", way="codes")
    voters = await carla.open(f"{console}/voters")
    persons = re.findall(r'name="persons" value="([^"]+)"', voters)
    assert len(persons) == CAME - GUESTS
    codes = CODE.findall(await carla.send(f"{console}/voters", persons=persons[:VOTED], how="codes"))
    assert len(codes) == VOTED
    ballots = [points for points, times in BALLOTS for _ in range(times)]
    for place, (code, points) in enumerate(zip(codes, ballots, strict=True)):
        await _cast(way, code, points, ON_PHONES if place % 40 == 0 else "the library")
    again = await _cast(way, codes[0], {"fermin": 2}, "the library")
    assert "votó" in again
    await way.site.somebody().refused(422, f"{P}/vote", code="AAAA AAAA", **_points(way, {"fermin": 2}))
    assert f"Han votado {VOTED} de {VOTED}" in steps.words_of(await gloria.open(f"{console}/screen"))
    told = steps.words_of(await gloria.send(console, f"{console}/closing"))
    assert f"Se contaron {VOTED} papeletas" in told, told


def _points(way: Way, points: dict[str, int]) -> dict[str, Typed]:
    return {f"points-{way.folio(who)}": str(n) for who, n in points.items()}


async def _cast(way: Way, code: str, points: dict[str, int], device: str) -> str:
    page = await way.site.somebody(device).send(f"{P}/vote", code=code, **_points(way, points))
    return steps.words_of(page)


async def the_young_people_vote_on_paper(way: Way) -> None:
    """The facilitator notes what was said and what time did not reach, and types the count; another types it again."""
    way.site.clock.set(way.starts[YOUTH])
    gloria, hugo = await way.of("gloria"), await way.of("hugo")
    here, console = f"{OFFICE}/meetings/{YOUTH}", f"{TABLES}/2"
    await gloria.send(here, f"{here}/state", move="hold")
    came = ["Rocio; rocio@example.org", "Tomas; tomas@example.org", *(f"Joven {n}" for n in range(9))]
    await gloria.send(f"{here}/attendance", way="list", list="\n".join(came))
    await _notes(way, gloria, console)
    persons = re.findall(r'name="persons" value="([^"]+)"', await gloria.open(f"{console}/voters"))
    assert len(persons) == len(came)
    await gloria.send(f"{console}/voters", persons=persons, how="noted")
    await gloria.send(console, f"{console}/opening", way="paper")
    rows = [_on_paper(way, points) for points, times in PAPER for _ in range(times)]
    await gloria.send(f"{console}/count", way="rows", rows="\n".join(rows))
    check = f"{console}/count/check"
    await hugo.refused(422, f"{console}/count", check, way="rows", rows="\n".join([*rows[1:], "1:2"]))
    await hugo.send(f"{console}/count", check, way="rows", rows="\n".join(reversed(rows)))
    await gloria.send(console, f"{console}/closing")


async def _notes(way: Way, gloria: Browser, console: str) -> None:
    discussed, unreached = way.folio("ana"), way.folio("fermin")
    await gloria.send(f"{console}/notes/{discussed}", state="discussed", in_favour=SAID)
    await gloria.send(f"{console}/notes/{unreached}", state="ran_out_of_time")


def _on_paper(way: Way, points: dict[str, int]) -> str:
    """One ballot of paper as it is typed: the numbers of the proposals with their points, or a dash."""
    return " ".join(f"{int(way.folio(who).rpartition('-')[2])}:{n}" for who, n in points.items()) or "-"


async def the_round_is_counted(way: Way) -> None:
    """Both meetings end, and the ranking is public: of the two with 30 points the one on more ballots comes first."""
    way.site.clock.move(hours=3)
    carla = await way.of("carla")
    for slug in (ONLINE, YOUTH):
        await carla.send(f"{OFFICE}/meetings/{slug}", f"{OFFICE}/meetings/{slug}/state", move="close")
    await carla.send(ROUND, f"{ROUND}/closing")
    said = await way.read(f"{P}/tables/rounds/1", "Clasificación de las propuestas", "Papeletas contadas: 108")
    order = said[said.index("El orden completo") :]
    places = [order.index(way.folio(who)) for who, _ in RANKED]
    assert places == sorted(places)
    await way.read(f"{P}/tables/2", SAID, "faltó tiempo")
    for number, slug in ((1, ONLINE), (2, YOUTH)):
        assert f'href="{P}/tables/{number}"' in await way.site.somebody().open(f"{P}/meetings/{slug}")
