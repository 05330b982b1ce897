"""The desk in a real browser, by its keys alone."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tornado.websocket import websocket_connect

from autograder.marking.book import read_marks
from autograder.marking.desk import Desk
from autograder.marking.server import served
from coursekit.submit.pdf import find_browser

CELL = "answer_results"
PATIENCE = 60.0  # seconds for a page to come, on a machine that does much else


class Page:
    """A page of Chromium, over its own protocol."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.asked = connection, 0

    async def call(self, method: str, **arguments: object) -> dict[str, Any]:
        self.asked += 1
        await self.connection.write_message(json.dumps({"id": self.asked, "method": method, "params": arguments}))
        while True:
            told = json.loads(await self.connection.read_message())
            if told.get("id") == self.asked:
                return told.get("result", {})

    async def close(self) -> None:
        self.connection.close()
        while await self.connection.read_message() is not None:
            pass

    async def value(self, expression: str) -> Any:
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")

    async def until(self, expression: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self.value(f"document.readyState === 'complete' && Boolean({expression})"):
                await asyncio.sleep(0.05)

    async def open(self, address: str) -> None:
        await self.call("Page.navigate", url=address)

    async def press(self, *keys: str) -> None:
        for key in keys:
            code = {"Enter": 13, "Escape": 27}.get(key, 0)
            text = "\r" if key == "Enter" else key if len(key) == 1 else ""
            await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Page]:
    program = find_browser()
    assert program, "these tests need Chromium or Chrome: make setup"
    options = ["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0"]
    options += [f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    process = await asyncio.create_subprocess_exec(
        program, *options, "about:blank", stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        told = profile / "DevToolsActivePort"
        async with asyncio.timeout(PATIENCE):
            while not told.exists() or len(told.read_text().splitlines()) < 2:
                await asyncio.sleep(0.05)
        port, path = told.read_text().splitlines()
        root = Page(await websocket_connect(f"ws://127.0.0.1:{port}{path}"))
        target = (await root.call("Target.createTarget", url="about:blank"))["targetId"]
        page = Page(await websocket_connect(f"ws://127.0.0.1:{port}/devtools/page/{target}"))
        yield page
        await page.close()
        await root.close()
    finally:
        process.kill()
        await process.wait()


def test_a_class_is_marked_by_keys_alone_and_nothing_of_a_student_runs(desk: Desk, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with served(desk) as address, browser(tmp_path / "profile") as page:
            await page.open(address)
            await page.until("document.querySelector('.questions')")
            await page.open(f"{address.partition('/enter')[0]}/question/{CELL}")
            places: list[str] = []
            for _ in range(3):
                await page.until(f"document.querySelector('.criterion.current') && !{places}.includes(location.href)")
                places.append(await page.value("location.href"))
                assert await page.value("document.title") != "taken over"
                assert await page.value("document.documentElement.scrollWidth <= innerWidth")
                await page.press("1", "h", "0")
                assert await page.value("document.getElementById('points').value") == "1.5"
                await page.press("c", "1", "h", "Escape")  # in the comment, keys are letters
                assert await page.value("document.getElementById('comment').value") == "1h"
                await page.press("Enter")
            await page.until("location.search.startsWith('?done=')")

    asyncio.run(scenario())
    marks = read_marks(desk.course, "hw2")
    assert [(mark.points, mark.comment) for (cell, _), mark in marks.items() if cell == CELL] == [(1.5, "1h")] * 3
