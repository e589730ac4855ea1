"""Persons, the ways to reach them, their organisations, and the roles they hold."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key, one_of
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Role


class Organisation(Base):
    """A body that people belong to or speak for."""

    __tablename__ = "organisations"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    sector: Mapped[OriginSector] = mapped_column(one_of(OriginSector, "sector"))


class Person(Base):
    """Somebody who took part. A person is not an address: one mailbox may serve several people."""

    __tablename__ = "people"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(160))
    public_name: Mapped[str] = mapped_column(String(160))
    language: Mapped[str] = mapped_column(String(8), default="es")
    origin_sector: Mapped[OriginSector] = mapped_column(one_of(OriginSector, "origin_sector"))
    identity_level: Mapped[IdentityLevel] = mapped_column(one_of(IdentityLevel, "identity_level"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    is_imported: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Contact(Base):
    """One way to reach a person; an e-mail address counts only once it is confirmed."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "value"),
        Index("ix_contacts_value", "kind", "value"),
    )

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[ContactKind] = mapped_column(one_of(ContactKind, "kind"))
    value: Mapped[str] = mapped_column(String(320))
    confirmed_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role that a person holds in one process (or everywhere) from one instant to another."""

    __tablename__ = "role_grants"
    __table_args__ = (Index("ix_role_grants_person", "person_id"),)

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    process_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("processes.id"))
    post: Mapped[str] = mapped_column(String(160), default="")
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
