"""What a round publishes is what an independent library counts from the published ballots: votelib, which is not ours.

The ballots are read from the Pabulib file and the open data as an outsider reads them, with nothing of this program,
and counted with votelib's own converters: approvals and points summed over all heads (`VoteTotals`), or their exact
mean at each table (`ScoreToSimpleVotes`, who gave nothing gave 0) summed over the tables, each of which is a
constituency of weight 1. Its plurality selection puts them in order and says who is tied.

What it covers: scores, order, ranks, who stands level, for both ways to vote and both rules over tables, with ties,
empty ballots, empty tables and small tables that are joined. What it cannot:

- Votelib knows no second criterion on other figures, so it is asked twice: once by score, and inside each tie by how
  many ballots named it. That this is the rule is ours; that it is applied rightly is checked.
- Which small tables are joined is read from the file, not computed again (tests/prioritisation/test_counting.py does).
  A group weighs as one table, so that an outsider is given all it takes.
- A round of fewer than ten ballots publishes none: there votelib is given what was cast.
- Tables of which only sums were kept are in the open data as sums: approvals by heads are counted from those. On how
  many ballots points were given nobody can say.
- The fair shortlist (equal shares) is no method of votelib's.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from votelib import convert
from votelib.evaluate.core import Tie, get_n_best

from app.prioritisation import actions
from app.prioritisation.actions import Sheet
from app.prioritisation.rules import pabulib
from app.prioritisation.rules.counting import BallotMethod, BallotRule, OverTables, Table, sealed, together
from app.prioritisation.rules.results import counted, label
from tests.prioritisation.voting import WISH, Town
from tests.world import World

Choice = Mapping[str, int]
Votes = Sequence[tuple[str, Choice]]
"""Table and what one ballot there says."""
Place = tuple[str, int, bool, Fraction]
"""Folio, rank, whether it stands level, score."""

FOLIOS = ["P-1", "P-2", "P-3", "P-4", "P-5"]
NAMING, POINTS = BallotRule(BallotMethod.APPROVAL, 3), BallotRule(BallotMethod.POINTS, 10, 6)
RULES = {rule.method: rule for rule in (NAMING, POINTS)}
API = "/api/v1/processes/town"


# ------------------------------------------------------------------------------------------------------ the library


def order_by(votes: Mapping[str, Any]) -> list[list[str]]:
    """Who comes first, second, …, as votelib selects them; those it calls tied stand together."""
    found: list[list[str]] = []
    while (place := sum(map(len, found))) < len(votes):
        last = get_n_best(dict(votes), place + 1)[-1]
        found.append(sorted(last) if isinstance(last, Tie) else [last])
    return found


def by_votelib(votes: Votes, folios: Sequence[str], over: str, *, by_points: bool) -> list[Place]:
    """The whole ranking: by score, within a tie by how many ballots named it."""
    boxes: dict[str, Counter[Any]] = {}
    scores: dict[str, Any]
    for table, choice in votes:
        key = frozenset(choice.items()) if by_points or over == "tables" else frozenset(choice)
        boxes.setdefault(table, Counter())[key] += 1
    if over == "tables":
        means = convert.ByConstituency(convert.ScoreToSimpleVotes("mean", unscored_value=0)).convert(boxes)
        summed = convert.VoteTotals().convert(means)
        scores = {folio: Fraction(score) / len(boxes) for folio, score in summed.items()}
    else:
        counting = convert.ScoreToSimpleVotes("sum") if by_points else convert.ApprovalToSimpleVotes()
        scores = counting.convert(convert.VoteTotals().convert(boxes))
    named = convert.ApprovalToSimpleVotes().convert(Counter(frozenset(choice) for _, choice in votes))
    nothing = dict.fromkeys(folios, 0)
    scores, named = {**nothing, **scores}, {**nothing, **named}
    found: list[Place] = []
    for level in order_by(scores):
        for group in order_by({folio: named[folio] for folio in level}):
            rank = len(found) + 1
            found += [(folio, rank, len(group) > 1, Fraction(scores[folio])) for folio in group]
    return found


# ------------------------------------------------------------------------------------------------- what is published


def pabulib_read(file: str) -> tuple[dict[str, str], list[str], list[tuple[str, dict[str, int]]]]:
    """META, the projects and the votes of a Pabulib file, by its description alone; its own sums have to be right."""
    parts: dict[str, list[list[str]]] = {}
    for line in csv.reader(io.StringIO(file), delimiter=";"):
        if len(line) == 1 and line[0] in {"META", "PROJECTS", "VOTES"}:
            part = parts.setdefault(line[0], [])
            continue
        part.append(line)
    votes: list[tuple[str, dict[str, int]]] = []
    for line in parts["VOTES"][1:]:
        row = dict(zip(parts["VOTES"][0], line, strict=True))
        named = [folio for folio in row["vote"].split(",") if folio]
        given_ = [int(points) for points in row["points"].split(",") if points] if "points" in row else [1] * len(named)
        votes.append((row["table"], dict(zip(named, given_, strict=True))))
    meta = {line[0]: line[1] for line in parts["META"][1:]}
    assert (int(meta["num_votes"]), int(meta["num_projects"])) == (len(votes), len(parts["PROJECTS"]) - 1)
    for folio, _cost, on, score, _name in parts["PROJECTS"][1:]:
        its = [choice[folio] for _, choice in votes if folio in choice]
        assert (int(on), int(score)) == (len(its), sum(its))
    return meta, [row[0] for row in parts["PROJECTS"][1:]], votes


def rows_read(file: str, number: int) -> list[tuple[str, dict[str, int]]]:
    """The votes of a round in the open data; a row of sums becomes as many ballots, each naming one proposal."""
    votes: list[tuple[str, dict[str, int]]] = []
    for row in csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))):
        if int(row["round"]) != number:
            continue
        choice = {mark.split(":")[0]: int(mark.split(":")[1]) for mark in row["choices"].split("|") if mark}
        if row["only_sums"].lower() == "true":
            votes += [(row["tables"], {folio: 1}) for folio, n in choice.items() for _ in range(n)]
        else:
            votes.append((row["tables"], choice))
    return votes


def lines_of(result: Mapping[str, Any]) -> list[Place]:
    return [(line["folio"], line["rank"], line["is_level"], Fraction(line["score"])) for line in result["lines"]]


# ------------------------------------------------------------------------------------------------------- any election


def ballots(rule: BallotRule) -> st.SearchStrategy[dict[str, int]]:
    """Any ballot of a rule, few of the many: what ties is what is hard."""
    if rule.method is BallotMethod.APPROVAL:
        return st.lists(st.sampled_from(FOLIOS), unique=True, max_size=rule.most).map(
            lambda some: dict.fromkeys(some, 1)
        )
    spread = st.dictionaries(st.sampled_from(FOLIOS), st.integers(1, rule.each), max_size=4)
    return spread.filter(lambda choice: sum(choice.values()) <= rule.most)


@st.composite
def elections(draw: st.DrawFn) -> tuple[BallotRule, list[list[dict[str, int]]]]:
    """A rule and what was cast at one to five tables: none, a few, or more than ten ballots."""
    rule = RULES[draw(st.sampled_from(list(BallotMethod)))]
    kinds = draw(st.lists(ballots(rule), min_size=1, max_size=4))
    sizes = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 15))
    boxes = [
        draw(st.lists(st.sampled_from(kinds), min_size=size, max_size=size))
        for size in draw(st.lists(sizes, min_size=1, max_size=5))
    ]
    return rule, boxes


@given(elections(), st.sampled_from(list(OverTables)))
@example((NAMING, [[{"P-1": 1}] * 12, [{"P-2": 1}] * 12]), OverTables.HEADS)  # all level
@example((NAMING, [[{"P-1": 1}] * 30, [{"P-2": 1}] * 9 + [{}], []]), OverTables.TABLES)  # a small one and an empty one
@example((NAMING, [[{"P-1": 1}] * 4, [{"P-2": 1}] * 20, [{"P-1": 1}] * 7]), OverTables.TABLES)  # two joined
@example((POINTS, [[{"P-1": 6}, {"P-2": 3, "P-3": 2}, {"P-2": 3}] * 4]), OverTables.HEADS)  # parted by who named it
@example((POINTS, [[{"P-1": 6}] * 3]), OverTables.TABLES)  # fewer than ten in all
@example((NAMING, [[{}] * 11]), OverTables.TABLES)  # nobody named anything
def test_any_election_is_ranked_as_the_independent_library_ranks_it(
    election: tuple[BallotRule, list[list[dict[str, int]]]], over: OverTables
) -> None:
    rule, boxes = election
    tables = {number: Table(number, box) for number, box in enumerate(boxes, 1)}
    result = counted(list(tables.values()), FOLIOS, over)
    shown = [
        (label(group["tables"]), ballot)
        for group in result["groups"]
        for ballot in sorted(together([tables[number] for number in group["tables"]]).ballots, key=sealed)
    ]
    facts = pabulib.Facts("Ronda", "town", "1", rule, 2)
    meta, folios, votes = pabulib_read(pabulib.written(facts, [(folio, "Título; largo") for folio in FOLIOS], shown))
    assert len(votes) == sum(map(len, boxes)) == result["ballots"]
    by_points = meta["vote_type"] == "cumulative"
    assert lines_of(result) == by_votelib(votes, folios, over.value, by_points=by_points)


@pytest.mark.parametrize("over", ["heads", "tables"])
def test_the_oracle_itself_can_say_no(over: str) -> None:
    """One ballot more, and the library's ranking is another: it does not merely echo what it is given."""
    votes = [("1", {"P-1": 1}), ("1", {"P-2": 1}), ("2", {"P-2": 1}), ("2", {"P-1": 1})]
    before = by_votelib(votes, FOLIOS[:2], over, by_points=False)
    after = by_votelib([*votes, ("2", {"P-2": 1})], FOLIOS[:2], over, by_points=False)
    assert [place[:3] for place in before] == [("P-1", 1, True), ("P-2", 1, True)]
    assert [place[:3] for place in after] == [("P-2", 1, False), ("P-1", 2, False)]


# -------------------------------------------------------------------------------------- from the box to the open data

SPREAD = replace(WISH, method=BallotMethod.POINTS, most=10, each=6)
ROUNDS = (
    (replace(WISH, over=OverTables.TABLES), (4, 12, 7)),  # 1 and 3 are joined
    (SPREAD, (3, 11, 0)),  # 3 is joined to the larger one, nobody came to the last
    (replace(SPREAD, over=OverTables.TABLES), (10, 13)),
    (WISH, (11,)),
)
LEVEL = [0, 0, 0, 2]
"""How many proposals stand level with another in each of them."""


def held(town: Town, number: int, table: int, cast: Sequence[Choice]) -> None:
    """One table that is held and votes so."""
    town.hold(table)
    handed = town.given(town.came([f"Persona {table}-{at}" for at in range(len(cast))], table), table) if cast else []
    town.open(table)
    for code, choice in zip(handed, cast, strict=True):
        town.cast(code, points=choice, number=number)
    town.close(table)


def choices(town: Town, n: int, *, by_points: bool) -> list[Choice]:
    """So many different ballots; the last is empty, and many are alike enough to tie."""
    first, second, third, fourth, _ = town.folios
    kinds: list[Choice] = [{first: 1, second: 1}, {second: 1}, {third: 1, first: 1}, {fourth: 1}]
    if by_points:
        kinds = [{first: 6, second: 4}, {second: 5, third: 1}, {third: 6}, {fourth: 3, third: 3}]
    return [kinds[at % len(kinds)] for at in range(n - 1)] + [{}] * (n > 0)


async def test_whoever_takes_the_open_ballots_to_the_library_gets_the_published_ranking(
    world: World, town: Town
) -> None:
    table = 0
    for number, (wish, sizes) in enumerate(ROUNDS, 1):
        town.adopted(wish, len(sizes))
        for size in sizes:
            table += 1
            held(town, number, table, choices(town, size, by_points=wish.method == BallotMethod.POINTS))
        town.close_round(number)
    async with world.browser() as outsider:
        level = [await compare(outsider, number, sum(sizes)) for number, (_, sizes) in enumerate(ROUNDS, 1)]
    assert level == LEVEL


async def test_sums_from_paper_are_counted_by_the_library_as_they_were_published(world: World, town: Town) -> None:
    town.adopted(count=2)
    town.hold()
    people = town.came([f"Persona {at}" for at in range(12)])
    town.open(way="paper")
    with town.work() as (work, here):
        actions.give_rights(work, here, *town.at(work), people)
    sheet = Sheet(ballots=12, sums=dict(zip(town.folios, (5, 9, 0, 5, 1), strict=True)), only_sums=True)
    for who, act in (("gloria", actions.type_sheet), ("hugo", actions.check_sheet)):
        with town.work(who) as (work, here):
            act(work, here, *town.at(work), sheet)
    town.close()
    held(town, 1, 2, choices(town, 10, by_points=False))
    town.close_round()
    async with world.browser() as outsider:
        rows = rows_read(await read(outsider, f"{API}/datasets/ballots.csv"), 1)
        told = (await outsider.get(f"{API}/rounds/1")).json()
    assert Counter(table for table, _ in rows) == {"1": 20, "2": 10}  # twenty approvals on twelve ballots
    assert lines_of({"lines": told["ranking"]}) == by_votelib(rows, town.folios, "heads", by_points=False)


async def compare(outsider: httpx2.AsyncClient, number: int, cast: int) -> int:
    """One round, from three published files; gives how many proposals stand level with another."""
    ranking = await read(outsider, f"{API}/datasets/rankings.csv")
    lines = [row for row in csv.DictReader(io.StringIO(ranking.removeprefix("\ufeff"))) if row["round"] == str(number)]
    over, by_points = lines[0]["over"], lines[0]["method"] == "points"
    published = [
        (row["folio"], int(row["rank"]), row["is_level"].lower() == "true", Fraction(row["score"])) for row in lines
    ]
    _, folios, votes = pabulib_read(await read(outsider, f"{API}/rounds/{number}/ballots.pb"))
    rows = rows_read(await read(outsider, f"{API}/datasets/ballots.csv"), number)
    assert Counter(map(str, rows)) == Counter(str((table, dict(sorted(choice.items())))) for table, choice in votes)
    assert len(votes) == cast
    assert len(published) == len(folios) == 5
    assert published == by_votelib(votes, folios, over, by_points=by_points)
    assert published == by_votelib(rows, folios, over, by_points=by_points)
    told = (await outsider.get(f"{API}/rounds/{number}")).json()
    assert published == lines_of({"lines": told["ranking"]})
    return sum(is_level for _, _, is_level, _ in published)


async def read(outsider: httpx2.AsyncClient, address: str) -> str:
    answered = await outsider.get(address)
    assert answered.status_code == 200, address
    return str(answered.text)
