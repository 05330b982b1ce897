"""Submissions as large as they may be, all in one class: what the process that grades it, and each worker, hold."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from autograder.classroom import MAX_CARRIED
from autograder.config import Course
from autograder.intake import MAX_FILE, MAX_TOTAL

MOST_MIB = 600
GRADE = "from autograder.cli import main; main()"


def held(process: psutil.Process) -> int:
    """The most MiB that the process held so far."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) >> 10 if "VmHWM:" in text else 0


def test_large_submissions_cost_the_coordinator_and_its_workers_less_than_600_mib(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    for number in range(3):
        folder = course.root / "submitted" / f"large-{number}" / "hw2"
        folder.mkdir(parents=True)
        (folder / "hw2.ipynb").write_text(f"{{{number}")  # unreadable, so nothing needs to run
        for name in range(MAX_TOTAL // MAX_FILE):
            with (folder / f"{name}.bin").open("wb") as file:
                file.truncate(MAX_FILE)
    command = [sys.executable, "-c", GRADE, "grade", "hw2", "--course", str(course.root)]
    grader = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    peaks: dict[str, int] = {}
    workers = set()
    while grader.poll() is None:
        try:
            own = psutil.Process(grader.pid)
            for process in [own, *own.children(recursive=True)]:
                command_line = " ".join(process.cmdline())
                if process == own or "multiprocessing.spawn" in command_line:
                    workers |= {process.pid} - {grader.pid}
                    role = "coordinator" if process == own else "worker"
                    peaks[role] = max(peaks.get(role, 0), held(process))
        except (psutil.Error, OSError):
            pass
        time.sleep(0.05)
    assert grader.stdout is not None
    printed = grader.stdout.read()
    assert grader.returncode == 0, printed
    assert printed.count(": graded, checks 0/7") == 3, printed
    assert workers
    assert MAX_CARRIED >> 20 < peaks["coordinator"] < MOST_MIB, peaks
    assert 0 < peaks["worker"] < MOST_MIB, peaks


def test_who_grades_a_class_does_without_torch() -> None:
    """It takes 0.4 GiB in each process; what is computed with it is computed elsewhere, with limits."""
    look = (
        "import sys, autograder.report.terminal, autograder.execution, autograder.shown.clean, autograder.reproduce\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", look]).returncode == 0
