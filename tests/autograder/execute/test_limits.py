"""Time, memory, processes, files and output of a submission are bounded, and what ended it is told."""

from dataclasses import replace

import pytest

from autograder import one_run
from autograder.sandbox.limits import MIB
from tests.autograder.execute.running import SMALL, run, text


def test_a_long_cell_is_interrupted_and_one_that_swallows_it_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_run, "INTERRUPT_SECONDS", 2)
    stubborn = "import signal\nsignal.signal(signal.SIGINT, lambda *_: None)\nwhile True: pass"
    execution = run("while True: pass", "print('next')", stubborn, limits=replace(SMALL, cell_seconds=1.5))
    assert "this cell was interrupted: it took longer than 1.5 seconds" in text(execution, 0)
    assert text(execution, 1) == "next"
    assert execution.stopped is not None and "did not stop when it was interrupted" in execution.stopped


def test_the_time_of_the_whole_notebook_is_bounded() -> None:
    execution = run("import time", "time.sleep(60)", limits=replace(SMALL, notebook_seconds=2))
    assert execution.stopped is not None and "the whole notebook took longer than 2 seconds" in execution.stopped
    assert execution.seconds < 30


def test_processor_time_is_bounded() -> None:
    execution = run("while True: pass", limits=replace(SMALL, cpu_seconds=2))
    assert execution.stopped is not None and "2 seconds of processor time" in execution.stopped


def test_a_fork_bomb_stops_at_the_limit() -> None:
    bomb = "import os, time\nmade = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(1000)\n    made += 1\n"
    execution = run(bomb + "except OSError as error: print(made, error.strerror)", "print('next')")
    made, reason = text(execution, 0).split(maxsplit=1)
    assert 10 < int(made) <= 64 and "unavailable" in reason
    assert text(execution, 1) == "next"


@pytest.mark.parametrize(
    "source",
    [
        "kept = [bytearray(b'x' * 2**20) for _ in range(2000)]",
        "import os, time\nfor _ in range(20):\n  if os.fork() == 0: kept = b'x' * 40_000_000; time.sleep(60)\n"
        "time.sleep(60)",
    ],
    ids=["one", "many"],
)
def test_memory_by_one_or_many_processes_is_bounded(source: str) -> None:
    execution = run(source, limits=replace(SMALL, resident_memory=400 * MIB))
    assert execution.stopped is not None and "more than 400 MiB of memory" in execution.stopped
    assert execution.peak_memory < 1500 * MIB


def test_what_can_be_written_is_bounded_and_a_flood_of_output_is_cut_then_killed() -> None:
    fill = """
written = 0
try:
    with open('{}/big', 'wb', buffering=0) as file:
        while True: written += file.write(b'x' * 65536)
except OSError as error: print(written <= 2 * 2**20, error.strerror)
"""
    execution = run(
        *(fill.replace("{}", place) for place in ("/out", "/tmp", "/dev/shm", "/sockets", "..")),
        "print('a' * 3 * 2**20)",
        "print('b')",
        "import time\nwhile True: print('c' * 2**20); time.sleep(0.02)",
    )
    for index in range(5):
        assert text(execution, index) == "True No space left on device"
    assert len(text(execution, 5)) < 1.1 * MIB and "the rest was left out" in text(execution, 5)
    assert text(execution, 6) == ""
    assert execution.stopped is not None and "printed more than 16 MiB" in execution.stopped


def test_many_small_outputs_and_many_files_are_bounded() -> None:
    many = "import os\nfor i in range(21_000): open(f'/tmp/{i}', 'w').close()\nimport time; time.sleep(60)"
    execution = run("for i in range(8_000): display(i)", many)
    assert len(execution.notebook.cells[0].outputs) < 6000
    assert execution.stopped is not None and "more than 20000 files" in execution.stopped
