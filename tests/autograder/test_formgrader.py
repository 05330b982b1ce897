"""What the formgrader tells of this course is right, and asks for no folder that the course does not use."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.abc import ExchangeError

from autograder.config import Course
from autograder.gradebook import open_gradebook
from autograder.nbgrader_settings import nbgrader_settings, point_here
from autograder.released import ReleasedAssignments
from autograder.shown.contain import KeepInside
from coursekit.submit.pdf import find_browser

PATIENCE = 60.0  # seconds for a server to start, on a machine that does much else
OTHERS = (
    "jupyterlab",
    "notebook",
    "jupyter_lsp",
    "jupyter_server_terminals",
)  # parts of Jupyter that show nothing here


@pytest.fixture
def page(copy_course: Callable[[Path], Course], tmp_path: Path) -> Iterator[str]:
    """The address of the formgrader's page of a submission, in a real server that stands in the course's folder."""
    course = copy_course(tmp_path / "course")
    point_here(course)
    shown = course.root / "autograded" / "someone" / "hw2" / "hw2.ipynb"
    shown.parent.mkdir(parents=True)
    shutil.copy(course.release_notebook("hw2"), shown)
    with open_gradebook(course) as gradebook:
        gradebook.add_student("someone")
        id_ = gradebook.add_submission("hw2", "someone").notebooks[0].id
    without = {"ServerApp": {"jpserver_extensions": dict.fromkeys(OTHERS, False)}}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(without))
    command = [sys.executable, "-m", "jupyter_server", "--no-browser"]
    command += [f"--ServerApp.root_dir={course.root}", *(["--allow-root"] if os.geteuid() == 0 else [])]
    own = {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=course.root, env=os.environ | own, stdout=log, stderr=log)
    try:
        ends = time.monotonic() + PATIENCE
        while not (told := list((tmp_path / "runtime").glob("jpserver-*.json"))) or not told[0].read_text():
            assert server.poll() is None and time.monotonic() < ends, (tmp_path / "log").read_text()
            time.sleep(0.1)
        where = json.loads(told[0].read_text())
        yield f"{where['url']}formgrader/submissions/{id_}/?token={where['token']}"
    finally:
        server.kill()
        server.wait()


def test_formulas_are_typeset_where_no_network_is(page: str, tmp_path: Path) -> None:
    browser = find_browser()
    assert browser, "this test needs Chromium or Chrome: make setup"
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--dump-dom"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=10000"]
    command += [*(["--no-sandbox"] if os.geteuid() == 0 else []), page]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    document = BeautifulSoup(shown, "html.parser")
    assert "Submission 1 / 1" in document.get_text()
    assert len(document.select(".MathJax .math, .MathJax_Display")) > 20
    assert not document.select(".MathJax_Error") and "$$" not in document.get_text()


def test_the_formgrader_knows_what_is_released_and_when_it_is_due(released_course: Course) -> None:
    config = nbgrader_settings(released_course)
    api = NbGraderAPI(
        CourseDirectory(config=config),
        Authenticator(config=config),
        exchange=ExchangeFactory(config=config),
        config=config,
    )
    assert api.exchange_is_functional and not api.exchange_missing  # else it warns
    told = api.get_assignment("hw2")
    assert told["status"] == "released" and told["display_duedate"].startswith("2023-02-24 23:59:59")
    assert api.get_released_assignments() == {"hw2"}


def test_nothing_is_taken_back_through_the_formgrader(released_course: Course) -> None:
    config = nbgrader_settings(released_course, "hw2")
    lister = ReleasedAssignments(coursedir=CourseDirectory(config=config), config=config)
    lister.remove = True
    with pytest.raises(ExchangeError, match="autograder release"):
        lister.start()
    assert released_course.release_notebook("hw2").is_file()


def test_a_marker_reads_the_scheme_without_the_lines_for_programs(released_course: Course) -> None:
    source = nbformat.read(released_course.source_notebook("hw2"), as_version=4)
    assert any("BEGIN MARK SCHEME" in cell.source for cell in source.cells)
    shown, _ = KeepInside().preprocess(source, {})
    text = "\n".join(cell.source for cell in shown.cells)
    assert "MARK SCHEME" not in text and "**Marking scheme**" in text and "**Model answer**" in text
