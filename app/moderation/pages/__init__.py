"""The pages of moderation: for everybody, and for the office."""

from app.moderation.pages import office, public
from app.web.edge import Router

ROUTERS: list[Router] = [public.router, office.router]
