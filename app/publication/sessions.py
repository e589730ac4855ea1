"""The datasets of the forum's sessions: when it met, what it was asked, and how each seat voted."""

from __future__ import annotations

from app.forum.queries import session_data
from app.publication.columns import Dataset, columns

PROVENANCE = "provenance text native, imported, reported, derived or illustrative"

OF_THE_SESSIONS: dict[str, Dataset] = {
    "sessions": Dataset(
        "sessions",
        "The sessions of the forum: when and where, whether there was a quorum, and how far the minutes are.",
        columns(
            "session integer number of the session; a later forum counts on",
            "forum text the forum that met",
            "kind text ordinary, extraordinary or extended",
            "state text convened, held, closed or cancelled",
            "called_at instant when it was called (UTC)",
            "at_short_notice boolean whether it was called later than the rule of the forum asks",
            "held_at instant when it is held (UTC)",
            "place text where; empty where it was held by video",
            "present integer seats with a vote that were there; empty until that is written down",
            "voting_seats integer seats with a vote",
            "needed integer seats with a vote that the quorum asks for",
            "quorum boolean whether there was a quorum",
            "minutes text none, draft, approved or published",
            "published_at instant when the minutes were published (UTC)",
            "minutes_hash text SHA-256 over what the published minutes say, as it stands in the history",
            "address text where the session and its minutes stand on this site",
            PROVENANCE,
        ),
        session_data.session_rows,
    ),
    "motions": Dataset(
        "motions",
        "What the forum was asked in sessions whose minutes are public, and how it ended.",
        columns(
            "session integer number of the session",
            "motion integer number of the motion in it",
            "item integer item of the agenda it is about; empty where it is about none",
            "text text the words of the motion",
            "matter text ordinary, rules, criteria, plan or minutes; of these rules, criteria and plan need two thirds",
            "minutes_of integer session whose minutes it is about, where it is about any",
            "outcome text carried, not_carried or withdrawn",
            "way text consensus, vote or casting_vote; empty where it was withdrawn",
            "votes_for integer votes for it",
            "votes_against integer votes against it",
            "abstained integer seats that abstained",
            "stood_aside integer seats that stood aside",
            "objections integer objections on record where it was carried by consensus",
            "present integer seats with a vote that were there",
            "voting_seats integer seats with a vote",
            PROVENANCE,
        ),
        session_data.motion_rows,
    ),
    "motion_votes": Dataset(
        "motion_votes",
        "How each seat voted on each motion, from published minutes. No person is named: a vote is a seat's.",
        columns(
            "session integer number of the session",
            "motion integer number of the motion in it",
            "seat integer number of the seat",
            "body text the body or sector whose seat it is",
            "sector text the part of society it speaks for",
            "voice text for, against, abstain, recused (stood aside) or objects",
            PROVENANCE,
        ),
        session_data.vote_rows,
    ),
}
