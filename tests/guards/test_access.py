"""Who gets in where: every route × method × member of the cast answers as the table beside this file says.

`access.txt` is data for people to review: one line per route, one column per member. Readings show the exact status;
acts show 403 or 404 where the member is turned away or nothing is there, and "in" where the request gets past the
question of who (what is sent is as good as empty, and refused for other reasons). A route without a line fails, and
so does a line without a route. To add a route, run this test: it prints the line that fits the program as it is.
Review it, then paste it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient
from starlette.responses import Response

from app.documents import actions as documents
from app.documents.inspecting import Clean, Looked
from app.documents.rules import Kind
from app.editorial.rules.words import ArticleKind
from app.forum import actions as forum_actions
from app.kit.db import Database
from app.mail import outbox
from app.mail.outbox import Recipient
from app.mail.rules import OutboxState
from app.meetings import actions as meeting_actions
from app.people.actor import Actor
from app.people.models import RoleGrant
from app.people.rules import Permission, Role
from app.prioritisation import actions as prioritisation
from app.prioritisation.rules.voting import RoundState, RoundWish
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.settings import Settings
from app.web import sealing
from app.web.edge import PUBLIC, Route, Router
from app.web.view import View
from tests import databases
from tests.clock import MovableClock
from tests.commitments.building import PlanBuilder
from tests.commitments.drafting import DraftBuilder
from tests.conftest import SECRET
from tests.editorial.building import EditorialBuilder
from tests.forum.building import ForumBuilder
from tests.meetings.building import MeetingBuilder
from tests.post_office.letters import put_into, written
from tests.technical_tables.building import TechnicalBuilder
from tests.world import CAST, STRANGER, World

TABLE = Path(__file__).with_name("access.txt")
ELSEWHERE = "ines"
MEMBERS = (STRANGER, *CAST, ELSEWHERE)
"""The cast, and Inés, who is the office of another process: her permissions must not reach into this one."""
ASKS_NOBODY = {
    ("GET", "/healthz"): "is the program alive; tells nothing else",
    ("GET", "/readyz"): "does it reach its database; tells nothing else",
    ("POST", "/webhooks/sendgrid"): "reports of the mail provider; its signature is asked for instead of a person",
    ("GET", "/api/v1/openapi.json"): "the description of the API, the same for everybody",
}
IN_THE_PLAN = (
    *("/forum", "/score", "/criteria", "/results", "/recusal", "/meetings", "/tables", "/vote", "/rounds", "/sessions"),
    *("/technical-", "/feasibility", "/commitments", "/monitoring", "/reporting"),
    *("{slug}/draft", "office/draft", "/networks", "/reasons", "/sheets", "/scoring-rounds"),
)
Key = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """What the table says of one route: who may, and what each member of the cast is answered."""

    may: str
    answers: tuple[str, ...]


def table(text: str) -> dict[Key, Line]:
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {(words[0], words[1]): Line(words[2], tuple(words[3:])) for words in lines}


def written_as(key: Key, line: Line) -> str:
    return f"{key[0]:4} {key[1]:72} {line.may:20} " + " ".join(f"{answer:3}" for answer in line.answers).rstrip()


def differences(register: list[Route], expected: dict[Key, Line]) -> list[str]:
    """Routes without a line, lines without a route, and routes that ask for something else than their line says."""
    there = {(route.method, route.path): str(route.may) for route in register}
    found = [f"not in the table: {method} {path}" for method, path in there.keys() - expected.keys()]
    found += [f"no longer there: {method} {path}" for method, path in expected.keys() - there.keys()]
    both = there.keys() & expected.keys()
    found += [
        f"{key[0]} {key[1]} asks for {there[key]}, not {expected[key].may}"
        for key in both
        if there[key] != expected[key].may
    ]
    return sorted(found)


@pytest.fixture(scope="module")
def expected() -> dict[Key, Line]:
    return table(TABLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with databases.sqlite_copy() as url:
        var = tmp_path_factory.mktemp("var")
        settings = Settings(database_url=url, var=var, secret_key=SECRET, mail="memory")
        made = World(settings, MovableClock())
        yield made
        made.close()


class Seeded:
    """What stands in the world for the addresses to point at: a town's consultation and a plan with its forum."""

    def __init__(self, world: World) -> None:
        self.world = world
        plan = world.open_process("plan", template="ogp_action_plan")
        world.admitted(plan, "ana", "Contar los árboles")
        forum = ForumBuilder(world, plan)
        forum.to_the_filter()
        forum.round()
        self._ruled(forum)
        town = world.open_process("town")
        self._with_a_file(world.admitted(town, "ana"))
        world.propose(town, "bruno", "Abrir los presupuestos")
        self._office_of(world.open_process("village", folio_prefix="VILL"))
        self.forum_stage = forum.stage.slug
        self._table(MeetingBuilder(world, plan), plan)
        commitments = PlanBuilder(world, plan)
        commitments.entered()
        commitments.milestone()
        commitments.round()
        self.token = commitments.token()
        draft = DraftBuilder(world, plan)
        said = draft.answered("bruno")
        self.comment = draft.tokens()[0]
        self.receipt = sealing.seal(SECRET, "comment", [said[0].id.hex, 1])
        technical = TechnicalBuilder(world, plan)
        technical.open_stage()
        technical.table()
        technical.asked()
        self._written(world, plan, town)
        self.letter = self._letter_in_doubt(world.database)
        self._browsers: dict[str, AsyncClient] = {}

    def browser(self, who: str) -> AsyncClient:
        """The browser of a member, signed in once until it is closed."""
        if who not in self._browsers:
            self._browsers[who] = self.world.browser(who)
        return self._browsers[who]

    async def close(self, who: str) -> None:
        await self._browsers.pop(who).aclose()

    def _written(self, world: World, plan: Process, town: Process) -> None:
        networks = EditorialBuilder(world, plan)
        networks.text(ArticleKind.NETWORK, "civil-society")
        networks.event()
        desk = EditorialBuilder(world, town)
        desk.text()
        desk.text(ArticleKind.PAGE, "nothing")
        desk.document(b"acta")
        desk.outreach()

    def _table(self, meetings: MeetingBuilder, plan: Process) -> None:
        """A table announced in an adopted round; what is on its ballot is none of this guard's business."""
        with self.world.work("carla") as work:
            here = processes.by_id(work.session, plan.id)
            table = meeting_actions.draft(work, here, meetings.plan())
            stage = processes.stage_named(work.session, here.id, "priorizacion")
            found = prioritisation.set_round(work, here, stage, RoundWish(name_es="Ronda"))
            prioritisation.join_table(work, here, found, table, "territorial")
            found.state, found.adopted_at = RoundState.ADOPTED, work.now
            meeting_actions.announce(work, here, table)

    def _with_a_file(self, proposal: Proposal) -> None:
        with self.world.work("ana") as work:
            clean = Clean("acta.txt", Kind.TEXT, b"acta", hashlib.sha256(b"acta").hexdigest())
            waiting = documents.keep(work, Looked((clean,))).documents
            proposals.attach(work, work.session.get_one(Proposal, proposal.id), [waiting[0].id])

    def _ruled(self, forum: ForumBuilder) -> None:
        """The forum has rules of its own."""
        with self.world.work("carla") as work:
            text = "El foro se reúne cada dos meses y decide por consenso."
            forum_actions.adopt_rules(work, forum.process, forum.body, text, (date(2020, 1, 1), None))

    def _office_of(self, process: Process) -> None:
        ines = self.world.somebody(ELSEWHERE, "Inés Toro")
        with self.world.work(Actor.system()) as work:
            since = self.world.now - timedelta(hours=1)
            work.session.add(RoleGrant(person_id=ines.id, role=Role.OFFICE, process_id=process.id, from_at=since))

    def _letter_in_doubt(self, database: Database) -> str:
        with self.world.work(Actor.system()) as work:
            key = outbox.put(work.session, written(), Recipient(None, "ana@example.org"), self.world.now)
        put_into(database, key, OutboxState.UNKNOWN)
        return str(key)

    def filled(self, path: str) -> str:
        """The address with something real in each of its places, where there is something."""
        of_forum = any(part in path for part in IN_THE_PLAN)
        facts: dict[str, str] = dict.fromkeys(_places(path), "nothing") | {
            "slug": "plan" if of_forum else "town",
            "folio": "PLAN-0001" if of_forum else "TOWN-0001",
            "body": "foro",
            "stage": self.forum_stage if of_forum else "consulta" if "/stages/" in path else "decision",
            "number": "1",
            "item": "1",
            "motion": "1",
            "task": "1",
            "table": "1",
            "milestone": "1",
            "source": "institution",
            "meeting": "prioritisation-table-1",
            "line": str(uuid.UUID(int=1)),
            "registration": str(uuid.UUID(int=1)),
            "file": "proposals.csv",
            "letter_id": self.letter,
            "letter": str(uuid.UUID(int=1)),
            "question": str(uuid.UUID(int=1)),
            "session_id": str(uuid.UUID(int=1)),
            "author_id": str(uuid.UUID(int=1)),
            "document_id": str(uuid.UUID(int=1)),
            "follow_id": str(uuid.UUID(int=1)),
            "set_id": str(uuid.UUID(int=1)),
            "digest": "0123456789ab",
            "outcome": "selected",
            "language": "es",
        }
        if "/content/" in path:
            facts |= {"kind": "news", "name": "1"}
        if "/networks/" in path:
            facts["name"] = "civil-society"
        if "/reporting" in path:
            facts["token"] = self.token
        if "{slug}/draft" in path:
            facts |= {"token": self.comment, "sealed": self.receipt}
        return path.format(**facts)


def _places(path: str) -> list[str]:
    return [part[1:-1] for part in path.replace(".", "/").split("/") if part.startswith("{")]


def body_for(description: dict[str, Any], key: Key) -> Any:
    """The smallest body the description of the API allows, so that who asks is looked at before what."""
    operation = description["paths"][key[1]][key[0].lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _smallest(content["schema"], description) if content else None


def _smallest(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _smallest(schema[choice][0], whole)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object":
        return {name: _smallest(schema["properties"][name], whole) for name in schema.get("required", [])}
    formats = {"date-time": "2026-06-01T15:00:00Z", "uuid": str(uuid.UUID(int=1))}
    plain = {"string": "nothing at all", "integer": 1, "number": 1, "boolean": False, "array": [], "null": None}
    return formats.get(schema.get("format", "")) or plain[schema["type"]]


async def answers_of(seeded: Seeded, route: Route, description: dict[str, Any]) -> tuple[str, ...]:
    """What each member of the cast is answered at one route; an act may end the session it is asked in."""
    path, found = seeded.filled(route.path), []
    for who in MEMBERS:
        browser = seeded.browser(who)
        if route.kind == "write":
            body = body_for(description, (route.method, route.path))
            body = body | {"stage": seeded.forum_stage} if isinstance(body, dict) and "stage" in body else body
            answered = await browser.request(route.method, path, json=body)
        else:
            answered = await browser.request(route.method, path)
        status = answered.status_code
        assert status < 500, (who, route.method, path, answered.text[:400])
        is_in = route.kind not in {"page", "read"} and status not in {403, 404}
        if is_in:
            await seeded.close(who)
        found.append("in" if is_in else str(status))
    return tuple(found)


def test_every_route_has_a_line_and_every_line_a_route(world: World, expected: dict[Key, Line]) -> None:
    assert differences(world.app.state.register, expected) == []


def test_only_these_addresses_ask_nobody(world: World) -> None:
    known = {(route.method, route.path) for route in world.app.state.register} | ASKS_NOBODY.keys()
    assert addresses(world.app.router.routes) - {("HEAD", path) for _, path in known} == known


def addresses(routes: Any) -> set[Key]:
    found: set[Key] = set()
    for route in routes:
        inner = getattr(getattr(route, "original_router", route), "routes", None)
        if inner is not None:
            found |= addresses(inner)
        else:
            found |= {(method, route.path) for method in route.methods or ()}
    return found


async def test_every_member_of_the_cast_is_answered_as_the_table_says(world: World, expected: dict[Key, Line]) -> None:
    seeded = Seeded(world)
    async with world.browser() as browser:
        description = (await browser.get("/api/v1/openapi.json")).json()
    register = sorted(world.app.state.register, key=lambda route: (route.kind not in {"page", "read"}, route.path))
    wrong = []
    for route in register:
        key = (route.method, route.path)
        line = Line(str(route.may), await answers_of(seeded, route, description))
        if expected.get(key) != line:
            wrong.append(written_as(key, line))
    assert wrong == [], "\n".join(["these routes answer otherwise than the table; review, then paste:", *wrong])


def test_nobody_without_a_role_passes_where_a_permission_is_asked(expected: dict[Key, Line]) -> None:
    """The table itself is sane: strangers and plain citizens stand before every door that asks for a permission."""
    plain = [MEMBERS.index(who) for who in (STRANGER, "ana", "bruno")]
    for key, line in expected.items():
        assert len(line.answers) == len(MEMBERS), key
        if line.may in set(Permission):
            assert {line.answers[column] for column in plain} <= {"303", "403", "404"}, key


def test_the_breakages_are_caught(expected: dict[Key, Line]) -> None:
    extra = Router()

    @extra.page("/desk/secrets", may=PUBLIC)
    def secrets(view: View) -> Response:
        del view
        return Response()

    @extra.page("/desk", may=PUBLIC)
    def desk(view: View) -> Response:
        del view
        return Response()

    only = {("GET", "/desk"): expected["GET", "/desk"], ("GET", "/gone"): Line("public", ())}
    assert differences(extra.register, only) == [
        "GET /desk asks for public, not see_desk",
        "no longer there: GET /gone",
        "not in the table: GET /desk/secrets",
    ]
    with pytest.raises(TypeError, match="may"):
        extra.page("/desk/open")  # type: ignore[call-arg]
