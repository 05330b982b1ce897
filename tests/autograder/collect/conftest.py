from pathlib import Path

import pytest

from autograder.config import Course, load_course
from tests.autograder.collect.classes import ROSTER, TOML


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course").mkdir()
    for name, text in {"course.toml": TOML, "roster.csv": ROSTER, "extensions.csv": "id,assignment,until\n"}.items():
        (tmp_path / "course" / name).write_text(text)
    return load_course(tmp_path / "course")


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    (tmp_path / "clones").mkdir()
    return tmp_path / "clones"
