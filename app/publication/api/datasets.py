"""The open data of a process over HTTP: what there is, what each column means, and the files themselves."""

from __future__ import annotations

import io
import json
from typing import Any

from starlette.responses import Response

from app.kit.errors import NotFound
from app.process import doors
from app.process.models import Process
from app.publication.api.answering import answer
from app.publication.columns import Dataset
from app.publication.datasets import DATASETS, LICENCE
from app.publication.exporting import write_csv
from app.publication.offering import FORMATS, TRAIL, told
from app.publication.telling import DatasetPage
from app.trail import queries as trail
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import PRIVATE, View

router = Router()


@router.read("/api/v1/processes/{slug}/datasets", may=PUBLIC, kept=True, response_model=DatasetPage)
def listing(view: View, slug: str) -> Response:
    """Every dataset with its dictionary, its licence and its files."""
    process = doors.found(view, slug)
    items = told(view.session, view.house.settings.base_url, process)
    return answer(DatasetPage(items=items, total=len(items)))


@router.read("/api/v1/processes/{slug}/datasets/{file}", may=PUBLIC, kept=True, length=Length.LONG)
def download(view: View, slug: str, file: str) -> Response:
    """One dataset as CSV or JSON; the trail as one JSON object a line."""
    process = doors.found(view, slug)
    if file == TRAIL:
        return _file(_trail(view, process), "application/jsonl", f"{slug}-{file}")
    name, _, form = file.partition(".")
    if name not in DATASETS or form not in FORMATS:
        raise NotFound
    dataset = DATASETS[name]
    rows = list(dataset.rows(view.session, process))
    if form == "csv":
        return _file(_csv(dataset, rows), "text/csv; charset=utf-8", f"{slug}-{file}")
    body = json.dumps({"dataset": name, "licence": LICENCE, "rows": rows}, ensure_ascii=False)
    return _file(body.encode(), "application/json", f"{slug}-{file}")


def _csv(dataset: Dataset, rows: list[dict[str, Any]]) -> bytes:
    written = io.StringIO(newline="")
    write_csv(written, dataset, rows)
    return written.getvalue().encode("utf-8-sig")


def _trail(view: View, process: Process) -> bytes:
    chain = trail.chain_named(view.session, process.id)
    if chain is None:
        raise NotFound
    lines = []
    for link in trail.links(view.session, chain.id, public=True):
        row: dict[str, Any] = {"seq": link.seq, "hash": link.hash}
        if link.leaf is not None:
            row["leaf"] = link.leaf
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines).encode()


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', **PRIVATE}
    return Response(body, media_type=media_type, headers=headers)
