"""Set one paper: JSON by standard input, tagged PDF (PDF/UA-1) by standard output; what cannot be set ends it badly.

Typst is given the data as JSON and never as its own language, so no text can become a command. It runs without the
fonts of the machine: what it may use lies beside the template, and what it brings itself. PDF/UA-1 refuses a sign that
no font has (an emoji, Chinese): each is set as U+FFFD, and the paper says so at its end.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import typst

TEMPLATES = {"paper": "paper.typ", "report": "report.typ", "letters": "letters.typ"}
PAPERS = Path(__file__).resolve().parents[3] / "frontend" / "papers"
SECONDS = 30
MEMORY = 1024**3
GAP = "\ufffd"


def main() -> None:
    """Read, set by the template that is named, write."""
    template = TEMPLATES[sys.argv[1]]
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    paper = sys.stdin.buffer.read().decode()
    gaps = _without_font(
        sorted({sign for sign in paper if not (sign.isascii() and sign.isprintable()) and sign != "\n"})
    )
    words = paper.translate({ord(sign): GAP for sign in gaps})
    sys.stdout.buffer.write(_set(template, paper=words, gaps="yes" if gaps else ""))


def _without_font(signs: list[str]) -> list[str]:
    """Those of these signs that no font has, found by halves."""
    try:
        _set("signs.typ", signs=" ".join(signs))
    except typst.TypstError:
        if len(signs) == 1:
            return signs
        middle = len(signs) // 2
        return _without_font(signs[:middle]) + _without_font(signs[middle:])
    return []


def _set(template: str, **inputs: str) -> bytes:
    return typst.compile(
        PAPERS / template,
        root=PAPERS,
        font_paths=[PAPERS / "fonts"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=["ua-1"],
    )


main()
