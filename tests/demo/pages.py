"""Reading a table off a page as somebody who looks at it does: row by row, cell by cell."""

from __future__ import annotations

from html.parser import HTMLParser


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = self._in_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._in_table = self._in_table or tag == "table"
        if tag == "tr" and self._in_table:
            self.rows.append([])
        if tag in {"td", "th"} and self._in_table:
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False
        if tag == "table":
            self._in_table = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def table_of(page: str) -> list[list[str]]:
    """The rows of the one table of a page, its heads first; white space is what a reader sees of it."""
    found = _Table()
    found.feed(page)
    return [[" ".join(cell.split()) for cell in row] for row in found.rows]
