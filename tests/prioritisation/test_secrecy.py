"""Nobody can tell who cast which ballot: not from the database, the trail, the answers or the pages; none is lost.

After a vote has ended and was swept, every byte is read that the database has on disk: SQLite's file and its log,
PostgreSQL's files of all tables and indexes, and what it notes of each row. PostgreSQL's own log of changes, and what
was copied while people voted, are the limit, and the page of each round says so.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, inspect, select, text, update

from app.kit import clock, ids
from app.kit.db import Database, unpooled
from app.parts import due
from app.prioritisation import actions
from app.prioritisation.actions import sweeping
from app.prioritisation.models import Ballot, BallotBox, Credential
from app.trail.models import Entry
from app.work.models import Job, JobState
from app.work.sweeping import sweep
from tests.prioritisation.voting import WISH, Town
from tests.world import World, form_of

pytestmark = pytest.mark.either

VOTE = "/p/town/vote"
EITHER_END = (bytes.find, bytes.rfind)
PASSING = re.compile(
    r'name="(?:form_token|form_key|draft|order)" value="[^"]*"|<ol>.*?</ol>'
    r'|<div class="options">.*?</div>\n</fieldset>',
    re.DOTALL,
)


def crowd(town: Town, n: int) -> list[str]:
    """A table with so many people and their codes, open."""
    town.adopted()
    return seated(town, n)


def seated(town: Town, n: int) -> list[str]:
    town.hold()
    handed = town.given(town.came([f"Persona {at}" for at in range(n)]))
    town.open()
    return handed


async def test_two_hundred_casts_at_once_are_each_counted_once_and_none_is_lost(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    people = town.came([f"Persona {at}" for at in range(200)])
    handed = town.given(people[:100]) + town.given(people[100:])
    town.open()
    chosen = {code: random.sample(town.folios, 2) for code in handed}

    async def cast(code: str) -> str:
        async with world.browser() as phone:
            answered = await phone.post(VOTE, data={"round": "1", "code": code, "ballot": chosen[code]})
            return str(answered.headers["location"])

    twice = handed[:40]
    answers = await asyncio.gather(*(cast(code) for code in [*handed, *twice]))
    assert Counter(answers) == {f"{VOTE}/done": 200, f"{VOTE}/used": 40}
    town.close()
    with world.database.reading() as session:
        found = [json.loads(row) for row in session.scalars(select(Ballot.choices))]
        spent = session.scalar(select(func.count()).select_from(Credential).where(Credential.is_spent))
    assert spent == len(found) == 200
    assert Counter(folio for ballot in found for folio in ballot) == Counter(
        f for some in chosen.values() for f in some
    )


async def test_who_is_told_that_they_voted_while_the_vote_is_being_closed_is_in_the_box(
    world: World, town: Town
) -> None:
    handed = crowd(town, 60)

    async def cast(code: str) -> str:
        async with world.browser() as phone:
            answered = await phone.post(VOTE, data={"round": "1", "code": code, "ballot": [town.folios[0]]})
            return str(answered.headers.get("location", answered.status_code))

    first = await asyncio.gather(*(cast(code) for code in handed[:10]))
    *others, _ = await asyncio.gather(*(cast(code) for code in handed[10:]), asyncio.to_thread(town.close))
    answers = Counter([*first, *others])
    assert answers.keys() <= {f"{VOTE}/done", "409"}
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == answers[f"{VOTE}/done"]
        assert session.scalar(select(func.count()).where(Credential.is_spent)) == answers[f"{VOTE}/done"]
    assert answers[f"{VOTE}/done"] >= 10


def swept(world: World) -> None:
    """The worker sweeps the files, as closing the vote asked it to."""
    job = due._claim(world.database, world.clock)
    assert job is not None
    assert (job.name, job.arguments) == (sweeping.JOB, {})
    due.do_job(world.database, job, world.clock)
    with world.database.reading() as session:
        assert session.scalars(select(Job.state)).all() == [JobState.DONE]


def on_disk(world: World) -> bytes:
    """Every byte of the database's files: SQLite's with its log, PostgreSQL's of all tables, indexes and the rest."""
    if world.database.is_sqlite:
        file = Path(str(world.database.url.database))
        return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
    with unpooled(world.settings.database_url).connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        own = "SELECT oid FROM pg_database WHERE datname = current_database()"
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one(), "base")
        files = (folder / str(connection.exec_driver_sql(own).scalar_one())).iterdir()
        return b"".join(one.read_bytes() for one in sorted(files) if one.is_file())


def everything(world: World) -> dict[str, list[str]]:
    """All tables as text, in the order in which their rows lie, with what the database itself notes of each row."""
    system = "rowid" if world.database.is_sqlite else "ctid, xmin, xmax, cmin"
    engine = unpooled(world.settings.database_url)
    with engine.connect() as connection:
        told = {}
        for table in sorted(inspect(connection).get_table_names()):
            own = "" if table.startswith("search_words") else f"{system}, "
            rows = connection.execute(text(f"SELECT {own}* FROM {table}")).all()
            told[table] = [str(tuple(str(value) for value in row)) for row in rows]
        return told


def in_files(lying: bytes, choices: str) -> int:
    """How often a ballot lies in the files: as a row, or inside any version of a box."""
    return lying.count(choices.encode()) + lying.count(choices.replace('"', '\\"').encode())


async def cast_all(world: World, town: Town, handed: list[str]) -> tuple[dict[str, str], list[str]]:
    """Everybody votes, two people each of ten ways, in an order of chance; gives what each cast, and that order."""
    pairs = [(one, other) for at, one in enumerate(town.folios) for other in town.folios[at + 1 :]]
    truth = {
        code: json.dumps(dict.fromkeys(pairs[at % 10], 1), separators=(",", ":")) for at, code in enumerate(handed)
    }
    order = random.sample(handed, len(handed))
    async with world.browser("bruno") as phone:
        before = everything(world)
        for code in order:
            data = {"round": "1", "code": code, "ballot": pairs[handed.index(code) % 10], "form_key": f"form-{code}"}
            answered = await phone.post(VOTE, data=data, headers={"idempotency-key": f"key-{code}"})
            assert answered.status_code == 303
        after = everything(world)
    assert {table for table in after if after[table] != before[table]} == {"ballot_boxes", "ballot_codes"}
    return truth, order


def lying_in(world: World, table: str, column: str, by: str) -> list[Any]:
    """One column of a table in an order that the database keeps beside the rows."""
    with world.database.reading() as session:
        return list(session.scalars(text(f"SELECT {column} FROM {table} ORDER BY {by}")))


async def test_an_independent_reader_cannot_join_a_person_or_a_code_to_a_ballot(
    world: World, town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever holds all files, rows, logs and the trail after the sweep guesses no better, whatever order they try."""
    caplog.set_level(logging.DEBUG)
    handed = crowd(town, 20)
    truth, order = await cast_all(world, town, handed)
    town.close()
    left = on_disk(world)
    assert any(in_files(left, choices) > 2 for choices in truth.values())  # older boxes lie about until it is swept
    swept(world)
    lying, rows = on_disk(world), everything(world)
    assert {choices: in_files(lying, choices) for choices in truth.values()} == dict.fromkeys(truth.values(), 2)
    spoken = caplog.text + "".join(capfd.readouterr()) + str({**rows, "ballots": []})
    files = b"".join(file.read_bytes() for file in world.settings.var.rglob("*") if file.is_file())
    assert not any(code in spoken or code.encode() in lying + files for code in handed)
    assert not any(choices in spoken or choices.encode() in files for choices in truth.values())
    assert rows["replays"] == []
    codes = {ids.hash_token(code): code for code in handed}
    by_row = "rowid" if world.database.is_sqlite else "ctid"
    for by in (by_row, *(() if world.database.is_sqlite else ("xmin::text::bigint, cmin::text::bigint, ctid",))):
        stored = [codes[one] for one in lying_in(world, "ballot_codes", "code_hash", by)]
        ballots = lying_in(world, "ballots", "choices", by)
        assert stored == sorted(handed, key=ids.hash_token)  # in the order of chance they were put back in
        assert ballots == lying_in(world, "ballots", "choices", "id")
        places = [sorted(handed, key=lambda code: at(lying, ids.hash_token(code).encode())) for at in EITHER_END]
        orders = (order, order[::-1], handed, handed[::-1], stored, stored[::-1], sorted(handed), *places)
        hits = [sum(truth[code] == one for code, one in zip(some, ballots, strict=True)) for some in orders]
        assert all(hit <= 9 for hit in hits), hits  # of 20 by chance 2; more than 9 happens once in a hundred thousand


def test_nothing_beside_a_ballot_can_say_whose_it_is() -> None:
    columns = {column.name for table in (Ballot, BallotBox, Credential) for column in table.__table__.columns}
    assert columns == {"id", "voting_id", "choices", "ballots", "n", "assisted", "code_hash", "is_spent"}


def careless(connection: Any, _entry: object) -> None:
    """As SQLite is where it was not built to overwrite what is deleted; many systems build it so, and not all."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA secure_delete=OFF")


@pytest.mark.parametrize("way", ["closed", "annulled"])
def test_a_vote_that_ended_is_swept_and_its_codes_tell_no_order(world: World, town: Town, way: str) -> None:
    """A box of several pages, part of it in the file and part in the log; an annulled vote leaves as much behind."""
    world.database.dispose()
    event.listen(world.database.engine, "connect", careless)
    town.adopted(replace(WISH, most=4))
    handed = seated(town, 71)
    kinds = [[folio for folio in town.folios if folio != left_out] for left_out in town.folios]
    for cast, code in enumerate(handed[:70]):
        town.cast(code, *kinds[cast % 5])
        if cast == 60 and world.database.is_sqlite:
            with unpooled(world.settings.database_url).connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    if way == "closed":
        town.close()
    else:
        with town.work("carla") as (work, here):
            actions.annul(work, here, *town.at(work), "Se repartieron papeletas de otra ronda.")
    swept(world)
    lying, kept = on_disk(world), 14 if way == "closed" else 0
    sealed = [json.dumps(dict.fromkeys(some, 1), separators=(",", ":")) for some in kinds]
    assert [in_files(lying, choices) for choices in sealed] == [kept] * 5
    by_row = "rowid" if world.database.is_sqlite else "ctid"
    stored = lying_in(world, "ballot_codes", "code_hash", by_row)
    assert stored == sorted(ids.hash_token(code) for code in handed)
    spent = lying_in(world, "ballot_codes", "code_hash", f"is_spent, {by_row}")[1:]
    assert spent == sorted(ids.hash_token(code) for code in handed[:70])


async def test_the_page_of_a_round_names_the_limit_of_its_secrecy(world: World, town: Town) -> None:
    town.adopted()
    async with world.browser() as reader:
        spanish = (await reader.get("/p/town/tables/rounds/1")).text
        english = (await reader.get("/en/p/town/tables/rounds/1")).text
    assert "las de respaldo y el registro de cambios de PostgreSQL" in spanish
    assert "The same holds for copies made while people vote: backups and PostgreSQL" in english


def test_the_trail_says_how_many_and_never_what_or_who(world: World, town: Town) -> None:
    handed = crowd(town, 3)
    with world.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Entry))
    for code in handed:
        town.cast(code, town.folios[4])
    town.close()
    with world.database.reading() as session:
        leaves = session.scalars(select(Entry.leaf).order_by(Entry.seq)).all()[before or 0 :]
    assert [json.loads(leaf)["verb"] for leaf in leaves[-2:]] == ["table.vote_closed", "table.tallied"]
    assert not any(town.folios[4] in leaf for leaf in leaves)


async def test_no_page_and_no_answer_depends_on_what_is_in_an_open_box(world: World, town: Town) -> None:
    """Two boxes with as many ballots, nothing else differs: every reading of every member is the same to the byte.

    But for the account, which lists from where one is signed in, and that is another session each time.
    """
    handed = crowd(town, 12)
    for code in handed:
        town.cast(code, town.folios[0])
    first = await _readings(world)
    other = json.dumps({town.folios[3]: 1, town.folios[4]: 1}, separators=(",", ":"))
    with world.work("carla") as work:
        work.session.execute(update(BallotBox).values(ballots=[other] * 12))
    second = await _readings(world)
    assert len(first) > 100
    assert [key for key in first if first[key] != second[key]] == []


async def _readings(world: World) -> dict[tuple[str, str], str]:
    facts = {"slug": "town", "number": "1", "folio": "TOWN-0001", "stage": "priorizacion", "table": "1",
             "meeting": "prioritisation-table-1"}  # fmt: skip
    found = {}
    for who in ("stranger", "carla", "gloria", "bruno"):
        for route in world.app.state.register:
            places = re.findall(r"{(\w+)}", route.path)
            if route.kind not in {"page", "read"} or not set(places) <= facts.keys() or route.path == "/account":
                continue
            world.app.state.house.cache.clear()
            async with world.browser(who) as browser:
                answered = await browser.get(route.path.format(**facts))
            found[who, route.path] = PASSING.sub("", answered.text)
    return found


async def test_what_a_spent_code_is_answered_says_only_that_somebody_voted(world: World, town: Town) -> None:
    [code] = crowd(town, 1)
    async with world.browser() as phone:
        page = await phone.get(VOTE)
        form = form_of(page.text, VOTE)
        assert "form_key" not in form
        data = form | {"code": code, "ballot": [town.folios[2]]}
        first = await phone.post(VOTE, data=data)
        assert first.headers["location"] == "/p/town/vote/done"
        again = await phone.post(VOTE, data=data | {"ballot": [town.folios[1]]})
        assert again.headers["location"] == "/p/town/vote/used"
        assert "ya se votó" in (await phone.get("/p/town/vote/used")).text
        thanks = await phone.get("/p/town/vote/done")
        assert "Usted votó" in thanks.text
        assert not any(folio in thanks.text for folio in town.folios)


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_what_somebody_still_reads_is_swept_once_they_have_read(database: Database, database_url: str) -> None:
    engine = unpooled(database.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE votes_of_old AS SELECT generate_series(1, 5) AS n")
    reader = psycopg.connect(database_url)
    reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    assert reader.execute("SELECT count(*) FROM votes_of_old").fetchone() == (5,)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM votes_of_old")
    reading = threading.Timer(0.6, reader.close)
    reading.start()
    began = clock.ticks()
    sweep(database, ["votes_of_old"])
    assert clock.ticks() - began > 0.5
    reading.join()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE votes_of_old")
