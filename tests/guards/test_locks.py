"""The lock files pin everything by hash, and what is tested is what runs."""

from __future__ import annotations

import json
import re

from app.settings import ROOT

PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)[^\n]*\n(?:[ \t]+--hash=sha256:[0-9a-f]{64}[ \\]*\n?)+", re.MULTILINE
)
ENTRY = re.compile(r"^(?P<name>[\w.-]+)(?:==| ?@)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PIN.finditer(lock)}


def unhashed(lock: str) -> set[str]:
    return {found["name"] for found in ENTRY.finditer(lock)} - pins(lock).keys()


def test_everything_is_pinned_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text("utf-8")
        assert len(pins(lock)) > 40
        assert unhashed(lock) == set()


def test_what_is_tested_is_what_runs() -> None:
    runtime = pins((ROOT / "requirements.lock").read_text("utf-8"))
    tested = pins((ROOT / "requirements-dev.lock").read_text("utf-8"))
    assert {name: tested.get(name) for name in runtime} == runtime


def test_front_end_packages_are_pinned_exactly_and_by_hash() -> None:
    asked = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    wanted = {**asked["dependencies"], **asked.get("devDependencies", {})}
    assert [name for name, version in wanted.items() if not version[0].isdigit()] == []
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, entry in locked.items() if name and "integrity" not in entry] == []


def test_a_package_without_a_hash_is_caught() -> None:
    lock = (
        "alembic==1.20.1 \\\n    --hash=sha256:" + "0" * 64 + "\nanyio==4.16.0\nmako @ https://example.org/mako.whl\n"
    )
    assert unhashed(lock) == {"anyio", "mako"}
