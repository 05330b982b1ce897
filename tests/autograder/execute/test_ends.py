"""A kernel that dies costs the cells that did not run; a process of ours that is killed costs nothing."""

import contextlib
import threading

import psutil
import pytest

from autograder import execute
from autograder.errors import GraderFault
from tests.autograder.execute.running import run, text
from tests.processes import processes_with


def test_a_dead_kernel_costs_the_cells_that_did_not_run() -> None:
    execution = run("open('/out/first.json', 'w').write('1')", "import os; os._exit(3)", "print(1)", "")
    why = "the process ended itself, line 1: `import os; os._exit(3)`"
    sentence = f"The notebook was stopped in code cell 2: {why}."
    assert execution.stopped == sentence
    assert text(execution, 1) == f"Stopped: {sentence}"
    assert text(execution, 2) == f"NotRun: not run: {sentence}"
    assert execution.outbox == ("first.json",)


def test_a_crash_in_compiled_code_is_told() -> None:
    execution = run("import ctypes; ctypes.string_at(0)")
    assert execution.stopped is not None and "crashed inside compiled code" in execution.stopped


@pytest.mark.parametrize("number", [1, execute.RUNS_BEGUN])
def test_a_relay_that_somebody_kills_costs_the_submission_nothing(number: int) -> None:
    ended = threading.Event()
    killed: set[psutil.Process] = set()

    def kill_relays() -> None:
        """Those of that many runs, each while its notebook runs."""
        while len(killed) < number and not ended.wait(0.05):
            for sleeper in set(processes_with("time-of-a-notebook")) - killed:
                killed.add(sleeper)
                for process in processes_with("relay.serve"):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.kill()

    killer = threading.Thread(target=kill_relays)
    killer.start()
    cell = "import subprocess, sys\nsleep = 'import time; time.sleep(3)'\n"
    cell += "subprocess.run([sys.executable, '-c', sleep, 'time-of-a-notebook'])\nprint('done')"
    try:
        if number < execute.RUNS_BEGUN:
            execution = run(cell)
            assert execution.stopped is None and text(execution, 0) == "done"
        else:
            with pytest.raises(GraderFault, match="killed from outside"):
                run(cell)
    finally:
        ended.set()
        killer.join()
    assert len(killed) == number
