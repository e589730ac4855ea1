"""Blind means blind: no page, list, count, order or export changes with a score before the round is closed.

Every GET route of the program is read in every role with canary scores in place, and read again after
the scores were changed in the database itself: each answer must be the same to the byte, random keys of forms apart.
"""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from random import Random

import httpx2
import pytest
from sqlalchemy import select, update

from app.forum import actions
from app.forum.models import Criterion, Round, ScaleLevel, Score, ScoreSheet
from app.forum.queries import open_data, rounds
from app.forum.rules.scoring import SheetState
from app.kit.errors import NotNow
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.people.models import RoleGrant
from app.people.rules import Role
from app.proposals.models import Proposal
from app.publication import exporting
from tests.acts import by_hand
from tests.forum.building import GOOD, POOR, ForumBuilder
from tests.world import STRANGER, World

CANARY = {"diego": "CANARIO-UNO: no convence", "nadia": "CANARIO-DOS: excelente"}
READERS = (STRANGER, "bruno", "carla", "felix", "gloria", "admin", "otto", "elena", "marta", "nadia")
OF_THE_FORUM = ("criteria", "scores", "recusals", "results")
RANDOM = [
    re.compile(r'name="(form_key|form_token|draft)" value="[^"]*"'),
    re.compile(r"/(own|receipt|follow|confirm)/[\w.~-]{20,}"),
]


def secret_of(world: World, who: str) -> str:
    return str(world.browser(who).cookies.get("minga_session") or "")


def addresses(world: World, proposal: Proposal) -> list[str]:
    known = {"slug": "plan", "folio": proposal.folio, "stage": "filtro", "number": "1"}
    paths = {route.path for route in world.app.state.register if route.method == "GET"}
    assert len(paths) > 30
    filled = [re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: known.get(name[1], "1"), path) for path in sorted(paths)]
    data = [f"/api/v1/processes/plan/datasets/{name}.json" for name in OF_THE_FORUM]
    more = [*data, "/api/v1/processes/plan/datasets/scores.csv", "/api/v1/processes/plan/datasets/trail.jsonl"]
    return [
        *filled,
        *more,
        "/en/p/plan/forum",
        "/p/plan/forum/results?stage=filtro",
        f"/p/plan/proposals?q={proposal.title}",
    ]


async def read_all(world: World, who: str, secret: str, paths: list[str]) -> dict[str, str]:
    world.app.state.house.cache.clear()
    found = {}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=world.app, raise_app_exceptions=False),
        base_url=world.settings.base_url,
        cookies={"minga_session": secret} if secret else {},
        headers={"sec-fetch-site": "same-origin"},
    ) as browser:
        for path in paths:
            answer = await browser.get(path)
            body = answer.text
            for pattern in RANDOM:
                body = pattern.sub("", body)
            found[path] = f"{answer.status_code} {body}"
    return found


def auditor(world: World) -> None:
    """Otto audits the whole process, and is as blind as everybody."""
    otto = world.somebody("otto", "Otto Mena")
    with world.work(Actor.system()) as work:
        work.session.add(RoleGrant(person_id=otto.id, role=Role.AUDITOR, process_id=None, from_at=world.now))


def exported(world: World, folder: Path) -> dict[str, str]:
    """Every file of an export, but for the heads and the seal, which are signed with the hour."""
    list(exporting.export(world.settings, "plan", folder))
    signed = {"about.json", exporting.SEAL}
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name not in signed}


def change_scores(world: World, dice: Random) -> None:
    """Turn every score into another, drawn, and every reason into other words, behind the program's back."""
    with world.work(Actor.system()) as work:
        turned: dict[uuid.UUID, list[uuid.UUID]] = {}
        for level in work.session.scalars(select(ScaleLevel).order_by(ScaleLevel.criterion_id, ScaleLevel.value)):
            turned.setdefault(level.criterion_id, []).append(level.id)
        for score in work.session.scalars(select(Score)):
            others = [level for level in turned[score.criterion_id] if level != score.level_id]
            score.level_id = dice.choice(others)
            score.reason = re.sub("CANARIO|OTRO", dice.choice(("OTRO", "NUEVO")), score.reason)
        work.session.execute(update(ScoreSheet).values(counts=ScoreSheet.counts))


def let_abstain(world: World, who: str) -> None:
    """Make an abstention of somebody's sheet, behind the program's back: nobody else may tell it from a sheet."""
    with by_hand(), world.work(Actor.system()) as work:
        whose = update(ScoreSheet).where(ScoreSheet.person_id == world.people[who].id)
        work.session.execute(whose.values(state=SheetState.ABSTAINED, counts=False, abstain_reason=CANARY[who]))


@pytest.mark.parametrize(
    ("database_url", "draws"),
    [("sqlite", 1), pytest.param("postgresql", 5, marks=[pytest.mark.deep, pytest.mark.postgres])],
    indirect=["database_url"],
)
async def test_nothing_that_anybody_can_read_depends_on_a_score(
    world: World, forum: ForumBuilder, tmp_path: Path, draws: int
) -> None:
    """For whatever scores are drawn: nobody's answers differ, but those about a reader's own sheet."""
    auditor(world)
    proposal = world.admitted(forum.process, title="Actas")
    world.admitted(forum.process, title="Otra")
    made = forum.round()
    forum.score("diego", proposal, POOR, CANARY["diego"])
    forum.score("nadia", proposal, GOOD, CANARY["nadia"])
    own = f"/p/plan/score/{proposal.folio}"
    assert CANARY["nadia"] in (await read_all(world, "nadia", secret_of(world, "nadia"), [own]))[own]
    forum.to_the_filter()  # the round has passed its end, and is not closed yet: still blind
    world.clock.set(made.closes_at)
    files = exported(world, tmp_path / "before")
    for name in OF_THE_FORUM:
        rows = json.loads(files[f"{name}.json"])["rows"]
        assert bool(rows) == (name == "criteria"), name
    paths = addresses(world, proposal)
    secrets = {who: secret_of(world, who) for who in READERS}
    before = {who: await read_all(world, who, secrets[who], paths) for who in READERS}
    assert before["marta"]["/p/plan/office/forum/rounds/filtro"].startswith("200")
    for who, pages in before.items():
        seen = [path for path, body in pages.items() for name, text in CANARY.items() if name != who and text in body]
        assert seen == [], who
    dice = Random(draws)
    for draw in range(draws):
        change_scores(world, dice)
        let_abstain(world, "diego")
        assert exported(world, tmp_path / f"after-{draw}") == files
        for who in READERS:
            if who == "nadia":  # her own sheet is hers to read
                continue
            again = await read_all(world, who, secrets[who], paths)
            assert [path for path in paths if again[path] != before[who][path]] == [], who
    with world.database.reading() as session:
        letters = " ".join(f"{m.subject} {m.text} {m.html}" for m in session.scalars(select(OutboxMessage)))
    assert "CANARIO" not in letters


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_query_gives_anything_out_until_the_round_is_closed(world: World, forum: ForumBuilder) -> None:
    """Its end alone opens nothing: between it and the close the round is as blind as before."""
    proposal = world.admitted(forum.process, title="Actas")
    made = forum.round()
    forum.score("diego", proposal, POOR)
    with world.work("marta") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))

    def told() -> list[int]:
        with world.database.reading() as session:
            named = rounds.named_scores(session, session.get_one(Round, made.id), proposal.id, world.now)
            return [len(named)]

    def published() -> list[int]:
        with world.database.reading() as session:
            rows = (open_data.score_rows, open_data.recusal_rows, open_data.result_rows)
            return [len(list(of(session, forum.process))) for of in rows]

    for moment in (world.now, made.closes_at):
        world.clock.set(moment)
        with pytest.raises(NotNow):
            told()
        assert published() == [0, 0, 0]
    forum.close(made)
    assert (told(), published()) == ([3], [3, 1, 1])


async def test_after_the_close_the_public_reads_sums_and_the_forum_names(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process, title="Actas")
    made = forum.round()
    forum.score("diego", proposal, POOR, CANARY["diego"])
    forum.score("nadia", proposal, GOOD, CANARY["nadia"])
    forum.close(made)
    paths = addresses(world, proposal)
    named = f"/p/plan/office/forum/rounds/filtro/{proposal.folio}"
    for who in (STRANGER, "bruno"):
        pages = await read_all(world, who, secret_of(world, who), paths)
        assert pages["/p/plan/forum/results"].startswith("200")
        assert [path for path, body in pages.items() if "CANARIO" in body] == [], who
    for who in ("marta", "elena", "carla"):
        pages = await read_all(world, who, secret_of(world, who), [named])
        assert all(text in pages[named] for text in CANARY.values())


def test_the_canaries_sing(world: World, forum: ForumBuilder) -> None:
    """The scores that must not be seen are there: the test above could fail."""
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal, POOR, CANARY["diego"])
    change_scores(world, Random(3))
    with world.database.reading() as session:
        reasons = set(session.scalars(select(Score.reason)))
        keys = set(session.scalars(select(Criterion.key)))
        assert session.get_one(Round, made.id).closed_at is None
    assert reasons <= {"OTRO-UNO: no convence", "NUEVO-UNO: no convence"}
    assert keys == {"scope", "value", "doable"}
