"""Claims about the folder that a graded notebook runs in: what works on a student's machine works there."""

import tempfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.attempt import fill_in
from autograder.config import Course, load_course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.execute import run_notebook
from autograder.graded import GradedSubmission
from autograder.grading import grade_submission, make_task
from autograder.intake import Submission
from autograder.sandbox.limits import MIB, Limits
from autograder.verdict import Verdict

REPOSITORY = Path(__file__).parents[2]

WRITES = {
    "a folder": "import os\nos.makedirs('images/epochs', exist_ok=True)",
    "a log of TensorBoard": (
        "from torch.utils.tensorboard import SummaryWriter\n"
        "with SummaryWriter('runs/mine') as writer: writer.add_scalar('loss', 1.0, 0)"
    ),
    "a module": "%%writefile helpers.py\ndef double(x):\n    return 2 * x",
    "its import": "import helpers\nassert helpers.double(2) == 4",
    "a checkpoint": (
        "import torch\ntorch.save({'a': torch.ones(3)}, 'model.pt')\nassert torch.load('model.pt')['a'].sum() == 3"
    ),
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('images/loss.png')\nplt.close()",
    "a table": "with open('log.csv', 'w') as log: log.write('epoch,loss\\n')",
    "a handed-in file": (
        "with open('notes/plan.txt', 'a') as plan: plan.write('more')\n"
        "assert open('notes/plan.txt').read() == 'planmore'"
    ),
    "its removal": (
        "import os\nos.rename('notes/plan.txt', 'old.txt')\nos.chmod('old.txt', 0o600)\nos.remove('old.txt')"
    ),
    "the folder above": "os.makedirs('../models')\ntorch.save(1, '../models/last.pt')",
    "the home folder": (
        "from pathlib import Path\n(Path.home() / 'logs').mkdir()\n"
        "open(os.path.expanduser('~/logs/settings.json'), 'w').close()"
    ),
    "another program": (
        "!echo hello > greeting.txt && ls greeting.txt\nassert open('greeting.txt').read() == 'hello\\n'"
    ),
    "another folder": "os.chdir('images'); open('x', 'w').close(); os.chdir('..')",
}


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(REPOSITORY)


@pytest.fixture(scope="module")
def graded(course: Course) -> GradedSubmission:
    """A right solution that writes wherever a notebook writes, before and after its solutions."""
    notebook = fill_in(nbformat.read(course.release_notebook("hw2"), as_version=4), THREE_OPTIMIZERS)
    notebook.cells[:0] = [new_code_cell(source) for source in WRITES.values()]
    content = nbformat.writes(notebook).encode()
    return grade_submission(make_task(course, "hw2", Submission(content, {"notes/plan.txt": b"plan"})))


def test_a_right_solution_that_writes_files_gets_all_its_points(graded: GradedSubmission) -> None:
    verdict = Verdict.from_json(graded.verdict)
    assert verdict.points == verdict.max_points == 7


def test_each_way_to_write_works(graded: GradedSubmission) -> None:
    cells = {cell.source: cell for cell in nbformat.reads(graded.notebook.decode(), as_version=4).cells}
    failed = {
        name: [output for output in cells[source].outputs if output.output_type == "error"]
        for name, source in WRITES.items()
        if any(output.output_type == "error" for output in cells[source].outputs)
    }
    assert failed == {}


def test_what_does_not_fit_into_the_working_folder_is_left_out_and_named() -> None:
    limits = Limits(outbox_size=4 * MIB)
    files = {"large.bin": bytes(3 * MIB), "small.bin": bytes(MIB)}
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("import os; print(sorted(os.listdir()))")])
    execution = run_notebook(notebook, files=files, inbox=Path(tempfile.mkdtemp()), limits=limits)
    assert execution.notebook.cells[0].outputs[0].text == "['notebook.ipynb', 'small.bin']\n"
    assert execution.refused == ("large.bin: the files together are too large for the working folder",)
