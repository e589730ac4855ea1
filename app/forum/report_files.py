"""A report of a filter as files: tagged PDF, XLSX and ODS, made outside any transaction and one at a time.

What a person typed is written as text into a cell and never as a formula. A file that everybody may have is kept in
memory under the hash of its words, so it is made once as long as nothing of it changes.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from io import BytesIO
from typing import Any

import xlsxwriter
from stream_write_ods import stream_write_ods

from app.forum import printing
from app.forum.report_wording import Cell, ReportWording, Sheet
from app.kit.errors import Busy
from app.kit.i18n import T

LAYOUT = "1"
"""Changed whenever the same words would make another file."""
MOST_KEPT = 6
MOST_BYTES = 24 * 1024 * 1024
PATIENCE = 5.0
LONGEST_NAME = 31
NARROW, WIDE, WIDEST = 12, 30, 70


class Form(StrEnum):
    """What a report may be had as, beside the page."""

    PDF = "pdf"
    XLSX = "xlsx"
    ODS = "ods"


MEDIA_TYPES: dict[Form, str] = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}


class PressBusy(Busy):
    """Another paper is being made: only one is at a time, so that the pages stay quick."""

    def __init__(self) -> None:
        super().__init__(retry_after=20)
        self.text = T("Another report is being made at this moment. Try again in half a minute.")


@dataclass(frozen=True)
class Order:
    """A report that is asked for as a file; its hash says whether a browser has it already."""

    wording: ReportWording
    form: Form

    @cached_property
    def paper(self) -> dict[str, Any]:
        """Its words for the press."""
        return self.wording.paper()

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Its cells."""
        return self.wording.sheets()

    @cached_property
    def sha256(self) -> str:
        """The hash of everything in it."""
        words = json.dumps(self.paper if self.form is Form.PDF else _plain(self.sheets))
        return hashlib.sha256(f"{LAYOUT} {self.form} {words}".encode()).hexdigest()


class Kept:
    """The last files that were made for everybody, within what memory they may take."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def public(self, order: Order, sha256: str) -> bytes:
        """A file for everybody: the one that was made already, if nothing changed."""
        content = self._files.get(sha256)
        if content is not None:
            return content
        return self._made(lambda: self._files.get(sha256) or self._keep(sha256, _content(order)))

    def private(self, order: Order) -> bytes:
        """A file for one reader's eyes: never kept."""
        return self._made(lambda: _content(order))

    def _made(self, make: Callable[[], bytes]) -> bytes:
        if not self._one_at_a_time.acquire(timeout=PATIENCE):
            raise PressBusy
        try:
            return make()
        finally:
            self._one_at_a_time.release()

    def _keep(self, sha256: str, content: bytes) -> bytes:
        self._files[sha256] = content
        while len(self._files) > MOST_KEPT or sum(map(len, self._files.values())) > MOST_BYTES:
            self._files.popitem(last=False)
        return content


FILES = Kept()


def _content(order: Order) -> bytes:
    if order.form is Form.PDF:
        return printing.set_report(order.paper)
    return (xlsx if order.form is Form.XLSX else ods)(order.sheets)


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with its heads in sight however far one scrolls."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:LONGEST_NAME])
            page.freeze_panes(1, 1)
            for column, title in enumerate(sheet.heads):
                page.set_column(column, column, _width(sheet, column))
                page.write_string(0, column, _clean(title), head)
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(number, column, _clean(cell), plain)
                    elif cell is not None:
                        page.write_number(number, column, cell, plain)
            page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)
    return out.getvalue()


def ods(sheets: Sequence[Sheet]) -> bytes:
    """The same as an open document."""
    pages = (
        (sheet.name[:LONGEST_NAME], tuple(map(_clean, sheet.heads)), [tuple(map(_cell, row)) for row in sheet.rows])
        for sheet in sheets
    )
    return b"".join(stream_write_ods(pages))


def _width(sheet: Sheet, column: int) -> int:
    longest = max((len(row[column]) for row in sheet.rows if isinstance(row[column], str)), default=0)  # type: ignore[arg-type]
    return NARROW if longest <= NARROW else WIDE if longest <= 2 * WIDE else WIDEST


def _cell(cell: Cell) -> Cell:
    return _clean(cell) if isinstance(cell, str) else cell


def _clean(text: str) -> str:
    """Without the signs that XML does not know: they would make a file that nothing opens."""
    return "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 0x20 and ord(sign) not in {0xFFFE, 0xFFFF}))


def _plain(sheets: Sequence[Sheet]) -> list[object]:
    return [[sheet.name, *sheet.heads, *map(list, sheet.rows)] for sheet in sheets]
