"""The pages of a person's own desk."""

from app.my.pages import correcting, desk
from app.web.edge import Router

ROUTERS: list[Router] = [desk.router, correcting.router]
