"""Every page of the forum opens for whom it is, in both languages; the forms do what the actions do."""

from __future__ import annotations

import pytest

from app.forum import actions as setting_up
from app.forum.actions import AddSeat, Appointment
from app.forum.models import ForumSession
from app.forum.queries import criteria, rounds, seats
from app.forum.rules.scoring import SetState
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.proposals.rules import Precision
from tests.forum.building import GOOD, SOON, VOTERS, ForumBuilder
from tests.meetings.building import MeetingBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

P = "/p/plan"
O = f"{P}/office/forum"  # noqa: E741


async def test_the_office_sets_a_forum_up_by_forms(world: World) -> None:
    process = world.open_process("plan", template="ogp_action_plan")
    async with world.browser("carla") as browser:

        async def send(page: str, action: str, **typed: str) -> None:
            shown = await browser.get(page)
            assert shown.status_code == 200, shown.text
            sent = await browser.post(action, data=form_of(shown.text, action) | typed)
            assert sent.status_code == 303, sent.text

        assert (await browser.get(f"{P}/forum")).status_code == 404
        await send(O, O, name_es="Foro", name_en="Forum", over_percent="50", needs_both_sides="yes")
        await send(O, f"{O}/seats", name="Secretaría", sector="government", right="vote", office="chair")
        await send(O, f"{O}/seats", name="Red", sector="civil_society", right="vote", office="none")
        for number, who, name in ((1, "hugo", "Hugo Pino"), (2, "diego", "Diego Vera")):
            page = f"{O}/seats/{number}"
            await send(
                page, f"{page}/holders", holder_name=name, address=f"{who}@example.org", appointing_act="Res. 499"
            )
        sessions, meeting, words = f"{O}/sessions", f"{O}/sessions/1", f"{O}/criteria/filtro"
        await send(
            sessions, sessions, kind="ordinary", held_at="2026-06-02T10:00", agenda="Criterios", short_notice=SOON
        )
        await send(meeting, f"{meeting}/state")
        await send(meeting, f"{meeting}/attendance", **{"seat-1": "holder", "seat-2": "holder"})
        await send(words, words)
        await send(
            words,
            f"{words}/criterion",
            title_es="Valor público",
            key="value",
            kind="scored",
            weight="2,5",
            levels="0 | No\n1 | Sí",
            required="yes",
            reason_rule="never",
        )
        await send(
            words,
            f"{words}/thresholds",
            pass_total="55.5",
            knockout_share="2/3",
            quorum_min="1",
            quorum_share="1/2",
            capacity="",
            tie_rule="draw",
        )
        put = {"motion": "Adoptar los criterios del filtro.", "matter": "criteria"}
        await send(f"{meeting}/points", f"{meeting}/motions", **put)
        await send(f"{meeting}/points", f"{meeting}/motions/1/consensus")
        await send(words, f"{words}/adoption")
        await send(words, f"{words}/rounds", closes_at="2026-06-20T10:00")
        await send(meeting, f"{meeting}/minutes", minutes="Se adoptaron los criterios del filtro.", then="close")
        assert (await browser.get(f"{O}/rounds/filtro")).status_code == 200
    with world.database.reading() as session:
        stage = seats.forum_stages(session, process.id)[0]
        adopted = criteria.in_state(session, stage.id, SetState.ADOPTED)
        assert adopted is not None
        assert str(adopted.pass_total) == "55.5"
        assert rounds.last_round(session, stage.id) is not None


async def test_what_does_not_fit_is_told_beside_its_field(world: World, forum: ForumBuilder) -> None:
    words = f"{O}/criteria/filtro"
    async with world.browser("carla") as browser:
        shown = await browser.get(words)
        await browser.post(words, data=form_of(shown.text, words))
        shown = await browser.get(words)
        typed = {
            "title_es": "Uno",
            "key": "uno",
            "kind": "scored",
            "weight": "mucho",
            "levels": "a|b",
            "reason_rule": "x",
        }
        sent = await browser.post(f"{words}/criterion", data=form_of(shown.text, f"{words}/criterion") | typed)
        assert sent.status_code == 422
        for name in ("weight", "levels", "reason_rule"):
            assert f'href="#f-{name}"' in sent.text


async def test_a_member_declares_scores_and_stands_aside_by_forms(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process, title="Una"), world.admitted(forum.process, title="Otra")
    made = forum.round("marta")
    async with world.browser("diego") as browser:
        page = await browser.get(f"{P}/score")
        sent = await browser.post(
            f"{P}/score/declaration", data=form_of(page.text, f"{P}/score/declaration") | {"interests": "none"}
        )
        assert sent.status_code == 303
        action = f"{P}/score/{one.folio}"
        page = await browser.get(action)
        assert "Con pruebas" in page.text
        levels = {f"level-{key}": value for key, value in GOOD.items()}
        sent = await browser.post(action, data=form_of(page.text, action) | {"level-value": "1", "then": "draft"})
        assert (sent.status_code, sent.headers["location"]) == (303, action)
        page = await browser.get(action)
        sent = await browser.post(action, data=form_of(page.text, action) | {"level-value": "1", "then": "submit"})
        assert sent.status_code == 422
        assert '<a href="#f-level-doable">«Se puede hacer»: elija uno de los niveles.</a>' in sent.text
        sent = await browser.post(
            action, data=form_of(page.text, action) | levels | {"then": "submit", "form_key": "k2"}
        )
        assert (sent.status_code, sent.headers["location"]) == (303, f"{P}/score/{other.folio}")
        page = await browser.get(f"{P}/score/{other.folio}")
        assert "1 de 2" in page.text
        aside = f"{P}/score/{other.folio}/recusal"
        sent = await browser.post(aside, data=form_of(page.text, aside) | {"kind": "author"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{P}/score")
        assert "2 de 2" in (await browser.get(f"{P}/score")).text
    with world.database.reading() as session:
        assert len(rounds.done_in(session, made)) == 1


async def test_two_windows_on_one_sheet_are_shown_beside_each_other(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process, title="Una")
    made = forum.round()
    action = f"{P}/score/{proposal.folio}"
    async with world.browser("diego") as browser:
        first, second = [form_of((await browser.get(action)).text, action) for _ in range(2)]
        kept = {"level-value": "1", "level-scope": "1", "reason-value": "Alcanza.", "then": "draft"}
        assert (await browser.post(action, data=first | kept)).status_code == 303
        mine = {"level-value": "2", "level-scope": "1", "level-doable": "0"}
        mine |= {"reason-doable": "Faltan los fondos.", "reason-value": ""}
        for half in ({"level-doable": ""}, {}):  # what is not whole is told first by what was not seen
            late = await browser.post(action, data=second | mine | half | {"then": "submit"})
            assert late.status_code == 409
        assert "Esta pauta se guardó en otro lugar" in late.text
        assert "Usted guardó esta pauta en otra ventana" in late.text
        for saved in ("Guardado ahora: En parte", "Guardado ahora: ningún nivel", "Guardado ahora: «Alcanza.»"):
            assert late.text.count(saved) == 1
        assert "Guardado ahora: Sí" not in late.text  # the same in both
        assert "Faltan los fondos." in late.text
        assert late.text.count(" checked") == 3
        again = form_of(late.text, action) | mine | {"then": "submit"}
        lacking = await browser.post(action, data=again | {"level-doable": ""})
        assert (lacking.status_code, form_of(lacking.text, action)["version"]) == (422, again["version"])
        assert (await browser.post(action, data=again | {"form_key": "k"})).status_code == 303
        shown = await browser.get(action)
        assert "Faltan los fondos." in shown.text
        assert "Alcanza." not in shown.text
    with world.database.reading() as session:
        assert len(rounds.done_in(session, made)) == 1


async def test_a_forum_that_decides_only_after_the_filter_can_be_set_up(world: World) -> None:
    process = world.open_process("plan", template="ogp_action_plan")
    settings = {"body": "office", "method": "simple"}
    with world.work("carla") as work:
        here, stage = processes.by_id(work.session, process.id), world.stage(process, "filtro")
        found = processes.stage_named(work.session, here.id, stage.slug)
        scheduling.set_stage(work, here, found, SetStage(found.opens_at, found.closes_at, settings))
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(O)).text, O)
        assert form["body_slug"] == "foro"
        assert (await carla.post(O, data=form | {"name_es": "Foro", "over_percent": "50"})).status_code == 303
        assert "Criterios de" not in (await carla.get(O)).text


@pytest.mark.parametrize("language", ["", "/en"])
async def test_every_page_opens_for_whom_it_is(world: World, forum: ForumBuilder, language: str) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    for who in VOTERS:
        forum.score(who, proposal)
    forum.score("elena", proposal)
    public = ["/forum", "/forum/criteria", "/forum/sessions/1"]
    chair = ["/office/forum/sessions", "/office/forum/sessions/1", "/office/forum/rounds/filtro"]
    office = ["/office/forum", "/office/forum/seats/1", "/office/forum/criteria/filtro"]

    async def opens(who: str, paths: list[str], status: int = 200) -> None:
        async with world.browser(who) as browser:
            for path in paths:
                shown = await browser.get(f"{language}{P}{path}")
                assert shown.status_code == status, f"{who} {path} {shown.status_code}"

    deciding, named = "/office/forum/sessions/1/deciding/filtro", f"/office/forum/rounds/filtro/{proposal.folio}"
    await opens("stranger", public)
    await opens("stranger", ["/forum/results"], 409)
    await opens("marta", [*chair, deciding, "/score"])
    await opens("marta", [named], 409)
    await opens("marta", office, 403)
    await opens("carla", [*office, *chair, deciding])
    await opens("carla", ["/score"], 403)
    await opens("bruno", [*office, *chair, deciding, named, "/score", f"/score/{proposal.folio}"], 403)
    await opens("diego", [*office, *chair, deciding], 403)
    await opens("elena", ["/score", f"/score/{proposal.folio}"])
    forum.close(made)
    forum.to_the_filter()
    world.app.state.house.cache.clear()
    await opens("stranger", ["/forum/results"])
    await opens("marta", [deciding])
    for who in ("marta", "diego", "elena", "carla"):
        await opens(who, [named])
    await opens("bruno", [named], 403)


async def test_the_chair_decides_by_forms(world: World, forum: ForumBuilder) -> None:
    first, second = world.admitted(forum.process, title="Una"), world.admitted(forum.process, title="Otra")
    made = forum.round()
    for who in VOTERS:
        forum.score(who, first)
        forum.score(who, second)
    forum.close(made)
    forum.to_the_filter()
    forum.session()
    page = f"{O}/sessions/2/deciding/filtro"
    async with world.browser("marta") as browser:
        shown = await browser.get(f"{page}?only=rule")
        data = form_of(shown.text, page) | {
            "folio": first.folio,
            f"outcome-{first.folio}": "not_selected",
            f"reason-{first.folio}": "No es materia del plan.",
        }
        sent = await browser.post(page, data=data)
        assert sent.status_code == 422
        assert "override_reason" in sent.text
        data |= {f"override_reason-{first.folio}": "Ya se está haciendo en otro lugar.", "form_key": "again"}
        assert (await browser.post(page, data=data)).status_code == 303
        shown = await browser.get(page)
        data = form_of(shown.text, f"{page}/rule") | {"confirmed": "yes"}
        assert (await browser.post(f"{page}/rule", data=data)).status_code == 303
        assert first.folio not in (await browser.get(page)).text


async def test_a_forum_only_documents_tell_of_says_what_is_not_known(world: World) -> None:
    process = world.open_process("plan", template="ogp_action_plan")
    with world.work("carla") as work:
        stage = processes.stage_named(work.session, process.id, "filtro")
        settings = {**stage.settings, "method": "simple"}
        scheduling.set_stage(work, process, stage, SetStage(stage.opens_at, stage.closes_at, settings=settings))
        setting_up.set_up(work, process, "foro", ("Foro", "Forum"))
        for name in ("Red", "Secretaría"):
            seat = setting_up.add_seat(work, process, AddSeat(name, "government", "vote"))
        setting_up.appoint(work, process, seat, Appointment("Res. 499", person_id=world.people["hugo"].id))
    nothing, unknown = "Todavía no ha habido sesiones", "no se sabe quién lo ocupó"
    async with world.browser() as stranger:
        before = (await stranger.get(f"{P}/forum")).text
        assert (nothing in before, unknown in before, "Asiento vacante" in before) == (True, False, True)
        for n in range(2):
            MeetingBuilder(world, process).reported("forum_session", f"Sesión {n}", Precision.YEAR)
        world.app.state.house.cache.clear()
        after = (await stranger.get(f"{P}/forum")).text
        assert (nothing in after, after.count(unknown), "Asiento vacante" in after) == (False, 1, False)
        assert "Los documentos informan de 2 sesiones." in after
        assert f'href="{P}/figures/forum-sessions"' in after
        assert "criterios" not in after.partition("<main")[2]
        assert (await stranger.get(f"{P}/figures/forum-sessions")).status_code == 200


async def test_a_simple_consultation_meets_nothing_of_it(world: World) -> None:
    world.open_process("town")
    world.admitted(world.open_process("village"))
    paths = ["/forum", "/forum/criteria", "/forum/results", "/score", "/office/forum", "/office/forum/sessions"]
    async with world.browser("carla") as browser:
        assert [(await browser.get(f"/p/town{path}")).status_code for path in paths] == [404] * len(paths)
        for path in ("/p/town", "/p/town/office/stages", "/p/town/office/proposals"):
            assert "foro" not in (await browser.get(path)).text.lower()


async def test_programs_read_and_write_the_forum(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    api, meeting = "/api/v1/processes/plan", forum.session()
    body = {
        "stage": "filtro",
        "criteria": [
            {
                "key": "value",
                "title_es": "Valor",
                "levels": [{"value": "0", "label_es": "No"}, {"value": "2", "label_es": "Sí"}],
            }
        ],
    }
    async with world.browser("carla") as office, world.browser("diego") as diego, world.browser("bruno") as bruno:
        assert (await bruno.post(f"{api}/criteria-sets", json=body)).status_code == 403
        drafted = await office.post(f"{api}/criteria-sets", json=body)
        assert drafted.status_code == 201
        assert (await bruno.get(f"{api}/criteria")).json() == {"items": []}
        refused = await office.post(
            f"{api}/criteria-sets/{drafted.json()['id']}/adoption", json={"session": meeting.number}
        )
        assert (refused.status_code, "dos tercios" in refused.json()["detail"]) == (409, True)
        with world.work("marta") as work:
            forum.carry_criteria(work, work.session.get_one(ForumSession, meeting.id))
        adopted = await office.post(
            f"{api}/criteria-sets/{drafted.json()['id']}/adoption", json={"session": meeting.number}
        )
        assert (adopted.status_code, adopted.json()["state"]) == (200, "adopted")
        assert (await bruno.get(f"{api}/criteria")).json()["items"] == [adopted.json()]
        made = forum.round()
        sheet = f"{api}/proposals/{proposal.folio}/score-sheet"
        assert (await diego.get(sheet)).status_code == 404
        given = {"scores": {"value": {"level": "2", "reason": "Sí"}}, "submit": True}
        assert (await bruno.put(sheet, json=given)).status_code == 403
        assert (await diego.put(sheet, json=given | {"scores": {}})).status_code == 422
        written = await diego.put(sheet, json=given)
        assert (written.status_code, written.json()["state"], written.json()["counts"]) == (200, "submitted", True)
        assert (await diego.get(sheet)).json()["scores"] == {"value": {"level": "2", "reason": "Sí"}}
        seen = written.json()["version"]
        for version in (None, seen - 1):
            late = await diego.put(sheet, json=given | {"version": version})
            assert (late.status_code, late.json()["code"]) == (409, "stale")
        assert (await diego.put(sheet, json=given | {"version": seen})).json()["version"] > seen
        refused = await bruno.get(f"{api}/results")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_now")
        assert refused.json()["closes_at"] is not None
        async with world.browser("nadia") as nadia:
            aside = await nadia.post(f"{api}/proposals/{proposal.folio}/recusal", json={"kind": "family"})
            assert (aside.status_code, aside.json()) == (
                201,
                {"folio": proposal.folio, "seat": 3, "kind": "family"},
            )
        forum.close(made)
        found = (await bruno.get(f"{api}/results")).json()["items"][0]
        assert (found["score_exact"], found["n"], found["needed"], found["verdict"]) == ("100", 1, 2, "no_quorum")
