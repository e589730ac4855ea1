"""Reading a PDF as somebody else would: its structure tree, and the words on its pages by the fonts' own tables."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf

SHOWN = {"Tj", "TJ", "'", '"'}


class Read:
    """One tagged PDF."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(content))
        self.root: Any = self.pdf.Root

    @property
    def tags(self) -> list[str]:
        """The kinds of its elements, in reading order."""
        found: list[str] = []
        self._walk(self.root.StructTreeRoot, found)
        return found

    def _walk(self, node: Any, found: list[str]) -> None:
        if not isinstance(node, pikepdf.Dictionary):
            return
        if "/S" in node:
            found.append(str(node.S).lstrip("/"))
        kids = node.get("/K")
        for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
            self._walk(kid, found)

    @property
    def metadata(self) -> Any:
        return self.pdf.open_metadata()

    @property
    def words(self) -> str:
        """All its words, the lines put together."""
        return re.sub(r"\s+", " ", " ".join(self._page(page) for page in self.pdf.pages))

    def _page(self, page: Any) -> str:
        fonts = {name: _letters(font) for name, font in page.Resources.Font.items()}
        font: dict[int, str] = {}
        parts: list[str] = []
        told_by: Any = pikepdf.parse_content_stream(page)
        for operands, operator in told_by:
            if str(operator) == "Tf":
                font = fonts[str(operands[0])]
            elif str(operator) in SHOWN:
                told = operands[-1]
                pieces = list(told) if isinstance(told, pikepdf.Array) else [told]
                parts += [_said(bytes(piece), font) for piece in pieces if isinstance(piece, pikepdf.String)]
            elif str(operator) == "ET":
                parts.append(" ")
        return "".join(parts)


def _said(codes: bytes, font: dict[int, str]) -> str:
    return "".join(font.get(int.from_bytes(codes[n : n + 2], "big"), "?") for n in range(0, len(codes), 2))


def _letters(font: Any) -> dict[int, str]:
    """What each code of a font stands for, by its ToUnicode table."""
    table = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, letters in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, letters in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            first = int.from_bytes(bytes.fromhex(letters), "big")
            found |= {code: chr(first + code - int(low, 16)) for code in range(int(low, 16), int(high, 16) + 1)}
    return found
