"""The door every page of a process goes through: its address read once, and the page standing in it."""

from __future__ import annotations

from app.kit.errors import NotFound
from app.process import queries
from app.process.models import Process
from app.web.view import Place, View


def standing(view: View, slug: str) -> Process:
    """The process of an address, with the page standing in it."""
    process = found(view, slug)
    stand_in(view, process)
    return process


def found(view: View, slug: str) -> Process:
    """The process of an address; one that is still being prepared does not exist for those who do not work in it."""
    process = view.recently(("process", slug), lambda: queries.by_slug(view.session, slug))
    if not process.is_listed and not view.actor.works_in(process.id):
        raise NotFound
    return process


def stand_in(view: View, process: Process) -> None:
    """Say in which process a page stands, where another row than its address named it."""
    logo = (process.logo_id, process.logo_width) if process.logo_id else None
    place = Place(process.id, process.slug, process.name(view.language), process.timezone, process.accent, logo)
    view.stand_in(place, process.form_of_address.value)
