"""Following by e-mail: the mailbox itself says yes, one letter a day tells what happened, one click ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import select

from app.accounts import erasing
from app.mail import moves
from app.mail.rules import LetterKind, StopReason
from app.people.actor import Actor
from app.people.models import Person
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.models import Process
from app.publication import actions, posting
from app.publication.models import Follow
from tests.publication.mailboxes import FORM, MAILBOX, ask, follow, mails, news, path_in, press, rows, withdraw
from tests.world import World, address, form_of

pytestmark = pytest.mark.either


@pytest.fixture
def town(world: World) -> Process:
    process = world.open_process()
    world.admitted(process)
    return process


async def test_the_mailbox_itself_says_yes_and_looking_changes_nothing(world: World, town: Process) -> None:
    async with world.browser() as browser:
        asked = await ask(browser)
        assert asked.headers["location"] == "/p/town/follow/sent"
        (letter,) = mails(world)
        assert letter.kind is LetterKind.RECEIPT
        assert "Publicar las actas" in letter.text
        path = path_in(letter, "confirm")
        looked = await browser.get(path)
        assert "Sí, escríbanme" in looked.text
        with world.database.reading() as session:
            assert session.scalars(select(Follow)).one().confirmed_at is None
        assert (await browser.post(f"{path}x", data={})).status_code == 404
        assert (await press(browser, path)).status_code == 303
        assert "Le escribiremos" in (await browser.get(path)).text
        again = await ask(browser)
    assert (again.status_code, again.headers["location"]) == (asked.status_code, asked.headers["location"])
    assert len(mails(world)) == 1
    with world.database.reading() as session:
        assert session.scalars(select(Follow)).one().confirmed_at == world.now


async def test_no_address_gets_more_than_three_unasked_letters_a_day_and_a_wrong_one_is_told(
    world: World, town: Process
) -> None:
    world.admitted(town, "bruno", "Micros hasta la noche")
    async with world.browser() as browser:
        forms = (FORM, "/p/town/follow", "/p/town/proposals/TOWN-0002/follow", FORM)
        answers = {(await ask(browser, form=form)).headers["location"] for form in forms}
        wrong = await ask(browser, "vecina")
    assert answers == {"/p/town/follow/sent"}
    assert len(mails(world)) == 3
    assert wrong.status_code == 422
    assert 'value="vecina"' in wrong.text


async def test_a_question_nobody_answers_is_forgotten_after_a_week(world: World, town: Process) -> None:
    async with world.browser() as browser:
        await ask(browser)
        path = path_in(mails(world)[0], "confirm")
        world.clock.move(days=7, hours=-1)
        with world.work(Actor.system()) as work:
            posting.do_what_is_due(work)
        assert rows(world) == (1, 1, 0)
        world.clock.move(hours=1)
        late = await press(browser, path)
        assert late.status_code == 409
        with world.work(Actor.system()) as work:
            posting.do_what_is_due(work)
        assert rows(world) == (0, 0, 0)
        assert (await browser.get(path)).status_code == 404


async def test_what_happens_within_a_day_is_one_letter_and_never_two(world: World, town: Process) -> None:
    await follow(world)
    await follow(world, "/p/town/follow")
    assert news(world) == []
    world.clock.move(hours=2)
    with world.work("carla") as work:
        process = processes.by_slug(work.session, "town")
        stage = processes.stage_named(work.session, process.id, "consulta")
        assert stage.closes_at
        scheduling.extend(work, process, stage, stage.closes_at + timedelta(days=5), "Llovió y cerraron los caminos.")
    withdraw(world)
    (letter,) = news(world)
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "2 novedades" in letter.subject
    assert letter.text.count("TOWN-0001") == 2  # its name, and the way to it
    assert "Llovió y cerraron los caminos." in letter.text
    assert [one.id for one in news(world)] == [letter.id]
    world.clock.move(hours=20)
    with world.work("carla") as work:
        scheduling.pause(work, processes.by_slug(work.session, "town"), "Se revisan las bases del proceso.")
    assert len(news(world)) == 1
    world.clock.move(hours=4)
    _, second = news(world)
    assert "Se revisan las bases" in second.text
    assert "Llovió" not in second.text


async def test_a_letter_read_before_another_worker_told_the_same_is_not_posted(world: World, town: Process) -> None:
    await follow(world)
    world.clock.move(hours=2)
    withdraw(world)
    with world.database.reading() as session:
        stale = posting._read(session, world.now)
    assert len(news(world)) == 1
    with world.work(Actor.system()) as work:
        for digest in stale:
            posting._write(work, digest)
    assert len(news(world)) == 1


async def test_one_click_of_a_mail_program_stops_it_and_forgets_the_address(world: World, town: Process) -> None:
    await follow(world)
    await follow(world, "/p/town/follow")
    world.clock.move(hours=2)
    withdraw(world)
    (letter,) = news(world)
    path = letter.headers["List-Unsubscribe"].strip("<>").removeprefix(world.settings.base_url)
    async with world.browser(**{"sec-fetch-site": "cross-site"}) as program:
        assert "TOWN-0001" in (await program.get(path)).text
        assert rows(world) == (1, 2, 1)
        assert (await program.post("/unsubscribe/guessed", data={})).status_code == 303
        assert rows(world) == (1, 2, 1)
        with world.database.reading() as session:
            only = session.scalars(select(Follow).where(Follow.subject == "process:town")).one()
        await program.post(path, data={"follow": str(only.id)})
        assert rows(world) == (1, 1, 1)
        stopped = await program.post(path, data={"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 303
    assert rows(world) == (0, 0, 0)


async def test_news_wanted_again_lift_the_stop_of_news_and_no_other(world: World, town: Process) -> None:
    with world.work(Actor.system()) as work:
        for reason in (StopReason.OPTOUT_OPTIONAL, StopReason.COMPLAINT):
            moves.stop(work.session, MAILBOX, reason, world.now)
    await follow(world)
    with world.database.reading() as session:
        assert moves.stops_of(session, [MAILBOX]) == {MAILBOX: {StopReason.COMPLAINT}}


async def test_whoever_is_signed_in_follows_at_once_sees_it_on_the_desk_and_bruno_cannot_end_it(
    world: World, town: Process
) -> None:
    async with world.browser("ana") as ana, world.browser("bruno") as bruno:
        assert f'value="{address("ana")}"' in (await ana.get(FORM)).text
        asked = await ask(ana, address("ana"))
        assert asked.headers["location"] == "/p/town/proposals/TOWN-0001"
        with world.database.reading() as session:
            key = session.scalars(select(Follow.id)).one()
        path = f"/account/follows/{key}/end"
        assert path in (await ana.get("/account")).text
        assert path not in (await bruno.get("/account")).text
        assert (await bruno.post(path, data={})).status_code == 404
        taken = (await ana.post("/account/data", data={})).json()
        assert [one["subject"] for one in taken["follows"]] == ["proposal:TOWN-0001"]
        assert (await press_on(ana, "/account", path)).status_code == 303
    assert rows(world) == (0, 0, 0)


async def press_on(browser: AsyncClient, page: str, action: str) -> Response:
    return await browser.post(action, data=form_of((await browser.get(page)).text, action))


async def test_erasing_a_person_erases_what_they_follow(world: World, town: Process) -> None:
    await follow(world, email=address("ana"))
    with world.work("ana") as work:
        erasing.erase(work, work.session.get_one(Person, world.people["ana"].id))
    assert rows(world) == (0, 0, 0)


async def test_what_is_not_public_cannot_be_followed(world: World, town: Process) -> None:
    world.propose(town, "bruno", "Micros hasta la noche")
    async with world.browser() as browser:
        for path in ("/p/town/proposals/TOWN-0002/follow", f"/p/town/commitments/{10**20}/follow"):
            assert (await browser.get(path)).status_code == 404
            assert (await browser.post(path, data={"email": MAILBOX})).status_code == 404
    assert rows(world) == (0, 0, 0)


async def test_one_mailbox_follows_no_more_than_it_may(
    world: World, town: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_FOLLOWED", 1)
    async with world.browser("ana") as ana, world.browser() as stranger:
        await ask(ana, address("ana"))
        refused = await ask(ana, address("ana"), "/p/town/follow")
        assert (refused.status_code, "Primero deje de seguir algo" in refused.text) == (409, True)
        before = len(mails(world, address("ana")))
        assert (await ask(stranger, address("ana"), "/p/town/follow")).headers["location"] == "/p/town/follow/sent"
    assert len(mails(world, address("ana"))) == before
    assert rows(world) == (1, 1, 0)
