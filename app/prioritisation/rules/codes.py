"""Codes for one ballot: derived from a seed nobody can compute them from without this installation's key."""

from __future__ import annotations

import hashlib
import hmac

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def codes(secret: str, seed: str, n: int) -> list[str]:
    """The codes of one batch; the link to its page carries only the seed, so that no address holds a code."""
    return [_code(secret, f"ballot:{seed}:{at}") for at in range(n)]


def _code(secret: str, message: str) -> str:
    number = int.from_bytes(hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest())
    found = ""
    for _ in range(LENGTH):
        number, left = divmod(number, len(LETTERS))
        found += LETTERS[left]
    return found


def plain(typed: str) -> str:
    """A code as it was typed, without spaces or hyphens and in capitals."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[:40]


def spaced(code: str) -> str:
    """A code as it is read: two halves."""
    return f"{code[:4]} {code[4:]}"
