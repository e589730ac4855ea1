"""Files that come with a form: read from the network to the disk, never more of one than may be kept.

A form that takes files reads past what is too large instead of stopping: so the rest of what was typed arrives, and the
form comes back with a sentence beside the field. What no form would hold is refused before it is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.kit.errors import Busy, Refusal
from app.kit.i18n import T
from app.work import Work

MOST_READ = 100 * 1024 * 1024
"""So much of one request is read, most of it only to be thrown away; beyond it the form is not shown again."""
MOST_SENT = 6
PIECE = 256 * 1024
A_MINUTE = 60


@dataclass(frozen=True)
class Sent:
    """One file of a form as it arrived; of a larger one than is allowed only one byte more is there."""

    name: str
    size: int
    upload: UploadFile

    def content(self) -> bytes:
        """What is in it."""
        self.upload.file.seek(0)
        return self.upload.file.read()


@dataclass(frozen=True)
class Intake:
    """What a route takes beside words: under which field, how large, and what is done with it before the act.

    `look` runs in a thread, outside of any transaction; `keep` stores what it gave, in a transaction of its own.
    """

    field: str
    most_bytes: int
    look: Callable[[Sequence[Sent]], Any]
    keep: Callable[[Work, Any], Any]


class TooLarge(Refusal):
    """More was sent than any form holds; nothing of it was kept."""

    status = 413
    code = "too_large"

    def __init__(self, most_bytes: int) -> None:
        most = most_bytes // (1024 * 1024)
        super().__init__(
            T(
                "What you sent is too large. Each file may have at most {n} MB. Go back: your browser kept what you "
                "wrote. Choose smaller files and send it again.",
                n=most,
            )
        )


class _Parser(MultiPartParser):
    """Writes of each file one byte more than may be kept, and lets the rest go by."""

    most_bytes = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._taken = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is not None:
            end = min(end, start + self.most_bytes + 1 - self._taken)
            self._taken += end - start
        if end > start:
            super().on_part_data(data, start, end)


async def form_of(request: Request, intake: Intake, *, most_fields: int) -> FormData:
    """The fields and files of a form; files lie on the disk as soon as they are larger than a megabyte."""
    try:
        async with aclosing(_counted(request, intake)) as stream:
            parser = _Parser(request.headers, stream, max_files=MOST_SENT, max_fields=most_fields)
            parser.most_bytes = intake.most_bytes
            return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None
    except OSError:  # the disk that holds what is being received is full
        raise Busy(A_MINUTE) from None


async def _counted(request: Request, intake: Intake) -> AsyncGenerator[bytes, None]:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_READ:
        raise TooLarge(intake.most_bytes)
    read = 0
    async for piece in request.stream():
        read += len(piece)
        if read > MOST_READ:
            raise TooLarge(intake.most_bytes)
        yield piece


def files_of(form: FormData, intake: Intake) -> list[Sent]:
    """The files of a form; a field in which none was chosen holds a file without a name."""
    sent = [value for value in form.getlist(intake.field) if isinstance(value, UploadFile)]
    return [Sent(one.filename, one.size or 0, one) for one in sent if one.filename]


def hash_of(form: FormData) -> str:
    """One hash over what was sent: a browser that sends the same again draws another boundary around it."""
    whole = hashlib.sha256()
    for name, value in form.multi_items():
        whole.update(f"{len(name)}:{name}".encode())
        if isinstance(value, UploadFile):
            value.file.seek(0)
            inner = hashlib.sha256((value.filename or "").encode())
            while piece := value.file.read(PIECE):
                inner.update(piece)
            whole.update(inner.digest())
        else:
            whole.update(f"{len(value)}:{value}".encode())
    return whole.hexdigest()


def takers(register: Iterable[Any]) -> Callable[[str], bool]:
    """Whether the route of an address takes files; asked only for what is larger than words are."""
    paths = [re.escape(route.path) for route in register if route.intake]
    pattern = re.compile(r"(?:/en)?(?:" + "|".join(re.sub(r"\\\{\w+\\\}", "[^/]+", path) for path in paths) + r")\Z")
    return lambda path: bool(paths) and pattern.match(path) is not None
