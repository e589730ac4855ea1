"""What somebody agrees to who proposes, word for word and by version: what was agreed to is never rewritten.

Each author keeps the version they ticked. New words are a new version beside the old ones, which a test holds.
"""

from __future__ import annotations

from app.kit.errors import Invalid
from app.kit.i18n import T, Text

CONSENTS: dict[str, tuple[Text, ...]] = {
    "2026-11": (
        T("My proposal is published under the name I chose, once the office has admitted it."),
        T("The decisions on it are published with their reasons, and stay public."),
        T("My contact is used only to answer me. It is never published."),
        T("I may withdraw the proposal while the time to propose lasts, and have my name taken off at any time."),
    ),
}
SIGNING: dict[str, tuple[Text, ...]] = {
    "2026-11": (
        T("My name is published beside the proposal as I chose. The decisions on it stay public."),
        T("Whoever sent it speaks for the group: they may change the text, or withdraw it."),
        T("My contact is used only to answer me. It is never published."),
        T("I may have my name taken off at any time."),
    ),
}
"""What those agree to who sign a proposal that somebody else sent."""
CURRENT = "2026-11"
"""The version that is asked for today."""


def require_consent(version: str) -> None:
    """Refuse to receive a proposal from somebody who has not agreed to what is asked for today."""
    if version == CURRENT:
        return
    if version in CONSENTS:
        raise Invalid(
            consent=T("What you agree to has changed since you opened the form. Read it and tick the box again.")
        )
    raise Invalid(consent=T("Tick the box if you agree. Without it we cannot publish your proposal."))
