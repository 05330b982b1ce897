"""An honest submission in a class of hostile ones: it gets what it gets alone, and everyone gets a verdict."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
from rich.console import Console

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.gradebook import read_score
from autograder.grading import grade_submission, make_task
from autograder.intake import read_submission
from autograder.report.terminal import grade_and_show

ATTACKS = Path(__file__).parents[1] / "attacks"
CHOSEN = ("exit_at_once", "fork_bomb", "forged_trace", "signals_to_everything", "links_and_special_files")


def load_attacks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("attack", ATTACKS / "attack.py")
    assert spec is not None and spec.loader is not None
    sys.modules["attack"] = module = importlib.util.module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_an_honest_submission_beside_hostile_ones_gets_the_grade_that_it_gets_alone(
    copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    module = load_attacks()
    attacks = {attack.name: attack for attack in module.read_attacks() if attack.name in CHOSEN}
    assert sorted(attacks) == sorted(CHOSEN)
    release = nbformat.read(course.release_notebook("hw2"), as_version=4)
    values = {"HOST_PROCESS": "1", "COURSE_ROOT": str(course.root), "CANARY_FOLDER": str(tmp_path)}
    assert course.secret
    for name, attack in attacks.items():
        module.hand_in([attack], release, course.root / "submitted" / name / "hw2", values)
    honest = course.root / "submitted" / "zoe" / "hw2"  # graded after all of them
    honest.mkdir(parents=True)
    (honest / "hw2.ipynb").write_bytes(filled(THREE_OPTIMIZERS))
    alone = grade_submission(make_task(course, "hw2", read_submission(honest, "hw2.ipynb")))
    console = Console(width=160, record=True, force_terminal=False)
    rows = {row.student: row for row in grade_and_show(course, "hw2", console)}
    assert {student: row.verdict.points for student, row in rows.items() if row.verdict} == {
        **dict.fromkeys(CHOSEN, 0),
        "zoe": 7,
    }
    for name in CHOSEN:
        score = read_score(course, "hw2", name)
        assert score is not None and score.points == 0
    assert rows["zoe"].verdict is not None
    assert json.dumps(rows["zoe"].verdict.to_json()) == json.dumps(alone.verdict)
