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
