"""A document is a name and a kind for bytes that are stored once, however many times they are sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.documents.rules import Kind
from app.kit.db import Base, Key, one_of


class FileBytes(Base):
    """What is in a file, under the SHA-256 of it; no list ever reads this table."""

    __tablename__ = "file_bytes"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]


class Document(Base):
    """One file as somebody sent it; while it waits it belongs to nobody, and is forgotten when its time is over."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_sha256", "sha256"),
        Index("ix_documents_waiting_until", "waiting_until"),
    )

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(ForeignKey("file_bytes.sha256"))
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[Kind] = mapped_column(one_of(Kind, "kind"))
    size: Mapped[int]
    at: Mapped[datetime]
    waiting_until: Mapped[datetime | None]
