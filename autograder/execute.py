"""Runs a submission's notebook in the sandbox and brings back its outputs and its outbox: the trace.

It replaces nbgrader's own execution, between submission and trace. `autograder.one_run` runs the cells; this decides
which run counts when something on this machine goes wrong.
"""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.execution import Execution
from autograder.one_run import How, KilledFromOutsideError, NoKernelError, NotebookRun, encode
from autograder.sandbox.limits import Limits
from autograder.sandbox.self_check import check_sandbox
from autograder.sandbox.warm.pool import hold_template
from autograder.sandbox.warm.template import Template
from autograder.sandbox.workspace import open_workspace, place_files, place_folder

NOTEBOOK_NAME = "notebook.ipynb"
RUNS_BEGUN = 3  # where somebody on this machine kills what a run needs, before it is a fault


def run_notebook(
    notebook: NotebookNode,
    *,
    files: Mapping[str, bytes],
    inbox: Path,
    limits: Limits,
    outbox: Path | None = None,
    helpers: Sequence[Path] = (),
    warm: Sequence[str] | None = None,
    last: int | None = None,
) -> Execution:
    """Runs the code cells of a notebook in a fresh sandbox.

    When no kernel starts, or it is killed by something unknown, it is run once more in another sandbox, and that run
    counts: the machine may have been short of memory, and the submission is not to pay for it. A run whose relay is
    killed, or the template that it is a fork of, does not count: a submission cannot do that.

    Args:
        notebook: the notebook, version 4; it is not changed.
        files: the submission's other files by their relative path; the notebook's code has a copy of them in its
            working folder.
        inbox: folder of the probes; the notebook's code sees it read-only as `/inbox`.
        limits: what the run may use.
        helpers: packages and modules that the notebook may import.
        outbox: an empty folder for the files that the notebook leaves in its outbox; without one they are dropped.
        warm: modules that a template has imported, of which the sandbox is forked; None: it starts cold.
        last: number of the code cell after which nothing is run; None: all are run.

    Raises:
        UsageError: this machine cannot make the sandbox, or no kernel starts in it.
        GraderFault: the relay was killed again and again.
    """
    check_sandbox()
    how = How(limits, tuple(helpers), last)
    try:
        execution = _run_counted(notebook, files, inbox, how, outbox, warm)
    except NoKernelError:
        return _run_counted(notebook, files, inbox, how, outbox, warm=None)
    return _run_counted(notebook, files, inbox, how, outbox, warm=None) if execution.unexplained else execution


def _run_counted(
    notebook: NotebookNode,
    files: Mapping[str, bytes],
    inbox: Path,
    how: How,
    outbox: Path | None,
    warm: Sequence[str] | None,
) -> Execution:
    """A run that counts, into an outbox that is empty again."""
    for _ in range(RUNS_BEGUN):
        if outbox is not None:
            shutil.rmtree(outbox)
            outbox.mkdir()
        with suppress(KilledFromOutsideError), hold_template(warm, how.helpers) as template:
            return _run_once(notebook, files, inbox, how, outbox, template)
    raise KilledFromOutsideError(
        "The process that reads what the notebook sends, or starts it, was killed from outside, again and again."
    )


def _run_once(
    notebook: NotebookNode,
    files: Mapping[str, bytes],
    inbox: Path,
    how: How,
    outbox: Path | None,
    template: Template | None,
) -> Execution:
    with open_workspace(template.spool if template else None) as workspace:
        content = {NOTEBOOK_NAME: encode(nbformat.writes(notebook)), **files}
        refused = place_files(workspace.submission, content, how.limits.outbox_size // 2)  # of the home folder
        place_folder(workspace.inbox, inbox)
        return NotebookRun(notebook, workspace, how, template).execute(tuple(refused), outbox)
