"""The public pages that gather several stages."""

from app.publication.pages import data, feeds, figures, following, home, proposals, related, statistics, subscribing
from app.web.edge import Router

ROUTERS: list[Router] = [
    home.router,
    feeds.router,
    proposals.router,
    related.router,
    following.router,
    subscribing.router,
    data.router,
    figures.router,
    statistics.router,
]
