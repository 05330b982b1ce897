"""Claims about templates: whatever becomes of one costs nothing but time, and a worn one is not forked again."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import Limits
from autograder.sandbox.running import SandboxError
from autograder.sandbox.warm import pool, template
from autograder.sandbox.warm.inside.worn import GROWTH, State, what_is_wrong
from autograder.sandbox.warm.pool import end_templates, hold_template, why_cold
from autograder.sandbox.warm.template import OWN, Contents, Template
from tests.processes import ask_below, processes_with

MODULES = ("json",)
FORKS = int(os.environ.get("WARM_FORKS", "12"))
FIRST = State(frozenset({0, 1, 2, 3}), 1, 300 * 2**20, ())


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Each test begins without a template, and leaves no process and no folder."""
    end_templates()
    monkeypatch.setattr(pool, "_pool", pool._Pool())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(psutil.Process().children(recursive=True))
    yield
    end_templates()
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=10)
    assert alive == []
    assert list(tmp_path.glob("autograder-sandbox-*")) == []


def run(*cells: str, warm: tuple[str, ...] = MODULES, helpers: tuple[Path, ...] = ()) -> Execution:
    with tempfile.TemporaryDirectory() as inbox:
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        return run_notebook(notebook, files={}, inbox=Path(inbox), limits=Limits(), warm=warm, helpers=helpers)


def told(execution: Execution) -> str:
    return "".join(output.get("text", "") for cell in execution.notebook.cells for output in cell.outputs)


def templates() -> list[psutil.Process]:
    """The processes of templates, their wardens and their kernels, the first one first."""
    named = ask_below(psutil.Process.name)
    return [process for process in processes_with(OWN) if named.get(process, "").startswith("python")]


@pytest.mark.parametrize("victim", ["template", "warden"])
def test_a_run_whose_template_is_killed_begins_anew(victim: str) -> None:
    run("pass")
    ended = threading.Event()

    def kill() -> None:
        while not ended.wait(0.05):
            if len(found := templates()) >= 3:
                time.sleep(0.5)  # the notebook runs
                found[0 if victim == "template" else 1].kill()
                return

    killer = threading.Thread(target=kill)
    killer.start()
    execution = run("import time; time.sleep(2)", "print('done')")
    ended.set()
    killer.join()
    assert execution.stopped is None and told(execution) == "done\n" and why_cold() == ""


def test_what_a_module_of_the_course_loads_once_is_there_in_every_fork_and_stays_its_own(tmp_path: Path) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("made = []\n\ndef warm_up_template():\n    made.append(1)\n")
    for _ in range(2):
        execution = run("import helper; print(helper.made)\nhelper.made.clear()", warm=("helper",), helpers=(helper,))
        assert told(execution) == "[1]\n"


def test_a_template_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    run("pass")
    (process,) = templates()
    with hold_template(MODULES) as held:
        assert held is not None
        held._control.settimeout(1)
    process.send_signal(signal.SIGSTOP)
    assert told(run("print('first')")) == "first\n"  # it starts cold, since there is no time to lose
    assert told(run("print('second')")) == "second\n"
    assert process.pid not in [other.pid for other in templates()] and len(templates()) == 1


def test_a_template_that_has_made_many_forks_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "MOST_FORKS", 2)
    seen = set()
    for _ in range(3):
        assert told(run("print('done')")) == "done\n"
        seen |= {process.pid for process in templates()}
    assert len(seen) == 2


def test_where_templates_cannot_be_made_everything_starts_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_START", "import sys; sys.exit('no name spaces here')")
    for _ in range(pool.FAILURES + 1):
        assert told(run("print('done')")) == "done\n"
    assert "no name spaces here" in why_cold()
    with hold_template(MODULES) as none:
        assert none is None


def test_many_forks_neither_hang_nor_leave_anything() -> None:
    """`WARM_FORKS=10000` for the whole of it."""
    made = Template(Contents(MODULES))
    try:
        for _ in range(FORKS):
            reading, errors = os.pipe()
            line = made.fork({"layout": {}, "limits": {}}, errors)  # a request that ends with an error
            os.close(errors)
            line.settimeout(30)
            assert line.recv(1000).startswith(b"failed")
            line.close()
            assert os.read(reading, 1) == b""
            os.close(reading)
        assert made.wrong in ("", "it has made many forks") and not made.has_ended()
    finally:
        made.close()


def test_a_closed_template_is_not_forked() -> None:
    made = Template(Contents(MODULES))
    made.close()
    with pytest.raises(SandboxError):
        made.fork({}, 2)


def test_a_template_that_is_closed_while_it_begins_holds_nobody_up() -> None:
    """Bubblewrap is killed at every step of its own: one in a hundred of these left a child that waited for ever."""
    for delay in range(150):
        made = Template(Contents(MODULES))
        time.sleep(delay % 30 * 0.0002)
        closing = threading.Thread(target=made.close, daemon=True)
        closing.start()
        closing.join(30)
        assert not closing.is_alive()


def test_a_template_whose_helpers_have_changed_is_not_used_any_more(tmp_path: Path) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("value = 1")
    source = new_notebook(cells=[new_code_cell("import helper; print(helper.value)")])
    for value in (1, 2):
        helper.write_text(f"value = {value}")
        os.utime(helper, ns=(value * 10**9, value * 10**9))
        inbox = tmp_path / "inbox"
        inbox.mkdir(exist_ok=True)
        run = run_notebook(source, files={}, inbox=inbox, limits=Limits(), helpers=[helper], warm=["helper"])
        assert told(run) == f"{value}\n"


def test_what_lies_beside_the_code_of_a_helper_replaces_no_template(tmp_path: Path) -> None:
    package = tmp_path / "helper"
    package.mkdir()
    (package / "__init__.py").write_text("")
    before = Contents.now(MODULES, [package])
    (package / "__pycache__").mkdir()
    os.utime(package, ns=(10**9, 10**9))
    assert Contents.now(MODULES, [package]) == before
    (package / "more.py").write_text("")
    assert Contents.now(MODULES, [package]) != before


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        (FIRST, ""),
        (replace(FIRST, threads=2), "it has 2 threads"),
        (replace(FIRST, descriptors=FIRST.descriptors | {7}), r"its descriptors changed: [7]"),
        (replace(FIRST, resident=FIRST.resident + GROWTH + 2**20), "it grew by 65 MiB"),
        (replace(FIRST, shared=("/dev/shm/sem.x",)), "it shares memory that can be written: /dev/shm/sem.x"),
    ],
)
def test_a_template_that_has_changed_is_worn(now: State, wrong: str) -> None:
    assert what_is_wrong(FIRST, now) == wrong
