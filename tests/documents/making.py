"""Files as people, cameras and attackers make them; each is made anew, none is kept in the repository."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

TYPES = "[Content_Types].xml"
OOXML = "application/vnd.openxmlformats-officedocument."
WORD = OOXML + "wordprocessingml.document.main+xml"
SHEET = OOXML + "spreadsheetml.sheet.main+xml"
SLIDES = OOXML + "presentationml.presentation.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
ODF = "application/vnd.oasis.opendocument."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200
CAMERA, PLACE, TURNED = "Camara de Ana", 0x8825, 0x0112


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 40)) -> bytes:
    """A photo taken with the phone on its side, which says with what and where it was taken."""
    notes = Image.Exif()
    notes[TURNED], notes[0x010F] = 6, CAMERA
    notes.get_ifd(PLACE).update({1: "S", 2: (39.0, 49.0, 0.0), 3: "W", 4: (73.0, 14.0, 0.0)})
    made = BytesIO()
    Image.new("RGB", size, "red").save(made, kind, exif=notes)
    return made.getvalue()


def pdf(**root: Any) -> bytes:
    """A document of one page whose author is named; `root` goes into its catalogue."""
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Author"] = "Ana Soto"
        with document.open_metadata() as notes:
            notes["dc:creator"] = ["Ana Soto"]
        for name, value in root.items():
            document.Root[f"/{name}"] = value
        document.save(made)
    return made.getvalue()


def locked_pdf() -> bytes:
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made, encryption=pikepdf.Encryption(owner="una", user="otra"))
    return made.getvalue()


def pdf_with_file_inside() -> bytes:
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["dentro.exe"] = EXE
        document.save(made)
    return made.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def office(main: str = WORD, **parts: bytes) -> bytes:
    """The smallest office document, written by Ana; a part's name has `__` for its slashes and `_dot_` for its dot."""
    listed = f'<Types xmlns="x"><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    more = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    core = b'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>Ana Soto</dc:creator></cp:coreProperties>'
    text = b'<w:document xmlns:w="w"><w:ins w:author="Ana Soto" w:id="1">Hola</w:ins></w:document>'
    return packed({TYPES: listed.encode(), "docProps/core.xml": core, "word/document.xml": text} | more)


def open_document(kind: str = "text", **parts: bytes) -> bytes:
    more = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    meta = (
        b'<office:document-meta xmlns:office="o"><dc:creator xmlns:dc="d">Ana Soto</dc:creator></office:document-meta>'
    )
    return packed({"mimetype": (ODF + kind).encode(), "content.xml": b"<x/>", "meta.xml": meta} | more)


def bomb() -> bytes:
    """A Word document whose text unpacks to two hundred times what it shows."""
    return office(word__long_dot_xml=b"<x>" + b" " * 30_000_000 + b"</x>")


def locked_zip() -> bytes:
    """A document whose parts say that they are behind a password."""
    content = bytearray(office())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)
