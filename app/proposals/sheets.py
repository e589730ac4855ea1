"""Reading files of proposals (CSV, XLSX, JSON) that somebody else wrote, and saying what is wrong with each bad row.

A file is read and checked whole before anything is stored. Files are not trusted: sizes are bounded, XLSX archives are
opened only if what they declare is reasonable, and nothing of a file's content is ever run or fetched.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.kit.errors import Invalid
from app.kit.i18n import T

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 100_000
LONGEST_CELL = 20_000
LONGEST_TITLE = 400
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 1000
FIELDS = ("title", "problem", "solution", "author_name", "author_email", "territory", "territory_name", "received_on")
OPTIONAL = ("source_ref", "tags", "origin_sector", "organisation")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: the row as the file counts it, the column, and a sentence."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class ImportRow:
    """One row that can be taken in."""

    number: int
    title: str
    problem: str
    solution: str
    author_name: str
    author_email: str
    territory: str = ""
    territory_name: str = ""
    received_on: date | None = None
    source_ref: str = ""
    tags: tuple[str, ...] = ()
    origin_sector: str = "citizen"


@dataclass(frozen=True)
class ColumnMap:
    """Which column (or text with {columns} in it) fills which field, and how dates are written."""

    fields: Mapping[str, str]
    date_format: str = "%Y-%m-%d"


@dataclass
class Sheet:
    """A file that was read: the rows that can be taken in, and every fault found."""

    rows: list[ImportRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def mapping_from(file: Path | None) -> ColumnMap:
    """The mapping of a file, or the one in which every field has a column of its own name."""
    if file is None:
        return ColumnMap({name: f"{{{name}}}" for name in (*FIELDS, *OPTIONAL)})
    told = json.loads(file.read_text("utf-8"))
    return ColumnMap(told["fields"], told.get("date_format", "%Y-%m-%d"))


def read(file: Path, mapping: ColumnMap) -> Sheet:
    """Read and check a whole file; a file that cannot be read at all is refused with one sentence."""
    if file.stat().st_size > MOST_BYTES:
        raise Invalid(file=T("The file is larger than 64 MB. Split it."))
    readers = {".csv": _csv, ".xlsx": _xlsx, ".json": _json}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise Invalid(file=T("The file must be CSV, XLSX or JSON."))
    sheet = Sheet()
    seen: dict[str, int] = {}
    for number, cells in reader(file.read_bytes(), sheet):
        if number > MOST_ROWS:
            raise Invalid(file=T("The file has more than {n} rows. Split it.", n=MOST_ROWS))
        row = _row(number, cells, mapping, sheet)
        if row is None:
            continue
        if row.source_ref and seen.setdefault(row.source_ref, number) != number:
            sheet.faults.append(Fault(number, "source_ref", f"the same as in row {seen[row.source_ref]}"))
            continue
        sheet.rows.append(row)
    return sheet


def _csv(raw: bytes, sheet: Sheet) -> Iterator[tuple[int, dict[str, Any]]]:
    text = _decoded(raw)
    csv.field_size_limit(MOST_BYTES)
    lines = text.splitlines(keepends=True)
    head = lines[0] if lines else ""
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names = [name.strip() for name in next(rows, [])]
    _check_names(names)
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            reason = f"{len(cells)} cells where the first row has {len(names)}"
            sheet.faults.append(Fault(number, "(row)", reason))
            continue
        yield number, dict(zip(names, cells, strict=True))


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    # What is not UTF-8 is kept as lone surrogates, so that the row it stands in can be named.
    return raw.decode("utf-8-sig", errors="surrogateescape")


def _check_names(names: Sequence[str]) -> None:
    if not names or not all(names):
        raise Invalid(file=T("The first row must name every column."))
    if len(set(names)) != len(names):
        raise Invalid(file=T("Two columns have the same name."))


def _json(raw: bytes, sheet: Sheet) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        rows = json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid(file=T("This is not a JSON file.")) from None
    if not isinstance(rows, list):
        raise Invalid(file=T("The JSON file must be a list of proposals."))
    for number, cells in enumerate(rows, start=1):
        if isinstance(cells, dict):
            yield number, cells
        else:
            sheet.faults.append(Fault(number, "(row)", "not an object"))


def _xlsx(raw: bytes, sheet: Sheet) -> Iterator[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only a spreadsheet needs it

    _check_archive(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - the library raises whatever its parser met
        raise Invalid(file=T("This is not an XLSX file.")) from None
    rows = book.worksheets[0].iter_rows(values_only=True, max_col=200)
    names = ["" if name is None else str(name).strip() for name in next(rows, ())]
    while names and not names[-1]:
        names.pop()
    _check_names(names)
    for number, cells in enumerate(rows, start=2):
        given = list(cells)[: len(names)]
        if any(cell is not None for cell in cells[len(names) :]):
            sheet.faults.append(Fault(number, "(row)", "more cells than the first row has"))
        elif any(cell is not None for cell in given):
            yield number, dict(zip(names, given, strict=False))


def _check_archive(raw: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except zipfile.BadZipFile:
        raise Invalid(file=T("This is not an XLSX file.")) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(raw), 1):
        raise Invalid(file=T("This spreadsheet unpacks to more than it should. Save it again as CSV."))


def _row(number: int, cells: Mapping[str, Any], mapping: ColumnMap, sheet: Sheet) -> ImportRow | None:
    before = len(sheet.faults)
    for column, value in cells.items():
        _check_cell(number, column, value, sheet)
    if len(sheet.faults) > before:
        return None
    facts = {name: _filled(pattern, cells, number, sheet) for name, pattern in mapping.fields.items()}
    received = _date(facts.get("received_on", ""), mapping.date_format, number, sheet)
    _check_facts(number, facts, sheet)
    if len(sheet.faults) > before:
        return None
    tags = cells.get(mapping.fields.get("tags", "").strip("{}"), [])
    return ImportRow(
        number=number,
        title=" ".join(facts["title"].split()),
        problem=facts.get("problem", "").replace("\r\n", "\n").strip(),
        solution=facts.get("solution", "").replace("\r\n", "\n").strip(),
        author_name=facts.get("author_name", "").strip(),
        author_email=facts.get("author_email", "").strip(),
        territory=facts.get("territory", "").strip()[:20],
        territory_name=facts.get("territory_name", "").strip()[:160],
        received_on=received,
        source_ref=facts.get("source_ref", "").strip(),
        tags=clean_tags(tags),
        origin_sector=facts.get("origin_sector", "").strip() or "citizen",
    )


def _check_cell(number: int, column: str, value: Any, sheet: Sheet) -> None:
    if not isinstance(value, str):
        return
    if any("\ud800" <= c <= "\udfff" for c in value):
        sheet.faults.append(Fault(number, column, "not written in UTF-8"))
    elif "\x00" in value:
        sheet.faults.append(Fault(number, column, "holds a NUL character"))
    elif len(value) > LONGEST_CELL:
        sheet.faults.append(Fault(number, column, f"{len(value)} characters, at most {LONGEST_CELL} are taken"))


def _filled(pattern: str, cells: Mapping[str, Any], number: int, sheet: Sheet) -> str:
    if pattern.startswith("{") and pattern.endswith("}") and pattern.count("{") == 1:
        value = cells.get(pattern[1:-1], "")
        return value.isoformat() if isinstance(value, date | datetime) else "" if value is None else str(value)
    try:
        return pattern.format_map({name: str(value) for name, value in cells.items()})
    except (KeyError, IndexError, ValueError):
        sheet.faults.append(Fault(number, pattern, "the mapping names a column that is not there"))
        return ""


def _date(written: str, form: str, number: int, sheet: Sheet) -> date | None:
    if not written:
        return None
    for attempt in (form, "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"):
        try:
            found = datetime.strptime(written, attempt).date()  # noqa: DTZ007 - a civic date has no zone
        except ValueError:
            continue
        if 2000 <= found.year <= 2100:
            return found
    sheet.faults.append(Fault(number, "received_on", f"“{written[:30]}” is not a date of the form {form}"))
    return None


def _check_facts(number: int, facts: Mapping[str, str], sheet: Sheet) -> None:
    title = facts.get("title", "").strip()
    if not title:
        sheet.faults.append(Fault(number, "title", "empty"))
    elif len(title) > LONGEST_TITLE:
        sheet.faults.append(Fault(number, "title", f"{len(title)} characters, at most {LONGEST_TITLE} are taken"))
    address = facts.get("author_email", "").strip()
    if address and ("@" not in address or any(c.isspace() for c in address) or len(address) > 320):
        sheet.faults.append(Fault(number, "author_email", "not an e-mail address"))
    sector = facts.get("origin_sector", "").strip()
    if sector and sector not in {"citizen", "civil_society", "academia", "private", "public"}:
        sheet.faults.append(Fault(number, "origin_sector", f"“{sector[:30]}” is not on the list of sectors"))


def clean_tags(tags: Any) -> tuple[str, ...]:
    """Categories as people really write them: split at stray semicolons and bars, without quotes, each once."""
    listed = tags if isinstance(tags, list) else [str(tags or "")]
    found: dict[str, None] = {}
    for tag in listed:
        for part in str(tag).replace("|", ";").split(";"):
            cleaned = part.strip(" \t\r\n\"'«»“”[]")
            if cleaned:
                found[cleaned[:80]] = None
    return tuple(found)[:20]
