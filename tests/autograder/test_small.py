"""Claims about how little the processes hold that are there for every submission."""

import subprocess
import sys


def test_the_worker_and_the_coordinator_do_without_torch() -> None:
    """It takes 450 MiB and 3 seconds; only sandboxes and the process that judges need it."""
    parts = ["grading", "execute", "reproduce.reruns", "shown.clean", "preprocessors", "classroom"]
    names = ", ".join(f"autograder.{part}" for part in parts)
    done = subprocess.run([sys.executable, "-c", f"import sys, {names}; sys.exit('torch' in sys.modules)"])
    assert done.returncode == 0
