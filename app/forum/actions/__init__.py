"""What the forum does: it is set up and seated, meets, adopts criteria, scores blind, and decides in session."""

from app.forum.actions.agenda import Undertaken, end_task, remove_item, tell_of_item, undertake, write_item
from app.forum.actions.assigning import share_out_what_came
from app.forum.actions.bodies import adopt_rules, end_forum, set_up, tell_of_forum, write_founding
from app.forum.actions.calling import CALL, call_job, cancel_session, move_session, write_to_the_rest
from app.forum.actions.counting import JOB, count_job, count_the_rest
from app.forum.actions.criteria import (
    add_criterion,
    adopt,
    begin_set,
    change_criterion,
    move_up,
    remove_criterion,
    set_thresholds,
)
from app.forum.actions.deciding import Line, decide, decide_in_session, follow_the_rule
from app.forum.actions.discussing import open_discussion
from app.forum.actions.meeting import close_session, convene, hold, record_attendance, set_sitting_rule
from app.forum.actions.merging import merge_in_session
from app.forum.actions.minuting import Prints, add_addendum, approve_minutes, publish_minutes, write_minutes
from app.forum.actions.motions import Says, Wish, agree, put_motion, vote, withdraw_motion
from app.forum.actions.opening import Plan, open_round
from app.forum.actions.rapporteur import hand_back, write_reason
from app.forum.actions.reminding import REMIND, remind_job, remind_late, remind_what_is_due
from app.forum.actions.rounds import close_due_rounds, close_round
from app.forum.actions.scoring import Given, abstain, declare, save_draft, submit
from app.forum.actions.seats import AddSeat, Appointment, add_seat, appoint, end_term
from app.forum.actions.standing_aside import (
    confirm_suspicion,
    dismiss_suspicion,
    name_substitute,
    record_recusal,
    recuse,
    take_back_recusal,
)
from app.forum.actions.telling import (
    ToldRecusal,
    ToldRound,
    ToldSheet,
    write_down_adoption,
    write_down_round,
)

__all__ = [
    "CALL",
    "JOB",
    "REMIND",
    "AddSeat",
    "Appointment",
    "Given",
    "Line",
    "Plan",
    "Prints",
    "Says",
    "ToldRecusal",
    "ToldRound",
    "ToldSheet",
    "Undertaken",
    "Wish",
    "abstain",
    "add_addendum",
    "add_criterion",
    "add_seat",
    "adopt",
    "adopt_rules",
    "agree",
    "appoint",
    "approve_minutes",
    "begin_set",
    "call_job",
    "cancel_session",
    "change_criterion",
    "close_due_rounds",
    "close_round",
    "close_session",
    "confirm_suspicion",
    "convene",
    "count_job",
    "count_the_rest",
    "decide",
    "decide_in_session",
    "declare",
    "dismiss_suspicion",
    "end_forum",
    "end_task",
    "end_term",
    "follow_the_rule",
    "hand_back",
    "hold",
    "merge_in_session",
    "move_session",
    "move_up",
    "name_substitute",
    "open_discussion",
    "open_round",
    "publish_minutes",
    "put_motion",
    "record_attendance",
    "record_recusal",
    "recuse",
    "remind_job",
    "remind_late",
    "remind_what_is_due",
    "remove_criterion",
    "remove_item",
    "save_draft",
    "set_sitting_rule",
    "set_thresholds",
    "set_up",
    "share_out_what_came",
    "submit",
    "take_back_recusal",
    "tell_of_forum",
    "tell_of_item",
    "undertake",
    "vote",
    "withdraw_motion",
    "write_down_adoption",
    "write_down_round",
    "write_founding",
    "write_item",
    "write_minutes",
    "write_reason",
    "write_to_the_rest",
]
