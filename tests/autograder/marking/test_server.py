"""The desk over real HTTP: who may come, what is kept, and what a page holds."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from autograder.marking.book import read_marks
from autograder.marking.desk import Desk
from autograder.marking.server import served

CELL = "answer_results"


class Browser:
    """Somebody with the address that the command prints, or without it."""

    def __init__(self, address: str) -> None:
        self.address, self.origin = address, address.partition("/enter")[0]
        self.cookies: dict[str, str] = {}

    async def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> HTTPResponse:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {} if form is None else {"Origin": self.origin}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith("http") else self.origin + path
        method, body = ("GET", None) if form is None else ("POST", urlencode(form))
        answer = await AsyncHTTPClient().fetch(
            address, method=method, body=body, headers=sent, follow_redirects=False, raise_error=False
        )
        for line in answer.headers.get_list("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    async def enter(self) -> HTTPResponse:
        return await self.ask(self.address)

    async def first(self) -> tuple[str, str]:
        """The path of the first answer that waits, and its page."""
        path = (await self.ask(f"/question/{CELL}")).headers["Location"]
        return path, (await self.ask(path)).body.decode()


def visit(desk: Desk, scenario: Callable[[Browser], Awaitable[None]]) -> None:
    async def run() -> None:
        async with served(desk) as address:
            await scenario(Browser(address))

    asyncio.run(run())


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_only_who_has_the_address_comes_in_and_only_by_the_name_of_this_machine(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        assert urlsplit(browser.address).hostname == "127.0.0.1"
        for path in ("/", f"/question/{CELL}", "/desk.js", "/pdf/00000000"):
            assert (await browser.ask(path)).code == 403
        assert (await browser.ask("/enter?token=guessed")).code == 403
        assert (await browser.ask(browser.address, Host="attacker.example")).code == 403
        entered = await browser.enter()
        assert entered.code == 302 and entered.headers["Location"] == "/"
        assert all("HttpOnly" in line and "SameSite=Strict" in line for line in entered.headers.get_list("Set-Cookie"))
        assert (await browser.ask("/")).code == 200
        for host in ("attacker.example", "127.0.0.1.attacker.example", "localhost.", ""):
            assert (await browser.ask("/", Host=host)).code in (400, 403)
        headers = (await browser.ask("/")).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"

    visit(desk, scenario)


def test_nothing_is_changed_from_another_page(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        await browser.enter()
        path, page = await browser.first()
        form = {"seen": seen(page), "points": "1", "comment": ""}
        port = urlsplit(browser.origin).port
        for origin in ("http://attacker.example", f"http://localhost:{port}", "null", ""):
            assert (await browser.ask(path, form, Origin=origin)).code == 403
        marks = read_marks(desk.course, "hw2")
        assert all(mark.points is None for mark in marks.values())

    visit(desk, scenario)


def test_a_page_shows_no_name_and_runs_nothing_of_a_student(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        await browser.enter()
        path, page = await browser.first()
        number = path.rpartition("/")[2]
        assert "team-" not in page.replace(f"by {desk.find(number, desk.read())}", "")  # but where a student writes it
        assert "onerror" not in page and "<script>" not in page
        assert 'src="data:image/png;base64,' in page and "MARK SCHEME" not in page
        pdf = await browser.ask(f"/pdf/{number}")
        assert pdf.headers["Content-Type"] == "application/pdf" and pdf.body.startswith(b"%PDF")
        assert (await browser.ask("/question/nothing")).code == 404
        assert (await browser.ask(f"/question/{CELL}/00000000")).code == 404

    visit(desk, scenario)


def test_a_mark_leads_to_the_next_answer_and_the_last_one_home(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        await browser.enter()
        path, page = await browser.first()
        places = []
        while path.startswith("/question/"):
            places.append(path)
            clicked = {"c0": "1.0", "c1": "0.5", "c2": "0.0"}
            answer = await browser.ask(path, {"seen": seen(page), "points": "", "comment": "So?", **clicked})
            assert answer.code == 303
            path = answer.headers["Location"]
            page = (await browser.ask(path)).body.decode()
        assert len(set(places)) == 3 and "3 of 3 marked" in page
        marks = read_marks(desk.course, "hw2")
        given = [(mark.points, mark.comment) for (cell, _), mark in marks.items() if cell == CELL]
        assert given == [(1.5, "So?")] * 3
        again = (await browser.ask(places[0])).body.decode()
        assert len(re.findall(r"checked", again)) == 3  # what was clicked is shown to whoever comes next

    visit(desk, scenario)


def test_of_two_markers_the_second_is_shown_what_the_first_gave(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        other = Browser(browser.address)
        await browser.enter()
        await other.enter()
        path, page = await browser.first()
        assert (await other.first())[0] != path  # what one has open, another is not led to
        assert "Another marker has this answer open." in (await other.ask(path)).body.decode()
        form = {"seen": seen(page), "points": "2", "comment": "first"}
        assert (await browser.ask(path, form)).code == 303
        assert (await other.ask(f"{path}/state")).body.decode().count(form["seen"]) == 0
        refused = await other.ask(path, {**form, "points": "0.5", "comment": "second"})
        told = refused.body.decode()
        assert refused.code == 409 and "“first”" in told and "second</textarea>" in told and 'value="0.5"' in told
        assert (await other.ask(path, {**form, "seen": seen(told), "points": "0.5"})).code == 303
        assert 0.5 in [mark.points for mark in read_marks(desk.course, "hw2").values()]
        lines = (desk.course.state / "marks" / "hw2.jsonl").read_text().splitlines()
        assert len(lines) == 2  # what was overwritten is known

    visit(desk, scenario)


def test_points_that_the_question_does_not_have_are_refused(desk: Desk) -> None:
    async def scenario(browser: Browser) -> None:
        await browser.enter()
        path, page = await browser.first()
        for wrong in ("2.5", "-1", "nan", "inf", "two"):
            assert (await browser.ask(path, {"seen": seen(page), "points": wrong})).code == 400
        assert (await browser.ask(path, {"c0": "0.3", "c1": "0", "c2": "0", "seen": seen(page)})).code == 400
        assert all(mark.points is None for mark in read_marks(desk.course, "hw2").values())

    visit(desk, scenario)


def test_a_gradebook_that_is_held_keeps_what_was_written_on_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from autograder.gradebook import gradebook_file
    from autograder.marking import book

    monkeypatch.setattr(book, "BUSY_SECONDS", 0)
    file = gradebook_file(desk.course)
    assert file

    async def scenario(browser: Browser) -> None:
        await browser.enter()
        path, page = await browser.first()
        form = {"seen": seen(page), "points": "1", "comment": "a long comment"}
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        answer = await browser.ask(path, form)
        told = answer.body.decode()
        holder.execute("ROLLBACK")
        holder.close()
        assert answer.code == 503 and "a long comment</textarea>" in told and "cannot be used" in told
        assert (await browser.ask(path, {**form, "seen": seen(told)})).code == 303

    visit(desk, scenario)
