"""Where somebody lands who has just come in: the office at its desk, a forum where it scores, all others at home."""

from __future__ import annotations

from tests.world import World


async def lands(world: World, who: str) -> str:
    async with world.browser(who) as browser:
        answered = await browser.get("/en/home")
        assert answered.status_code == 303
        return str(answered.headers["location"]).removeprefix("/en")


async def test_the_office_lands_at_its_desk_and_a_participant_at_home(world: World) -> None:
    world.open_process()
    assert [await lands(world, who) for who in ("carla", "hugo", "ana", "felix", "gloria")] == [
        "/desk",
        "/desk",
        "/account",
        "/account",
        "/account",
    ]


async def test_a_member_of_a_forum_lands_where_it_scores_while_it_scores(world: World) -> None:
    process = world.open_process(template="ogp_action_plan")
    forum = world.forum(process)
    world.admitted(process)
    assert await lands(world, "diego") == f"/p/{process.slug}/forum"
    forum.to_the_filter()
    made = forum.round("diego")
    assert await lands(world, "diego") == f"/p/{process.slug}/score"
    assert (await lands(world, "elena"), await lands(world, "ana")) == (f"/p/{process.slug}/score", "/account")
    forum.close(made)
    assert await lands(world, "diego") == f"/p/{process.slug}/forum"


async def test_nobody_is_home_before_signing_in(world: World) -> None:
    assert await lands(world, "stranger") == "/sign-in?next=/en/home"
