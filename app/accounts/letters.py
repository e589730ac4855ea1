"""The letters of the doors: the one that lets in, and the one to an address that nobody here is known under."""

from __future__ import annotations

import uuid
from datetime import timedelta

from app.accounts.rules import encoded
from app.kit.i18n import Text
from app.mail.rendering import Letter, Verbatim
from app.mail.rules import LetterKind


def sign_in(token: str, code: str, life: timedelta, onward: str = "") -> Letter:
    """A link and a code; the link leads on to where the person was going."""
    path = f"/sign-in/{token}" + (f"?next={encoded(onward)}" if onward else "")
    minutes = int(life.total_seconds() // 60)
    return Letter("accounts/sign_in", {"path": path, "code": code, "minutes": minutes}, kind=LetterKind.SIGN_IN)


def appointed(place: tuple[uuid.UUID, str, str, str], role: Text, address: str) -> Letter:
    """That somebody was given a role in a process, how to come in and whom to ask; the way in is never sent unasked."""
    key, slug, name, ask = place
    told: dict[str, object] = {
        "name": name,
        "role": role,
        "address": address,
        "path": f"/sign-in?next={encoded('/home')}",
        "slug": slug,
    }
    told["ask"] = Verbatim(ask)
    return Letter("accounts/appointed", told, kind=LetterKind.RECEIPT, process_id=key)


def no_account(address: str) -> Letter:
    """That nobody is known here under this address; stopped where mail to the address is stopped, unlike a sign-in."""
    return Letter("accounts/no_account", {"address": address}, kind=LetterKind.RECEIPT)


def new_address(token: str) -> Letter:
    """Whether this mailbox is to be somebody's from now on; says nothing of whose."""
    return Letter("accounts/new_address", {"path": f"/account/address/{token}"}, kind=LetterKind.RECEIPT)


def address_asked() -> Letter:
    """To the mailbox that would be left: somebody who had signed in as its owner asked for another address."""
    return Letter("accounts/address_asked", {}, kind=LetterKind.RECEIPT)
