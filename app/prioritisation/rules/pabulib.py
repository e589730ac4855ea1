"""A round as a Pabulib file (.pb), the form in which votes over several projects are exchanged: META, PROJECTS, VOTES.

Each proposal costs 1 and the budget is how many go on, since nothing is paid here. Source: pabulib.org/format, 2023.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.prioritisation.rules.counting import Ballot, BallotMethod, BallotRule


@dataclass(frozen=True)
class Facts:
    """What the head of the file says."""

    description: str
    unit: str
    instance: str
    rule: BallotRule
    capacity: int
    comment: str = ""


def written(facts: Facts, proposals: Sequence[tuple[str, str]], votes: Iterable[tuple[str, Ballot]]) -> str:
    """The file: proposals are (folio, title), votes are (table or tables, ballot), both already in their order."""
    cast = list(votes)
    by_points = facts.rule.method is BallotMethod.POINTS
    file = io.StringIO()
    out = csv.writer(file, delimiter=";", lineterminator="\n")
    out.writerow(["META"])
    out.writerow(["key", "value"])
    out.writerows(_meta(facts, len(proposals), len(cast)).items())
    out.writerow(["PROJECTS"])
    out.writerow(["project_id", "cost", "votes", "score", "name"])
    for folio, title in proposals:
        named = [ballot[folio] for _, ballot in cast if folio in ballot]
        out.writerow([folio, 1, len(named), sum(named), title])
    out.writerow(["VOTES"])
    out.writerow(["voter_id", "table", "vote", *(["points"] if by_points else [])])
    for at, (table, ballot) in enumerate(cast, 1):
        order = sorted(ballot, key=lambda folio: (-ballot[folio], folio))
        points = [",".join(str(ballot[folio]) for folio in order)] if by_points else []
        out.writerow([at, table, ",".join(order), *points])
    return file.getvalue()


def _meta(facts: Facts, projects: int, votes: int) -> Mapping[str, object]:
    by_points = facts.rule.method is BallotMethod.POINTS
    limits = (
        {"vote_type": "cumulative", "max_points": facts.rule.each, "max_sum_points": facts.rule.most}
        if by_points
        else {"vote_type": "approval", "max_length": facts.rule.most}
    )
    return {
        "description": facts.description,
        "unit": facts.unit,
        "instance": facts.instance,
        "num_projects": projects,
        "num_votes": votes,
        "budget": facts.capacity,
        "rule": "greedy",
        "min_length": 0,
        **limits,
        **({"comment": facts.comment} if facts.comment else {}),
    }
