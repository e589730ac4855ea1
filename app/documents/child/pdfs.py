"""PDF documents: written anew without who wrote them, and refused where they would do something on opening."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.documents.child.limits import MOST_OBJECTS, Fault
from app.documents.child.pictures import without_notes

ACTING = {"/JavaScript": "script", "/Launch": "launch", "/ImportData": "launch", "/SubmitForm": "launch"}
KEYS = {"/JS": "script", "/XFA": "script", "/EF": "embedded", "/EmbeddedFiles": "embedded", "/RichMedia": "embedded"}
NOTES = ("/Metadata", "/PieceInfo", "/LastModified")
DEEPEST = 40


def clean(content: bytes) -> bytes:
    """The document without title, author, program and history; earlier versions hidden in it are gone too."""
    import pikepdf  # noqa: PLC0415 - only PDF documents need it

    try:
        with pikepdf.open(BytesIO(content)) as opened:
            if len(opened.pages) == 0:
                raise Fault("broken")
            _look(opened, pikepdf)
            if "/Info" in opened.trailer:
                del opened.trailer["/Info"]
            saved = BytesIO()
            opened.save(
                saved,
                encryption=False,
                deterministic_id=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                fix_metadata_version=False,
            )
            return saved.getvalue()
    except Fault:
        raise
    except pikepdf.PasswordError:
        raise Fault("encrypted") from None
    except MemoryError:
        raise Fault("too_heavy") from None
    except Exception as error:
        raise Fault("broken") from error


def _look(opened: Any, pikepdf: Any) -> None:
    for number, one in enumerate(opened.objects):
        if number > MOST_OBJECTS:
            raise Fault("too_heavy")
        _look_at(one, pikepdf, 0)
        if isinstance(one, pikepdf.Stream) and one.get("/Filter") == pikepdf.Name("/DCTDecode"):
            raw = one.read_raw_bytes()
            bare = without_notes(raw)
            if len(bare) != len(raw):
                one.write(bare, filter=pikepdf.Name("/DCTDecode"), decode_parms=one.get("/DecodeParms"))


def _look_at(one: Any, pikepdf: Any, depth: int) -> None:
    """Refuse what acts and take away what tells; what is pointed at is looked at when its own turn comes."""
    if depth > DEEPEST:
        raise Fault("too_heavy")
    if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        _look_at_keys(one)
        for value in one.values():
            _look_into(value, pikepdf, depth)
    elif isinstance(one, pikepdf.Array):
        for value in one:
            _look_into(value, pikepdf, depth)


def _look_into(value: Any, pikepdf: Any, depth: int) -> None:
    if isinstance(value, pikepdf.Object) and not value.is_indirect:
        _look_at(value, pikepdf, depth + 1)


def _look_at_keys(one: Any) -> None:
    for key, word in KEYS.items():
        if key in one:
            raise Fault(word)
    for key in ("/S", "/Type"):
        said = str(one.get(key, ""))
        if said in ACTING:
            raise Fault(ACTING[said])
        if said == "/EmbeddedFile":
            raise Fault("embedded")
    for key in NOTES:
        if key in one:
            del one[key]
