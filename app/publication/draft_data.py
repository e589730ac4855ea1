"""The open data of the draft: its public comments without names, and the points they make with what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commitments.queries import comments as queries
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.publication.columns import Dataset, Row, columns, iso

BATCH = 500


def _stages(session: Session, process: Process) -> list[Stage]:
    wanted = (Stage.process_id == process.id, Stage.kind == StageKind.DRAFT_COMMENT)
    return list(session.scalars(select(Stage).where(*wanted).order_by(Stage.position)))


def _comments(session: Session, process: Process) -> Iterator[Row]:
    for stage in _stages(session, process):
        after = 0
        while rows := queries.comments(session, stage.id, queries.IS_PUBLIC, after=after, limit=BATCH):
            for said in rows:
                one = said.comment
                yield {
                    "folio": one.folio,
                    "stage": stage.slug,
                    "commitment": "" if said.about is None else said.about,
                    "text_version": one.text_version or "",
                    "section": one.section,
                    "text": one.text,
                    "language": one.language,
                    "channel": one.channel.value,
                    "received_at": iso(one.received_at),
                    "issue": said.issue if said.is_answered else "",
                    "provenance": one.provenance.value,
                }
            after = rows[-1].comment.number


def _issues(session: Session, process: Process) -> Iterator[Row]:
    for stage in _stages(session, process):
        after = 0
        while rows := queries.published(session, stage.id, after, BATCH):
            for row in rows:
                response = row.response
                if response is None:
                    continue
                yield {
                    "issue": row.issue.number,
                    "stage": stage.slug,
                    "title": row.issue.title,
                    "comments": row.said_by,
                    "response": response.response.value,
                    "reason": response.reason,
                    "changes": "|".join(f"{number}:{version}" for number, version in response.changes),
                    "change_words": response.change_words,
                    "version": response.number,
                    "published_at": iso(response.published_at),
                }
            after = rows[-1].issue.number


def fault_of(folder: Path) -> str | None:
    """The first point of an export that tells another number of comments than stand beside it."""
    comments, issues = folder / "draft_comments.json", folder / "draft_issues.json"
    if not (comments.is_file() and issues.is_file()):
        return None
    said = Counter(row["issue"] for row in orjson.loads(comments.read_bytes())["rows"])
    for row in orjson.loads(issues.read_bytes())["rows"]:
        number, told = row["issue"], row["comments"]
        if said[number] != told:
            return f"draft point {number}: {told} comments are told and {said[number]} are there"
    return None


OF_THE_DRAFT: dict[str, Dataset] = {
    "draft_comments": Dataset(
        "draft_comments",
        "Every public comment on the draft of the plan; no names.",
        columns(
            "folio text public number of the comment",
            "stage text the stage",
            "commitment integer the commitment it is about; empty for the whole draft",
            "text_version integer version of the text it is about",
            "section text part of the commitment; empty for all of it",
            "text text what was said",
            "language text language it was written in",
            "channel text web or api",
            "received_at instant when it was received (UTC)",
            "issue integer the point it makes, once that is answered",
            "provenance text native, imported, reported, derived or illustrative",
        ),
        _comments,
    ),
    "draft_issues": Dataset(
        "draft_issues",
        "Each point that comments on the draft make, with its published answer.",
        columns(
            "issue integer number of the point",
            "stage text the stage",
            "title text the point in one sentence",
            "comments integer how many comments make it",
            "response text accepted, accepted_in_part, not_accepted or noted",
            "reason text why",
            "changes text commitments that were changed, each with the version of its text, between bars",
            "change_words text what changed, in words",
            "version integer version of the answer",
            "published_at instant when it was published (UTC)",
        ),
        _issues,
    ),
}
