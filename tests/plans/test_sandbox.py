"""The whole road, through the real sandbox and the judge in his: as the selftest, it judges solutions as they claim."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.attempt import try_solution
from autograder.config import Course, load_course
from autograder.selftest import disagreement
from coursekit.plans.public import names_given
from tests.plans.course import COURSE, declared, solutions


def mark(cell: str, points: float = 0.0, solution: bool = False) -> dict[str, object]:
    marks = {"grade": not solution, "solution": solution, "locked": not solution, "grade_id": cell, "schema_version": 3}
    return {"nbgrader": {**marks, "task": False, "cell_type": "code", **({} if solution else {"points": points})}}


def write_release(root: Path, assignment: str) -> None:
    """A notebook as students get it: a cell for their code, and a test cell for each of the checks' cells."""
    cells = [new_code_cell("raise NotImplementedError", metadata=mark("answer", solution=True))]
    cells.append(new_code_cell("from coursekit.check import check", id="tools"))
    for cell, points in declared(assignment).points.items():
        plans = [plan for plan in declared(assignment).plans.values() if plan.cell == cell]
        names = sorted(name for plan in plans for name in names_given(plan.ask(0)[0].built))
        call = f"check({', '.join([repr(cell), *dict.fromkeys(names)])})"
        cells.append(new_code_cell(call, metadata=mark(cell, points)))
    path = root / "release" / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("plain") / "course"
    shutil.copytree(COURSE, root)
    for assignment in ("classifier", "convolution"):
        write_release(root, assignment)
    return load_course(root)


@pytest.mark.parametrize(
    ("assignment", "name", "points"),
    [
        ("classifier", "sequential", 9.0),
        ("classifier", "no_zero_grad", None),
        ("convolution", "five_loops", 4.0),
        ("convolution", "mean_of_the_window", 3.0),
        ("convolution", "backward_not_written", 2.5),
    ],
)
def test_the_sandbox_judges_as_the_selftest_does(
    assignment: str, name: str, points: float | None, course: Course
) -> None:
    (claim,) = (claim for claim in solutions(assignment) if claim.path.stem == name)
    verdict = try_solution(course, assignment, claim.path.read_text(encoding="utf-8")).verdict
    assert verdict.faults == ()
    assert disagreement(claim, verdict) == ""
    assert points in (None, verdict.points)
