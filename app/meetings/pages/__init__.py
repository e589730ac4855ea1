"""The pages of meetings: for everybody, for who registered, for who is in the room, and for the office."""

from app.meetings.pages import attendance, minutes, office, own, public, registering
from app.web.edge import Router

ROUTERS: list[Router] = [
    public.router,
    registering.router,
    own.router,
    office.router,
    attendance.router,
    minutes.router,
]
