"""Pictures: drawn anew without what the camera wrote beside them, which often says where somebody lives."""

from __future__ import annotations

from io import BytesIO

from app.documents.child.limits import MOST_PIXELS, Fault

AS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}
GOOD = 88
LOGO_FITS = (320, 80)
LOGO_WEIGHS = 12 * 1024
LEAST = 16


def clean(content: bytes, kind: str) -> bytes:
    """The picture turned as it is meant to be seen, and nothing else: no place, no date, no camera, no thumbnail."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - half of the start, and only pictures need it

    Image.MAX_IMAGE_PIXELS = None  # our own limit follows, and speaks more clearly than a warning
    try:
        with Image.open(BytesIO(content), formats=AS[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Fault("too_many_pixels")
            opened.load()
            turned = ImageOps.exif_transpose(opened)
            return _drawn(_with_plain_colours(turned, opened.info.get("icc_profile")), kind)
    except Fault:
        raise
    except MemoryError:
        raise Fault("too_heavy") from None
    except Exception as error:
        raise Fault("broken") from error


def small(content: bytes) -> bytes:
    """A clean picture drawn as a logo: PNG, at most 320 by 80 dots, in few colours where it would weigh much."""
    from PIL import Image  # noqa: PLC0415 - see above

    with Image.open(BytesIO(content)) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail(LOGO_FITS)
    if min(picture.size) < LEAST:
        raise Fault("too_narrow")
    drawn = BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    if drawn.tell() > LOGO_WEIGHS:
        drawn = BytesIO()
        picture.quantize(128, Image.Quantize.FASTOCTREE).save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def _with_plain_colours(picture: object, profile: bytes | None) -> object:
    """The colours as every screen shows them; a profile that cannot be read is left out as it is."""
    from PIL import ImageCms  # noqa: PLC0415 - see above

    if not profile or getattr(picture, "mode", "") not in {"RGB", "RGBA"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - whatever is wrong with a profile, the picture can be seen without it
        return picture


def _drawn(picture: object, kind: str) -> bytes:
    from PIL import Image  # noqa: PLC0415 - see above

    assert isinstance(picture, Image.Image)  # noqa: S101 - opened above
    if kind == "jpeg" and picture.mode not in {"L", "RGB"}:
        picture = picture.convert("RGB")
    if kind == "webp" and picture.mode not in {"RGB", "RGBA"}:
        picture = picture.convert("RGBA")
    bare = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and picture.palette is not None:
        bare.putpalette(picture.palette)
        if "transparency" in picture.info:
            bare.info["transparency"] = picture.info["transparency"]
    bare.paste(picture)
    drawn = BytesIO()
    more = {"jpeg": {"quality": GOOD, "optimize": True}, "png": {}, "webp": {"quality": GOOD, "method": 3}}[kind]
    bare.save(drawn, AS[kind][0], **more)
    return drawn.getvalue()


def without_notes(content: bytes) -> bytes:
    """A picture inside another document, without what the camera wrote beside it; its dots stay as they are."""
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg_without_notes(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png_without_notes(content)
    return content


def _jpeg_without_notes(content: bytes) -> bytes:
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        mark, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if mark == 0xFF:
            at += 1
            continue
        is_note = mark == 0xFE or (0xE1 <= mark <= 0xEF and mark not in {0xE2, 0xEE})  # colours stay: E2, EE
        if not is_note:
            kept += content[at : at + 2 + length]
        at += 2 + length
    return bytes(kept + content[at:])


def _png_without_notes(content: bytes) -> bytes:
    kept, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] not in {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}:
            kept += content[at:end]
        at = end
    return bytes(kept)
