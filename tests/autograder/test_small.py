"""Claims about how little the processes hold that are there for every submission."""

import subprocess
import sys

import pytest


def test_the_worker_and_the_coordinator_do_without_torch() -> None:
    """It takes 450 MiB and 3 seconds; only sandboxes and the process that judges need it."""
    parts = ["grading", "execute", "reproduce.reruns", "shown.clean", "preprocessors", "classroom"]
    names = ", ".join(f"autograder.{part}" for part in parts)
    done = subprocess.run([sys.executable, "-c", f"import sys, {names}; sys.exit('torch' in sys.modules)"])
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["autograder.classroom", "autograder.judging.server", "coursekit.submit.from_scratch"])
def test_no_process_builds_the_parser_of_addresses_that_takes_a_second(name: str) -> None:
    source = f"import sys, {name}, nbformat, jsonschema; sys.exit(sys.modules['rfc3987_syntax'] is not None)"
    assert subprocess.run([sys.executable, "-c", source]).returncode == 0
