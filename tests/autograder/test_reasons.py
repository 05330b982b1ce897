"""Claims about what is said where a cell failed as a whole: the first error, its cell and line, and what to try."""

import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.attempt import fill_in
from autograder.bindings import definitions, most_similar
from autograder.config import Course, load_course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.grading import grade_submission, make_task
from autograder.intake import Submission
from autograder.reasons import explain, note_cut_off
from autograder.sandbox.limits import Limits
from autograder.verdict import NOT_RECORDED, CheckResult, Outcome, Verdict

REPOSITORY = Path(__file__).parents[2]
LIMITS = Limits(cell_seconds=20, notebook_seconds=60)


def given(source: str, name: str) -> NotebookNode:
    marks = {"grade_id": name, "locked": True, "grade": name.startswith("check_"), "solution": False}
    return new_code_cell(source, metadata={"nbgrader": marks})


def answer(source: str, name: str) -> NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": name, "locked": False, "solution": True}})


def run(cells: list[NotebookNode], limits: Limits = LIMITS) -> Execution:
    inbox, outbox = (Path(tempfile.mkdtemp()) for _ in range(2))
    return run_notebook(new_notebook(cells=cells), files={}, inbox=inbox, limits=limits, outbox=outbox)


def reasons(execution: Execution, *checks: str, rationale: str = NOT_RECORDED) -> dict[str, CheckResult]:
    """The checks of those names, one for each test cell, as they are explained."""
    outcome: Outcome = "not_checked" if rationale == NOT_RECORDED else "failed"
    results = [CheckResult(name, f"check_{name}", "title", outcome, 1.0, rationale=rationale) for name in checks]
    explained = explain(Verdict("hw2", tuple(results)), execution).checks
    kept = [replace(e, rationale="", help="", outcome=outcome) for e in explained]
    assert kept == [replace(result, rationale="") for result in results]
    assert {check.outcome for check in explained} <= {outcome, "cannot_judge"}
    return {check.name: check for check in explained}


# For each: what the student's cell holds; what the verdict must say; and what it must advise.
FAILURES = {
    "quote": (
        "def quote(x):\n    return “x”",
        "SyntaxError: invalid character '“' (U+201C), line 2: `return “x”`",
        "curly",
    ),
    "colon": (
        "def colon(x)\n    return x",
        "SyntaxError: expected ':', line 1: `def colon(x)`",
        "cannot read the cell",
    ),
    "tabs": ("def tabs(x):\n  if x:\n\treturn 2\n        x = 3", "TabError: inconsistent use of tabs", "spaces"),
    "indent": ("    def indent(x):\n        return x\n  1", "IndentationError: un", "below one another"),
    "package": (
        "import nowhere\ndef package(x): return x",
        "No module named 'nowhere', line 1: `import nowhere`",
        "Leave",
    ),
    "line": ("a = 1\nb = a / 0\ndef line(x): return x", "ZeroDivisionError: division by zero, line 2: `b = a / 0`", ""),
    "on_gpu": (
        "import torch\ntorch.zeros(2, device='cuda')\ndef on_gpu(x): return x",
        "line 2: `torch.zeros(2, device='cuda')`",
        "without a GPU",
    ),
    "asks": ("n = input('epochs? ')\ndef asks(x): return x", "StdinNotImplementedError: raw_input was called", "value"),
    "leaves": ("import sys\nsys.exit()\ndef leaves(x): return x", "SystemExit, line 2: `sys.exit()`", "sys.exit()"),
    "magic": ("%%time\nx = 1\ny = 1 / 0\ndef magic(x): return x", "ZeroDivisionError: division by zero, line 3", ""),
    "inner": ("broken_helper()\ndef inner(x): return x", "(it was at line 2 of code cell 2: `return 1 / 0`)", ""),
    "chained": ("chain = line(1)\ndef chained(x): return x", "`b = a / 0`, and so code cell ", ""),
    "Renamed_Loss": ("def R_loss(x): return x", "(there is `R_loss`, in code cell ", "exactly as the notebook"),
    "train_steps": ("def trainStep(x): return x", "(there is `trainStep`, in code cell ", "exactly"),
    "alphabet": ("def alph\u0430bet(x): return x", "with letters of another alphabet, in code cell ", "exactly"),
    "typo": (
        "import math as toolbox\nx = tolbox.pi\ndef typo(x): return x",
        "`x = tolbox.pi` (there is `toolbox`)",
        "",
    ),
    "drawn": ("%matplotlib nowhere\ndef drawn(x): return x", "line 1: `%matplotlib nowhere`", "Leave the line out"),
    "drive": (
        "import os\nos.chdir('/content/drive')\ndef drive(x): return x",
        "FileNotFoundError: [Errno 2] No such file or directory: '/content/drive'",
        "Leave the line out",
    ),
    "local": ("open('notes.txt')\ndef local(x): return x", "No such file or directory: 'notes.txt'", "Restart"),
    "taken": ("from nowhere import taken", "stopped with ModuleNotFoundError: No module named 'nowhere'", "Leave"),
    "gone": ("", "`gone` is not defined, and no other name in the notebook is like it", "run all cells"),
    "text": ("raise ValueError('\\x1b[31m' + '<b>`' * 500 + '\\n\\u202e')\ntext = 1", "ValueError: ?[31m<b>", ""),
}


@pytest.fixture(scope="module")
def failed() -> dict[str, CheckResult]:
    cells = [given("import json as check", "set_up"), new_code_cell("def broken_helper():\n    return 1 / 0")]
    for name, (source, _, _) in FAILURES.items():
        cells += [answer(source, f"answer_{name}"), given(f"check.dumps({name}.__name__)", f"check_{name}")]
    cells.append(new_code_cell("print('to the end')"))
    execution = run(cells)
    assert execution.stopped is None and execution.notebook.cells[-1].outputs[0].text == "to the end\n"
    return reasons(execution, *FAILURES)


@pytest.mark.parametrize("name", FAILURES)
def test_the_verdict_names_the_first_error_with_its_cell_and_line(name: str, failed: dict[str, CheckResult]) -> None:
    _, reason, advice = FAILURES[name]
    assert reason in failed[name].rationale
    assert advice in failed[name].help and failed[name].help
    assert f"`{name}`" in failed[name].rationale
    assert failed[name].rationale.isprintable() and len(failed[name].rationale) < 1500


def test_a_package_that_is_missing_where_it_is_graded_is_for_a_person(failed: dict[str, CheckResult]) -> None:
    for_a_person = {name for name, check in failed.items() if check.outcome == "cannot_judge"}
    assert for_a_person == {"package", "taken", "drawn", "drive"}
    assert all("a person will look at it" in failed[name].rationale for name in for_a_person)
    assert not any(check.points for check in failed.values())


def test_what_was_overwritten_is_said_with_its_line() -> None:
    cells = [
        given("import json as check\nfrom math import sqrt", "set_up"),
        answer("def right(x):\n    sqrt = 2  # its own\n    return x", "answer"),
        given("check.dumps(right.__name__)", "check_before"),
        new_code_cell("x = 1\ncheck = sqrt = 3"),
        given("check.dumps(right.__name__)", "check_after"),
        new_code_cell("for print in range(3):\n    pass"),
        given("print(right.__name__)", "check_print"),
    ]
    told = reasons(run(cells), "before", "after", "print")
    assert told["before"].rationale == NOT_RECORDED
    assert told["after"].rationale.startswith("`check` was overwritten in code cell 4, line 2: `check = sqrt = 3`.")
    assert "code cell 5 (`check_after`) stopped with AttributeError: 'int' object has no" in told["after"].rationale
    assert told["print"].rationale.startswith("`print` was overwritten in code cell 6, line 1")
    assert "another name" in told["after"].help


def test_an_error_that_a_check_quotes_is_led_back_to_the_cell_that_failed() -> None:
    cells = [
        given("from math import sqrt", "set_up"),
        answer("import nowhere\ndef helper(x): return x", "answer"),
        new_code_cell("sqrt = 3\ndef other_name(x): return x"),
        given("", "check_step"),
    ]
    execution = run(cells)
    quoted = {
        "NameError: name 'helper' is not defined at `helper(x)`.": "stopped with ModuleNotFoundError: No module named",
        "NameError: name 'othername' is not defined.": "(there is `other_name`, in code cell 3)",
        "TypeError: 'int' object is not callable at `y = sqrt(x)`.": "`sqrt` was overwritten in code cell 3, line 1",
        "NameError: name 'z' is not defined at `z.sum()`.": "",
        "ValueError: math domain error at `sqrt(x)`.": "",
    }
    for rationale, because in quoted.items():
        told = reasons(execution, "step", rationale=rationale)["step"].rationale
        assert told == rationale if not because else told.startswith(rationale) and because in told


def test_a_function_that_lacks_a_package_is_for_a_person_and_so_is_what_was_not_checked_for_that() -> None:
    cells = [
        new_code_cell("import nowhere\nimport json as np"),
        given("", "check_step"),
        given("", "check_other"),
    ]
    execution, quote = run(cells), "`train_step` stopped with an error: {} at `np.ones(3)`."
    for error, outcome in (
        ("ModuleNotFoundError: No module named 'wandb'", "cannot_judge"),
        ("NameError: name 'np' is not defined", "cannot_judge"),
        ("NameError: name 'pd' is not defined", "failed"),
        ("ValueError: bad", "failed"),
    ):
        results = (
            CheckResult("runs", "check_step", "title", "failed", 1.0, rationale=quote.format(error)),
            CheckResult("learns", "check_step", "title", "not_checked", 1.0, rationale="It has to run first."),
            CheckResult("other", "check_other", "title", "not_checked", 1.0, rationale="It has to run first."),
        )
        told = explain(Verdict("hw2", results), execution).checks
        second = "cannot_judge" if outcome == "cannot_judge" else "not_checked"
        assert [check.outcome for check in told] == [outcome, second, "not_checked"]
        assert all(check.rationale.startswith(r.rationale) for check, r in zip(told, results, strict=True))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = 1\nexit()\nx = 2", "the cell ended it with `exit()` or `quit()`, line 2: `exit()`"),
        ("quit", "the cell ended it with `exit()` or `quit()`, line 1: `quit`"),
        ("import os\nos._exit(3)", "the process ended itself, line 2: `os._exit(3)`"),
        ("import ctypes\nctypes.string_at(0)", "the process crashed inside compiled code"),
        ("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass", "did not stop when it was interrupted"),
    ],
)
def test_a_cell_that_ends_the_kernel_is_named_and_no_later_cell_runs(source: str, reason: str) -> None:
    cells = [answer(source, "answer"), new_code_cell("open('/out/later', 'w').close()"), given("1", "check_answer")]
    execution = run(cells, replace(LIMITS, cell_seconds=1.5))
    assert execution.outbox == ()
    told = reasons(execution, "answer")["answer"]
    assert told.rationale.startswith("The test cell did not run. The notebook was stopped in code cell 1 (`answer`): ")
    assert reason in told.rationale and "MiB" not in told.rationale and told.help


def test_an_endless_loop_is_named_with_the_line_at_which_it_was_interrupted() -> None:
    loop = "import time\nwhile True:\n    time.sleep(0.01)\ndef never(x): return x"
    cells = [
        answer(loop, "answer"),
        given("print(never.__name__)", "check_never"),
        answer("def endless():\n    while True: pass", "other"),
        given("endless()", "check_endless"),
    ]
    execution = run(cells, replace(LIMITS, cell_seconds=1.5))
    told = reasons(execution, "never", "endless")
    assert "Code cell 1 (`answer`) was interrupted, since it took too long, line 3: `" in told["never"].rationale
    assert "at line 2 of code cell 3 (`other`): `while True: pass`" in told["endless"].rationale
    assert "loop" in told["never"].help and "loop" in told["endless"].help
    (note,) = note_cut_off(execution)  # of the test cell its check tells
    assert note.startswith("Code cell 1 (`answer`) was interrupted, since it took too long, line 3: `")
    assert note.endswith("What it defined before counts, what comes after in it was not run.")


def test_definitions_of_any_notebook_are_found_in_bounded_time() -> None:
    odd = ["a=1\n" * 100_000, "\n" * 1_000_000, "with " * 100_000, "x" * 1_000_000, "a, " * 300_000, "(" * 400_000]
    cells = [new_code_cell(source) for source in odd]
    begin = time.process_time()
    names = [name for name, _ in definitions(cells, imports=True)]
    most_similar("discriminator_loss", [f"name_{n}_of_{n}" for n in range(1000)])
    assert len(names) <= 1000
    assert time.process_time() - begin < 5


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(REPOSITORY)


def test_a_graded_submission_says_what_stopped_each_of_its_cells(course: Course) -> None:
    answers = THREE_OPTIMIZERS | {
        "loss_functions": THREE_OPTIMIZERS["loss_functions"].replace("def discriminator_loss", "def D_loss"),
        "train_step": THREE_OPTIMIZERS["train_step"].replace('"', "\u201d", 2),
    }
    notebook = fill_in(nbformat.read(course.release_notebook("hw2"), as_version=4), answers)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    notebook.cells.insert(names.index("check_convergence"), new_code_cell("check = 3"))
    graded = grade_submission(make_task(course, "hw2", Submission(json.dumps(notebook).encode(), {})))
    verdict = Verdict.from_json(graded.verdict)
    said = {check.name: check.rationale for check in verdict.checks}
    assert verdict.points == 1
    assert "`discriminator_loss` is not defined (there is `D_loss`" in said["discriminator_loss_is_right"]
    assert "(`train_step`) stopped with SyntaxError: invalid character '”'" in said["step_is_well_behaved"]
    assert "`check` was overwritten in code cell" in said["training_converges"]
    assert not any(NOT_RECORDED in rationale for rationale in said.values())
