"""The page of open data: each dataset, what its columns mean, under which licence, and where to take it."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T, Text
from app.process.doors import standing
from app.publication.datasets import LICENCE
from app.publication.offering import told
from app.trail import queries as trail
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
TITLES: dict[str, Text] = {
    "stages": T("Stages"),
    "proposals": T("Proposals"),
    "decisions": T("Decisions"),
    "invitations": T("Invitations"),
    "meetings": T("Meetings"),
    "outreach": T("Outreach"),
    "themes": T("Themes"),
    "placements": T("What stands in which theme"),
    "tables": T("Votes at territorial meetings"),
    "ballots": T("Ballots"),
    "rankings": T("Rankings"),
    "sessions": T("Sessions of the forum"),
    "motions": T("Motions in the sessions"),
    "motion_votes": T("Votes in the sessions, by seat"),
    "criteria": T("The criteria"),
    "scores": T("Scores, without names"),
    "recusals": T("Who stood aside"),
    "results": T("Results of the scoring"),
    "technical_tables": T("Technical tables"),
    "assessments": T("What institutions answered"),
    "draft_comments": T("Comments on the draft"),
    "draft_issues": T("What was answered to the comments"),
    "commitments": T("Commitments"),
    "milestones": T("Milestones"),
    "progress": T("Progress"),
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
def data(view: View, slug: str, entry: int | None = None) -> Response:
    """Everything public about a process as files, with their dictionary; and the codes a letter is compared with."""
    process = standing(view, slug)
    sets = [
        {
            "name": dataset.name,
            "title": TITLES.get(dataset.name, dataset.name),
            "about": Text(dataset.about),
            "files": dataset.files,
            "columns": [(c.name, KINDS.get(c.kind, c.kind), Text(c.meaning)) for c in dataset.columns],
        }
        for dataset in told(view.session, view.house.settings.base_url, process)
    ]
    chain = trail.chain_named(view.session, process.id)
    is_there = chain is not None and entry is not None and 0 < entry <= chain.length
    found = trail.entry_at(view.session, chain, entry) if chain and entry and is_there else None
    return view.render(
        "publication/data.html",
        process=process,
        sets=sets,
        licence=LICENCE,
        asked=entry,
        found=found,
        length=chain.length if chain else 0,
        heads=trail.heads_of(view.session, chain) if chain else [],
    )
