"""Repositories and archives that are small to hand in and huge to read, collected in one run beside honest work.

Each must cost at most its limits, and be told or read as far as that goes; the memory of the collector and of every
process that it starts is measured.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.collect.git import MEMORY
from autograder.collect.limited import Limits, run_limited
from autograder.collect.unpack import MAX_TOTAL
from tests.attacks.bombs import ARCHIVES, REPOSITORIES, Forge
from tests.autograder.collect.classes import NOTEBOOK, ROSTER, TOML, commit

COLLECTOR, SECONDS = 200 * 2**20, 120  # bytes of the process that collects: 80 MiB are its imports
RUN = """
import json, resource, sys
from autograder.cli import app
status = app(["collect", "hw2", "--from", sys.argv[1], "--course", sys.argv[2]], standalone_mode=False)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # getrusage counts the parent, too
own, below = int(peak.split()[1]) * 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps([status, own, below]))
"""


Collected = tuple[list[int], dict[str, dict[str, Any]], Path]  # what was measured, the teams as stored, the course


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Status and memory of one collection of all of them; what became of each; and the course."""
    root = tmp_path_factory.mktemp("bombs")
    course, arrivals = root / "course", root / "arrivals"
    course.mkdir()
    arrivals.mkdir()
    for name, text in {"course.toml": TOML, "roster.csv": ROSTER, "extensions.csv": "id,assignment,until\n"}.items():
        (course / name).write_text(text)
    for make in REPOSITORIES:
        make(Forge(arrivals / make.__name__))
    for name, pack in ARCHIVES.items():
        (arrivals / name).write_bytes(pack())
    commit(arrivals / "honest", {"netid": "bob2\n", "hw2.ipynb": NOTEBOOK})
    command = [sys.executable, "-c", RUN, str(arrivals), str(course)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    teams = json.loads((course / ".autograder" / "teams" / "hw2.json").read_text())
    return json.loads(done.stdout.splitlines()[-1]), {team["source"]: team for team in teams}, course


def test_no_process_of_the_collection_takes_more_than_its_memory(
    collected: Collected,
) -> None:
    (status, collector, below), _, course = collected
    assert status == 3
    assert collector < COLLECTOR
    assert below < MEMORY
    on_disk = sum(path.stat().st_size for path in course.rglob("*") if path.is_file())
    assert on_disk < 2 * MAX_TOTAL


def test_honest_work_beside_bombs_is_collected_without_a_remark(
    collected: Collected,
) -> None:
    team = collected[1]["honest"]
    assert (team["members"], team["files"], team["remarks"]) == (["bob2"], ["netid", "hw2.ipynb"], [])


@pytest.mark.parametrize("make", REPOSITORIES, ids=lambda make: make.__name__)
def test_a_repository_is_read_as_far_as_its_limits_go(collected: Collected, make: Callable[[Forge], None]) -> None:
    team = collected[1][make.__name__]
    if REPOSITORIES[make]:
        assert team["files"] == ["netid", "hw2.ipynb"]
    else:
        assert "within 512 MiB of memory" in team["remarks"][0]
        assert team["unread"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_each_archive_is_told(collected: Collected, name: str) -> None:
    team = collected[1][name]
    assert any(name in remark for remark in team["remarks"]), team["remarks"]
    assert "hw2.ipynb" not in team["files"]


def test_a_flood_of_output_and_errors_is_counted_before_it_is_held() -> None:
    limits = Limits(seconds=20, memory=2**28, file=2**20, printed=2**16)
    done = run_limited(["sh", "-c", "yes >&2 & yes"], limits)
    assert (done.cut, len(done.printed)) == (True, 2**16)
    assert len(done.errors) <= 2**14
