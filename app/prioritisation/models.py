"""Themes and what was placed in them and why; rounds of prioritisation, tables that vote in them, and secret ballots.

What tells who had a ballot (`BallotRight`) and what tells how somebody voted (`BallotBox`, `Ballot`) share no key, no
time and no order: a box is one sorted list until its vote is closed, then rows under random keys.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import ids
from app.kit.db import Base, JsonColumn, Key, one_of
from app.prioritisation.rules.counting import BallotMethod, BallotRule, OverTables
from app.prioritisation.rules.voting import NoteState, RoundState, Scope, VotingState, VotingWay
from app.work.transaction import Subject


class Theme(Base):
    """A group of proposals that are about the same matter; `whole` and `parts` count what stands in it now."""

    __tablename__ = "themes"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    name_es: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    about_es: Mapped[str] = mapped_column(Text, default="")
    about_en: Mapped[str] = mapped_column(Text, default="")
    whole: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    named_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    def name(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en if language.startswith("en") else "") or self.name_es

    def about(self, language: str) -> str:
        """What it is about, in a language."""
        return (self.about_en if language.startswith("en") else "") or self.about_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"theme:{self.number}", self.id, self.process_id)


class Placement(Base):
    """That a proposal, or a named part of it, stands in a theme, and why; an ended one stays as history."""

    __tablename__ = "placements"
    __table_args__ = (
        Index("ix_placements_proposal", "proposal_id", "ended_at"),
        Index("ix_placements_theme", "theme_id", "ended_at", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    theme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("themes.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    part: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(Text)
    suggested: Mapped[int | None]
    placed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_whole(self) -> bool:
        """Whether all of the proposal stands here, rather than a part of it."""
        return not self.part


class Comparison(Base):
    """The newest comparison of a process's texts: when it was asked for, and how far it is."""

    __tablename__ = "comparisons"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    compared: Mapped[int] = mapped_column(default=0)


class Suggestion(Base):
    """One of the three themes whose proposals a text is most like, with the words they share."""

    __tablename__ = "theme_suggestions"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), index=True)
    theme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("themes.id"))
    thousandths: Mapped[int]
    words: Mapped[list[str]] = mapped_column(default=list)


class GroupDraft(Base):
    """Proposals that a comparison found alike: a draft of a theme, to be named, changed and adopted, or left."""

    __tablename__ = "group_drafts"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    words: Mapped[list[str]] = mapped_column(default=list)
    folios: Mapped[list[str]] = mapped_column(default=list)


class Alike(Base):
    """Two proposals whose texts are much alike: whether they are the same is for the office to say."""

    __tablename__ = "alike_proposals"

    one_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), index=True)
    thousandths: Mapped[int]


class VotingRound(Base):
    """One round in which the tables of a stage vote; adopted before anybody registers, its rules no longer change.

    `result` is what was counted when it was closed: the ranking with everything it follows from.
    """

    __tablename__ = "voting_rounds"
    __table_args__ = (UniqueConstraint("process_id", "number"), Index("ix_voting_rounds_stage", "stage_id", "number"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    state: Mapped[RoundState] = mapped_column(one_of(RoundState, "state"))
    name_es: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    method: Mapped[BallotMethod] = mapped_column(one_of(BallotMethod, "method"))
    most: Mapped[int]
    each: Mapped[int] = mapped_column(default=1)
    over: Mapped[OverTables] = mapped_column(one_of(OverTables, "over"))
    capacity: Mapped[int]
    with_reserved: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    adopted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def rule(self) -> BallotRule:
        """What a ballot of this round may say."""
        return BallotRule(self.method, self.most, self.each)

    def name(self, language: str) -> str:
        """How it is called in a language."""
        return (self.name_en if language.startswith("en") else "") or self.name_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"voting-round:{self.number}", self.id, self.process_id)


class OnBallot(Base):
    """That a proposal is on the ballot of a round: fixed when the round is adopted."""

    __tablename__ = "on_ballots"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_rounds.id"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True, index=True)


class Table(Base):
    """A meeting that votes in a round; its number is the meeting's."""

    __tablename__ = "voting_tables"
    __table_args__ = (Index("ix_voting_tables_round", "round_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_rounds.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"), unique=True)
    number: Mapped[int]
    scope: Mapped[Scope] = mapped_column(one_of(Scope, "scope"))
    joined_at: Mapped[datetime]

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"table:{self.number}", self.id, self.process_id)


class Subgroup(Base):
    """One group of a table with its roles, as the office calls them; names of people are not asked for."""

    __tablename__ = "table_subgroups"

    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_tables.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facilitator: Mapped[str] = mapped_column(String(160), default="")
    note_taker: Mapped[str] = mapped_column(String(160), default="")


class TableNote(Base):
    """What a table, or one group of it (0 is all of it), said of one proposal; written by several hands, by version."""

    __tablename__ = "table_notes"

    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_tables.id"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True, index=True)
    subgroup: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[NoteState] = mapped_column(one_of(NoteState, "state"))
    in_favour: Mapped[str] = mapped_column(Text, default="")
    worries: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[str] = mapped_column(Text, default="")
    actors: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)


class Voting(Base):
    """One vote at a table; the second one after the first was annulled, and so on. Counted apart: the assisted ones."""

    __tablename__ = "votings"
    __table_args__ = (UniqueConstraint("table_id", "take"), Index("ix_votings_round", "round_id", "state"))

    id: Mapped[Key]
    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_tables.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_rounds.id"))
    take: Mapped[int]
    state: Mapped[VotingState] = mapped_column(one_of(VotingState, "state"))
    way: Mapped[VotingWay] = mapped_column(one_of(VotingWay, "way"), default=VotingWay.CODES)
    ballots: Mapped[int] = mapped_column(default=0)
    assisted: Mapped[int] = mapped_column(default=0)
    told: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    box_hash: Mapped[str] = mapped_column(String(64), default="")
    box_salt: Mapped[str] = mapped_column(String(64), default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    annulled_because: Mapped[str] = mapped_column(Text, default="")


class BallotRight(Base):
    """That a person had the right to one ballot in a round, and at which vote they used it: who voted, never what."""

    __tablename__ = "ballot_rights"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), Index("ix_ballot_rights_voting", "voting_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=ids.random_id)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_rounds.id"))
    voting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votings.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class Credential(Base):
    """A code for one ballot at one vote, hashed; nothing in it says whose it is, when it was used or what for."""

    __tablename__ = "ballot_codes"
    __table_args__ = (UniqueConstraint("code_hash"), Index("ix_ballot_codes_voting", "voting_id", "is_spent"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=ids.random_id)
    voting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votings.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    is_spent: Mapped[bool] = mapped_column(default=False)


class BallotBox(Base):
    """The ballots of one open vote as one sorted list, rewritten with every cast; emptied when the vote is closed."""

    __tablename__ = "ballot_boxes"

    voting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votings.id"), primary_key=True)
    ballots: Mapped[list[str]] = mapped_column(default=list)
    n: Mapped[int] = mapped_column(default=0)
    assisted: Mapped[int] = mapped_column(default=0)


class RehearsalBox(Base):
    """The box of a rehearsal, with the one code that everybody tries it with; it is thrown away and never counts."""

    __tablename__ = "rehearsal_boxes"

    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voting_tables.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    n: Mapped[int] = mapped_column(default=0)


class Ballot(Base):
    """One ballot of a closed vote, under a random key. The database itself refuses to change or delete it."""

    __tablename__ = "ballots"
    __table_args__ = (Index("ix_ballots_voting", "voting_id"), {"info": {"append_only": True}})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=ids.random_id)
    voting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votings.id"))
    choices: Mapped[str] = mapped_column(Text)


class CountSheet(Base):
    """What one person typed from paper; counted once another person has typed the same."""

    __tablename__ = "count_sheets"

    voting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("votings.id"), primary_key=True)
    rows: Mapped[list[str]] = mapped_column(default=list)
    told: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    typed_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    checked_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    checked_at: Mapped[datetime | None]
