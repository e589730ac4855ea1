"""No registry host, no path of somebody's machine and no secret in a file that is handed in."""

from __future__ import annotations

import re

import pytest

from tests.guards.reading import BROKEN, place, texts

# Put together from parts, so that this page does not hold what it forbids.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
    ("deb", "debian", "org"), ("security", "debian", "org"), ("golang", "org"), ("crates", "io"), ("rubygems", "org"),
)]  # fmt: skip
MACHINE = ["/" + path for path in ("home/", "root/", "Users/", "work/", "opt/wheels", "opt/pypi")]
SECRETS = [
    r"-----BEGIN [A-Z ]*PRIVATE " + "KEY-----",
    r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{30,}",
    r"\bxox[abprs]-[\w-]{10,}",
    r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.",
    r"(?i:secret|password|passwd|token|api_?key)\w*[\"']?\s*[:=]\s*[\"'](?=[^\"']*\d)(?=[^\"']*[A-Za-z])[\w+/=-]{24,}[\"']",
]
FORBIDDEN = {
    "host": re.compile("|".join(rf"(?<![\w-]){re.escape(host)}" for host in HOSTS)),
    "machine": re.compile("|".join(rf"(?<![\w.~}}-]){re.escape(path)}" for path in MACHINE)),
    "secret": re.compile("|".join(SECRETS)),
}


def forbidden(kind: str, text: str) -> list[int]:
    """The lines of a text that hold something of this kind."""
    return [number for number, line in enumerate(text.splitlines(), 1) if FORBIDDEN[kind].search(line)]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_tracked_file_holds_any(kind: str) -> None:
    files = list(texts())
    assert len(files) > 40
    assert [place(file, line) for file, text in files for line in forbidden(kind, text)] == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_the_breakage_is_caught(kind: str) -> None:
    kept = (BROKEN / "files" / f"{kind}.txt").read_text("utf-8")
    # The kept breakage holds gaps where the forbidden thing would be complete.
    written = kept.replace("{DOT}", ".").replace("{SLASH}", "/").replace("{GAP}", "")
    assert forbidden(kind, written) == list(range(1, len(written.splitlines()) + 1))
    assert forbidden(kind, kept) == []
