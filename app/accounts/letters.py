"""The letters of the doors: the one that lets in, and the one to an address that nobody here is known under."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.rules import encoded
from app.mail.rendering import Letter
from app.mail.rules import LetterKind


def sign_in(token: str, code: str, life: timedelta, onward: str = "") -> Letter:
    """A link and a code; the link leads on to where the person was going."""
    path = f"/sign-in/{token}" + (f"?next={encoded(onward)}" if onward else "")
    minutes = int(life.total_seconds() // 60)
    return Letter("accounts/sign_in", {"path": path, "code": code, "minutes": minutes}, kind=LetterKind.SIGN_IN)


def no_account(address: str) -> Letter:
    """That nobody is known here under this address; stopped where mail to the address is stopped, unlike a sign-in."""
    return Letter("accounts/no_account", {"address": address}, kind=LetterKind.RECEIPT)
