"""Claims about how little the processes hold that are there for every submission."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("part", ["grading", "execute", "reproduce.run", "report.clean", "preprocessors", "classroom"])
def test_the_worker_and_the_coordinator_do_without_torch(part: str) -> None:
    """It takes 450 MiB and 3 seconds; only sandboxes and the process that judges need it."""
    program = f"import sys, autograder.{part}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
