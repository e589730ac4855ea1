"""Office documents: a zip with a known list of parts, packed anew without who wrote it, and without programs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from app.documents.child.limits import MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED, Fault
from app.documents.child.pictures import without_notes

OOXML = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "presentationml.slideshow.main+xml": "pptx",
}
ODF = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
ODF_TYPE = "application/vnd.oasis.opendocument."
PROGRAMS = re.compile(r"vbaProject|vbaData|(^|/)activeX/|^Basic/|^Scripts/|(^|/)macrosheets/|customUI/", re.IGNORECASE)
OBJECTS = re.compile(r"(^|/)embeddings/.*(?<!\.xlsx)(?<!\.docx)(?<!\.pptx)$|(^|/)externalLinks/", re.IGNORECASE)
WRITTEN = (".xml", ".rels", ".rdf")
NO_WORDS = {
    "docProps/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
    "meta.xml": b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>',
}
WHO: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    (re.compile(rb'(\b(?:w|w15):(?:author|initials|userId|providerId))="[^"]*"'), rb'\1="-"'),
    (re.compile(rb"<author>[^<]*</author>"), rb"<author>-</author>"),
    (re.compile(rb"<((?:dc:creator|meta:creator-initials|meta:initial-creator))>[^<]*<"), rb"<\1>-<"),
)
"""Names in comments and marked changes: in Word, in sheets, and in open documents."""
PERSONS = re.compile(rb'\b(displayName|userId|name|initials)="[^"]*"')
RELATION = re.compile(rb"<Relationship\b[^>]*>")
TARGET = re.compile(rb'\bTarget="[^"]*"')
PARTS_OF_PERSONS = re.compile(r"^(xl/persons/|ppt/commentAuthors\.xml|ppt/authors\.xml)")


@dataclass
class Budget:
    """What may still be unpacked, shared with the documents inside a document."""

    entries: int = MOST_ENTRIES
    unpacked: int = MOST_UNPACKED


def clean(content: bytes) -> tuple[str, bytes]:
    """Which office document this is, and its parts packed anew."""
    try:
        return _clean(content, Budget(), is_inside=False)
    except Fault:
        raise
    except MemoryError:
        raise Fault("too_heavy") from None
    except Exception as error:
        raise Fault("broken", "zip") from error


def _clean(content: bytes, budget: Budget, *, is_inside: bool) -> tuple[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        _weigh(entries, len(content), budget)
        parts = {entry.filename: _unpack(packed, entry, budget) for entry in entries}
    if len(parts) != len(entries):
        raise Fault("broken", "zip")
    kind = _kind(parts)
    for name, part in parts.items():
        if PROGRAMS.search(name):
            raise Fault("macros", kind)
        if OBJECTS.search(name) or (is_inside and "embeddings/" in name):
            raise Fault("embedded", kind)
        parts[name] = _bare(name, part, budget)
    return kind, _pack(parts)


def _weigh(entries: list[zipfile.ZipInfo], size: int, budget: Budget) -> None:
    """What the list of contents says of itself; whether it lies is seen while unpacking."""
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > budget.entries or declared > budget.unpacked or declared > MOST_RATIO * max(size, 1):
        raise Fault("bomb")
    budget.entries -= len(entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Fault("encrypted")
    if any(entry.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", entry.filename) for entry in entries):
        raise Fault("broken", "zip")


def _unpack(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> bytes:
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Fault("broken", "zip")
    unpacked = bytearray()
    with packed.open(entry) as stream:
        while piece := stream.read(256 * 1024):
            unpacked += piece
            budget.unpacked -= len(piece)
            if budget.unpacked < 0:
                raise Fault("bomb")
    return bytes(unpacked)


def _kind(parts: dict[str, bytes]) -> str:
    said = parts.get("mimetype", b"").decode("ascii", errors="replace").strip()
    if said.startswith(ODF_TYPE) and "content.xml" in parts:
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise Fault("encrypted")
        if said.removeprefix(ODF_TYPE) in ODF:
            return ODF[said.removeprefix(ODF_TYPE)]
        raise Fault("refused_kind", "zip")
    types = _types(parts.get("[Content_Types].xml", b""))
    if any("macroenabled" in one.lower() for one in types):
        raise Fault("macros")
    for ending, kind in OOXML.items():
        if any(one.endswith(ending) for one in types):
            return kind
    raise Fault("refused_kind", "zip")


def _types(listed: bytes) -> list[str]:
    if not listed:
        return []
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - only office documents need it

    return [str(one.get("ContentType", "")) for one in fromstring(listed)]


def _bare(name: str, part: bytes, budget: Budget) -> bytes:
    """One part without names, without what is fetched from elsewhere, without what a camera wrote."""
    if name in NO_WORDS:
        return NO_WORDS[name]
    if re.search(r"(^|/)embeddings/", name):
        return _clean(part, budget, is_inside=True)[1]
    if not name.endswith(WRITTEN):
        return without_notes(part)
    if part[:2] in {b"\xff\xfe", b"\xfe\xff"} or re.search(rb"<!(?:DOCTYPE|ENTITY)", part, re.IGNORECASE):
        raise Fault("broken", "zip")
    for pattern, instead in WHO:
        part = pattern.sub(instead, part)
    if PARTS_OF_PERSONS.search(name):
        part = PERSONS.sub(rb'\1="-"', part)
    return RELATION.sub(_kept_at_home, part) if name.endswith(".rels") else part


def _kept_at_home(found: re.Match[bytes]) -> bytes:
    """Whatever a document would fetch by itself when it is opened leads nowhere; links a reader clicks stay."""
    relation = found[0]
    if b'"External"' not in relation or b"/hyperlink" in relation:
        return relation
    return TARGET.sub(b'Target="about:blank"', relation)


def _pack(parts: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(parts, key=lambda one: (one != "mimetype", one != "[Content_Types].xml")):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return packed.getvalue()
