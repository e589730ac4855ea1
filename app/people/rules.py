"""The whole access policy on one page: which role may do what.

A role holds somewhere (in one process, or everywhere) and from-to. `admin`, `office`, `facilitator`, `institution` and
`auditor` are granted; the forum's three follow from a seat. Whoever signs in is also a `citizen` of every process.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is, somewhere and from-to."""

    ADMIN = "admin"
    OFFICE = "office"
    FACILITATOR = "facilitator"
    INSTITUTION = "institution"
    AUDITOR = "auditor"
    FORUM_CHAIR = "forum_chair"
    FORUM_MEMBER = "forum_member"
    FORUM_GUEST = "forum_guest"


GRANTABLE = frozenset({Role.ADMIN, Role.OFFICE, Role.FACILITATOR, Role.INSTITUTION, Role.AUDITOR})
FROM_A_SEAT = frozenset({Role.FORUM_CHAIR, Role.FORUM_MEMBER, Role.FORUM_GUEST})


class Permission(StrEnum):
    """What can be done by some and not by others; each act asks for exactly one."""

    OPEN_PROCESS = "open_process"
    GRANT_ROLES = "grant_roles"
    ERASE_PERSON = "erase_person"
    EDIT_PROCESS = "edit_process"
    PUBLISH_CONTENT = "publish_content"
    MODERATE = "moderate"
    SEE_DESK = "see_desk"
    SEE_CONTACTS = "see_contacts"
    ENTER_FOR_OTHERS = "enter_for_others"
    INVITE_BODIES = "invite_bodies"
    ANSWER_INVITATION = "answer_invitation"
    ASSESS_FEASIBILITY = "assess_feasibility"
    EXAMINE_PROPOSALS = "examine_proposals"
    IMPORT_PROPOSALS = "import_proposals"
    GROUP_PROPOSALS = "group_proposals"
    SET_ROUNDS = "set_rounds"
    RUN_TABLES = "run_tables"
    DECIDE = "decide"
    PUBLISH_DECISIONS = "publish_decisions"
    APPOINT_SEATS = "appoint_seats"
    CONVENE_MEETINGS = "convene_meetings"
    RECORD_ATTENDANCE = "record_attendance"
    RECORD_SESSION = "record_session"
    WRITE_CRITERIA = "write_criteria"
    SCORE = "score"
    SEE_FORUM = "see_forum"
    WRITE_COMMITMENTS = "write_commitments"
    OPEN_MONITORING = "open_monitoring"
    REPORT_PROGRESS = "report_progress"
    VALIDATE_PROGRESS = "validate_progress"
    DRAFT_ANSWERS = "draft_answers"
    APPROVE_ANSWERS = "approve_answers"
    SETTLE_DUTIES = "settle_duties"
    REVIEW_OUTBOX = "review_outbox"
    SWITCH_MAIL = "switch_mail"
    READ_TRAIL_PRIVATE = "read_trail_private"


_OFFICE = frozenset(Permission) - {
    Permission.OPEN_PROCESS,
    Permission.GRANT_ROLES,
    Permission.SCORE,
    Permission.ANSWER_INVITATION,
    Permission.READ_TRAIL_PRIVATE,
    Permission.SWITCH_MAIL,
}

MAY: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            Permission.OPEN_PROCESS,
            Permission.GRANT_ROLES,
            Permission.EDIT_PROCESS,
            Permission.SEE_DESK,
            Permission.SWITCH_MAIL,
        }
    ),
    Role.OFFICE: _OFFICE,
    Role.FACILITATOR: frozenset({Permission.ENTER_FOR_OTHERS, Permission.RECORD_ATTENDANCE, Permission.RUN_TABLES}),
    Role.INSTITUTION: frozenset(
        {Permission.ANSWER_INVITATION, Permission.ASSESS_FEASIBILITY, Permission.REPORT_PROGRESS}
    ),
    Role.AUDITOR: frozenset({Permission.SEE_DESK, Permission.READ_TRAIL_PRIVATE}),
    Role.FORUM_CHAIR: frozenset(
        {
            Permission.SEE_FORUM,
            Permission.SCORE,
            Permission.RECORD_SESSION,
            Permission.APPROVE_ANSWERS,
            Permission.VALIDATE_PROGRESS,
        }
    ),
    Role.FORUM_MEMBER: frozenset({Permission.SEE_FORUM, Permission.SCORE}),
    Role.FORUM_GUEST: frozenset({Permission.SEE_FORUM}),
}


class OriginSector(StrEnum):
    """The sector a proposal or a person comes from."""

    CITIZEN = "citizen"
    CIVIL_SOCIETY = "civil_society"
    ACADEMIA = "academia"
    PRIVATE = "private"
    PUBLIC = "public"


class IdentityLevel(StrEnum):
    """How far we know that somebody is who they say; printed beside every result."""

    UNCONFIRMED = "unconfirmed"
    EMAIL_CONFIRMED = "email_confirmed"
    OFFICE_CONFIRMED = "office_confirmed"
    OIDC = "oidc"


class ContactKind(StrEnum):
    """The ways in which an answer can reach a person."""

    EMAIL = "email"
    PHONE = "phone"
    POST = "post"
    PICK_UP = "pick_up"


def permissions_of(role: Role) -> frozenset[Permission]:
    """Everything one role may do where it holds."""
    return MAY[role]
