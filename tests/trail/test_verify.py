"""`minga verify` against a database that somebody with all its rights has tampered with, and against an export."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts import erasing
from app.kit.db import unpooled
from app.people.models import Person
from app.publication import exporting, verifying
from app.settings import Settings
from app.trail.models import Entry, PrintedHead, PrivatePart
from tests.clock import MovableClock
from tests.world import World

COUNT = 4


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    process = made.open_process()
    for number in range(COUNT):
        made.admitted(process, title=f"Propuesta {number}")
    yield made
    made.close()


def verdict(world: World) -> verifying.Verdict:
    return verifying.check_database(world.settings.database_url)


def tamper(world: World, statement: str, **values: Any) -> None:
    """What a database administrator can do who first takes the triggers away."""
    engine = unpooled(world.settings.database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_entries'")
            ).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(statement), values)
            for _, sql in triggers:
                connection.execute(text(sql))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement), values)
    engine.dispose()


def town_chain(world: World) -> Any:
    with world.database.reading() as session:
        return session.execute(text("SELECT id FROM trail_chains WHERE name = 'town'")).scalar_one()


def test_an_honest_database_holds(world: World) -> None:
    found = verdict(world)
    assert found.fault is None
    assert any(line.startswith("town:") for line in found.checked)


def test_one_changed_byte_of_any_leaf_is_found_and_named(world: World) -> None:
    with world.database.reading() as session:
        leaves = session.execute(
            select(Entry.seq, Entry.leaf).where(Entry.chain_id.in_(_chain(session))).order_by(Entry.seq)
        ).all()
    for seq, leaf in leaves:
        place = leaf.index('"verb":"') + 9
        changed = leaf[:place] + ("x" if leaf[place] != "x" else "y") + leaf[place + 1 :]
        where = "WHERE seq = :seq AND chain_id = :chain"
        tamper(world, f"UPDATE trail_entries SET leaf = :leaf {where}", leaf=changed, seq=seq, chain=town_chain(world))
        assert str(verdict(world).fault).startswith(f"town: entry {seq}:")
        tamper(world, f"UPDATE trail_entries SET leaf = :leaf {where}", leaf=leaf, seq=seq, chain=town_chain(world))
    assert verdict(world).fault is None


def _chain(session: Any) -> Any:
    from app.trail.models import Chain

    return session.scalars(select(Chain.id).where(Chain.name == "town"))


def test_a_deleted_entry_is_found(world: World) -> None:
    tamper(world, "DELETE FROM trail_entries WHERE seq = 3 AND chain_id = :chain", chain=town_chain(world))
    assert "entry 3: missing" in str(verdict(world).fault)


def test_a_truncated_end_is_found_even_with_the_head_rewritten(world: World, tmp_path: Path) -> None:
    list(exporting.export(world.settings, "town", tmp_path / "out"))
    with world.database.reading() as session:
        last = session.scalars(
            select(Entry).where(Entry.chain_id.in_(_chain(session))).order_by(Entry.seq.desc())
        ).first()
        assert last is not None
        before = session.scalars(
            select(Entry.hash).where(Entry.chain_id == last.chain_id, Entry.seq == last.seq - 1)
        ).one()
    where = {"chain": town_chain(world), "seq": last.seq}
    tamper(world, "DELETE FROM trail_entries WHERE seq = :seq AND chain_id = :chain", **where)
    assert "end is missing" in str(verdict(world).fault)
    rewritten = "UPDATE trail_chains SET length = length - 1, head_hash = :hash WHERE id = :chain"
    tamper(world, rewritten, hash=before, chain=where["chain"])
    assert f"entry {last.seq} was printed earlier" in str(verdict(world).fault)


@pytest.mark.either
def test_reordered_entries_are_found(world: World) -> None:
    chain = town_chain(world)
    for old, new in ((2, 1002), (3, 2), (1002, 3)):
        move = "UPDATE trail_entries SET seq = :new WHERE seq = :old AND chain_id = :chain"
        tamper(world, move, new=new, old=old, chain=chain)
    assert "entry 2:" in str(verdict(world).fault)


@pytest.mark.parametrize("act", ["UPDATE trail_entries SET verb = 'x'", "DELETE FROM trail_entries"])
@pytest.mark.parametrize("table", ["trail_entries", "trail_heads"])
def test_the_database_itself_refuses(world: World, act: str, table: str, tmp_path: Path) -> None:
    list(exporting.export(world.settings, "town", tmp_path / "out"))
    statement = act.replace("trail_entries", table).replace("verb = 'x'", "hash = 'x'")
    engine = unpooled(world.settings.database_url)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert verdict(world).fault is None


def test_a_changed_private_part_is_found(world: World) -> None:
    with world.database.reading() as session:
        part = session.scalars(select(PrivatePart).where(PrivatePart.person_id.is_not(None))).first()
    assert part is not None
    with world.work("admin") as work:
        stored = work.session.get_one(PrivatePart, (part.chain_id, part.seq))
        stored.person_id = world.people["bruno"].id if stored.person_id != world.people["bruno"].id else None
    assert "its private part was changed" in str(verdict(world).fault)


def test_erasing_a_person_leaves_every_proof_valid(world: World) -> None:
    with world.work("carla") as work:
        erasing.erase(work, work.session.get_one(Person, world.people["ana"].id))
    assert verdict(world).fault is None
    with world.database.reading() as session:
        left = session.scalars(select(PrivatePart).where(PrivatePart.person_id == world.people["ana"].id)).all()
        assert left == []


@pytest.mark.either
def test_an_export_verifies_by_itself_and_a_changed_one_does_not(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    list(exporting.export(world.settings, "town", folder))
    assert verifying.check_export(folder).fault is None
    lines = (folder / "trail.jsonl").read_text("utf-8").splitlines()
    for at in range(len(lines)):
        row = json.loads(lines[at])
        row["leaf"] = row["leaf"].replace('"role":"', '"role":"x', 1)
        changed = [*lines[:at], json.dumps(row), *lines[at + 1 :]]
        (folder / "trail.jsonl").write_text("\n".join(changed) + "\n", encoding="utf-8")
        assert f"entry {at + 1}:" in str(verifying.check_export(folder).fault)
    for broken in (lines[:-1], lines[1:], [lines[1], lines[0], *lines[2:]]):
        (folder / "trail.jsonl").write_text("\n".join(broken) + "\n", encoding="utf-8")
        assert verifying.check_export(folder).fault is not None


@pytest.mark.either
def test_any_changed_added_or_missing_file_of_an_export_is_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    list(exporting.export(world.settings, "town", folder))
    for path in sorted(folder.iterdir()):
        if path.name in {"trail.jsonl", "about.json", exporting.SEAL}:
            continue  # the chain and its heads have tests of their own
        whole = path.read_bytes()
        path.write_bytes(whole.replace(b"e", b"E", 1))
        assert path.name in str(verifying.check_export(folder).fault)
        path.unlink()
        assert path.name in str(verifying.check_export(folder).fault)
        path.write_bytes(whole)
    (folder / "more.csv").write_text("one more", encoding="utf-8")
    assert "more.csv" in str(verifying.check_export(folder).fault)
    (folder / "more.csv").unlink()
    assert verifying.check_export(folder).fault is None
    seal = json.loads((folder / exporting.SEAL).read_text("utf-8"))
    seal["files"]["proposals.csv"] = "0" * 64
    (folder / exporting.SEAL).write_text(json.dumps(seal), encoding="utf-8")
    assert "not signed" in str(verifying.check_export(folder).fault)
    (folder / exporting.SEAL).unlink()
    assert f"{exporting.SEAL} is missing" in str(verifying.check_export(folder).fault)


@pytest.mark.either
def test_an_export_with_a_forged_head_is_refused(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    list(exporting.export(world.settings, "town", folder))
    about = json.loads((folder / "about.json").read_text("utf-8"))
    about["heads"][0]["hash"] = "0" * 64
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    assert "not signed" in str(verifying.check_export(folder).fault)


@pytest.mark.either
def test_an_export_tells_nothing_of_persons(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    list(exporting.export(world.settings, "town", folder))
    everything = "".join(file.read_text("utf-8") for file in folder.iterdir())
    for person in world.people.values():
        assert str(person.id) not in everything
        assert person.id.hex not in everything
    assert "@example.org" not in everything
    shutil.rmtree(folder)


@pytest.mark.either
def test_heads_are_signed_once_a_day(world: World, tmp_path: Path) -> None:
    list(exporting.export(world.settings, "town", tmp_path / "one"))
    list(exporting.export(world.settings, "town", tmp_path / "two"))
    with world.database.reading() as session:
        heads = session.scalars(select(PrintedHead)).all()
    assert len({(head.chain_id, head.seq) for head in heads}) == len(heads)
