"""Sessions, one-use sign-in links, API tokens and the security log; every secret stored as a hash only."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key


class AccountSession(Base):
    """One browser that is signed in; ended by signing out, by idleness, by age or by the person elsewhere."""

    __tablename__ = "account_sessions"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(120), default="")
    is_staff: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """A letter that lets somebody in: a link and a six-digit code, good once, for 30 minutes (role-holders: 10)."""

    __tablename__ = "sign_in_links"
    __table_args__ = (Index("ix_sign_in_links_address", "address", "asked_at"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(String(320))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A token for a program; it carries its person's permissions."""

    __tablename__ = "api_tokens"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OidcIdentity(Base):
    """Who somebody is at an identity provider: issuer and a keyed hash of the configured claim, never an e-mail."""

    __tablename__ = "oidc_identities"
    __table_args__ = (UniqueConstraint("issuer", "claim_hash"),)

    id: Mapped[Key]
    issuer: Mapped[str] = mapped_column(String(200))
    claim_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime]


class SecurityEvent(Base):
    """What happened at the doors: kept for ninety days, with addresses and e-mails as keyed hashes."""

    __tablename__ = "security_events"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(index=True)


class Erasure(Base):
    """That a person was erased, without who it was: replayed after a restore, so that nobody comes back."""

    __tablename__ = "erasures"

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    at: Mapped[datetime]


class AddressChange(Base):
    """Another e-mail address that somebody asked for; theirs once the link sent there was used, within a day."""

    __tablename__ = "address_changes"

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
