"""How a trail entry is written down and hashed; plain enough to be done again by anybody in any language.

hash(n) = SHA-256( hash(n-1) as 32 bytes ‖ canonical JSON of leaf n as UTF-8 ); hash(0) is 32 zero bytes.
Canonical JSON: keys sorted, no spaces, no escapes beyond what JSON requires, so equal facts give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_HASH = bytes(32).hex()
LEAF_KEYS = ("seq", "at", "recorded_at", "verb", "subject", "role", "because", "facts", "commitment", "sealed_by")


def canonical(value: Any) -> str:
    """The one way in which a value is written as JSON before it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(moment: datetime) -> str:
    """An instant as it stands in a leaf: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain_hash(previous: str, leaf: str) -> str:
    """The hash of a leaf that follows a given hash, both in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(previous) + leaf.encode()).hexdigest()


def commitment(salt: bytes, private: str) -> str:
    """What a leaf says of its private part: a salted hash, useless once the salt is erased."""
    return hashlib.sha256(salt + private.encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """One entry as it stands in the database or in an export; a sealed one shows no leaf, only its hash."""

    seq: int
    hash: str
    leaf: str | None


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold, and what is wrong there."""

    seq: int
    what: str


def first_break(links: Iterable[Link], length: int | None = None, heads: dict[int, str] | None = None) -> Break | None:
    """Walk a chain from its beginning and name the first entry that does not fit, or None.

    Found are: a changed leaf, a missing, doubled or reordered entry, an end cut off (`length` is what the chain's head
    claims), and a rewriting of the whole chain (`heads` are hashes printed earlier, by entry number).
    """
    previous, expected = FIRST_HASH, 1
    known = dict(heads or {})
    for link in links:
        if link.seq != expected:
            return Break(expected, "missing, doubled or out of order")
        fault = _fault_of(link, previous)
        if fault:
            return Break(link.seq, fault)
        if known.pop(link.seq, link.hash) != link.hash:
            return Break(link.seq, "differs from the hash printed earlier")
        previous, expected = link.hash, expected + 1
    if length is not None and length != expected - 1:
        return Break(expected, f"the end is missing: the head counts {length} entries")
    if known:
        return Break(expected, f"the end is missing: entry {min(known)} was printed earlier")
    return None


def _fault_of(link: Link, previous: str) -> str | None:
    if link.leaf is None:
        return None
    if chain_hash(previous, link.leaf) != link.hash:
        return "the leaf was changed, or the entry before it"
    try:
        seq = json.loads(link.leaf).get("seq")
    except (ValueError, AttributeError):
        return "the leaf cannot be read"
    return None if seq == link.seq else "the leaf carries another number"
