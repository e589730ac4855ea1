"""The library and the register of outreach: filters, files, sums, open data; and what was taken out again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.editorial import actions
from app.editorial.actions import Entry, Shelved
from app.editorial.models import LibraryItem, OutreachAct
from app.editorial.queries import library, outreach
from app.editorial.queries.library import Wanted
from app.editorial.queries.outreach import Sum
from app.editorial.rules.library import LibraryType
from app.editorial.rules.outreach import OutreachChannel
from app.kit.errors import Invalid, NotAllowed
from app.process import queries as processes
from tests.costs import cost
from tests.editorial.building import EditorialBuilder
from tests.world import World, form_of

REASON = "Se anotó dos veces por error."
L, R = "/p/town/office/library", "/p/town/office/outreach"
DOCUMENT = {
    "title_es": "Acta de abril",
    "about_es": "Lo que se acordó.",
    "type": "minutes",
    "dated_on": "2026-04",
    "written_in": "es",
}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ACT = {"what": "Aviso en la radio", "dated_on": "2026-05-02", "channel": "radio", "groups": "rural", "reach": "40"}


@on_sqlite
async def test_a_file_of_the_library_is_kept_over_a_refused_form_and_handed_out_to_be_saved(
    world: World, desk: EditorialBuilder
) -> None:
    async with world.browser("carla") as carla:
        files = {"file": ("acta.txt", b"Acuerdo 1", "text/plain")}
        refused = await carla.post(f"{L}/new", data=DOCUMENT | {"title_es": ""}, files=files)
        assert refused.status_code == 422
        (kept,) = re.findall(r'name="kept_file" value="([^"]+)"', refused.text)
        typed = form_of(refused.text, f"{L}/new") | DOCUMENT | {"kept_file": kept}
        done = await carla.post(f"{L}/new", data=typed)
        assert done.headers["location"] == "/p/town/library"
    async with world.browser() as anybody:
        assert "Acta de abril" in (await anybody.get("/p/town/library?type=minutes&year=2026")).text
        file = await anybody.get("/p/town/library/1/file")
        assert file.content == b"Acuerdo 1"
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"


@on_sqlite
@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"title_es": "", "about_es": "", "type": "poem"}, ["title_es", "about_es", "type"]),
        ({"link": ""}, ["file"]),
        ({"link": "http://example.org"}, ["link"]),
        ({"dated_on": "2027"}, ["dated_on"]),
        ({"stage": "ninguna"}, ["stage"]),
    ],
)
def test_a_document_that_is_not_told_well_is_refused(
    desk: EditorialBuilder, told: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.document(**told)
    assert list(refused.value.fields) == fields


@on_sqlite
async def test_what_was_taken_out_is_handed_to_nobody_and_its_reason_stays(
    world: World, desk: EditorialBuilder
) -> None:
    desk.document(b"Acuerdo 1")
    async with world.browser("carla") as carla:
        assert (await carla.post(f"{L}/1", data={"reason": "no"})).status_code == 422
        assert (await carla.post(f"{L}/1", data={"reason": REASON})).status_code == 303
        assert (await carla.get("/p/town/library/1/file")).status_code == 404
    async with world.browser() as anybody:
        page = (await anybody.get("/p/town/library")).text
        assert (REASON in page, "Cuarto plan" in page, "/library/1/file" in page) == (True, True, False)


def test_the_library_is_narrowed_by_type_and_year_and_read_page_by_page(world: World, desk: EditorialBuilder) -> None:
    for n in range(21):
        desk.document(title_es=f"Informe {n}", type="report", dated_on=f"20{10 + n % 3}")
    desk.document()
    with world.database.reading() as session:
        types, years = library.counts(session, desk.process.id)
        first = library.listed(session, desk.process.id, Wanted(LibraryType.REPORT))
        rest = library.listed(session, desk.process.id, Wanted(LibraryType.REPORT), first.next or 0)
        of_year = library.listed(session, desk.process.id, Wanted(year=2018))
    assert (types, years) == ({LibraryType.REPORT: 21, LibraryType.PLAN: 1}, {2018: 1, 2012: 7, 2011: 7, 2010: 7})
    shown = [held.item.number for held in (*first.rows, *rest.rows)]
    assert (len(first.rows), sorted(shown), rest.next) == (20, list(range(1, 22)), None)
    assert [held.item.title_es for held in of_year.rows] == ["Cuarto plan"]


async def test_an_act_of_outreach_counts_by_channel_and_stage_until_it_is_withdrawn(
    world: World, desk: EditorialBuilder
) -> None:
    desk.outreach(stage="consulta")
    async with world.browser("carla") as carla:
        shown = await carla.get(f"{R}/new")
        typed = form_of(shown.text, f"{R}/new") | ACT | {"reach_known": "unknown", "stage": "consulta"}
        assert (await carla.post(f"{R}/new", data=typed)).status_code == 422
        assert (await carla.post(f"{R}/new", data=typed | {"reach_known": "counted"})).status_code == 303
    with world.database.reading() as session:
        stage = processes.stage_named(session, desk.process.id, "consulta").id
        assert outreach.sums(session, desk.process.id) == {(OutreachChannel.RADIO, stage): Sum(2, 40, 1)}
    async with world.browser("carla") as carla:
        assert (await carla.post(f"{R}/2", data={"reason": REASON})).status_code == 303
    with world.database.reading() as session:
        assert outreach.sums(session, desk.process.id) == {(OutreachChannel.RADIO, stage): Sum(1, 0, 1)}
    async with world.browser() as anybody:
        page = (await anybody.get("/p/town/outreach")).text
        rows = (await anybody.get("/api/v1/processes/town/datasets/outreach.json")).json()["rows"]
    assert (REASON in page, "Aviso en la radio" in page) == (True, True)
    told = [(row["number"], row["dated_on"], row["reach"], row["stage"], row["withdrawn_because"]) for row in rows]
    assert told == [(2, "2026-05-02", 40, "consulta", REASON), (1, "2026-05", "", "consulta", "")]


@on_sqlite
@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"what": "", "groups": (), "channel": "drums"}, ["what", "groups", "channel"]),
        ({"territories": ("99",)}, ["territories"]),
        ({"library": 7}, ["library"]),
        ({"reach_known": "counted"}, ["reach"]),
    ],
)
def test_an_act_that_is_not_told_well_is_refused(
    desk: EditorialBuilder, told: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.outreach(**told)
    assert list(refused.value.fields) == fields


@on_sqlite
def test_bruno_cannot_enter_or_take_out_anything(world: World, desk: EditorialBuilder) -> None:
    item, act = desk.document(), desk.outreach()
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.shelve(work, desk.process, Shelved("a", "b", "plan", "2018", link="https://example.org"))
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.take_out(work, work.session.get_one(LibraryItem, item.id), REASON)
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.enter(work, desk.process, Entry("a", "2026", ("rural",), "radio", "unknown"))
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.withdraw(work, work.session.get_one(OutreachAct, act.id), REASON)


@on_sqlite
async def test_the_registers_cost_the_same_however_much_stands_in_them(world: World, desk: EditorialBuilder) -> None:
    desk.document()
    desk.outreach(library=1)
    addresses = ("/p/town/library", "/p/town/outreach")
    few = [await cost(world, address) for address in addresses]
    for _ in range(5):
        desk.document()
        desk.outreach()
    assert [await cost(world, address) for address in addresses] == few
