"""Feedback pages in a real browser: nothing that a student wrote runs there, and no request leaves the page for it."""

import contextlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from autograder.config import Course
from autograder.gradebook import write_feedback
from autograder.report.terminal import grade_and_show
from course_utils.submit.pdf import find_browser

PLACE = "attacker.example"
SET_TITLE = "document.title='taken over'"
EVIL = f"""
<script>{SET_TITLE}</script><script src="http://{PLACE}/s.js"></script>
<img src="x" onerror="{SET_TITLE}"><img src="http://{PLACE}/pixel.png"><svg onload="{SET_TITLE}"></svg>
<iframe src="http://{PLACE}/frame" srcdoc="<script>parent.{SET_TITLE}</script>"></iframe>
<style>@import url("http://{PLACE}/style.css"); body {{ background: url(http://{PLACE}/background.png) }}</style>
<link rel="stylesheet" href="http://{PLACE}/link.css"><object data="http://{PLACE}/object"></object>
<video autoplay src="http://{PLACE}/video"></video><base href="http://{PLACE}/"><details open ontoggle="{SET_TITLE}">
<meta http-equiv="refresh" content="0; url=http://{PLACE}/moved"><input autofocus onfocus="{SET_TITLE}">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={SET_TITLE}&gt;">
"""
MARKDOWN = f"""{EVIL}

![picture](http://{PLACE}/markdown.png) [link](javascript:{SET_TITLE}) <javascript:{SET_TITLE}>

$$\\href{{javascript:{SET_TITLE}}}{{x}}$$ `` `<script>{SET_TITLE}</script>` ``
"""
CODE = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
evil = {EVIL!r}
for kind in (HTML, Markdown, Latex):
    display(kind(evil))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\\"{SET_TITLE}\\"><script>{SET_TITLE}</script></svg>"))
display(Javascript("{SET_TITLE}"))
many = {{"text/html": evil, "application/javascript": "{SET_TITLE}", "image/png": "\\"><script>{SET_TITLE}</script>"}}
display(many, raw=True)
print(evil)
raise ValueError("\\x1b]8;;javascript:{SET_TITLE}\\x07" + evil)
"""


@dataclass
class Proxy:
    """Every request of a browser arrives here, and is refused."""

    port: int
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Proxy(server.getsockname()[1])

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.settimeout(1)  # browsers open connections before they need them
                    with connection, contextlib.suppress(OSError):
                        made.asked.append(connection.recv(4096).split(b"\r\n")[0].decode(errors="replace"))
                        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def show(page: Path, proxy: Proxy, profile: Path) -> str:
    """The page's document after its scripts had five seconds of the browser's time."""
    browser = find_browser()
    assert browser, "these tests need Chromium or Chrome: make setup"
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--dump-dom"]
    command += [f"--user-data-dir={profile}", "--virtual-time-budget=5000", f"--proxy-server=127.0.0.1:{proxy.port}"]
    command += ["--proxy-bypass-list=<-loopback>", *(["--no-sandbox"] if os.geteuid() == 0 else []), page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_a_page_that_is_not_cleaned_would_be_taken_over(proxy: Proxy, tmp_path: Path) -> None:
    """So that the next test can fail."""
    page = tmp_path / "page.html"
    stays = EVIL.replace("http-equiv", "name")  # else the browser would show where it was moved to
    page.write_text(f"<html><head><title>feedback</title></head><body>{stays}</body></html>")
    shown = show(page, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" in shown
    assert any(PLACE in request for request in proxy.asked)


def test_no_script_of_a_submission_runs_on_its_feedback_page_and_nothing_is_fetched(
    proxy: Proxy, copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    notebook = nbformat.reads(filled({"loss_functions": CODE, "answer_what_you_did": MARKDOWN}).decode(), as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(MARKDOWN))
    notebook.cells.append(nbformat.v4.new_code_cell(CODE))
    notebook.metadata["title"] = f"</title><script>{SET_TITLE}</script>"
    folder = course.root / "submitted" / "mallory" / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
    (folder / f"<script>{SET_TITLE}<").write_text("")
    rows = grade_and_show(course, "hw2", Console(file=(tmp_path / "printed").open("w")))
    assert [row.status for row in rows] == ["graded"]
    (page,) = write_feedback(course, "hw2")
    assert "taken over" in page.read_text()  # what was written is shown, as text
    shown = show(page, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" not in shown and "<title>hw2</title>" in shown
    assert not [request for request in proxy.asked if PLACE in request]
