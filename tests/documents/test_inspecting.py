"""What is read out of a file: what it is, what is taken away, and a sentence for each that is not taken."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from app.documents import inspecting, rules
from app.documents.inspecting import Clean, Looked
from app.documents.rules import Kind
from app.web.intake import Sent
from tests.documents import making


def looked_at(name: str, content: bytes, size: int | None = None) -> Looked:
    sent = Sent(name, len(content) if size is None else size, UploadFile(BytesIO(content), filename=name))
    return inspecting.look([sent])


def clean(name: str, content: bytes) -> Clean:
    looked = looked_at(name, content)
    assert looked.faults == ()
    return looked.clean[0]


def kinds_of(fault: str, found: str = "", name: str = "x") -> str:
    return rules.sentence(name, fault, found).into("es")


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
LAUNCH = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
DATA = b"\x01\x02"
REFUSED = {
    "a program called PDF": ("informe.pdf", making.EXE, "refused_kind", "program"),
    "a web page called JPEG": ("foto.jpg", making.HTML, "refused_kind", "web_page"),
    "a PDF called PNG": ("plano.png", making.pdf(), "disguised", "pdf"),
    "a photo called PDF": ("plano.pdf", making.photo(), "disguised", "jpeg"),
    "a drawing with a script": ("dibujo.svg", making.SVG, "refused_kind", "svg"),
    "a drawing without one": ("dibujo.svg", b'<?xml version="1.0"?><svg width="1"/>', "refused_kind", "svg"),
    "a drawing called text": ("dibujo.txt", b"\n\n<svg/>", "refused_kind", "svg"),
    "a script called text": ("nota.txt", b"#!/bin/sh\nrm -rf /\n", "refused_kind", "program"),
    "a text called batch file": ("nota.bat", b"format c:\r\n", "disguised", "text"),
    "bytes that are no text": ("nota.txt", b"hola" + DATA, "unknown", "text"),
    "a zip bomb": ("acta.docx", making.bomb(), "bomb", ""),
    "too many parts": ("acta.docx", making.packed({f"{n}.xml": b"" for n in range(1001)}), "bomb", ""),
    "a folder": ("actas.zip", making.packed({"acta.txt": b"hola"}), "refused_kind", "zip"),
    "a part that leads out": ("acta.docx", making.packed({"../../etc/passwd": b"x"}), "broken", "zip"),
    "macros by their list": ("acta.docx", making.office(making.MACRO), "macros", ""),
    "macros by their name": ("acta.docx", making.office(word__vbaProject_dot_bin=DATA), "macros", "docx"),
    "macros in an open document": ("acta.odt", making.open_document(Basic__x_dot_xml=b"<x/>"), "macros", "odt"),
    "an object inside": ("acta.docx", making.office(word__embeddings__o_dot_bin=DATA), "embedded", "docx"),
    "entities": ("acta.docx", making.office(word__x_dot_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "broken", "zip"),
    "a locked document": ("acta.docx", making.locked_zip(), "encrypted", ""),
    "a locked PDF": ("acta.pdf", making.locked_pdf(), "encrypted", ""),
    "a PDF with a program": ("acta.pdf", making.pdf(OpenAction=SCRIPT), "script", ""),
    "a PDF that starts one": ("acta.pdf", making.pdf(OpenAction=LAUNCH), "launch", ""),
    "a PDF with a file inside": ("acta.pdf", making.pdf_with_file_inside(), "embedded", ""),
    "half a PDF": ("acta.pdf", b"%PDF-1.7\nhola", "broken", ""),
    "half a photo": ("foto.jpg", making.photo(size=(400, 400))[:500], "broken", ""),
    "nothing": ("foto.jpg", b"", "empty", ""),
    "a path": ("../../etc/passwd", b"hola", "path", ""),
    "a path of Windows": ("..\\..\\boot.ini", b"hola", "path", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_its_own_sentence(case: str) -> None:
    name, content, fault, found = REFUSED[case]
    looked = looked_at(name, content)
    assert looked.clean == ()
    assert [told.into("es") for told in looked.faults] == [kinds_of(fault, found, name)]


def test_a_picture_of_too_many_dots_is_never_opened() -> None:
    made = BytesIO()
    Image.new("1", (12_000, 6_000)).save(made, "PNG")
    assert looked_at("plano.png", made.getvalue()).faults == (rules.sentence("plano.png", "too_many_pixels", "png"),)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    told = looked_at("video.pdf", b"", size=rules.MOST_BYTES + 1).faults[0]
    assert told.into("es") == ("«video.pdf» pesa más de 10 MB. Redúzcalo, o envíe solo las páginas que importan.")


def test_one_refused_file_takes_nothing_away_from_another() -> None:
    sent = [
        Sent("a.txt", 4, UploadFile(BytesIO(b"hola"))),
        Sent("b.pdf", 4, UploadFile(BytesIO(b"MZxx"))),
    ]
    looked = inspecting.look(sent)
    assert [one.name for one in looked.clean] == ["a.txt"]
    assert len(looked.faults) == 1


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "f.jpg"), ("PNG", "f.png"), ("WEBP", "f.webp")])
def test_where_a_photo_was_taken_is_gone_and_it_stands_upright(kind: str, name: str) -> None:
    sent = making.photo(kind)
    assert making.CAMERA.encode() in sent
    stored = clean(name, sent)
    with Image.open(BytesIO(stored.content)) as seen:
        assert (seen.format, seen.size, dict(seen.getexif())) == (kind, (40, 64), {})
    assert making.CAMERA.encode() not in stored.content


def test_who_wrote_a_pdf_is_gone() -> None:
    sent = making.pdf()
    with pikepdf.open(BytesIO(sent)) as before:
        assert (str(before.docinfo["/Author"]), "/Metadata" in before.Root) == ("Ana Soto", True)
    with pikepdf.open(BytesIO(clean("acta.pdf", sent).content)) as after:
        assert ("/Info" in after.trailer, "/Metadata" in after.Root, len(after.pages)) == (False, False, 1)


def test_the_place_of_a_photo_inside_a_pdf_or_a_document_is_gone() -> None:
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        picture = pikepdf.Stream(document, making.photo(), Filter=pikepdf.Name.DCTDecode, Subtype=pikepdf.Name.Image)
        document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=document.make_indirect(picture)))
        document.save(made)
    assert making.CAMERA.encode() in made.getvalue()
    assert making.CAMERA.encode() not in clean("acta.pdf", made.getvalue()).content
    stored = clean("acta.docx", making.office(word__media__f_dot_jpeg=making.photo())).content
    with zipfile.ZipFile(BytesIO(stored)) as parts:
        inside = parts.read("word/media/f.jpeg")
    assert making.CAMERA.encode() not in inside
    with Image.open(BytesIO(inside)) as seen:
        assert seen.size == (64, 40)


@pytest.mark.parametrize(
    ("name", "sent", "kind"),
    [
        ("a.docx", making.office(), Kind.DOCX),
        ("a.xlsx", making.office(making.SHEET), Kind.XLSX),
        ("a.pptx", making.office(making.SLIDES), Kind.PPTX),
        ("a.odt", making.open_document(), Kind.ODT),
        ("a.ods", making.open_document("spreadsheet"), Kind.ODS),
        ("a.odp", making.open_document("presentation"), Kind.ODP),
    ],
)
def test_who_wrote_an_office_document_is_gone(name: str, sent: bytes, kind: Kind) -> None:
    stored = clean(name, sent)
    assert (stored.name, stored.kind) == (name, kind)
    with zipfile.ZipFile(BytesIO(stored.content)) as parts, zipfile.ZipFile(BytesIO(sent)) as before:
        assert set(parts.namelist()) == set(before.namelist())
        assert [one for one in parts.namelist() if b"Ana Soto" in parts.read(one)] == []
        assert [one for one in before.namelist() if b"Ana Soto" in before.read(one)] != []
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_document_fetches_nothing_from_elsewhere() -> None:
    relations = (
        b'<Relationships><Relationship Id="1" Type="x/attachedTemplate" Target="http://evil/x" TargetMode="External"/>'
        b'<Relationship Id="2" Type="x/hyperlink" Target="http://good/" TargetMode="External"/></Relationships>'
    )
    stored = clean("a.docx", making.office(word___rels__settings_dot_xml_dot_rels=relations)).content
    with zipfile.ZipFile(BytesIO(stored)) as parts:
        kept = parts.read(next(one for one in parts.namelist() if one.endswith(".rels")))
    assert (b"evil" in kept, b"http://good/" in kept) == (False, True)


def test_text_is_kept_in_one_alphabet_and_a_table_is_told_by_its_name() -> None:
    assert clean("nota.txt", "año".encode("cp1252")).content.decode() == "año"
    assert clean("nota.txt", "año".encode("utf-16")).content.decode() == "año"
    assert clean("gastos.csv", b"a;b\n1;2\n").kind is Kind.CSV
    assert clean("nota", b"hola").name == "nota.txt"


def test_the_same_file_has_the_same_hash_whenever_it_is_sent() -> None:
    for name, content in (("a.jpg", making.photo()), ("a.pdf", making.pdf()), ("a.docx", making.office())):
        assert clean(name, content).sha256 == clean(name, content).sha256


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Acta  final.PDF", "Acta final.pdf"),
        ("acta\u202efdp.pdf", "actafdp.pdf"),
        ('a"b<c>.pdf', "abc.pdf"),
        ("-rf.pdf", "rf.pdf"),
        (".pdf", "pdf.pdf"),
        ("ñandú.pdf", "ñandú.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert rules.clean_name(sent, Kind.PDF) == kept


def test_the_reader_knows_no_secret_and_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGA_SECRET_KEY", "a secret")
    told = "json.dumps({'kind': ' '.join(k for k in os.environ if 'MINGA' in k)})"
    spying = f"import os, sys, json; sys.stdin.read(); print({told})"
    monkeypatch.setattr(inspecting, "READER", (inspecting.READER[0], "-c", spying))
    assert inspecting.read(b"x") == ({"kind": ""}, b"")
    monkeypatch.setattr(inspecting, "SECONDS", 0.3)
    monkeypatch.setattr(inspecting, "READER", (inspecting.READER[0], "-c", "import time; time.sleep(5)"))
    assert inspecting.read(b"x")[0]["fault"] == "too_heavy"
    monkeypatch.setattr(inspecting, "READER", (inspecting.READER[0], "-c", "import os; os.abort()"))
    assert inspecting.read(b"x")[0]["fault"] == "too_heavy"


def test_the_reader_may_take_little_memory_and_write_little(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = (
        "from app.documents.child import limits; limits.bind(); import json, resource as r; "
        "most = [r.getrlimit(x)[1] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE)]; "
        "print(json.dumps({'kind': str(most)}))"
    )
    monkeypatch.setattr(inspecting, "READER", (inspecting.READER[0], "-s", "-c", asks))
    assert inspecting.read(b"") == ({"kind": str([1024**3, 20, 0])}, b"")
