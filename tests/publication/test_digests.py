"""News once a week: chosen by the mailbox itself, one letter a process on Monday, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, select, update

from app.accounts import erasing
from app.editorial.actions import writing
from app.editorial.actions.writing import Address, Words
from app.editorial.rules.words import ArticleKind
from app.mail import moves
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind, StopReason
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import ContactKind
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.models import Process
from app.publication import actions, posting, weekly
from app.publication.models import Follow, Follower, WeekLetter
from app.publication.rules import Rhythm, digest_of, next_digest, week_of
from app.work.models import Job
from tests.publication.mailboxes import FORM, MAILBOX, ask, follow, mails, news, path_in, press, rows, withdraw
from tests.world import World, address, form_of

pytestmark = pytest.mark.either

SANTIAGO = ZoneInfo("America/Santiago")
NEXT_MONDAY = datetime(2026, 6, 8, 12, tzinfo=UTC)
PROCESS = "/p/town/follow"


@pytest.fixture
def town(world: World) -> Process:
    process = world.open_process()
    world.admitted(process)
    return process


def digests(world: World, to: str = MAILBOX) -> list[OutboxMessage]:
    while weekly.tell_some(world.database, world.now):
        pass
    return [one for one in mails(world, to) if "novedades de la semana" in one.subject]


def pause(world: World, reason: str, slug: str = "town") -> None:
    with world.work("carla") as work:
        scheduling.pause(work, processes.by_slug(work.session, slug), reason)


def resume(world: World, reason: str) -> None:
    with world.work("carla") as work:
        scheduling.resume(work, processes.by_slug(work.session, "town"), reason)


def when_due(world: World) -> set[datetime | None]:
    with world.database.reading() as session:
        return set(session.scalars(select(Follow.digest_at)))


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ((2026, 6, 8, 11, 59), (2026, 6, 8, 12)),  # a minute before, in winter: UTC-4
        ((2026, 6, 8, 12, 0), (2026, 6, 15, 12)),
        ((2026, 9, 1, 12, 0), (2026, 9, 7, 11)),  # on Sunday the clocks went forward: UTC-3
        ((2026, 9, 7, 11, 0), (2026, 9, 14, 11)),
        ((2026, 3, 30, 11, 0), (2026, 4, 6, 12)),  # on Sunday they went back
        ((2026, 4, 6, 11, 30), (2026, 4, 6, 12)),
    ],
)
def test_the_digest_leaves_at_eight_by_the_clocks_of_the_place(
    now: tuple[int, ...], following: tuple[int, ...]
) -> None:
    here = datetime(*now, tzinfo=UTC)  # type: ignore[misc,arg-type]
    due = next_digest(here, SANTIAGO)
    assert due == datetime(*following, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert (due.astimezone(SANTIAGO).hour, due.astimezone(SANTIAGO).weekday()) == (8, 0)
    assert digest_of(week_of(here, SANTIAGO), SANTIAGO) <= here < due


async def test_how_often_is_the_mailboxs_own_word_and_said_on_the_page(world: World, town: Process) -> None:
    async with world.browser() as browser:
        page = (await browser.get(FORM)).text
        assert "8 de junio de 2026, 08:00, hora de Santiago" in page
        assert 'value="each_time" checked' in page
        wrong = await ask(browser, how_often="hourly")
        assert wrong.status_code == 422
        assert f'value="{MAILBOX}"' in wrong.text
        await ask(browser, how_often="weekly")
        path = path_in(mails(world)[0], "confirm")
        asked = await browser.get(path)
        assert 'value="weekly" checked' in asked.text
        await browser.post(path, data=form_of(asked.text, path) | {"how_often": "weekly"})
        assert "Un correo los lunes" in (await browser.get(path)).text
        assert when_due(world) == {NEXT_MONDAY}
        await ask(browser, how_often="each_time")
        assert when_due(world) == {NEXT_MONDAY}
        await press_on(browser, path, f"{path}/how-often")
        assert when_due(world) == {None}
        await press_on(browser, path, f"{path}/how-often")
    assert when_due(world) == {NEXT_MONDAY}
    assert len(mails(world)) == 1


async def press_on(browser: Any, page: str, action: str, **more: str) -> None:
    answer = await browser.post(action, data=form_of((await browser.get(page)).text, action) | more)
    assert answer.status_code == 303


async def test_a_week_is_one_letter_for_each_process_on_monday_and_a_quiet_one_none(
    world: World, town: Process
) -> None:
    world.open_process("port", ask_at="El muelle 3")
    for form in (FORM, PROCESS, "/p/port/follow"):
        await follow(world, form, how_often="weekly")
    world.clock.move(hours=2)
    pause(world, "Se revisan las bases.")
    resume(world, "Las bases están listas.")
    withdraw(world)
    assert news(world) == []
    world.clock.set(NEXT_MONDAY - timedelta(minutes=1))
    pause(world, "Se cortó la luz en el puerto.", "port")
    assert digests(world) == []
    world.clock.move(minutes=1)
    port, letter = sorted(digests(world), key=lambda one: one.subject)
    assert port.subject == "Proceso port · novedades de la semana"
    assert "Se cortó la luz" in port.text
    assert "TOWN-0001" not in port.text
    assert (letter.lane, letter.kind) == (2, LetterKind.OPTIONAL)
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.text.count("TOWN-0001") == 2  # its name, and the way to it
    assert letter.text.index("Las bases están listas") < letter.text.index("Se revisan las bases")
    assert "1 de junio de 2026" in letter.text
    assert len(digests(world)) == 2
    world.clock.move(days=63)
    told = len(digests(world))  # the clock closed stages meanwhile
    world.clock.move(days=7)
    assert len(digests(world)) == told
    assert when_due(world) == {NEXT_MONDAY + timedelta(days=77)}


async def test_a_digest_is_asked_for_when_it_is_due_and_only_once(world: World, town: Process) -> None:
    await follow(world, how_often="weekly")

    def asked() -> int:
        with world.work(Actor.system()) as work:
            posting.do_what_is_due(work)
            return len(work.session.scalars(select(Job).where(Job.name == weekly.JOB)).all())

    world.clock.set(NEXT_MONDAY - timedelta(seconds=1))
    assert asked() == 0
    world.clock.move(seconds=1)
    assert [asked(), asked()] == [1, 1]


async def test_a_clock_that_jumps_makes_no_second_digest_of_a_week_and_loses_nothing(
    world: World, town: Process
) -> None:
    await follow(world, how_often="weekly")
    await follow(world, PROCESS, how_often="weekly")
    start = world.now
    world.clock.move(hours=1)
    pause(world, "Se revisan las bases.")
    world.clock.set(NEXT_MONDAY + timedelta(days=21))
    assert len(digests(world)) == 1  # three Mondays late is one letter
    world.clock.set(start + timedelta(hours=2))
    resume(world, "Las bases están listas.")
    assert len(digests(world)) == 1
    assert when_due(world) == {NEXT_MONDAY}  # what the wrong clock had put far off
    world.clock.set(NEXT_MONDAY)
    (second,) = [one for one in digests(world) if one.created_at == world.now]
    assert "Las bases están listas." in second.text
    assert "Se revisan las bases." not in second.text
    with world.work(Actor.system()) as work:  # as after a clock that went back and somebody who chose anew
        work.session.execute(update(Follow).values(digest_at=NEXT_MONDAY))
    world.clock.move(hours=1)
    withdraw(world)
    assert len(digests(world)) == 2
    world.clock.move(days=7)
    (third,) = [one for one in digests(world) if one.created_at == world.now]
    assert "TOWN-0001" in third.text
    with world.database.reading() as session:
        weeks = sorted(session.scalars(select(WeekLetter.week)))
    assert weeks == [date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 29)]


async def test_what_was_told_is_not_told_again_after_switching_and_the_rest_once(world: World, town: Process) -> None:
    await follow(world, PROCESS)
    world.clock.move(hours=2)
    pause(world, "Primera razón.")
    assert len(news(world)) == 1
    choose(world, Rhythm.WEEKLY)
    resume(world, "Segunda razón.")
    world.clock.move(days=2)
    assert len(news(world)) == 1
    world.clock.set(NEXT_MONDAY)
    (digest,) = digests(world)
    assert "Segunda razón." in digest.text
    assert "Primera razón." not in digest.text
    world.clock.move(days=1)
    pause(world, "Tercera razón.")
    choose(world, Rhythm.EACH_TIME)
    told = [one.text for one in news(world)]
    assert [sum(reason in text for text in told) for reason in ("Primera", "Segunda", "Tercera")] == [1, 1, 1]
    assert "Tercera" in told[-1]
    world.clock.move(days=7)
    assert len(digests(world)) == 1


def choose(world: World, rhythm: Rhythm) -> None:
    with world.work(Actor.system()) as work:
        actions.choose(work, work.session.scalars(select(Follower)).one(), rhythm)


async def test_a_letter_read_before_its_mailbox_chose_otherwise_is_not_posted(world: World, town: Process) -> None:
    await follow(world)
    world.clock.move(hours=2)
    withdraw(world)
    with world.database.reading() as session:
        stale = posting._read(session, world.now)
    choose(world, Rhythm.WEEKLY)
    with world.work(Actor.system()) as work:
        for digest in stale:
            posting._write(work, digest)
    assert news(world) == []
    world.clock.set(NEXT_MONDAY)
    assert len(digests(world)) == 1


async def test_any_letter_leads_to_the_choice_without_signing_in_and_one_click_ends_it(
    world: World, town: Process
) -> None:
    await follow(world)
    await follow(world, PROCESS)
    world.clock.move(hours=2)
    withdraw(world)
    (letter,) = news(world)
    path = path_in(letter, "unsubscribe")
    assert path.endswith("/how-often")
    async with world.browser(**{"sec-fetch-site": "cross-site"}) as reader:
        page = await reader.get(path)
        assert (page.headers["referrer-policy"], page.text.count("Mejor una vez por semana")) == ("no-referrer", 2)
        with world.database.reading() as session:
            only = session.scalars(select(Follow).where(Follow.subject == "process:town")).one()
        await press_on(reader, path, path, how_often="weekly", follow=str(only.id))
        assert when_due(world) == {None, NEXT_MONDAY}
        await press_on(reader, path, path, how_often="weekly", follow="")
        assert when_due(world) == {NEXT_MONDAY}
        assert (await reader.post("/unsubscribe/guessed/how-often", data={"how_often": "each_time"})).status_code == 303
        assert (await reader.post(path, data={"how_often": "hourly"})).status_code == 422
        assert when_due(world) == {NEXT_MONDAY}
        world.clock.move(hours=1)
        pause(world, "Se revisan las bases.")
        world.clock.set(NEXT_MONDAY)
        (digest,) = digests(world)
        stop = digest.headers["List-Unsubscribe"].strip("<>").removeprefix(world.settings.base_url)
        assert path_in(digest, "unsubscribe") == f"{stop}/how-often"
        assert "TOWN-0001" in (await reader.get(f"{stop}/how-often")).text
        await reader.post(stop, data={"List-Unsubscribe": "One-Click"})
        assert rows(world, WeekLetter) == (0, 0, 0)
        world.clock.move(days=7)
        assert len(digests(world)) == 1


async def test_one_chooses_on_ones_own_desk_and_bruno_cannot(world: World, town: Process) -> None:
    async with world.browser("ana") as ana, world.browser("bruno") as bruno:
        await ask(ana, address("ana"))
        with world.database.reading() as session:
            key = session.scalars(select(Follow.id)).one()
        path = f"/account/follows/{key}/how-often"
        assert (await bruno.post(path, data={"how_often": "weekly"})).status_code == 404
        assert when_due(world) == {None}
        await press_on(ana, "/account", path)
        assert when_due(world) == {NEXT_MONDAY}
        assert "Un correo los lunes" in (await ana.get("/account")).text
        taken = (await ana.post("/account/data", data={})).json()
        assert [one["how_often"] for one in taken["follows"]] == ["weekly"]
        await ask(ana, address("ana"), how_often="each_time")
    assert when_due(world) == {None}


async def test_a_stopped_address_gets_no_digest_and_an_erased_person_none(world: World, town: Process) -> None:
    await follow(world, how_often="weekly")
    await follow(world, email=address("ana"), how_often="weekly")
    with world.work(Actor.system()) as work:
        moves.stop(work.session, MAILBOX.upper(), StopReason.HARD_BOUNCE, work.now)
    world.clock.move(hours=2)
    withdraw(world)
    world.clock.set(NEXT_MONDAY)
    assert digests(world) == []
    assert len(digests(world, address("ana"))) == 1
    with world.work("ana") as work:
        erasing.erase(work, work.session.get_one(Person, world.people["ana"].id))
    assert rows(world, WeekLetter) == (1, 1, 0)


async def test_taking_part_is_not_following_and_answers_are_never_in_a_digest(world: World, town: Process) -> None:
    await follow(world, how_often="weekly")
    world.clock.move(hours=1)
    withdraw(world)
    world.propose(town, "nora", "Micros hasta la noche", contact=(ContactKind.EMAIL, "nora@example.org"))
    async with world.browser() as browser:
        (receipt,) = mails(world, "nora@example.org")
        await press(browser, path_in(receipt, "confirm"))
    assert rows(world) == (1, 1, 0)
    world.clock.set(NEXT_MONDAY)
    assert len(digests(world)) == 1
    with world.database.reading() as session:
        optional = select(OutboxMessage.to_address).where(OutboxMessage.kind == LetterKind.OPTIONAL)
        assert set(session.scalars(optional)) == {MAILBOX}


async def test_news_of_the_office_reaches_whoever_follows_the_process(world: World, town: Process) -> None:
    await follow(world, PROCESS, how_often="weekly")
    await follow(world, PROCESS, email="otra@example.net")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, "town")
        writing.publish(work, here, Address(ArticleKind.NEWS), Words("Vuelve la feria", "Será el sábado."))
    world.clock.move(hours=2)
    news(world)
    daily = mails(world, "otra@example.net")[-1]
    assert "La oficina publicó una noticia" in daily.text
    assert "Vuelve la feria" in daily.text
    world.clock.set(NEXT_MONDAY)
    (digest,) = digests(world)
    assert "Vuelve la feria" in digest.text
    assert "/p/town/news/1" in digest.text
    async with world.browser() as browser:
        assert "Vuelve la feria" in (await browser.get("/p/town/news.atom")).text


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_it_takes_the_same_few_statements_however_many_follow_however_much(world: World, town: Process) -> None:
    world.admitted(town, "bruno", "Micros hasta la noche")
    forms = [PROCESS, FORM, "/p/town/proposals/TOWN-0002/follow"]
    costs = []
    for followers, some, tell in ((1, forms[:2], pause), (5, forms, resume)):
        for k in range(followers):
            for form in some:
                await follow(world, form, f"v{k}@example{followers}.net", "weekly")
        world.clock.move(hours=1)
        tell(world, "Se revisan las bases.")
        world.clock.set(next_digest(world.now, SANTIAGO))
        with statements() as said:
            weekly.tell_some(world.database, world.now)
        costs.append(len(said))
    with world.database.reading() as session:
        assert len(session.scalars(select(WeekLetter)).all()) == 1 + 6
    assert costs[0] == costs[1] <= 20
