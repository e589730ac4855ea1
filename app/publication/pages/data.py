"""The page of open data: each dataset, what its columns mean, under which licence, and where to take it."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T, Text
from app.process.doors import standing
from app.publication.datasets import LICENCE
from app.publication.offering import told
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
TITLES: dict[str, Text] = {
    "stages": T("Stages"),
    "proposals": T("Proposals"),
    "decisions": T("Decisions"),
    "invitations": T("Invitations"),
    "answers": T("Written answers"),
    "trail": T("The history, entry by entry"),
}
KINDS: dict[str, Text] = {
    "text": T("text"),
    "integer": T("whole number"),
    "boolean": T("yes or no"),
    "instant": T("moment"),
    "date": T("date"),
}


@router.page("/p/{slug}/data", may=PUBLIC, kept=True)
def data(view: View, slug: str) -> Response:
    """Everything public about a process as files, with their dictionary."""
    process = standing(view, slug)
    sets = [
        {
            "name": dataset.name,
            "title": TITLES.get(dataset.name, dataset.name),
            "about": Text(dataset.about),
            "files": dataset.files,
            "columns": [(c.name, KINDS.get(c.kind, c.kind), Text(c.meaning)) for c in dataset.columns],
        }
        for dataset in told(view.house.settings.base_url, process.slug)
    ]
    return view.render("publication/data.html", process=process, sets=sets, licence=LICENCE)
