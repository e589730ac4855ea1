"""Where a page has several forms, the refused one comes back open and with what was typed, and the others untouched."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.duties.models import Duty
from tests.feedback.deciding import decided, draft, letters
from tests.journeys.plain import form_for, forms_of
from tests.world import World

WORDS = "Se lo escribo con todas sus letras, para no tener que hacerlo dos veces."
OFFICE = "/p/town/office"


async def refused(world: World, page: str, action: str, **typed: str) -> str:
    """The page that comes back to Carla when she sends this."""
    async with world.browser("carla") as carla:
        _, form = form_for((await carla.get(page)).text, page, action, dict(typed))
        answer = await carla.post(action, data=form.filled(dict(typed)))
    assert answer.status_code == 422, answer.text
    return str(answer.text)


def only_the_sent_one_has(page: str, name: str, action: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    with_words = [form for form in forms_of(page) if form.preset.get(name) == WORDS]
    assert [form.action for form in with_words] == [action]
    opened = re.findall(r'<details class="more" open>.*?</details>', page, re.DOTALL)
    assert [WORDS in fold for fold in opened] == [True]


async def test_the_reason_of_a_refusal_does_not_slip_into_a_return(world: World) -> None:
    world.propose(world.open_process())
    for prefix in ("", "/en"):
        page = f"{prefix}{OFFICE}/proposals/TOWN-0001"
        shown = await refused(world, page, f"{page}/admission", outcome="refused", refuse_reason=WORDS)
        only_the_sent_one_has(shown, "refuse_reason", f"{page}/admission")
        assert shown.index('id="f-return_reason"') < shown.index('id="f-reason_codes"') < shown.index(WORDS)


async def test_an_extension_leaves_the_dates_alone(world: World) -> None:
    world.open_process()
    page = f"{OFFICE}/stages/consulta"
    shown = await refused(world, page, f"{page}/extension", closes_at="", reason=WORDS)
    only_the_sent_one_has(shown, "reason", f"{page}/extension")
    (dates,) = [form for form in forms_of(shown) if form.action == page]
    assert dates.preset["closes_at"]
    assert 'href="#f-closes_at"' in shown
    assert shown.index('id="f-closes_at-dates"') < shown.index('id="f-closes_at"')


async def test_what_was_tried_to_reach_somebody_is_not_lost(world: World) -> None:
    draft(world, decided(world, "ana"))
    page = f"{OFFICE}/answers/decision/letters/{letters(world)[0].id}"
    action = f"{OFFICE}/answers/decision/settlement"
    with world.database.reading() as session:
        duty = session.scalars(select(Duty.id)).one()
    shown = await refused(world, page, action, **{f"tried-{duty}": WORDS})
    only_the_sent_one_has(shown, f"tried-{duty}", action)
    assert f'href="#f-because-{duty}"' in shown
    assert f'id="f-because-{duty}"' in shown
