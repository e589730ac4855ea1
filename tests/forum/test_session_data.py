"""The sessions, their motions and every vote by seat as data: from published minutes, without a person's name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from app.forum import actions
from app.forum.actions import Says, Wish
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession
from app.publication.datasets import DATASETS
from app.publication.sessions import OF_THE_SESSIONS
from tests.costs import cost
from tests.forum.building import SEATED, ForumBuilder
from tests.forum.test_minutes import MOTION, _published
from tests.meetings.building import VIDEO
from tests.world import World

pytestmark = pytest.mark.either

API = "/api/v1/processes/plan"
CEILING = 8


def rows(world: World, forum: ForumBuilder) -> dict[str, list[dict[str, Any]]]:
    with world.database.reading() as session:
        return {name: list(DATASETS[name].rows(session, forum.process)) for name in OF_THE_SESSIONS}


def three(world: World, forum: ForumBuilder) -> None:
    """One with published minutes, one that voted and has none yet, one called by video."""
    _published(world, forum)
    held = forum.session({1: "holder", 2: "holder"})
    with world.work("carla") as work:
        meeting = work.session.get_one(ForumSession, held.id)
        actions.record_attendance(work, forum.process, meeting, dict.fromkeys(range(1, 4), "holder"))
        actions.put_motion(work, forum.process, meeting, Wish("Algo todavía no público", None))
        actions.vote(work, forum.process, meeting, 1, {n: Says("for") for n in (1, 2, 3)})
        actions.convene(work, forum.process, Convene("extended", work.now + timedelta(days=20), "Plan", VIDEO))


def test_votes_of_published_minutes_are_data_by_seat_and_nobody_is_named(world: World, forum: ForumBuilder) -> None:
    three(world, forum)
    found = rows(world, forum)
    for name, dataset in OF_THE_SESSIONS.items():
        assert all(tuple(row) == tuple(column.name for column in dataset.columns) for row in found[name]), name
    assert [
        (one["session"], one["state"], one["present"], one["needed"], one["quorum"], one["minutes"], one["place"])
        for one in found["sessions"]
    ] == [
        (1, "closed", 4, 3, True, "published", "Sala 1"),
        (2, "held", 3, 3, True, "none", "Sala 1"),
        (3, "convened", "", "", "", "none", ""),
    ]
    [motion] = found["motions"]
    counts = ("votes_for", "votes_against", "abstained", "stood_aside", "objections", "present", "voting_seats")
    assert (motion["text"], motion["outcome"], motion["way"]) == (MOTION, "carried", "vote")
    assert [motion[name] for name in counts] == [2, 1, 0, 1, 0, 3, 3]
    assert [(one["seat"], one["body"], one["sector"], one["voice"]) for one in found["motion_votes"]] == [
        (1, "Secretaría General", "government", "for"),
        (2, "Red de organizaciones", "civil_society", "for"),
        (3, "Red académica", "academia", "against"),
        (4, "Contraloría", "oversight", "recused"),
    ]
    for _, name, *_ in SEATED:
        assert name not in json.dumps(found, ensure_ascii=False)


async def test_programs_read_the_same(world: World, forum: ForumBuilder) -> None:
    three(world, forum)
    async with world.browser() as browser:
        first = (await browser.get(f"{API}/sessions?limit=2")).json()
        rest = (await browser.get(f"{API}/sessions?limit=2&after={first['next']}")).json()
        one = (await browser.get(f"{API}/sessions/1")).json()
        held = (await browser.get(f"{API}/sessions/2")).json()
        missing = (await browser.get(f"{API}/sessions/9")).status_code
        odd = (await browser.get(f"{API}/sessions?page=2")).status_code
        world.open_process("town")
        town = (await browser.get("/api/v1/processes/town/sessions")).status_code
        offered = (await browser.get("/api/v1/processes/town/datasets")).json()["items"]
    assert ([row["number"] for row in first["items"]], first["total"], first["next"]) == ([3, 2], 3, "2")
    assert ([row["number"] for row in rest["items"]], rest["next"]) == ([1], None)
    assert first["items"][1]["quorum"] == {"present": 3, "seats": 4, "needed": 3, "holds": True}
    assert one["url"].endswith("/p/plan/forum/sessions/1")
    assert [(item["number"], item["title"]) for item in one["agenda"]] == [(1, "Filtro")]
    assert one["motions"][0]["votes"][2] == {
        "seat": 3,
        "body": "Red académica",
        "sector": "academia",
        "voice": "against",
    }
    assert (held["motions"], held["minutes"]) == ([], "none")
    assert (missing, odd, town) == (404, 422, 404)
    assert {row["name"] for row in offered} & set(OF_THE_SESSIONS) == set()
    for shown in (one, held, first):
        assert not {name for _, name, *_ in SEATED if name in json.dumps(shown, ensure_ascii=False)}


async def test_more_sessions_cost_no_more_statements(world: World, forum: ForumBuilder) -> None:
    forum.session()
    few = await cost(world, f"{API}/sessions")
    for _ in range(3):
        forum.session()
    assert (await cost(world, f"{API}/sessions"), few <= CEILING) == (few, True)
