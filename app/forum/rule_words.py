"""The rule of a round as sentences that anybody reads: beside the results, in a report, on paper."""

from __future__ import annotations

from app.forum.rules.results import Config
from app.kit.i18n import T, Text
from app.kit.text import say_number


def rule_in_words(config: Config, language: str, given_to: int | None = None, *, by_theme: bool = False) -> list[Text]:
    """What has to be reached, how many sheets it needs, and how many may go on; numbers as the reader's country has
    them. `given_to` says to how many seats each proposal was given by lot, where it was, `by_theme` that it went to
    those of its theme.
    """
    mark, least = say_number(float(config.pass_total), language), max(config.quorum_min, 1)
    share = say_number(float(100 * config.quorum_share), language, 0)
    said = [
        T(
            "A proposal goes on if it meets every requirement, reaches the minimum of each criterion and has {mark} "
            "points or more out of 100.",
            mark=mark,
        ),
        T(
            "It needs score sheets of at least {share} % of the seats that vote and do not stand aside, and never "
            "fewer than {least}.",
            share=share,
            least=least,
        ),
    ]
    if by_theme and given_to is not None:
        said.append(
            T(
                "Each was given by lot to up to {n} of the seats that score its theme, and the share is of these.",
                n=given_to,
            )
        )
    elif by_theme:
        said.append(T("Each was given to the seats that score its theme, and the share is of these."))
    elif given_to is not None:
        said.append(T("Each was given by lot to {n} of those seats, and the share is of these.", n=given_to))
    if config.capacity is not None:
        said.append(T("There is room for {n}: the rest stays in reserve, in this order.", n=config.capacity))
    return said
