"""Answering: letters drafted, edited, approved and handed over; duties settled; stage reports published."""

from app.feedback.actions.approving import Approved, approve, post_confirmed, reopen
from app.feedback.actions.asking import Written, answer, ask, hand_over_answer, to_answer
from app.feedback.actions.batches import approve_all, approve_job, draft_all, draft_job
from app.feedback.actions.collecting import Words, let_published_stand, publish_together
from app.feedback.actions.drafting import Drafted, draft, edit, prepare, prepare_anew, to_edit, write_again
from app.feedback.actions.looking import go_on, let_rest_go, pause, stop
from app.feedback.actions.promising import move_promise, tell_late_job
from app.feedback.actions.reporting import publish_report, report_words
from app.feedback.actions.settling import hand_over, leave_alone, rate, settle
from app.feedback.actions.telling import tell_report_job
from app.feedback.actions.wording import About, Shown, sample, shown, write

__all__ = [
    "About",
    "Approved",
    "Drafted",
    "Shown",
    "Words",
    "Written",
    "answer",
    "approve",
    "approve_all",
    "approve_job",
    "ask",
    "draft",
    "draft_all",
    "draft_job",
    "edit",
    "go_on",
    "hand_over",
    "hand_over_answer",
    "leave_alone",
    "let_published_stand",
    "let_rest_go",
    "move_promise",
    "pause",
    "post_confirmed",
    "prepare",
    "prepare_anew",
    "publish_report",
    "publish_together",
    "rate",
    "reopen",
    "report_words",
    "sample",
    "settle",
    "shown",
    "stop",
    "tell_late_job",
    "tell_report_job",
    "to_answer",
    "to_edit",
    "write",
    "write_again",
]
