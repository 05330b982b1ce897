"""Every attack, handed in, graded through the real pipeline in the real sandbox, and held against what was promised."""

import importlib.util
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from autograder.graded import GradedSubmission
from autograder.grading import grade_submission, make_task
from autograder.intake import read_submission
from autograder.verdict import Verdict


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


attack_files = _load("attack")
measure = _load("measure")
ATTACKS: list[Any] = attack_files.read_attacks()
ALONE = [attack for attack in ATTACKS if not attack.shares_its_notebook]
TOGETHER = [attack for attack in ATTACKS if attack.shares_its_notebook]
ALSO_COLD = ("crash_in_c", "endless_loop_that_swallows_interrupts", "fork_bomb", "memory_of_many_processes")
OURS = 600  # MiB that the worker and the relay may hold, whatever arrives
MARGIN = 600 * 2**20  # what a process can take between two looks of the watchdog


def outputs_of(notebook: nbformat.NotebookNode, source: str) -> str:
    """What a person would read below the cell of that source."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source == source]
    assert len(cells) == 1
    texts = []
    for output in cells[0].outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append(output.data.get("text/plain", ""))
    return "\n".join(texts).strip()


@contextmanager
def nothing_hurt(host: Any) -> Iterator[None]:
    """Whatever happens inside the block: files, processes and temporary folders are as before."""
    before, processes, folders = host.state(), host.processes(), set(host.temporary.iterdir())
    yield
    assert host.state() == before
    assert host.victim.poll() is None
    pids = {described.split()[0] for described in processes}
    assert [left for left in host.processes() if left.split()[0] not in pids] == []
    assert set(host.temporary.iterdir()) == folders  # that of the template


def grade(
    host: Any, attacks: list[Any], traces: Path, record: Callable[[str, object], None], warm: bool
) -> tuple[GradedSubmission, Verdict]:
    """Hand in, grade and keep the trace; asserts what must hold for every submission."""
    folder = host.course.root / "submitted" / "mallory" / "hw2"
    release = nbformat.read(host.course.release_notebook("hw2"), as_version=4)
    host.await_template()
    attack_files.hand_in(attacks, release, folder, host.values)
    try:
        task = make_task(host.course, "hw2", read_submission(folder, "hw2.ipynb"))
        task = replace(task, limits=replace(task.limits, **attacks[0].constants.get("LIMITS", {})))
        with nothing_hurt(host), measure.measured(host.worker_pid) as cost:
            everything = "AFTER" in attacks[0].constants  # grading itself would not even run that cell
            work = host.worker.submit(grade_submission, task, traces, warm=warm, all_cells=everything)
            graded = work.result()
    finally:
        shutil.rmtree(folder.parent)
    verdict = Verdict.from_json(graded.verdict)
    assert verdict.max_points == 7
    assert all(check.rationale for check in verdict.checks if check.outcome != "passed")
    assert host.secret not in graded.notebook.decode()
    assert graded.peak_memory <= task.limits.resident_memory + MARGIN
    assert sum(graded.seconds.values()) < task.limits.notebook_seconds + 120
    assert all(cost.memory[role] < OURS for role in ("worker", "relay") if role in cost.memory), cost
    for role in measure.ROLES_IN_ORDER:
        record(f"{role}_memory", cost.memory.get(role, 0))
    record("own_seconds", round(sum(cost.seconds.values()), 1))
    record("seconds", round(sum(graded.seconds.values()), 1))
    record("peak_memory", graded.peak_memory >> 20)
    record("points", verdict.points)
    record("told", " ".join(graded.remarks)[:200])
    return graded, verdict


@pytest.mark.parametrize(
    ("attack", "warm"),
    [(attack, True) for attack in ALONE] + [(attack, False) for attack in ALONE if attack.name in ALSO_COLD],
    ids=[attack.name for attack in ALONE] + [f"{attack.name}-cold" for attack in ALONE if attack.name in ALSO_COLD],
)
def test_an_attack_gains_nothing_and_hurts_nothing(
    attack: Any, warm: bool, host: Any, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    graded, verdict = grade(host, [attack], tmp_path, record_property, warm)
    expected, told = attack.constants, "\n".join(graded.remarks)
    notebook = nbformat.reads(graded.notebook.decode(), as_version=4)
    said = [(check.name, check.outcome, check.rationale) for check in verdict.checks if check.outcome != "passed"]
    assert verdict.points == expected.get("POINTS", 0), said
    assert re.search(expected.get("TOLD", ""), told), told
    if "ENDS" in expected:
        assert re.search(f"The notebook was stopped in code cell .*({expected['ENDS']})", told), told
    if "SAYS" in expected:
        printed = outputs_of(notebook, attack.fill(host.values))
        assert re.search(expected["SAYS"], printed), printed
    if "MISTAKE" in expected:
        mistakes = [check.mistake for check in verdict.checks if check.outcome == "failed"]
        assert any(re.fullmatch(expected["MISTAKE"], mistake) for mistake in mistakes), mistakes
    if "CANNOT_JUDGE" in expected:
        assert [c.name for c in verdict.checks if c.outcome == "cannot_judge"] == [expected["CANNOT_JUDGE"]]
    if "ABSENT" in expected:
        shown = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
        assert not re.search(expected["ABSENT"], json.dumps(shown))


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_attacks_that_only_look_around_see_and_change_nothing(
    warm: bool, host: Any, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    attacks = [attack for attack in TOGETHER if warm or not attack.is_about_templates]
    graded, verdict = grade(host, attacks, tmp_path, record_property, warm)
    notebook = nbformat.reads(graded.notebook.decode(), as_version=4)
    printed = {attack.name: outputs_of(notebook, attack.fill(host.values)) for attack in attacks}
    wrong = {a.name: printed[a.name] for a in attacks if not re.search(a.constants["SAYS"], printed[a.name])}
    assert wrong == {}
    assert (tmp_path / "outbox").is_dir() and not list((tmp_path / "outbox").rglob("late*"))  # written after the end
    assert verdict.points == 0


def test_every_attack_says_what_it_tries_and_what_must_hold() -> None:
    assert len(ATTACKS) >= 40
    for attack in ATTACKS:
        assert re.match(r'"""Tries: .+\n\nMust hold: .+\n"""', attack.text), attack.path
        assert attack.constants, attack.path
