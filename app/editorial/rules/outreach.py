"""What an act of outreach is told by: for whom, over which channel, how many it reached and how that is known."""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text

MOST_REACHED = 100_000_000


class Audience(StrEnum):
    """Whom an act of outreach was meant for."""

    EVERYBODY = "everybody"
    YOUTH = "youth"
    WOMEN = "women"
    INDIGENOUS_PEOPLES = "indigenous_peoples"
    DISABILITY = "disability"
    RURAL = "rural"
    OLDER_PEOPLE = "older_people"
    MIGRANTS = "migrants"
    REGION = "region"
    ORGANISATIONS = "organisations"
    PUBLIC_BODIES = "public_bodies"


class OutreachChannel(StrEnum):
    """Over what people were told."""

    WEBSITE = "website"
    SOCIAL_NETWORKS = "social_networks"
    RADIO = "radio"
    TELEVISION = "television"
    PRESS = "press"
    POSTER = "poster"
    MAIL = "mail"
    EMAIL = "email"
    MEETING = "meeting"
    PHONE = "phone"
    OTHER = "other"


class ReachKnown(StrEnum):
    """How it is known how many people were reached."""

    COUNTED = "counted"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


AUDIENCE_WORDS: dict[Audience, Text] = {
    Audience.EVERYBODY: T("Everybody"),
    Audience.YOUTH: T("Young people"),
    Audience.WOMEN: T("Women"),
    Audience.INDIGENOUS_PEOPLES: T("Indigenous peoples"),
    Audience.DISABILITY: T("People with disabilities"),
    Audience.RURAL: T("People in the countryside"),
    Audience.OLDER_PEOPLE: T("Older people"),
    Audience.MIGRANTS: T("Migrants"),
    Audience.REGION: T("People of certain places"),
    Audience.ORGANISATIONS: T("Organisations"),
    Audience.PUBLIC_BODIES: T("Public bodies"),
}
CHANNEL_WORDS: dict[OutreachChannel, Text] = {
    OutreachChannel.WEBSITE: T("Website"),
    OutreachChannel.SOCIAL_NETWORKS: T("Social networks"),
    OutreachChannel.RADIO: T("Radio"),
    OutreachChannel.TELEVISION: T("Television"),
    OutreachChannel.PRESS: T("Press"),
    OutreachChannel.POSTER: T("Posters and leaflets"),
    OutreachChannel.MAIL: T("Letters by post"),
    OutreachChannel.EMAIL: T("E-mail"),
    OutreachChannel.MEETING: T("Meetings with people"),
    OutreachChannel.PHONE: T("Telephone"),
    OutreachChannel.OTHER: T("Another way"),
}
KNOWN_WORDS: dict[ReachKnown, Text] = {
    ReachKnown.COUNTED: T("counted"),
    ReachKnown.ESTIMATED: T("estimated"),
    ReachKnown.UNKNOWN: T("not known"),
}


def reach_fault(reach: int | None, known: ReachKnown) -> Text | None:
    """What does not fit between a number and how it is known; a number that nobody knows is not written."""
    if known is ReachKnown.UNKNOWN:
        return T("Leave the number empty when it is not known.") if reach is not None else None
    if reach is None:
        return T("Write how many people, or say that it is not known.")
    return T("This is more people than can be.") if reach > MOST_REACHED else None
