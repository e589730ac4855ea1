"""Somebody who has only a keyboard: what is in focus can be seen, leads on as it is read, and nothing is a trap."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page

MOST_TABS = 120
IN_FOCUS = """() => {
  const one = document.activeElement;
  const drawn = (place, part) => {
    const style = place ? getComputedStyle(place, part) : { outlineStyle: "none", boxShadow: "none" };
    return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
  };
  const box = one.getBoundingClientRect();
  return {
    is: one.tagName,
    seen: drawn(one) || drawn(one, "::after") || drawn(one.closest(".card, .option")) || drawn(one.nextElementSibling),
    inside: one === document.body || (box.bottom > 0 && box.top < innerHeight),
  };
}"""


@dataclass
class Keys:
    """Somebody who has no mouse and no touch screen."""

    page: Page

    async def to(self, what: str, *, back: bool = False) -> None:
        """Press Tab until this is in focus; on the way everything in focus can be seen."""
        wanted = self.page.locator(what).first
        for _ in range(MOST_TABS):
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
            focus = await self.page.evaluate(IN_FOCUS)
            assert focus["is"] == "BODY" or (focus["seen"] and focus["inside"]), await self._where()
            if await wanted.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"{what} was not reached by Tab; in focus is {await self._where()}")

    async def press(self, what: str, key: str = "Enter") -> None:
        await self.to(what)
        await self.page.keyboard.press(key)

    async def go(self, what: str, address: str) -> None:
        """Follow a link, or send a form, that leads to this address."""
        await self.press(what)
        await self.page.wait_for_url(f"**{address}")

    async def write(self, name: str, words: str) -> None:
        await self.to(f"main [name={name}]")
        await self.page.keyboard.type(words)

    async def open(self, name: str) -> None:
        """Unfold the part of the page in which this field stands."""
        await self.press(f"main details:has([name={name}]) > summary")

    async def _where(self) -> str:
        return str(await self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
