"""The forum's pages: what the public reads, what a member scores, and what the office and the chair record."""

from app.forum.pages import (
    criteria,
    deciding,
    minutes,
    points,
    public,
    results,
    rounds,
    scoring,
    seats,
    sessions,
    severity,
)
from app.web.edge import Router

ROUTERS: list[Router] = [
    public.router,
    results.router,
    scoring.router,
    seats.router,
    sessions.router,
    points.router,
    minutes.router,
    criteria.router,
    rounds.router,
    severity.router,
    deciding.router,
]
