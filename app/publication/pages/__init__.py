"""The public pages that gather several stages."""

from app.publication.pages import data, figures, following, home, proposals, related
from app.web.edge import Router

ROUTERS: list[Router] = [home.router, proposals.router, following.router, data.router, figures.router, related.router]
