"""Whether an e-mail address is written whole: asked in one way wherever somebody types one."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from app.kit.i18n import T, Text

LONGEST_ADDRESS = 320
NOT_WHOLE: Text = T("This e-mail address is not complete. It looks like name@example.org.")


def is_address(typed: str) -> bool:
    """Whether this is one whole e-mail address; that anybody reads there is only known once they answer."""
    if len(typed) > LONGEST_ADDRESS:
        return False
    try:
        validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


COMMON = frozenset(
    f"{house}.{end}"
    for house, ends in {
        "gmail": ("com",),
        "hotmail": ("com", "cl", "es"),
        "outlook": ("com", "cl", "es"),
        "yahoo": ("com", "cl", "es"),
        "live": ("com", "cl"),
        "icloud": ("com",),
    }.items()
    for end in ends
)
"""Where most people have their mail."""
THEIR_OWN = frozenset({"mail.com", "email.com", "ymail.com", "gmx.com", "yahoo.co", "live.co", "outlook.co"})
"""Other houses, one letter away from a common one."""


def meant(typed: str) -> str:
    """The address somebody probably meant who slipped once in a common domain (gmial.com); nothing where none is near.

    A slip is one letter more, less, other, or two that changed places. It is for asking, never for mending.
    """
    name, _, domain = typed.strip().rpartition("@")
    domain = domain.casefold()
    if not name or domain in COMMON or domain in THEIR_OWN:
        return ""
    near = [one for one in sorted(COMMON) if _is_one_slip(domain, one)]
    return f"{name}@{near[0]}" if len(near) == 1 else ""


def _is_one_slip(typed: str, known: str) -> bool:
    if len(typed) > len(known):
        typed, known = known, typed
    at = next((n for n, (one, other) in enumerate(zip(typed, known, strict=False)) if one != other), len(typed))
    rest, whole = typed[at:], known[at:]
    if len(rest) < len(whole):
        return rest == whole[1:]
    return rest[1:] == whole[1:] or (rest[:2] == whole[1::-1] and rest[2:] == whole[2:])
