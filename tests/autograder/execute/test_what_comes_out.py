"""What comes out of a sandbox: outputs as on a screen, plain files, and no message that no kernel sends."""

import asyncio
import tempfile
import threading
import time
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import MIB
from tests.autograder.execute.running import HELPERS, SMALL, WARM, text
from tests.autograder.execute.tour import TOUR, Tour


def test_outputs_arrive(tour: Tour) -> None:
    assert tour["print"] == "hello\n\n5"
    assert tour.execution.notebook.cells[0].execution_count == 1
    assert tour.execution.stopped is None
    assert 0 < tour.execution.start_seconds < tour.execution.seconds
    assert tour.execution.peak_memory > 100 * MIB


def test_an_error_does_not_stop_the_next_cell(tour: Tour) -> None:
    assert tour["error"] == "ZeroDivisionError: division by zero"
    assert tour["after"] == "still here"


def test_display_updates_and_widget_messages_are_dropped(tour: Tour) -> None:
    assert tour["display"].startswith("'first'\n<IPython.core.display.HTML object>")
    assert "second" not in tour["display"]
    assert "widgets" not in tour.execution.notebook.metadata


def test_cleared_and_rewritten_output_is_as_on_a_screen(tour: Tour) -> None:
    assert tour["clear"] == "30%"


def test_messages_that_no_kernel_sends_do_no_harm(tour: Tour) -> None:
    kept = tour.execution.notebook.cells[list(TOUR).index("forged messages")].outputs
    assert {"text/plain": "kept ?"} in [output.get("data") for output in kept]
    assert tour["after forged messages"] == "still here"


def test_asking_for_input_is_an_error(tour: Tour) -> None:
    assert tour["input"].startswith("StdinNotImplementedError")


def test_plain_files_of_the_outbox_arrive_and_all_else_is_refused_by_name(tour: Tour) -> None:
    assert tour.execution.outbox == ("probe/trace.json",)
    refused = {sentence.split(":")[0] for sentence in tour.execution.refused}
    # both names of a hard link are refused, since neither is the first
    assert refused == {
        *("link", "root", "fifo", "socket", "1/2/3/4", "a.bin", "probe/b.bin"),
        *("\\udcff", "new\\nline"),
    }


def test_cells_and_outputs_of_the_submission_are_taken_as_source_only() -> None:
    """Old outputs go, tags that skip a cell have no effect, Markdown stays, the given notebook is not changed."""
    skipped = new_code_cell("print('ran')", metadata={"tags": ["skip-execution"]})
    empty = new_code_cell("  ", outputs=[new_output("stream", text="forged")], execution_count=7)
    notebook = new_notebook(cells=[new_markdown_cell("text"), skipped, empty])
    files = {"../outside": b"", "/etc/x": b"", "a/b.txt": b"", "a": b"", "": b""}

    async def inside_a_loop() -> Execution:
        return run_notebook(
            notebook, files=files, inbox=Path(tempfile.mkdtemp()), limits=SMALL, helpers=HELPERS, warm=WARM
        )

    execution = asyncio.run(inside_a_loop())
    assert text(execution, 1) == "ran"
    assert execution.notebook.cells[2].outputs == [] and execution.notebook.cells[2].execution_count is None
    assert notebook.cells[2].outputs != []
    assert {sentence.split(":")[0] for sentence in execution.refused} == {"../outside", "/etc/x", "a", ""}


def test_two_runs_at_once_do_not_meet() -> None:
    results: list[Execution] = []
    source = "import os, time; time.sleep(1); print(os.listdir('/out'), os.listdir('/tmp')); open('/out/mine', 'w')"
    notebook = new_notebook(cells=[new_code_cell(source)])
    inbox = Path(tempfile.mkdtemp())

    def one() -> None:
        outbox = Path(tempfile.mkdtemp())
        results.append(
            run_notebook(notebook, files={}, inbox=inbox, limits=SMALL, outbox=outbox, helpers=HELPERS, warm=WARM)
        )

    threads = [threading.Thread(target=one) for _ in range(2)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin < 60
    assert [list(result.outbox) for result in results] == [["mine"], ["mine"]]
    assert all(text(result, 0).startswith("[] ") for result in results)
