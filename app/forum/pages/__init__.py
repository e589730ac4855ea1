"""The forum's pages: what the public reads, what a member scores, and what the office and the chair record."""

from app.forum.pages import (
    bodies,
    criteria,
    deciding,
    merging,
    minutes,
    own_sheets,
    points,
    public,
    rapporteur,
    results,
    rewording,
    rounds,
    scoring,
    seats,
    sessions,
    severity,
    standing_aside,
    trial,
)
from app.web.edge import Router

ROUTERS: list[Router] = [
    public.router,
    results.router,
    scoring.router,
    own_sheets.router,
    seats.router,
    bodies.router,
    sessions.router,
    points.router,
    minutes.router,
    criteria.router,
    rewording.router,
    trial.router,
    rapporteur.router,
    rounds.router,
    severity.router,
    standing_aside.router,
    deciding.router,
    merging.router,
]
