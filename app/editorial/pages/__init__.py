"""The pages of what the office writes: for everybody, and for the office."""

from app.editorial.pages import library, logo, networks, outreach, public, writing
from app.web.edge import Router

ROUTERS: list[Router] = [public.router, library.router, logo.router, outreach.router, networks.router, writing.router]
