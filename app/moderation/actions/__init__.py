"""What may be done about a text that should perhaps not be shown."""

from app.moderation.actions.holding import decide, hold, lapse
from app.moderation.actions.reporting import report, set_aside
from app.moderation.actions.reviewing import ask_review, review

__all__ = ["ask_review", "decide", "hold", "lapse", "report", "review", "set_aside"]
