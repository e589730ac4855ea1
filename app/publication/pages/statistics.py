"""The process in figures, as pictures: when, where from, about what, and who took part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from starlette.responses import Response

from app.process import queries as processes
from app.process.doors import standing
from app.process.kinds import INTAKE
from app.process.models import Stage
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.proposals.groups import Dimension
from app.publication import statistics as figures
from app.publication.census import EVERYBODY, SOURCE
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/statistics", may=PUBLIC, kept=True)
def statistics(view: View, slug: str) -> Response:
    """How many proposals by day, place, sector, theme and way, beside how many people live there."""
    process = standing(view, slug)
    counted = figures.groups_of(view.session, process.id)
    places = processes.territories_of(view.session, process.id)
    base = view.url(f"/p/{slug}/proposals")
    by_place = counted[Dimension.TERRITORY]
    named, pairs = figures.pairs_of(by_place, places) if figures.is_chile(places) else (0, [])
    came, attended = figures.attendance(view.session, process, places, view.language)
    stages = processes.stages_of(view.session, process.id)
    receives = _receives(stages, view.now)
    return view.render(
        "publication/statistics.html",
        process=process,
        seen=sum(counted[Dimension.SECTOR].values()),
        received=sum(proposals.counts_of(view.session, process.id).values()),
        over_time=figures.over_time(counted[Dimension.DAY], figures.window_of(process, stages, view.now)),
        tiles=figures.tiles_of(by_place, places, base, view.language) if pairs else [],
        places=figures.by_place(by_place, places, base, view.language) if by_place.keys() - {""} else [],
        sectors=figures.by_sector(counted[Dimension.SECTOR], base),
        themes=figures.by_theme(view.session, process.id, base, view.language),
        channels=figures.by_channel(counted[Dimension.CHANNEL]),
        attended=attended,
        came=came,
        pairs=pairs,
        widest=max((max(pair.proposals, pair.people) for pair in pairs), default=1),
        named=named,
        everybody=EVERYBODY,
        source=SOURCE,
        receives=receives,
        are_asked=receives or figures.has_answers(view.session, process.id),
        traits=[] if receives else figures.traits_of(view.session, process.id),
    )


def _receives(stages: Sequence[Stage], now: datetime) -> bool:
    """Whether proposals still come in, or will: an undated stage is not waited for, since it may be skipped."""
    intake = [stage for stage in stages if stage.kind in INTAKE]
    is_open = any(stage.window.status(now) is WindowStatus.OPEN and not stage.concluded_at for stage in intake)
    return is_open or any(stage.opens_at and stage.opens_at > now for stage in intake)
