"""Feedback pages in a real browser: nothing that a student wrote runs there, and no request leaves the page for it."""

import json
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import jupyter_server_mathjax
import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from rich.console import Console

from autograder.config import Course, load_course
from autograder.feedback.write import write_feedback
from autograder.nbgrader_settings import nbgrader_settings
from autograder.report.terminal import grade_and_show
from tests.autograder.report.hostile_page import (
    CODE,
    EVIL,
    LOOK,
    MARKDOWN,
    OUTPUTS,
    PLACE,
    QUOTED,
    SET_TITLE,
    Proxy,
    refuse_all,
    show,
    without_policy,
)

# Where MathJax lies on this machine, without the part that keeps formulas from making links.
MATHJAX = Path(jupyter_server_mathjax.__file__).parent / "static" / "MathJax.js"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with refuse_all() as made:
        yield made


def test_a_page_that_is_not_cleaned_would_be_taken_over(proxy: Proxy, tmp_path: Path) -> None:
    """So that the next test can fail."""
    page = tmp_path / "page.html"
    stays = EVIL.replace("http-equiv", "name")  # else the browser would show where it was moved to
    page.write_text(f"<html><head><title>feedback</title></head><body>{stays}</body></html>")
    shown = show(page, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" in shown
    assert any(PLACE in request for request in proxy.asked)


@pytest.fixture(scope="module")
def feedback(
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The feedback page of a submission that puts everything of `hostile_page` wherever it can."""
    course = copy_course(tmp_path_factory.mktemp("pages") / "course")
    notebook = nbformat.reads(
        filled({"configure_optimizers": QUOTED, "loss_functions": CODE, "answer_what_you_did": MARKDOWN}).decode(),
        as_version=4,
    )
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(MARKDOWN))
    notebook.cells.append(nbformat.v4.new_code_cell(CODE, outputs=OUTPUTS))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("training", "samples"):
            cell.outputs = OUTPUTS
    notebook.metadata["title"] = f"</title><script>{SET_TITLE}</script>"
    folder = course.root / "submitted" / "mallory" / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
    (folder / f"<script>{SET_TITLE}<").write_text("")
    (folder / f"[x](javascript:{SET_TITLE.replace('/', '')}) $x$ \u202e.ipynb").write_text("")
    printed = StringIO()
    rows = grade_and_show(course, "hw2", Console(file=printed))
    assert [row.status for row in rows] == ["graded"]
    assert not set(printed.getvalue()) & set("\x1b\u202e")
    (page,) = write_feedback(course, "hw2").pages.values()
    return page


def test_no_script_of_a_submission_runs_on_its_feedback_page_and_nothing_is_fetched(
    proxy: Proxy, feedback: Path, tmp_path: Path
) -> None:
    assert "taken over" in feedback.read_text()  # what was written is shown, as text
    shown = show(feedback, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" not in shown and "feedback for mallory</title>" in shown
    assert not [request for request in proxy.asked if PLACE in request]


def test_nothing_of_a_submission_covers_its_points_or_leads_anywhere_but_to_the_web_outside(
    proxy: Proxy, feedback: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(without_policy(feedback) + LOOK)
    shown = show(page, proxy, tmp_path / "profile")
    document = BeautifulSoup(shown, "html.parser")
    assert document.find("mfrac") and not document.find("script", src=True)  # harmless formulas are typeset
    looked = re.search(r'data-looked="(\d+) scores, (\d+) covered"', shown)
    assert looked and int(looked[1]) > 10 and looked[2] == "0"
    links = [str(link["href"]) for link in document.find_all(href=True)]
    own = {f"#{section['id']}" for section in document.find_all("section", id=True)}
    assert {link for link in links if not link.startswith("https://")} <= own
    assert any(link.startswith("https://attacker.example/b") for link in links)  # what leads outside stays
    inside = document.select(".text *, .code *, figure *")
    assert len(inside) > 100
    for tag in inside:
        ours = tag.name in ("div", "summary", "details", "img", "figcaption")
        assert not {"id", "name", "target", "title", "style"} & set(tag.attrs), tag
        assert ours or "class" not in tag.attrs, tag
    assert "\u202e" not in shown


def test_the_case_of_the_page_without_cleaning_is_covered(proxy: Proxy, tmp_path: Path) -> None:
    """So that the test before can fail: the classes of the page's own style sheet are enough to cover its points."""
    bootstrap = Path(nbgrader.__file__).parent / "server_extensions/formgrader/static/node_modules/bootstrap/dist/css"
    style = (bootstrap / "bootstrap.min.css").read_text()
    page = tmp_path / "page.html"
    rows = "<li>Score: 1</li>" * 20
    page.write_text(
        f"<!DOCTYPE html><style>{style}</style><script>MathJax = {{Hub: {{Queue: (f) => f()}}}}</script><body>"
        f"<div id=toc><ol>{rows}</ol></div><a class='modal in' style='' href='https://{PLACE}'></a>"
        "<style>.modal { display: block }</style>" + LOOK + "</body>"
    )
    shown = show(page, proxy, tmp_path / "profile")
    assert 'data-looked="20 scores, 20 covered"' in shown


def test_the_formgrader_shows_the_same_clean_notebook(proxy: Proxy, feedback: Path, tmp_path: Path) -> None:
    """Here a link within the site would be followed by somebody who is logged in. MathJax is as it is by itself: how it
    is configured or where it comes from must not matter."""
    root = feedback.parents[3]
    config = nbgrader_settings(load_course(root))
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {"assignment_id": "hw2", "notebook_id": "hw2", "submission_id": "x", "index": 0, "total": 1}
    resources |= {"base_url": "", "student": "mallory", "last_name": "", "first_name": "", "notebook_path": "x"}
    notebook = root / "autograded" / "mallory" / "hw2" / "hw2.ipynb"
    text, _ = HTMLExporter(config=config).from_filename(str(notebook), resources=resources)
    assert "contain: paint" in text
    content = BeautifulSoup(text, "html.parser").select(".rendered_html *, .output_subarea *")
    links = {str(tag["href"]) for tag in content if tag.get("href")}
    assert links and all(link.startswith("https://") for link in links)
    assert not [tag for tag in content if {"id", "name", "target"} & set(tag.attrs)]

    mathjax = f'src="{MATHJAX.as_uri()}?config=TeX-AMS-MML_HTMLorMML-full"'
    local, replaced = re.subn(r'src="/static/[^"]*MathJax[^"]*"', mathjax, text)
    assert replaced == 1
    page = tmp_path / "local.html"
    page.write_text(local + LOOK)
    shown = show(page, proxy, tmp_path / "profile")
    document = BeautifulSoup(shown, "html.parser")
    assert document.find(class_="MathJax")  # harmless formulas are typeset
    looked = re.search(r'data-looked="(\d+) scores, (\d+) covered"', shown)
    assert looked and looked.groups() == ("10", "0")  # nine cells with points, and the number of the submission
    for tag in document.select(".rendered_html *, .output_subarea *"):
        ours = [tag, *tag.parents]
        if any("MathJax" in str(each.get("id", "")) + str(each.get("class", "")) for each in ours):
            continue
        assert not {"id", "name", "target", "title"} & set(tag.attrs), tag
        assert "position" not in str(tag.get("style", "")) and (
            tag.name in ("ul", "li", "span") or not tag.get("style")
        ), tag
    assert "\u202e" not in shown


def test_nbgraders_own_command_writes_the_same_page_to_the_same_place(feedback: Path) -> None:
    before = feedback.read_text()
    feedback.unlink()
    config = nbgrader_settings(load_course(feedback.parents[3]), "hw2")
    command = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    command.force = True
    command.start()
    assert feedback.read_text().strip() == before.strip()
