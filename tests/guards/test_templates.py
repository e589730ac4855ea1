"""Every template compiles; nothing inline, nothing unescaped.

The pages' policy forbids inline script and style, so a browser would ignore them in silence. Letters may hold a style
sheet, which is written into the elements before sending.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from app.kit.templates import Templates
from app.settings import ROOT
from tests.guards.reading import BROKEN, calls, modules, place

FRONTEND = ROOT / "frontend"
CLEANED = ROOT / "app" / "kit" / "templates.py"  # the one place that says that something is safe
INLINE = {
    "script without an address": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "handler": re.compile(r"\s(?:on[a-z]{3,}|hx-on[\w:-]*)\s*=", re.IGNORECASE),
    "script in an address": re.compile(r"javascript:|=\s*[\"']js:", re.IGNORECASE),
    "filter on a trigger": re.compile(r"hx-trigger=[\"'][^\"']*\[", re.IGNORECASE),
    "unescaped": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
}
STYLE = {
    "style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
}


def inline(file: Path, *, is_letter: bool = False) -> list[str]:
    written = re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [what for what, seen in {**INLINE, **({} if is_letter else STYLE)}.items() if seen.search(written)]


@pytest.mark.parametrize("folder", ["templates", "letters"])
def test_nothing_is_inline(folder: str) -> None:
    files = sorted((FRONTEND / folder).rglob("*.html"))
    assert files
    assert [f"{place(file)}: {what}" for file in files for what in inline(file, is_letter=folder == "letters")] == []


@pytest.mark.parametrize("folder", ["templates", "letters"])
def test_every_template_compiles(folder: str) -> None:
    """In one language: another has other words in the same places."""
    environment = Templates(FRONTEND, folder).environment("es")
    names = environment.list_templates()
    assert len(names) >= 2
    for name in names:
        environment.get_template(name)


def test_only_one_module_says_what_is_safe() -> None:
    def says_safe(file: Path) -> bool:
        return any(name.rpartition(".")[2] == "Markup" for _, name in calls(file))

    assert [place(file) for file in modules("app") if says_safe(file)] == [place(CLEANED)]


def test_the_breakages_are_caught() -> None:
    assert inline(BROKEN / "templates" / "inline.html") == [*INLINE, *STYLE]
    assert inline(BROKEN / "templates" / "clean.html") == []
    environment = Templates(BROKEN, "templates").environment("es")
    with pytest.raises(TemplateSyntaxError):
        environment.get_template("unclosed.html")
