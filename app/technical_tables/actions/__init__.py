"""Setting up technical tables, asking institutions by letter, taking their answers, and reminding them by the clock."""

from app.technical_tables.actions.answering import (
    Approval,
    GivenAnswer,
    OfficialLetter,
    answer_by_link,
    answer_for,
    approve_by_link,
    record_letter,
    require_may_answer,
)
from app.technical_tables.actions.extending import Extend, extend, to_extend
from app.technical_tables.actions.passing import (
    PassOn,
    answer_as_colleague,
    pass_on_by_link,
    pass_on_for,
    take_back_by_link,
    take_back_for,
    to_pass_on,
)
from app.technical_tables.actions.reminding import JOB, ask_what_is_due, write_job
from app.technical_tables.actions.requesting import AskInstitution, ask_institution, to_ask
from app.technical_tables.actions.tabling import NameTable, PutOn, name_table, put_on, take_off

__all__ = [
    "JOB",
    "Approval",
    "AskInstitution",
    "Extend",
    "GivenAnswer",
    "NameTable",
    "OfficialLetter",
    "PassOn",
    "PutOn",
    "answer_as_colleague",
    "answer_by_link",
    "answer_for",
    "approve_by_link",
    "ask_institution",
    "ask_what_is_due",
    "extend",
    "name_table",
    "pass_on_by_link",
    "pass_on_for",
    "put_on",
    "record_letter",
    "require_may_answer",
    "take_back_by_link",
    "take_back_for",
    "take_off",
    "to_ask",
    "to_extend",
    "to_pass_on",
    "write_job",
]
