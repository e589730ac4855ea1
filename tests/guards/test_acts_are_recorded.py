"""Every act leaves its entry in the trail: each route that changes something reaches `work.record`, or is listed here.

Read from the code, from the handler through the functions of this program that it calls; and, while every test runs,
from what each transaction writes before it commits (`tests/acts.py`).
"""

from __future__ import annotations

import ast
import inspect
import runpy
import textwrap
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import pytest

from app.kit import schema
from app.parts import ROUTERS, fill_tables
from app.process.models import Process
from app.web.edge import PUBLIC, Route, Router
from app.web.view import View
from tests.acts import ACTS, TRAIL, SilentAct
from tests.guards.reading import BROKEN
from tests.world import World

DEEPEST = 7
EXEMPT: dict[tuple[str, str], str] = {
    ("POST", "/follow"): "lets somebody read by folio and code; nothing is changed",
    ("POST", "/follow/lost"): "sends a letter to a confirmed address; the new code itself is recorded when it is given",
    ("POST", "/p/{slug}/office/forum/sessions/{number}/quorum"): "counts what is filled in, writes nothing down",
    ("POST", "/p/{slug}/follow"): "following is owed nothing and nobody else's business; it leaves no trace of anybody",
    ("POST", "/p/{slug}/proposals/{folio}/follow"): "the same, for one proposal",
    ("POST", "/p/{slug}/commitments/{number}/follow"): "the same, for one commitment",
    ("POST", "/p/{slug}/follow/confirm/{token}/end"): "stops following; who follows what is nobody's business",
    ("POST", "/p/{slug}/follow/confirm/{token}"): "the mailbox wants the news; nobody else's business either",
    ("POST", "/p/{slug}/follow/confirm/{token}/how-often"): "how often a mailbox hears of something; the same",
    ("POST", "/unsubscribe/{token}/how-often"): "the same, by the link of any letter of news",
    ("POST", "/unsubscribe/{token}"): "the mailbox wants no more news, and is forgotten",
    ("POST", "/account/follows/{follow_id}/end"): "the same, from one's own desk",
    ("POST", "/account/follows/{follow_id}/how-often"): "how often one hears of something, from one's own desk",
    ("POST", "/account/address"): "asks the new mailbox; goes to the security log, and the change itself is recorded",
    ("POST", "/account/address/end"): "takes that wish back; goes to the security log",
    ("POST", "/account/data"): "hands a person their own data; nothing is changed",
    ("POST", "/account/sessions/end"): "signing out everywhere goes to the security log",
    ("POST", "/account/sessions/{session_id}/end"): "signing out one device goes to the security log",
    ("POST", "/p/{slug}/propose/similar"): "looks up proposals like the one being written; nothing is changed",
    ("POST", "/p/{slug}/vote"): "a single ballot leaves neither person nor time; opening and closing the vote are acts",
    ("POST", "/p/{slug}/office/tables/{number}/assisted"): "a single ballot, typed for somebody; the same holds",
    (
        "POST",
        "/p/{slug}/office/tables/{number}/notes/{folio}",
    ): "kept while people write; closing it is the act",
    ("POST", "/p/{slug}/office/content/{kind}/preview"): "shows how a text will look; nothing is changed",
    ("POST", "/p/{slug}/propose/look"): "shows what is about to be sent; nothing is changed",
    ("POST", "/p/{slug}/propose/change"): "shows the form again; nothing is changed",
    ("POST", "/p/{slug}/propose/draft"): "keeps a draft as it is typed, which only its writer sees",
    ("POST", "/p/{slug}/propose/draft/{sealed}/erase"): "throws away a draft that only its writer sees",
    ("POST", "/p/{slug}/propose/later"): "keeps a draft and sends its writer the link; sending the proposal is the act",
    ("POST", "/p/{slug}/receipt/{sealed}/about-you"): "adds to sums; an entry would say who answered, and when",
    ("POST", "/sign-in"): "asking for a letter to sign in goes to the security log",
    ("POST", "/sign-in/sent"): "signing in by code goes to the security log",
    ("POST", "/sign-in/who"): "choosing whom of a mailbox to sign in as goes to the security log",
    ("POST", "/sign-in/{token}"): "signing in by link goes to the security log",
    ("POST", "/sign-out"): "signing out goes to the security log",
    ("POST", "/p/{slug}/office/answers/{stage}/drafts"): "drafts that only the office sees; approving them is the act",
    ("POST", "/p/{slug}/office/answers/{stage}/letters/{letter}"): "a draft's wording; approving it is the act",
    (
        "POST",
        "/p/{slug}/office/answers/{stage}/letters/{letter}/edition",
    ): "begins a new draft; approving it is the act",
    ("POST", "/p/{slug}/office/answers/{stage}/letters/{letter}/trial"): "a trial letter to the official's own mailbox",
}


def reaches(function: Any, depth: int = 0, seen: set[Any] | None = None) -> bool:
    """Whether a function, or one of ours that it calls, writes an entry."""
    seen = set() if seen is None else seen
    if not isinstance(function, FunctionType) or depth > DEEPEST or function in seen:
        return False
    if not function.__module__.startswith(("app.", "tests.")):
        return False
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if any(isinstance(call, ast.Attribute) and call.attr == "record" for call in calls):
        return True
    return any(reaches(found, depth + 1, seen) for found in called(function, tree))


def called(function: FunctionType, tree: ast.AST) -> Iterator[Any]:
    """What the function names: functions of its module, and members of the modules it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = function.__globals__.get(node.value.id)
            if isinstance(owner, ModuleType):
                yield getattr(owner, node.attr, None)


def silent(register: list[Route], exempt: dict[tuple[str, str], str]) -> list[str]:
    """The acts that neither reach the trail nor are listed, and the listed ones that are gone or reach it after all."""
    acts = {(r.method, r.path): r.handler for r in register if r.kind in {"act", "ask", "write"}}
    quiet = {key for key, handler in acts.items() if not reaches(handler)}
    found = [f"leaves no entry: {method} {path}" for method, path in quiet - exempt.keys()]
    found += [f"listed and gone, or recorded after all: {method} {path}" for method, path in exempt.keys() - quiet]
    return sorted(found)


@pytest.fixture(scope="module")
def register() -> list[Route]:
    fill_tables()
    return [route for router in ROUTERS for route in router.register]


def test_every_act_leaves_its_entry(register: list[Route]) -> None:
    assert len(register) >= 100
    assert silent(register, EXEMPT) == []


def test_every_exemption_says_why() -> None:
    assert [key for key, why in EXEMPT.items() if len(why.split()) < 5] == []


@pytest.mark.parametrize("name", ["pause", "admit_past_the_orm"])
def test_a_transaction_that_says_nothing_is_caught_at_its_commit(world: World, name: str) -> None:
    silent_act = runpy.run_path(str(BROKEN / "code" / "silent_act.py"))[name]
    process = world.open_process()
    proposal = world.propose(process)
    with pytest.raises(SilentAct), world.work("carla") as work:
        silent_act(work, work.session.get_one(Process, process.id))
    with world.work("carla") as work:
        silent_act(work, work.session.get_one(Process, process.id))
        work.record("process.described", process.subject)
    assert world.fresh(proposal).is_public is (name == "admit_past_the_orm")


def test_every_table_that_is_watched_exists() -> None:
    assert ACTS | {TRAIL} <= schema.metadata().tables.keys()


def test_the_breakages_are_caught() -> None:
    router = Router()

    @router.act("/forgotten", may=PUBLIC)
    def forgotten(view: View) -> Any:
        return view.see_other("/")

    @router.act("/told", may=PUBLIC)
    def told(view: View) -> Any:
        view.work.record("thing.told", subject=None)  # type: ignore[arg-type]
        return view.see_other("/")

    exempt = {("POST", "/told"): "it is recorded, so this line is one too many"}
    assert silent(router.register, exempt) == [
        "leaves no entry: POST /forgotten",
        "listed and gone, or recorded after all: POST /told",
    ]
