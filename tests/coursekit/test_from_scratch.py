"""The run of a notebook from scratch: its kernel is its own, and one that does not start is told in a sentence."""

import json
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.submit.from_scratch import CellFailed, run_notebook

TELLS = "import ipykernel, json\nprint(json.load(open(ipykernel.get_connection_file()))['transport'])"


def test_kernels_that_start_at_once_cannot_take_each_others_ports(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(TELLS)])
    run_notebook(notebook, tmp_path, show=lambda line: None)
    assert [output.text for output in notebook.cells[0].outputs] == ["ipc\n"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["false"], "Kernel died .*"),
        ([sys.executable, "-c", "import no_such_kernel"], "ModuleNotFoundError: No module named 'no_such_kernel'"),
    ],
)
def test_a_kernel_that_does_not_start_is_one_sentence_with_its_own_last_words(
    command: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(CellFailed, match=rf"^Python's kernel did not start \({why}\): run this once more\.$"):
        run_notebook(new_notebook(cells=[new_code_cell("1")]), tmp_path, show=lambda line: None)
    assert capfd.readouterr().err == ""


def test_what_a_kernel_says_about_itself_is_not_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    says = "import logging, sys\nlogging.getLogger('tornado').error('I')\nprint('myself', file=sys.__stderr__)"
    cells = [new_code_cell(says), new_code_cell("import sys\nprint('shown', file=sys.stderr)")]
    run_notebook(notebook := new_notebook(cells=cells), tmp_path, show=lambda line: None)
    assert capfd.readouterr().err == ""
    assert "shown\n" in notebook.cells[1].outputs[0].text
