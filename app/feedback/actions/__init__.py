"""Answering: letters drafted, edited, approved and handed over; duties settled; stage reports published."""

from app.feedback.actions.approving import Approved, approve, post_confirmed, reopen
from app.feedback.actions.asking import Written, answer, ask, hand_over_answer, to_answer
from app.feedback.actions.batches import approve_all, approve_job, draft_all, draft_job
from app.feedback.actions.collecting import Words, let_published_stand, publish_together
from app.feedback.actions.drafting import Drafted, draft, edit, prepare, to_edit, write_again
from app.feedback.actions.promising import move_promise, tell_late_job
from app.feedback.actions.reporting import publish_report, stage_facts
from app.feedback.actions.settling import hand_over, leave_alone, rate, settle

__all__ = [
    "Approved",
    "Drafted",
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
    "hand_over",
    "hand_over_answer",
    "leave_alone",
    "let_published_stand",
    "move_promise",
    "post_confirmed",
    "prepare",
    "publish_report",
    "publish_together",
    "rate",
    "reopen",
    "settle",
    "stage_facts",
    "tell_late_job",
    "to_answer",
    "to_edit",
    "write_again",
]
