"""Writing the plan, answering comments on its draft, monitoring it, and what becomes of it at the end."""

from app.commitments.actions.amending import SetMilestone, add_milestone, amend_milestone
from app.commitments.actions.answering import Respond, publish_responses, respond
from app.commitments.actions.commenting import NewComment, comment, confirm, prepare
from app.commitments.actions.drafting import (
    DraftCommitment,
    SetIndicator,
    draft,
    drop_indicator,
    link,
    rewrite,
    set_indicator,
    unlink,
)
from app.commitments.actions.ending import Ending, EnterLine, decide_continuity, enter_line, settle_line
from app.commitments.actions.entering import Despite, drop, enter, enter_decided
from app.commitments.actions.grouping import admit, group, hold_back, rename, take_out
from app.commitments.actions.leading import HandOver, hand_over, name_actor, name_companion, remove_actor
from app.commitments.actions.reminding import REMIND, ask_what_is_due, remind_job
from app.commitments.actions.reporting import About, Report, check_who_reports, report, report_all
from app.commitments.actions.rounds import OpenRound, close_round, open_round, to_open
from app.commitments.actions.telling import ReportedRound, report_round

__all__ = [
    "REMIND",
    "About",
    "Despite",
    "DraftCommitment",
    "Ending",
    "EnterLine",
    "HandOver",
    "NewComment",
    "OpenRound",
    "Report",
    "ReportedRound",
    "Respond",
    "SetIndicator",
    "SetMilestone",
    "add_milestone",
    "admit",
    "amend_milestone",
    "ask_what_is_due",
    "check_who_reports",
    "close_round",
    "comment",
    "confirm",
    "decide_continuity",
    "draft",
    "drop",
    "drop_indicator",
    "enter",
    "enter_decided",
    "enter_line",
    "group",
    "hand_over",
    "hold_back",
    "link",
    "name_actor",
    "name_companion",
    "open_round",
    "prepare",
    "publish_responses",
    "remind_job",
    "remove_actor",
    "rename",
    "report",
    "report_all",
    "report_round",
    "respond",
    "rewrite",
    "set_indicator",
    "settle_line",
    "take_out",
    "to_open",
    "unlink",
]
