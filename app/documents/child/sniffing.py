"""What a file is by its first bytes; its name and what a browser says of it are not asked."""

from __future__ import annotations

import re

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"GIF8", "other_picture"),
    (b"BM", "other_picture"),
    (b"II*\x00", "other_picture"),
    (b"MM\x00*", "other_picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
    (b"ID3", "recording"),
    (b"OggS", "recording"),
    (b"\x1aE\xdf\xa3", "recording"),
)
PICTURES_OF_PHONES = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>/]", re.IGNORECASE)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|form|img|table|div|p|a)[\s>/]", re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """One word for what this is; `text` where it begins like nothing else."""
    for start, word in STARTS:
        if content.startswith(start):
            return "encrypted" if word == "old_office" and _is_sealed(content) else word
    if content[:4] == b"RIFF":
        return "webp" if content[8:12] == b"WEBP" else "recording"
    if content[4:8] == b"ftyp":
        return "other_picture" if content[8:12] in PICTURES_OF_PHONES else "recording"
    return _written(content)


def _is_sealed(content: bytes) -> bool:
    """Whether it is a new office document behind a password, which is kept in an envelope of the old kind."""
    return "EncryptedPackage".encode("utf-16-le") in content


def _written(content: bytes) -> str:
    start = content[: 64 * 1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if SVG.search(start):
        return "svg"
    if HTML.search(start[:4096]) or start[:5].lower() == b"<?xml":
        return "web_page"
    return "text"
