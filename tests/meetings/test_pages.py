"""The pages of meetings: forms do what the actions do, without a script; the video link is only where it may be."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.meetings import actions
from app.meetings.models import Meeting, Registration
from app.process import actions as processes
from app.process.actions import OpenProcess
from app.process.models import Process
from app.proposals.rules import Precision
from tests.costs import cost
from tests.meetings.building import DAYS, VIDEO, MeetingBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

P = "/p/plan/meetings"
O = "/p/plan/office/meetings"  # noqa: E741
ONE = "prioritisation-table-1"
SECRET = "video.example.org"
REPORT = "Nombre;Correo;Duración\nAna;ana@example.org;60\nTableta del salón;;60\n"
MANY = "\n".join(f"Persona {n};60" for n in range(30))


async def send(browser: httpx2.AsyncClient, page: str, action: str, **typed: Any) -> httpx2.Response:
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await browser.post(action, data=form_of(shown.text, action) | typed)


async def sent_on(browser: httpx2.AsyncClient, page: str, action: str, **typed: Any) -> str:
    answer = await send(browser, page, action, **typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_from_the_form_of_the_office_to_published_minutes(world: World, meetings: MeetingBuilder) -> None:
    proposal = world.admitted(meetings.process)
    async with world.browser("carla") as carla, world.browser() as ana:
        where = await sent_on(
            carla,
            f"{O}/new",
            f"{O}/new",
            kind="prioritisation_table",
            title_es="Encuentro joven de Los Ríos",
            starts_at="2026-06-10T18:00",
            ends_at="2026-06-10T20:00",
            timezone="America/Punta_Arenas",
            place="Biblioteca de Valdivia",
            video_link=VIDEO,
            capacity="20",
            age_min="15",
            age_max="29",
            territories="14",
            recording_notice="Se graba el audio para el acta.",
            hosts="Instituto de la Juventud",
            speakers="Rosa Tapia | moderadora | U. Austral",
            materials="Presentación | https://example.org/p.pdf\nNota | Traer lápiz",
            then="convene",
        )
        assert where == f"{O}/{ONE}"
        page = await ana.get(f"{P}/{ONE}")
        for words in ("Encuentro joven", "10 de junio de 2026, 18:00, hora de Punta Arenas", "de 15 a 29 años",
                      "Región de Los Ríos", "Instituto de la Juventud", "Rosa Tapia, moderadora (U. Austral)",
                      'href="https://example.org/p.pdf"', "Traer lápiz"):  # fmt: skip
            assert words in page.text, words
        assert SECRET not in page.text
        typed = {"name": "Ana Soto", "email": "ana@example.org", "territory": "14", "birth_year": "1999"}
        refused = await send(ana, f"{P}/{ONE}/register", f"{P}/{ONE}/register", **typed, needs="Lengua de señas")
        assert refused.status_code == 422
        assert 'href="#f-agrees"' in refused.text
        assert "Lengua de señas" in refused.text
        told = await sent_on(
            ana, f"{P}/{ONE}/register", f"{P}/{ONE}/register", **typed, needs="Lengua de señas", agrees="yes"
        )
        outcome = await ana.get(told)
        assert "Usted tiene cupo" in outcome.text
        assert "/mine/" not in outcome.text
        assert "Lengua de señas" in (await carla.get(f"{O}/{ONE}/registrations")).text
        mine = meetings.own_path("ana@example.org")
        assert SECRET not in (await ana.get(mine)).text
    world.clock.set(meetings.read(select(Meeting))[0].starts_at)
    async with world.browser("carla") as carla, world.browser() as ana, world.browser("hugo") as hugo:
        await sent_on(carla, f"{O}/{ONE}", f"{O}/{ONE}/state", move="hold")
        own = await ana.get(mine)
        assert SECRET in own.text
        assert meetings.attendances(meetings.read(select(Meeting))[0]) == []
        await sent_on(ana, mine, f"{mine}/here")
        assert "Su asistencia está anotada" in (await ana.get(mine)).text
        await sent_on(
            carla,
            f"{O}/{ONE}/minutes",
            f"{O}/{ONE}/minutes",
            agenda="Bienvenida, trabajo en grupos y cierre.",
            **{"agreement-1": "Se apoya publicar las actas.", "folio-1": proposal.folio},
            dissent="Una persona pidió más plazo.",
        )
        await sent_on(hugo, f"{O}/{ONE}/minutes", f"{O}/{ONE}/minutes/approval")
        await sent_on(carla, f"{O}/{ONE}", f"{O}/{ONE}/state", move="close")
        await sent_on(hugo, f"{O}/{ONE}/minutes", f"{O}/{ONE}/minutes/publication")
        await sent_on(hugo, f"{O}/{ONE}/minutes", f"{O}/{ONE}/minutes/addenda", addendum="Faltó un saludo al cierre.")
        world.app.state.house.cache.clear()
        page = await ana.get(f"{P}/{ONE}")
        for words in ("Se apoya publicar las actas.", proposal.folio, "Una persona pidió más plazo.",
                      "Faltó un saludo al cierre.", "Personas que vinieron"):  # fmt: skip
            assert words in page.text, words


async def test_somebody_who_cannot_come_gives_the_place_up_by_the_link(meetings: MeetingBuilder, world: World) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno", "bruno@example.org")
    mine = meetings.own_path("ana@example.org")
    async with world.browser() as browser:
        for _ in range(2):
            assert (await browser.get(mine)).status_code == 200
        assert [row.state.value for row in meetings.registrations(meeting)] == ["registered", "waiting"]
        await sent_on(browser, mine, f"{mine}/cancellation")
        assert [row.state.value for row in meetings.registrations(meeting)] == ["cancelled", "registered"]
        assert (await browser.post(f"{mine}/cancellation", data={})).status_code == 409
        theirs = meetings.own_path("bruno@example.org")
        assert (await browser.get(theirs.replace(ONE, "technical-table-1"))).status_code == 404
        assert (await browser.get(mine[:-3] + "xyz")).status_code == 404
        world.clock.set(meeting.ends_at + timedelta(hours=2))
        assert (await browser.get(theirs)).status_code == 409


async def test_the_link_is_shown_only_to_who_has_a_place_and_only_in_its_time(
    world: World, meetings: MeetingBuilder
) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno", "bruno@example.org")
    ana, bruno = meetings.own_path("ana@example.org"), meetings.own_path("bruno@example.org")
    hour = timedelta(hours=1)
    async with world.browser() as browser:
        for moment, shown in (
            (meeting.starts_at - 25 * hour, False),
            (meeting.starts_at - 24 * hour, True),
            (meeting.ends_at + hour, True),
        ):
            world.clock.set(moment)
            assert (SECRET in (await browser.get(ana)).text) is shown
            assert SECRET not in (await browser.get(bruno)).text


async def test_the_link_and_the_people_are_on_nothing_that_is_public(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting, "Zacarías Único", "unico@example.org", needs="Silla de ruedas")
    meetings.begin(meeting)
    paths = [
        P,
        f"{P}/{ONE}",
        f"{P}/{ONE}/calendar.ics",
        "/p/plan/calendar",
        "/p/plan/calendar.ics",
        "/p/plan",
        "/api/v1/processes/plan/meetings",
        f"/api/v1/processes/plan/meetings/{ONE}",
        "/api/v1/processes/plan/datasets/meetings.csv",
        "/api/v1/processes/plan/datasets/meetings.json",
        "/api/v1/processes/plan/datasets/trail.jsonl",
    ]
    async with world.browser() as browser:
        for path in paths:
            shown = await browser.get(path)
            assert shown.status_code == 200, path
            for secret in (SECRET, "Zacar", "unico@", "Silla"):
                assert secret not in shown.text, (path, secret)


async def test_what_is_counted_and_read_by_program(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.held(territories=("14", "10"), title_en="Meeting of the rivers")
    with world.work("gloria") as work:
        actions.note_list(work, meetings.process, work.session.get_one(Meeting, meeting.id), "Ana\nEva")
    async with world.browser() as browser:
        counts = (await browser.get("/api/v1/processes/plan")).json()["counts"]
        assert (counts["prioritisation_tables"], counts["attendances"]) == (1, 2)
        found = (await browser.get("/api/v1/processes/plan/meetings?kind=prioritisation_table")).json()
        assert found["next"] is None
        item = found["items"][0]
        assert (item["slug"], item["territories"], item["people"], item["is_online"]) == (ONE, ["14", "10"], 2, True)
        assert (await browser.get("/api/v1/processes/plan/meetings?kind=technical_table")).json()["items"] == []
        assert (await browser.get("/api/v1/processes/plan/meetings?kind=mesa")).status_code == 422
        table = (await browser.get("/api/v1/processes/plan/datasets/meetings.csv")).text
        assert f"{ONE},prioritisation_table,1,held" in table


async def test_the_office_notes_who_came_by_all_its_forms(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    meetings.begin(meeting)
    page = f"{O}/{ONE}/attendance"
    async with world.browser("gloria") as gloria, world.browser() as stranger:
        registration = meetings.registrations(meeting)[0]
        shown = await gloria.get(page)
        hidden = form_of(shown.text, page)
        assert (
            await gloria.post(page, data=hidden | {"way": "ticks", "came": str(registration.id)})
        ).status_code == 303
        assert (await gloria.post(page, data={"way": "list", "list": "Rosa Tapia"})).status_code == 303
        upload = {"report": ("participants.csv", REPORT.encode(), "text/csv")}
        empty = await gloria.post(f"{page}/report", data={"least": "15"})
        assert (empty.status_code, 'href="#f-report"' in empty.text) == (422, True)
        assert (await gloria.post(f"{page}/report", data={"least": "15"}, files=upload)).status_code == 303
        shown = await gloria.get(page)
        assert "Tableta del salón" in shown.text
        line = re.search(rf'action="({page}/report/[^"]+)"', shown.text)
        assert line is not None
        name = f"who-{line[1].rpartition('/')[2]}"
        assert (await gloria.post(line[1], data={})).status_code == 422
        assert (await gloria.post(line[1], data={name: "guest"})).status_code == 303
        many = {"report": ("more.csv", f"Nombre;Duración\n{MANY}".encode(), "text/csv")}
        assert (await gloria.post(f"{page}/report", data={"least": "15"}, files=many)).status_code == 303
        shown = await gloria.get(page)
        assert (shown.text.count("Persona "), "Faltan 5 más" in shown.text) == (25, True)
        unsaid = await send(gloria, page, f"{page}/report-rest")
        assert (unsaid.status_code, 'id="f-rest-error"' in unsaid.text) == (422, True)
        await sent_on(gloria, page, f"{page}/report-rest", rest="guest")
        assert "report-rest" not in (await gloria.get(page)).text
        code_page = await gloria.get(await sent_on(gloria, page, f"{page}/code"))
        code = re.search(r"\b([2-9A-Z]{4} [2-9A-Z]{4})\b", code_page.text)
        assert code is not None
        here = f"{P}/{ONE}/here"
        wrong = await send(stranger, here, here, code="AAAA AAAA", name="Eva Luz", email="")
        assert (wrong.status_code, 'value="Eva Luz"' in wrong.text) == (422, True)
        assert await sent_on(stranger, here, here, code=code[1], name="Eva Luz", email="") == f"{P}/{ONE}"
        assert meetings.fresh(meeting).came == 34
        assert (await gloria.post(f"{page}/mistake", data={})).status_code == 422
        rosa = re.search(r'<option value="([^"]+)">Rosa Tapia</option>', (await gloria.get(page)).text)
        assert rosa is not None
        assert (await gloria.post(f"{page}/mistake", data={"noted": rosa[1]})).status_code == 303
    assert meetings.fresh(meeting).came == 33


async def test_gloria_sees_no_needs_and_no_addresses(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting, needs="Silla de ruedas")
    meetings.begin(meeting)
    async with world.browser("gloria") as gloria:
        shown = await gloria.get(f"{O}/{ONE}/attendance")
        assert "Ana Soto" in shown.text
        assert "Silla de ruedas" not in shown.text
        assert "ana@example.org" not in shown.text
        assert (await gloria.get(f"{O}/{ONE}/registrations")).status_code == 403
        assert (await gloria.get(f"{O}/{ONE}/edit")).status_code == 403


async def test_the_office_changes_cancels_and_keeps_what_was_typed(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    async with world.browser("carla") as carla:
        edit = f"{O}/{ONE}/edit"
        shown = await carla.get(edit)
        fields: dict[str, Any] = dict(
            re.findall(r'<input id="f-\w+" name="(\w+)" type="[\w-]+" value="([^"]*)"', shown.text)
        )
        typed = form_of(shown.text, edit) | fields | {"audience": "open", "place": "Gimnasio municipal"}
        refused = await carla.post(edit, data=typed)
        assert (refused.status_code, 'href="#f-reason"' in refused.text) == (422, True)
        assert 'value="Gimnasio municipal"' in refused.text
        assert (
            await carla.post(edit, data=typed | {"reason": "La sala quedó chica.", "form_key": "2"})
        ).status_code == 303
        assert "Gimnasio municipal" in meetings.letters("ana@example.org")[-1].text
        one = f"{O}/{ONE}"
        short = await send(carla, one, f"{one}/cancellation", reason="No")
        assert short.status_code == 422
        await sent_on(carla, one, f"{one}/cancellation", reason="No se reunió el equipo de facilitación.")
        async with world.browser() as stranger:
            page = await stranger.get(f"{P}/{ONE}")
            assert "No se reunió el equipo de facilitación." in page.text
            assert "La sala quedó chica." in page.text
            assert "Inscribirse" not in page.text
            book = (await stranger.get(f"{P}/{ONE}/calendar.ics")).text
            assert "STATUS:CANCELLED" in book
            assert "SEQUENCE:2" in book


async def test_a_meeting_out_of_a_document_is_entered_by_its_form(world: World, meetings: MeetingBuilder) -> None:
    async with world.browser("carla") as carla:
        typed = {
            "kind": "prioritisation_table",
            "title_es": "Encuentro 1",
            "starts_at": "2020-10-05T18:00",
            "ends_at": "2020-10-05T20:00",
            "timezone": "America/Santiago",
            "place": "Por Zoom",
            "reported_people": "26",
            "provenance": "reported",
            "starts_to_the": "day",
        }
        refused = await send(carla, f"{O}/past", f"{O}/past", **typed)
        assert (refused.status_code, 'href="#f-reported_source"' in refused.text) == (422, True)
        await sent_on(carla, f"{O}/past", f"{O}/past", **typed, reported_source="Informe final, tabla 3, página 14")
    async with world.browser() as stranger:
        page = await stranger.get(f"{P}/{ONE}")
        assert "Informe final, tabla 3, página 14" in page.text
        assert "tomado de un documento" in page.text
        assert "5 de octubre de 2020" in page.text
        assert "18:00" not in page.text
        assert "26" in page.text


async def test_what_is_dated_only_to_the_year_does_not_bury_the_rest(world: World, meetings: MeetingBuilder) -> None:
    meetings.reported("forum_session", "Sesión contada", Precision.YEAR)
    meetings.reported("forum_session", "Sesión fechada", Precision.MONTH)
    meetings.convened()
    left_out = "No está en esta lista, porque solo se conoce su año: 1."
    async with world.browser() as stranger:
        for path, told in ((P, True), ("/p/plan/calendar", True), (f"{P}?kind=forum_session", False)):
            page = (await stranger.get(path)).text
            assert ("Sesión contada" in page) is not told
            assert "Sesión fechada" in page
            assert (left_out in page) is told
        assert f'<a href="{P}?kind=forum_session">Sesiones del foro</a>' in (await stranger.get(P)).text
        kept = (await stranger.get("/p/plan/calendar.ics")).text
        assert ("Sesión contada" in kept, "Sesión fechada" in kept) == (False, True)


async def test_a_town_meets_neither_the_word_nor_the_link(world: World) -> None:
    world.open_process()
    async with world.browser() as stranger, world.browser("carla") as carla:
        for path in ("/p/town", "/p/town/calendar"):
            for browser in (stranger, carla):
                shown = await browser.get(path)
                assert "/meetings" not in shown.text
                assert not re.search(r"(?i)\bmesa", shown.text)
        form = (await carla.get("/p/town/office/meetings/new")).text
        assert "Jornada de sensibilización" in form
        assert not re.search(r"(?i)\bmesa", form)


async def test_a_process_with_meetings_links_to_them(world: World, plan: Process) -> None:
    async with world.browser() as stranger, world.browser("gloria") as gloria:
        shown = await stranger.get("/p/plan")
        assert f'href="{P}"' in shown.text
        assert f'href="{O}"' not in shown.text
        assert f'href="{O}"' in (await gloria.get("/p/plan")).text


async def test_meetings_stand_in_the_calendar_of_the_process(world: World, meetings: MeetingBuilder) -> None:
    meetings.convened()
    with world.work("carla") as work:
        actions.draft(work, meetings.process, meetings.plan(title_es="Aún en borrador"))
    async with world.browser() as stranger:
        page = await stranger.get("/p/plan/calendar")
        assert f'href="{P}/{ONE}"' in page.text
        assert "Aún en borrador" not in page.text
        book = (await stranger.get("/p/plan/calendar.ics")).text
        assert "Encuentro en Valdivia" in book
        assert "TZID=America/Santiago" in book
        assert "Aún en borrador" not in book
        assert (await stranger.get(f"{P}/prioritisation-table-2")).status_code == 404


async def test_no_page_costs_more_for_more_meetings(world: World, meetings: MeetingBuilder) -> None:
    meetings.convened(territories=("14",))
    meetings.reported("forum_session", "Sesión contada", Precision.YEAR)
    paths = (P, f"{P}/{ONE}", "/p/plan/calendar", "/api/v1/processes/plan/meetings")
    few = [await cost(world, path) for path in paths]
    for n in range(12):
        meetings.convened(("technical_table", "prioritisation_table")[n % 2], territories=("14", "10"))
        meetings.reported("forum_session", "Sesión contada", Precision.YEAR)
    assert [await cost(world, path) for path in paths] == few
    assert max(few) <= 14


async def test_past_meetings_come_a_page_at_a_time(world: World, meetings: MeetingBuilder) -> None:
    for n in range(23):
        meetings.convened("technical_table", title_es=f"Reunión número {n:02}", starts_at=world.now + (n + 1) * DAYS,
                          ends_at=world.now + (n + 1) * DAYS + timedelta(hours=1))  # fmt: skip
    world.clock.move(days=60)
    async with world.browser() as stranger:
        first = (await stranger.get(P)).text
        seen = re.findall(r"Reunión número (\d\d)</a>", first)
        following = re.search(r'href="(/p/plan/meetings\?after=[^"]+)"', first)
        assert following is not None
        second = re.findall(r"Reunión número (\d\d)</a>", (await stranger.get(following[1])).text)
    assert [*seen, *second] == [f"{n:02}" for n in reversed(range(23))]


async def test_a_meeting_closed_before_its_end_is_no_longer_coming(world: World, meetings: MeetingBuilder) -> None:
    meetings.close(meetings.held())
    meetings.convened("awareness_session", title_es="La que viene")
    async with world.browser() as stranger:
        page = (await stranger.get(P)).text
    coming, past = page.split("Anteriores")
    assert "Encuentro en Valdivia" not in coming
    assert "La que viene" in coming
    assert "Encuentro en Valdivia" in past


@pytest.mark.parametrize("language", ["", "/en"])
async def test_every_page_opens_in_both_languages(world: World, meetings: MeetingBuilder, language: str) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno", "bruno@example.org")
    mine = meetings.own_path("ana@example.org")
    async with world.browser() as stranger, world.browser("carla") as carla:
        for path in (P, f"{P}/{ONE}", f"{P}/{ONE}/register", mine, "/p/plan/calendar"):
            assert (await stranger.get(language + path)).status_code == 200, path
        office = [O, f"{O}/new", f"{O}/past", *(f"{O}/{ONE}{more}" for more in ("", "/edit", "/registrations"))]
        for path in (*office, f"{O}/{ONE}/attendance", f"{O}/{ONE}/minutes"):
            assert (await carla.get(language + path)).status_code == 200, path
    assert len(meetings.read(select(Registration))) == 2


async def test_the_meetings_of_a_process_in_preparation_do_not_exist_for_the_public(world: World) -> None:
    wish = OpenProcess("hidden", "En preparación", "America/Santiago", "ogp_action_plan")
    with world.work("admin") as work:
        hidden = processes.open_process(work, wish)
    MeetingBuilder(world, hidden).convened()
    base = "/p/hidden/meetings"
    async with world.browser() as stranger, world.browser("carla") as carla:
        for path in (base, f"{base}/{ONE}", f"{base}/{ONE}/register", f"{base}/{ONE}/calendar.ics",
                     "/api/v1/processes/hidden/meetings", f"/api/v1/processes/hidden/meetings/{ONE}"):  # fmt: skip
            assert (await stranger.get(path)).status_code == 404, path
        assert (await carla.get(f"{base}/{ONE}")).status_code == 200
