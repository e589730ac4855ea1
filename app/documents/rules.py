"""Which files are taken, how large, under which names; and the sentence for each that is not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from enum import StrEnum

from app.kit.i18n import T, Text

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
"""The largest file that is taken; what is stored of it may be a little larger, because it is written anew."""
WAITING_HOURS = 24
"""How long a file is kept whose form was not yet received."""
MOST_WAITING = 500 * MEGABYTE
"""So much may wait at once; beyond it no file is taken until some are claimed or their time is over."""
LONGEST_NAME = 120


class Kind(StrEnum):
    """What a file is, told by its content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    TEXT = "text"
    CSV = "csv"


ENDINGS: dict[Kind, tuple[str, ...]] = {
    Kind.PDF: ("pdf",),
    Kind.JPEG: ("jpg", "jpeg", "jfif"),
    Kind.PNG: ("png",),
    Kind.WEBP: ("webp",),
    Kind.DOCX: ("docx",),
    Kind.XLSX: ("xlsx",),
    Kind.PPTX: ("pptx", "ppsx"),
    Kind.ODT: ("odt",),
    Kind.ODS: ("ods",),
    Kind.ODP: ("odp",),
    Kind.TEXT: ("txt", "text", "md"),
    Kind.CSV: ("csv",),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
MEDIA_TYPES: dict[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.DOCX: _OFFICE + "wordprocessingml.document",
    Kind.XLSX: _OFFICE + "spreadsheetml.sheet",
    Kind.PPTX: _OFFICE + "presentationml.presentation",
    Kind.ODT: _OPEN + "text",
    Kind.ODS: _OPEN + "spreadsheet",
    Kind.ODP: _OPEN + "presentation",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.CSV: "text/csv; charset=utf-8",
}
WORDS: dict[str, Text] = {
    Kind.PDF: T("PDF document"),
    Kind.JPEG: T("photo (JPEG)"),
    Kind.PNG: T("picture (PNG)"),
    Kind.WEBP: T("picture (WebP)"),
    Kind.DOCX: T("Word document"),
    Kind.XLSX: T("Excel spreadsheet"),
    Kind.PPTX: T("PowerPoint presentation"),
    Kind.ODT: T("OpenDocument text"),
    Kind.ODS: T("OpenDocument spreadsheet"),
    Kind.ODP: T("OpenDocument presentation"),
    Kind.TEXT: T("plain text"),
    Kind.CSV: T("table (CSV)"),
}
NOT_TAKEN: dict[str, Text] = {
    "svg": T("an SVG drawing, which may carry a program"),
    "web_page": T("a web page or XML file"),
    "program": T("a program"),
    "zip": T("a compressed folder (ZIP) or an office file of another kind"),
    "archive": T("a compressed folder"),
    "old_office": T("a file of an older Office"),
    "rtf": T("a rich text file (RTF)"),
    "other_picture": T("a picture of another kind (HEIC, GIF, TIFF or BMP)"),
    "recording": T("a sound or a video"),
}
"""What is recognised and not taken, as it is called in the sentence that says so."""
NAMES: dict[str, str | Text] = {**NOT_TAKEN, **WORDS}
INSTEAD: dict[str, str | Text] = {
    "svg": T("Save the drawing as PNG or PDF and send that."),
    "web_page": T("Print it into a PDF and send that."),
    "program": T("Programs are never taken."),
    "zip": T("Send the files one by one."),
    "archive": T("Send the files one by one."),
    "old_office": T("Save it as DOCX, XLSX, PPTX or PDF and send that."),
    "rtf": T("Save it as DOCX or PDF and send that."),
    "other_picture": T("Save it as JPEG or PNG and send that."),
    "recording": T("Put it on a page of yours and write its address in the text."),
}
TAKEN = T("Send a PDF, a picture (JPEG, PNG, WebP), an office document (DOCX, XLSX, PPTX, ODT, ODS, ODP), text or CSV.")


def kind_named(told: str, name: str) -> Kind:
    """The kind of a file; that a text is a table only its name can say."""
    return Kind.CSV if told == "text" and ending_of(name) == "csv" else Kind(told)


def ending_of(name: str) -> str:
    """What stands after the last dot of a name, in small letters; nothing where there is no dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def has_path(name: str) -> bool:
    """Whether a name would lead somewhere: no browser sends that."""
    return "/" in name or "\\" in name or "\x00" in name or name.strip() in {".", ".."}


def clean_name(name: str, kind: Kind) -> str:
    """The name under which a file is kept: nothing that cannot be seen, not too long, and with its true ending."""
    said = unicodedata.normalize("NFC", name)
    said = "".join(character for character in said if character.isprintable()).strip(" .-_~")
    said = re.sub(r"[<>:\"|?*]", "", re.sub(r"\s+", " ", said))
    ending = ending_of(said)
    stem = said[: -len(ending) - 1] if ending in ENDINGS[kind] else said
    ending = ending if ending in ENDINGS[kind] else ENDINGS[kind][0]
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip(' .') or 'documento'}.{ending}"


def shown_name(name: str) -> str:
    """A name as a sentence quotes it: its last part, without what cannot be seen, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(character for character in last if character.isprintable()).strip()
    return (seen if len(seen) <= 60 else seen[:57] + "…") or "?"


def is_disguised(name: str, kind: Kind) -> bool:
    """Whether a name says another kind than the content is; a name without an ending says nothing."""
    ending = ending_of(name)
    return bool(ending) and ending.isalnum() and len(ending) <= 5 and ending not in ENDINGS[kind]


FAULTS: dict[str, Text] = {
    "unknown": T("We cannot tell what “{name}” is. {taken}"),
    "broken": T("“{name}” is damaged or incomplete. Open it, save it again and send that."),
    "empty": T("“{name}” is empty. Choose the file again."),
    "encrypted": T("“{name}” is locked with a password. Save it without a password and send that."),
    "macros": T("“{name}” holds macros, which are programs. Save it as a PDF, or without macros, and send that."),
    "script": T("“{name}” holds a program (JavaScript or an active form). Print it into a new PDF and send that."),
    "launch": T(
        "“{name}” would start something or send data when it is opened. Print it into a new PDF and send that."
    ),
    "embedded": T("“{name}” has other files inside. Print it into a new PDF, or send the files one by one."),
    "path": T("The name of a file holds a path (/ or \\). Give “{name}” a plain name and send it again."),
    "too_large": T("“{name}” is larger than {n} MB. Make it smaller, or send only the pages that matter."),
    "too_many_pixels": T(
        "The picture “{name}” is too large to be opened: more than 60 million dots. Make it smaller and send that."
    ),
    "too_heavy": T(
        "“{name}” takes too long or too much memory to be read. Print it into a PDF or make it smaller, and send that."
    ),
    "bomb": T("“{name}” unpacks into far more than it shows, so it was not opened. Save it as a PDF and send that."),
    "busy": T(
        "Many files are being received at this moment, and “{name}” could not be taken. Send it again in some minutes, "
        "or go on without it."
    ),
    "no_picture": T("“{name}” is no picture that can be shown here. Send a JPEG, a PNG or a WebP."),
    "too_narrow": T("The picture “{name}” is too long and narrow: drawn small, one side has less than 16 dots."),
    "refused_kind": T("“{name}” is {what}. It was not taken. {instead}"),
    "disguised": T(
        "“{name}” is not what its name says. Its content is: {what}. Give it its right ending and send it again."
    ),
}
"""What is wrong with a file and what to do about it."""


def sentence(name: str, fault: str, found: str = "") -> Text:
    """The sentence about one file, for whoever sent it."""
    word = "unknown" if fault == "refused_kind" and found not in NOT_TAKEN else fault
    values: dict[str, str | int | Text] = {
        "name": shown_name(name),
        "n": MOST_BYTES // MEGABYTE,
        "taken": TAKEN,
        "what": NAMES.get(found, ""),
        "instead": INSTEAD.get(found, ""),
    }
    return replace(FAULTS[word], values=tuple(values.items()))
