"""The signed head: an Ed25519 signature over a chain's name, length and hash, printed in letters and in exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.trail.models import Chain, PrintedHead
from app.trail.rules import canonical, instant

ONCE_A = timedelta(days=1)


@dataclass(frozen=True)
class SignedHead:
    """What a letter prints of the trail: how long it is, its hash, and when it was signed."""

    chain: str
    seq: int
    hash: str
    at: datetime
    signature: str


def key_at(path: Path) -> Ed25519PrivateKey:
    """The signing key of this installation; made once, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.touch(mode=0o600)
        path.write_bytes(pem)
    loaded = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return loaded


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half in hexadecimal, as exports carry it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(key: Ed25519PrivateKey, text: str) -> str:
    """The signature of a text, in hexadecimal."""
    return key.sign(text.encode()).hex()


def is_signed(text: str, signature: str, public_hex: str) -> bool:
    """Whether a text was signed with the key that belongs to this public half."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def message(chain: str, seq: int, hashed: str, at: datetime) -> str:
    """The bytes that are signed."""
    return canonical({"chain": chain, "seq": seq, "hash": hashed, "at": instant(at)})


def is_signed_by(head: SignedHead, public_hex: str) -> bool:
    """Whether a printed head was signed with the key that belongs to this public half."""
    return is_signed(message(head.chain, head.seq, head.hash, head.at), head.signature, public_hex)


def newest_head(session: Session, chain: Chain) -> SignedHead | None:
    """The head printed last for a chain."""
    row = session.scalars(
        select(PrintedHead).where(PrintedHead.chain_id == chain.id).order_by(PrintedHead.seq.desc()).limit(1)
    ).one_or_none()
    return SignedHead(chain.name, row.seq, row.hash, row.at, row.signature) if row else None


def sign_if_due(session: Session, chain: Chain, key: Ed25519PrivateKey, now: datetime) -> SignedHead | None:
    """Sign the head of a chain once a day, and only when something happened since."""
    newest = newest_head(session, chain)
    if chain.length == 0 or (newest and (now - newest.at < ONCE_A or newest.seq == chain.length)):
        return newest
    signature = sign(key, message(chain.name, chain.length, chain.head_hash, now))
    session.add(PrintedHead(chain_id=chain.id, seq=chain.length, hash=chain.head_hash, at=now, signature=signature))
    session.flush()
    return SignedHead(chain.name, chain.length, chain.head_hash, now, signature)
