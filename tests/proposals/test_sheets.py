"""Files that somebody else wrote: a file with twenty planted faults is refused row by row and nothing of it is kept."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from app.cli import main
from app.kit.errors import Invalid
from app.proposals import sheets
from app.proposals.models import Import, Proposal, Revision
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World

HEAD = "title,problem,solution,author_name,author_email,received_on,source_ref,origin_sector\n"
GOOD = "Más árboles,No hay sombra en la plaza,Plantar doce,Ana,ana@example.org,2026-01-05,{ref},citizen\n"


def planted() -> tuple[bytes, dict[int, str]]:
    """A file with twenty faults among good rows, and the row and column of each."""
    bad: list[tuple[bytes, str]] = [
        (",Sin título,Algo,Ana,ana@example.org,2026-01-05,b1,citizen".encode(), "title"),
        (("T" * 401 + ",p,s,Ana,ana@example.org,2026-01-05,b2,citizen").encode(), "title"),
        ("Ñuñoa con otra codificación,p,s,Ana,ana@example.org,2026-01-05,b3,citizen".encode("latin-1"), "title"),
        ("Título,Ñandú,s,Ana,ana@example.org,2026-01-05,b4,citizen".encode("cp1252"), "problem"),
        (b"Titulo,p\x00p,s,Ana,ana@example.org,2026-01-05,b5,citizen", "problem"),
        (("Titulo," + "x" * 2_000_000 + ",s,Ana,ana@example.org,2026-01-05,b6,citizen").encode(), "problem"),
        (("Titulo,p," + "y" * 20_001 + ",Ana,ana@example.org,2026-01-05,b7,citizen").encode(), "solution"),
        (b"Titulo,p,s,Ana,ana@example.org,2026-01-05,b8", "(row)"),
        (b"Titulo,p,s,Ana,ana@example.org,2026-01-05,b9,citizen,otra", "(row)"),
        (b"Titulo", "(row)"),
        (b"Titulo,p,s,Ana,ana@example.org,31/02/2026,b11,citizen", "received_on"),
        (b"Titulo,p,s,Ana,ana@example.org,2026-13-01,b12,citizen", "received_on"),
        (b"Titulo,p,s,Ana,ana@example.org,ayer,b13,citizen", "received_on"),
        (b"Titulo,p,s,Ana,ana@example.org,1026-01-05,b14,citizen", "received_on"),
        (b"Titulo,p,s,Ana,ana.example.org,2026-01-05,b15,citizen", "author_email"),
        (b"Titulo,p,s,Ana,ana @example.org,2026-01-05,b16,citizen", "author_email"),
        (b"Titulo,p,s,Ana,ana@example.org,2026-01-05,b17,vecino", "origin_sector"),
        (b"Titulo,p,s,Ana,ana@example.org,2026-01-05,good-0,citizen", "source_ref"),
        (b"   ,p,s,Ana,ana@example.org,2026-01-05,b19,citizen", "title"),
        (b"Titulo,p,s,\xff\xfe,ana@example.org,2026-01-05,b20,citizen", "author_name"),
    ]
    lines, where, row = [HEAD.encode()], {}, 1
    for number, (line, column) in enumerate(bad):
        lines += [GOOD.format(ref=f"good-{number}").encode(), line + b"\n"]
        row += 2
        where[row] = column
    return b"".join(lines), where


def test_each_of_twenty_planted_faults_is_named_with_row_column_and_reason(tmp_path: Path) -> None:
    content, where = planted()
    file = tmp_path / "planted.csv"
    file.write_bytes(content)
    sheet = sheets.read(file, sheets.mapping_from(None))
    assert {fault.row: fault.column for fault in sheet.faults} == where
    assert len({fault.row for fault in sheet.faults}) == 20
    assert all(len(fault.reason) > 4 for fault in sheet.faults)
    assert len(sheet.rows) == 20


def test_a_file_with_faults_is_refused_and_nothing_of_it_is_kept(
    settings: Settings,
    clock: MovableClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(settings, clock)
    world.open_process()
    file = tmp_path / "planted.csv"
    file.write_bytes(planted()[0])
    monkeypatch.setenv("MINGA_DATABASE_URL", settings.database_url)
    assert main(["import", "proposals", str(file), "--process", "town"]) == 1
    said = capsys.readouterr().err
    assert "row 3, column title: empty" in said
    assert "Nothing was stored" in said
    with world.database.reading() as session:
        for table in (Proposal, Revision, Import):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    world.close()


def test_a_good_file_is_taken_in_once(
    settings: Settings,
    clock: MovableClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(settings, clock)
    process = world.open_process()
    file = tmp_path / "good.csv"
    file.write_text(HEAD + "".join(GOOD.format(ref=f"r{n}") for n in range(700)), encoding="utf-8-sig")
    monkeypatch.setenv("MINGA_DATABASE_URL", settings.database_url)
    asked = ["import", "proposals", str(file), "--process", "town"]
    assert main([*asked, "--dry-run"]) == 0
    assert main(asked) == 0
    assert main(asked) == 1
    assert "already in" in capsys.readouterr().err
    with world.database.reading() as session:
        shown = session.scalars(select(Proposal).where(Proposal.process_id == process.id)).all()
    assert len(shown) == 700
    assert {(p.is_public, p.state.value, p.provenance.value, p.received_to_the.value) for p in shown} == {
        (True, "admitted", "imported", "day")
    }
    world.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_that_people_use_are_read(tmp_path: Path, encoding: str, separator: str) -> None:
    file = tmp_path / "file.csv"
    text = (HEAD + GOOD.format(ref="a")).replace(",", separator).replace("\n", "\r\n")
    file.write_bytes(text.encode(encoding))
    sheet = sheets.read(file, sheets.mapping_from(None))
    assert [(row.title, row.problem) for row in sheet.rows] == [("Más árboles", "No hay sombra en la plaza")]


def test_spreadsheets_are_read_and_bombs_are_not(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    sheet.append(HEAD.strip().split(","))
    sheet.append(GOOD.format(ref="a").strip().split(","))
    file = tmp_path / "file.xlsx"
    book.save(file)
    assert [row.title for row in sheets.read(file, sheets.mapping_from(None)).rows] == ["Más árboles"]
    import zipfile

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    (tmp_path / "bomb.xlsx").write_bytes(bomb.getvalue())
    for name, content in (
        ("bomb.xlsx", None),
        ("no.xlsx", b"not a spreadsheet"),
        ("no.json", b"{"),
        ("no.pdf", b"%PDF"),
    ):
        if content:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid):
            sheets.read(tmp_path / name, sheets.mapping_from(None))


def test_dirty_categories_are_cleaned() -> None:
    assert sheets.clean_tags(['"Deportes"', "Urbanismo; Medio Ambiente ;", "Deportes", "'"]) == (
        "Deportes",
        "Urbanismo",
        "Medio Ambiente",
    )


@pytest.mark.shared
def test_all_real_proposals_are_taken_in_under_thirty_seconds(tmp_path: Path) -> None:
    from app.kit import schema
    from tests.deep import valladolid

    settings = Settings(database_url=f"sqlite:///{tmp_path / 'v.db'}", var=tmp_path, secret_key="k" * 40, mail="memory")
    folder = valladolid.data_of(settings)
    if folder is None:
        pytest.skip("MINGA_SHARED holds no data/valladolid-2027: the real proposals were not tried")
    schema.migrate(settings.database_url)
    played = valladolid.play(settings, folder, lambda _: None)
    assert played.imported == 1008
    assert played.import_seconds < 30
    figures = json.loads(json.dumps(played.figures))
    assert sum(figures["states"].values()) == 1008
    tables, city = figures[valladolid.TABLES], figures[valladolid.CITY]
    assert (tables["selected"], tables["not_selected"], tables["reserved"], tables["undecided"]) == (150, 113, 7, 36)
    assert (tables["decided"], tables["with_reason"]) == (270, 0)
    assert figures["states"]["merged"] == 12  # the city published them as one with another
    assert (city["selected"], city["not_selected"], city["decided"]) == (128, 166, 294)
    assert (city["with_reason"], city["without_reason"]) == (176, 118)
    against = figures["city_against_tables"]
    assert against["selected after not_selected"] == 3
    assert against["selected after undecided"] == 36
    assert against["not_selected after selected"] == 56
