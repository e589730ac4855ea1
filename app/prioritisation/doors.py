"""What the pages of rounds and tables do first: find what an address names, and ask who may."""

from __future__ import annotations

from app.people.rules import Permission
from app.prioritisation.models import VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.process.doors import standing
from app.process.models import Process
from app.web.view import View


def office_round(view: View, slug: str, number: int) -> tuple[Process, VotingRound]:
    """The process and any round of it, for those who set them."""
    process = standing(view, slug)
    view.require(Permission.SET_ROUNDS, process.id)
    return process, rounds.round_numbered(view.session, process.id, number)


def run_table(view: View, slug: str, number: int) -> tuple[Process, AtTable, VotingRound]:
    """The process and a table of it with its round, for those who run it."""
    process = standing(view, slug)
    view.require(Permission.RUN_TABLES, process.id)
    at, found = tables.table_numbered(view.session, process.id, number)
    return process, at, found
