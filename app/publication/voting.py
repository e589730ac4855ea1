"""The datasets of the votes at tables: how many voted, every ballot once its round is closed, the rankings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.prioritisation.queries import open_data, rounds, tables
from app.process.models import Process
from app.publication.columns import Dataset, Row, columns, iso


def _tables(session: Session, process: Process) -> Iterator[Row]:
    """Every vote of every table, annulled ones too: how many voted, never what."""
    for found in reversed(rounds.rounds_of(session, process.id)):
        for at in tables.tables_of(session, found.id):
            for vote in tables.votes_of(session, at.table.id):
                yield {
                    "table": at.table.number,
                    "round": found.number,
                    "scope": at.table.scope.value,
                    "vote": vote.take,
                    "state": vote.state.value,
                    "way": vote.way.value,
                    "ballots": vote.ballots if vote.closed_at or vote.annulled_at else "",
                    "assisted": vote.assisted,
                    "box_hash": vote.box_hash,
                    "opened_at": iso(vote.opened_at),
                    "closed_at": iso(vote.closed_at),
                    "annulled_because": vote.annulled_because,
                }


VOTING: dict[str, Dataset] = {
    "tables": Dataset(
        "tables",
        "Every vote at a territorial, youth or thematic meeting, annulled ones included.",
        columns(
            "table integer number of the meeting",
            "round integer the round in which it votes",
            "scope text territorial, youth or thematic",
            "vote integer 1 for the first; more after one was annulled",
            "state text prepared, open, closed or annulled",
            "way text codes or paper",
            "ballots integer how many were cast; empty while it is open",
            "assisted integer how many of them a facilitator typed for somebody",
            "box_hash text SHA-256 over the ballots of its box, told when it was closed",
            "opened_at instant when the vote was opened (UTC)",
            "closed_at instant when it was closed (UTC)",
            "annulled_because text the public reason, if it was annulled",
        ),
        _tables,
    ),
    "ballots": Dataset(
        "ballots",
        "Every ballot of the closed rounds, without person, time or order; small meetings stand together.",
        columns(
            "round integer the round",
            "tables text number of the meeting, or of those that are counted as one, with a plus between",
            "ballots integer how many ballots the row stands for: 1, or all where only sums were kept",
            "choices text folio and points of each proposal named, between bars; empty for an empty ballot",
            "only_sums boolean whether only the sums of a count on paper were kept",
        ),
        open_data.ballots,
    ),
    "rankings": Dataset(
        "rankings",
        "The ranking of each closed round, with the rule it follows from.",
        columns(
            "round integer the round",
            "folio text the proposal",
            "rank integer its place; those that stand level share it",
            "is_level boolean whether another one has the same place",
            "score text exact score as a fraction; empty where fewer than 10 voted in all",
            "sum integer votes or points it received",
            "named integer ballots that name it",
            "method text approval or points",
            "over text heads or tables: what weighs the same",
            "capacity integer how many go on by the rule",
            "inputs_hash text SHA-256 over everything that was counted",
        ),
        open_data.rankings,
    ),
}
