"""A class of three teams, graded as far as a marker sees it: their files, their cells in nbgrader's gradebook."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.config import Course
from autograder.gradebook import open_gradebook
from autograder.marking.desk import Desk, open_desk

TEAMS = ("team-a", "team-b", "team-c")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
EVIL = "<script>document.title='taken over'</script><img src=x onerror=\"document.title='taken over'\"> $L_D$ by {team}"


@pytest.fixture
def desk(copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path) -> Desk:
    course = copy_course(tmp_path / "course")
    with open_gradebook(course) as gradebook:
        for team in TEAMS:
            gradebook.add_student(team)
            gradebook.add_submission("hw2", team)
    for team in TEAMS:
        notebook = nbformat.reads(filled({"answer_results": EVIL.format(team=team)}).decode(), as_version=4)
        picture = nbformat.v4.new_output("display_data", data={"image/png": PIXEL})
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "samples":
                cell.outputs = [picture]
        for place in ("submitted", "autograded"):
            folder = course.root / place / team / "hw2"
            folder.mkdir(parents=True)
            (folder / "hw2.ipynb").write_text(json.dumps(notebook))
        (course.root / "submitted" / team / "hw2" / "hw2.pdf").write_bytes(b"%PDF-1.4")
    return open_desk(course, "hw2")
