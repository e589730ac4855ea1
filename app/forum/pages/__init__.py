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
    reports,
    results,
    rewording,
    rounds,
    scoring,
    seats,
    sessions,
    severity,
    trial,
)
from app.web.edge import Router

ROUTERS: list[Router] = [
    public.router,
    results.router,
    reports.router,
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
    deciding.router,
    merging.router,
]
