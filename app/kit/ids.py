"""Keys, tokens and salts: time-ordered keys for rows, secrets that are stored only as a hash."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from uuid_utils.compat import uuid7

TOKEN_BYTES = 32
SALT_BYTES = 32


def new_id() -> uuid.UUID:
    """A time-ordered key (UUID version 7), made here because PostgreSQL before 18 and SQLite cannot."""
    return uuid7()


def random_id() -> uuid.UUID:
    """A key without time or order, for rows whose order would betray who wrote them."""
    return uuid.uuid4()


def new_token() -> str:
    """A secret of 256 bits for a link; only its hash is ever stored (ASVS 6.5.2, 6.5.3)."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six digits to type into a page already open; good for five tries, so never used alone."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_follow_code() -> str:
    """Eight letters and digits that are not mistaken for one another when read aloud or copied from paper."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(8))


def new_salt() -> bytes:
    """32 random bytes that keep a commitment from being guessed (a bare hash of a RUT falls in minutes)."""
    return secrets.token_bytes(SALT_BYTES)
