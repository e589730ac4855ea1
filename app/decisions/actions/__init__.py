"""Taking decisions, superseding them, noting what stays undecided, and publishing a stage's decisions together."""

from app.decisions.actions.bodies import body_for, set_body
from app.decisions.actions.deciding import Verdict, decide, note_undecided, take, take_by_rule
from app.decisions.actions.publishing import publish
from app.decisions.actions.writing_down import write_down

__all__ = [
    "Verdict",
    "body_for",
    "decide",
    "note_undecided",
    "publish",
    "set_body",
    "take",
    "take_by_rule",
    "write_down",
]
