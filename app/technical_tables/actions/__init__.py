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
from app.technical_tables.actions.reminding import JOB, ask_what_is_due, write_job
from app.technical_tables.actions.requesting import AskInstitution, ask_institution, to_ask
from app.technical_tables.actions.tabling import NameTable, PutOn, name_table, put_on, take_off

__all__ = [
    "JOB",
    "Approval",
    "AskInstitution",
    "GivenAnswer",
    "NameTable",
    "OfficialLetter",
    "PutOn",
    "answer_by_link",
    "answer_for",
    "approve_by_link",
    "ask_institution",
    "ask_what_is_due",
    "name_table",
    "put_on",
    "record_letter",
    "require_may_answer",
    "take_off",
    "to_ask",
    "write_job",
]
