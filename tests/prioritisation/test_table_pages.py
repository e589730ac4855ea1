"""The pages of rounds and tables, by forms and without a script: from the office's draft to a result on the wall."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from app.kit.errors import TooMany
from app.kit.text import excerpt
from app.meetings import actions as meeting_actions
from app.meetings.models import Meeting
from app.prioritisation.rules.counting import BallotMethod
from app.web.limits import BALLOT, Limits
from tests.prioritisation.voting import WISH, Town, closed_round
from tests.world import SOLUTION, World, form_of

pytestmark = pytest.mark.either

O = "/p/town/office/tables"  # noqa: E741
ONE = f"{O}/1"
CODE = re.compile(r'class="code-big">(\w{4} \w{4})<')
BUTTON = re.compile(r'class="button button-(\w+)"[^>]*>([^<]+)<')
BOX = re.compile(r'name="ballot" value="([^"]+)"')


async def send(browser: httpx2.AsyncClient, page: str, action: str, **typed: Any) -> httpx2.Response:
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await browser.post(action, data=form_of(shown.text, action) | typed)


async def done(browser: httpx2.AsyncClient, page: str, action: str, **typed: Any) -> str:
    answer = await send(browser, page, action, **typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_round_from_its_draft_to_its_ranking(world: World, town: Town) -> None:
    meeting = town.planned()
    wish = {"name_es": "Ronda norte", "method": "approval", "most": "2", "over": "heads", "capacity": "2"}
    round_page = f"{O}/rounds/1"
    async with world.browser("carla") as carla, world.browser() as phone:
        refused = await send(carla, O, O, **wish | {"most": "uno"})
        assert refused.status_code == 422
        assert 'value="Ronda norte"' in refused.text
        assert await done(carla, O, O, **wish) == f"{O}/rounds/1"
        assert (await phone.get("/p/town/tables/rounds/1")).status_code == 404
        assert ">Prioridades</a>" not in (await phone.get("/p/town")).text
        await done(carla, round_page, f"{round_page}/tables", meeting=meeting.slug, scope="youth")
        await done(carla, round_page, f"{round_page}/adoption")
        with town.work("carla") as (work, here):
            meeting_actions.announce(work, here, work.session.get_one(Meeting, meeting.id))
    async with world.browser("gloria") as gloria, world.browser() as phone:
        assert "Va antes la que aparece en más papeletas" in (await phone.get("/p/town/tables/rounds/1")).text
        assert 'href="/p/town/tables/1"' in (await phone.get(f"/p/town/meetings/{meeting.slug}")).text
        assert f'href="{ONE}"' in (await gloria.get(f"/p/town/office/meetings/{meeting.slug}")).text
    town.hold()
    town.came([f"Persona {at}" for at in range(11)])
    async with world.browser("carla") as carla, world.browser("gloria") as gloria, world.browser() as phone:
        rehearsal = await done(gloria, ONE, f"{ONE}/rehearsal")
        assert "nada cuenta" in (await gloria.get(rehearsal)).text
        assert "Ensayo: nada cuenta" in (await gloria.get(f"{ONE}/screen")).text
        await done(gloria, ONE, f"{ONE}/rehearsal/end")
        await done(gloria, ONE, f"{ONE}/opening", way="codes")
        voters = (await gloria.get(f"{ONE}/voters")).text
        persons = re.findall(r'name="persons" value="([^"]+)"', voters)
        nobody = await send(gloria, f"{ONE}/voters", f"{ONE}/voters", how="codes")
        assert nobody.status_code == 422
        sheet = await done(gloria, f"{ONE}/voters", f"{ONE}/voters", persons=persons, how="codes")
        codes = CODE.findall((await gloria.get(sheet)).text)
        assert len(codes) == 11
        too_many = await send(phone, "/p/town/vote", "/p/town/vote", code=codes[0], ballot=town.folios[:3])
        assert too_many.status_code == 422
        assert "Marque a lo más 2" in too_many.text
        assert too_many.text.count(" checked") == 3
        for code in codes[:10]:
            await done(phone, "/p/town/vote", "/p/town/vote", code=code, ballot=town.folios[1:3])
        await done(gloria, f"{ONE}/assisted", f"{ONE}/assisted", code=codes[10], blank="yes")
        assert "Han votado 11 de 11" in (await gloria.get(f"{ONE}/screen")).text
        block = await gloria.get(f"{ONE}/screen", headers={"hx-request": "true"})
        assert block.text.lstrip().startswith('<div id="screen"')
        await done(gloria, ONE, f"{ONE}/closing")
        world.app.state.house.cache.clear()
        assert "se muestran juntos" in (await phone.get("/p/town/tables/1")).text
        assert await done(carla, round_page, f"{round_page}/closing") == "/p/town/tables/rounds/1"
        world.app.state.house.cache.clear()
        result = (await phone.get("/p/town/tables/rounds/1")).text
        assert "Clasificación de las propuestas" in result
        assert re.search(r"Huella de todo lo contado: [0-9a-f]{64}<", result)
        assert "sigue, según la regla" in result
        assert "Lo que recibió cada propuesta" in (await phone.get("/p/town/tables/1")).text
        assert "num_votes;11" in (await phone.get("/api/v1/processes/town/rounds/1/ballots.pb")).text


@pytest.mark.parametrize("by", ["the voter", "the facilitator"])
async def test_an_empty_ballot_is_cast_on_purpose_only(world: World, town: Town, by: str) -> None:
    who, page = ("stranger", "/p/town/vote") if by == "the voter" else ("gloria", f"{ONE}/assisted")
    town.adopted()
    town.hold()
    [code] = town.given(town.came(["Rosa Tapia"]))
    town.open()
    async with world.browser(who) as browser:
        shown = (await browser.get(page)).text
        assert 'name="blank"' not in shown
        refused = await browser.post(page, data=form_of(shown, page) | {"code": code})
        assert refused.status_code == 422
        assert "No marcó nada. Si quiere votar en blanco, márquelo aquí." in refused.text
        assert ("Votar en blanco</label>" in refused.text, f'value="{code}"' in refused.text) == (True, True)
        assert BOX.findall(refused.text) == BOX.findall(shown)
        again = form_of(refused.text, page) | {"code": code, "blank": "yes"}
        both = await browser.post(page, data=again | {"ballot": town.folios[0]})
        assert (both.status_code, both.text.count(" checked")) == (422, 2)
        assert town.turnout() == (0, 1)
        assert (await browser.post(page, data=again)).status_code == 303
    assert town.turnout() == (1, 1)


async def test_while_a_vote_by_codes_is_open_the_pages_of_its_meeting_lead_to_the_ballot(
    world: World, town: Town
) -> None:
    town.adopted(count=2)
    meetings = [town.table(number).meeting.slug for number in (1, 2)]
    pages = [f"/p/town/{page}" for page in ("tables/rounds/1", *(f"tables/{n}" for n in (1, 2)),
                                            *(f"meetings/{slug}" for slug in meetings))]  # fmt: skip

    async def leading() -> list[bool]:
        world.app.state.house.cache.clear()
        async with world.browser() as reader:
            return ['href="/p/town/vote?at=1">Votar</a>' in (await reader.get(page)).text for page in pages]

    town.hold()
    town.hold(2)
    assert await leading() == [False] * 5
    town.open(2, "paper")
    assert await leading() == [False] * 5
    town.open()
    assert await leading() == [True, True, False, True, False]
    town.close()
    assert await leading() == [False] * 5


async def test_closing_a_vote_comes_after_its_pages_and_stands_out_once_somebody_voted(
    world: World, town: Town
) -> None:
    town.adopted()
    town.hold()
    people = town.came(["Rosa Tapia"])
    town.open()

    async def buttons() -> list[tuple[str, str]]:
        async with world.browser("gloria") as gloria:
            shown = BUTTON.findall((await gloria.get(ONE)).text)
        return [(kind, words) for kind, words in shown if words in {"Quién recibe papeleta", "Cerrar la votación"}]

    assert await buttons() == [("primary", "Quién recibe papeleta"), ("secondary", "Cerrar la votación")]
    [code] = town.given(people)
    assert await buttons() == [("secondary", "Quién recibe papeleta"), ("secondary", "Cerrar la votación")]
    town.cast(code, town.folios[0])
    assert await buttons() == [("secondary", "Quién recibe papeleta"), ("primary", "Cerrar la votación")]


@pytest.mark.parametrize("method", ["approval", "points"])
async def test_the_ballot_tells_in_a_fold_what_each_proposal_is_about(world: World, town: Town, method: str) -> None:
    each = 1 if method == "points" else None
    town.adopted(replace(WISH, method=BallotMethod(method), each=each))
    town.hold()
    town.open()
    async with world.browser() as phone:
        shown = (await phone.get("/p/town/vote")).text
    folds = re.findall(r'<details class="more"><summary>Qué propone ([^<]+)</summary>(.*?)</details>', shown, re.DOTALL)
    assert sorted(folio for folio, _ in folds) == sorted(town.folios)
    assert [(excerpt(SOLUTION, 600) in text, f'href="/p/town/proposals/{folio}"' in text) for folio, text in folds] == [
        (True, True)
    ] * len(town.folios)


async def test_a_round_of_few_ballots_says_why_its_hash_is_not_shown(world: World) -> None:
    town = closed_round(world, [(0,)] * 9)
    async with world.browser() as reader:
        shown = (await reader.get("/p/town/tables/rounds/1")).text
    assert (town.round().result or {})["inputs_hash"] == ""
    assert "La huella de todo lo contado no se muestra: con tan pocas papeletas" in shown
    assert "Huella de todo lo contado:" not in shown


async def test_the_wall_says_where_to_vote_and_how_many_did_and_nothing_else(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    people = town.came(["Rosa Tapia", "Luis Mena"])
    town.open()
    screen = f"{ONE}/screen"
    async with world.browser("gloria") as gloria:
        empty = (await gloria.get(screen)).text
        assert ("Todavía no se reparten papeletas" in empty, "0 de 0" in empty) == (True, False)
        assert re.findall(r"<(?:nav|header|footer)\b", empty) == []
        assert ("Gloria" in empty, "Gloria" in (await gloria.get(ONE)).text) == (False, True)
        address = f"{world.settings.base_url}/p/town/vote".removeprefix("https://")
        assert f'<p class="wall-address"><span class="wall-label">Se vota en</span> {address}</p>' in empty
        assert "Marque a lo más 2 propuestas." in empty
        for code in town.given(people)[:1]:
            town.cast(code, town.folios[0])
        block = (await gloria.get(screen, headers={"hx-request": "true"})).text
        assert "Han votado 1 de 2" in block
        assert f'hx-get="{screen}" hx-trigger="every 5s" hx-target="#screen"' in block
        assert not any(folio in block for folio in town.folios)
        assert f'href="{screen}">Actualizar</a>' in block


async def test_two_who_write_one_note_at_once_see_both_texts(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    page = f"{ONE}/notes/{town.folios[0]}"
    async with world.browser("gloria") as gloria, world.browser("hugo") as hugo, world.browser() as reader:
        first = (await gloria.get(page)).text
        other = (await hugo.get(page)).text
        mine = form_of(first, page) | {"state": "discussed", "in_favour": "Da sombra a la feria"}
        theirs = form_of(other, page) | {"state": "discussed", "worries": "Falta agua en verano"}
        kept = await gloria.post(page, data=mine, headers={"hx-request": "true"})
        assert 'name="version" value="1"' in kept.text
        both = await hugo.post(page, data=theirs)
        assert both.status_code == 409
        assert "Da sombra a la feria" in both.text
        assert ">\nFalta agua en verano</textarea>" in both.text
        script = await hugo.post(page, data=theirs, headers={"hx-request": "true"})
        assert (script.status_code, script.headers["hx-retarget"]) == (409, "#note")
        joined = form_of(both.text, page) | {"state": "discussed", "in_favour": "Da sombra", "worries": "Falta agua"}
        assert (await hugo.post(page, data=joined)).status_code == 303
        assert "Falta agua" not in (await reader.get("/p/town/tables/1")).text
        town.meetings.close(town.table().meeting)
        world.app.state.house.cache.clear()
        assert "Falta agua" in (await reader.get("/p/town/tables/1")).text


async def test_a_count_on_paper_is_typed_by_two_in_the_browser(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    persons = [str(key) for key in town.came(["Rosa Tapia", "Luis Mena"])]
    count = f"{ONE}/count"
    async with world.browser("gloria") as gloria, world.browser("hugo") as hugo:
        await done(gloria, f"{ONE}/voters", f"{ONE}/voters", persons=persons, how="noted")
        await done(gloria, ONE, f"{ONE}/opening", way="paper")
        wrong = await send(gloria, count, count, way="rows", rows="1 2\n99")
        assert wrong.status_code == 422
        assert "Línea 2" in wrong.text
        await done(gloria, count, count, way="rows", rows="1 2\n3")
        shown = (await hugo.get(count)).text
        assert "1 2" not in shown
        differs = await send(hugo, count, f"{count}/check", way="rows", rows="1 2\n4")
        assert differs.status_code == 422
        await done(hugo, count, f"{count}/check", way="rows", rows="3\n1 2")
        await done(gloria, ONE, f"{ONE}/closing")
    assert town.table().voting.ballots == 2


async def test_programs_read_rounds_and_nothing_before_they_are_closed(world: World, town: Town) -> None:
    api = "/api/v1/processes/town/rounds"
    town.adopted()
    town.voted([[town.folios[0]]] * 10)
    async with world.browser() as reader:
        one = (await reader.get(f"{api}/1")).json()
        assert (one["ballots"], one["ranking"], one["proposals"]) == (None, [], town.folios)
        assert (await reader.get(f"{api}/1/ballots.pb")).status_code == 404
        town.close_round()
        world.app.state.house.cache.clear()
        one = (await reader.get(f"{api}/1")).json()
        assert one["ranking"][0] == {
            "folio": town.folios[0], "rank": 1, "is_level": False, "score": "10/1", "sum": 10, "named": 10,
        }  # fmt: skip
        assert [row["number"] for row in (await reader.get(api)).json()["items"]] == [1]


def test_a_hall_of_a_thousand_behind_one_address_is_let_in_and_whoever_guesses_codes_is_not() -> None:
    limits = Limits()
    for _ in range(3000):
        limits.hit(BALLOT, "192.0.2.1")
    with pytest.raises(TooMany):
        limits.hit(BALLOT, "192.0.2.1")
    limits.hit(BALLOT, "192.0.2.2")
