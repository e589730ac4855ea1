"""The end of the story: stages are concluded, and a stranger reads everything in both languages."""

from __future__ import annotations

import json
import re

from tests.journeys import steps
from tests.journeys.whole import deciding, institutions, plan
from tests.journeys.whole.meeting import ONLINE, YOUTH
from tests.journeys.whole.opening import REASONS
from tests.journeys.whole.story import AUTHORS, OFFICE, PLAN, P, Way

CONCLUDED = ("consulta", "filtro", deciding.STAGE, institutions.STAGE, plan.STAGE)
PUBLIC = (
    "", "/proposals", "/calendar", "/themes", "/themes/1", "/meetings", f"/meetings/{ONLINE}", f"/meetings/{YOUTH}",
    "/tables", "/tables/rounds/1", "/tables/1", "/tables/2", "/tables/1/answer", "/forum", "/technical-tables",
    "/technical-tables/1", "/commitments", "/commitments/1", "/feedback", "/data",
    *(f"/decisions/{stage}" for stage in CONCLUDED[1:]), *(f"/decisions/{stage}/list" for stage in CONCLUDED[1:]),
)  # fmt: skip

AT_THE_OFFICE = (
    "/stages", *(f"/stages/{stage}" for stage in CONCLUDED), "/texts", "/proposals", "/enter", "/invitations",
    *(f"/{work}/{stage}" for work in ("decisions", "answers") for stage in CONCLUDED[1:]), "/themes",
    "/themes/1", "/forum", "/forum/seats/1", "/forum/sessions", "/forum/sessions/1", "/meetings", "/meetings/new",
    "/meetings/past", *(f"/meetings/{ONLINE}{more}" for more in ("", "/registrations", "/attendance", "/minutes")),
    "/tables", "/tables/rounds/1", *(f"/tables/2{more}" for more in ("", "/voters", "/notes", "/screen", "/answer")),
    "/technical-tables", "/technical-tables/1", "/feasibility", "/feasibility/1", "/commitments", "/commitments/1",
    "/commitments/1/text", "/commitments/1/milestones", "/commitments-registers", "/monitoring", "/monitoring/1",
)  # fmt: skip
PRIVATE = re.compile(r"[a-z0-9-]+@example\.org|Persona \d|Joven \d|Wenceslao|Rocio|Tomas")


async def the_stages_are_concluded(way: Way) -> None:
    """Nothing is owed for any of them, by the figures of the office and by the act itself."""
    carla, hugo = await way.of("carla"), await way.of("hugo")
    for stage in CONCLUDED:
        await steps.conclude(hugo, PLAN, stage)
    for stage in CONCLUDED[1:]:
        await hugo.send(f"{P}/feedback/{stage}", f"{P}/feedback/{stage}/report", purpose="Para escribir el plan.")
    figures = json.loads(await carla.open(f"/api/v1/processes/{PLAN}/feedback"))
    assert {stage: row["owed"] for stage, row in figures.items()} == dict.fromkeys(CONCLUDED[1:], 0)


async def a_stranger_reads_everything(way: Way) -> None:
    """From the front page of the process, link by link, in both languages; nobody's address or name is met there."""
    for language in ("", "/en"):
        base = language + P
        read = await _read_on(way, base)
        wanted = {base + path for path in (*PUBLIC, *(f"/proposals/{way.folio(who)}" for who in AUTHORS))}
        assert wanted - read.keys() == set(), f"no link leads to {sorted(wanted - read.keys())}; read {sorted(read)}"
        for path, page in read.items():
            assert PRIVATE.findall(page) == [], path


async def _read_on(way: Way, start: str) -> dict[str, str]:
    """Every page of the process one comes to by its links, by address."""
    read: dict[str, str] = {}
    ahead = [start]
    while ahead:
        path = ahead.pop()
        read[path] = await way.site.somebody().open(path)
        links = re.findall(rf'href="({start}(?:/[^"?#.]*)?)[#"]', read[path])
        ahead += [one for one in dict.fromkeys(links) if one not in read and one not in ahead]
    return read


async def the_office_finds_every_page_of_its_own(way: Way) -> None:
    """From the desk, the front page and the forum, link by link; single letters and proposals are left out."""
    carla = await way.of("carla")
    ahead, read = ["/desk", P, f"{P}/forum"], set()
    while ahead:
        path = ahead.pop()
        read.add(path)
        links = re.findall(rf'href="({OFFICE}/[^"?#]*)[#"?]', await carla.open(path))
        links = [one for one in links if not re.search(r"/letters/|-\d{4}$", one)]
        ahead += [one for one in dict.fromkeys(links) if one not in read and one not in ahead]
    wanted = {OFFICE + path for path in AT_THE_OFFICE}
    assert wanted - read == set(), f"no link leads to {sorted(wanted - read)}"


async def each_proposal_says_what_became_of_it(way: Way) -> None:
    """The page of a proposal tells every decision with its reason, and leads to all there is about it."""
    by_stage = (deciding.DECIDED, institutions.DECIDED, plan.DECIDED)
    for who in AUTHORS:
        reasons = [REASONS[who], *(decided[who][1] for decided in by_stage if who in decided)]
        await way.read(f"{P}/proposals/{way.folio(who)}", *reasons)
    page = await way.site.somebody().open(f"{P}/proposals/{way.folio('ana')}")
    for place in ("themes/1", "tables/rounds/1", "technical-tables/1", "commitments/1"):
        assert f'href="{P}/{place}"' in page, f"no way from a proposal to {place}"
