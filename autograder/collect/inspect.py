"""Checks the files of one team in a process of its own, with limits on time and memory.

The PDF and the notebook are the team's, and may be made to keep their reader busy for ever. The check itself is
the one that students run before they hand in.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

SECONDS = 60
MEMORY = 2 * 2**30  # bytes of address space


def inspect(folder: Path, required: list[str], group_size: int, names: list[str]) -> list[str]:
    """The remarks on the required files in `folder`, which holds plain files only."""
    request = json.dumps({"folder": str(folder), "required": required, "group_size": group_size, "names": names})
    command = [sys.executable, "-m", "autograder.collect.inspect"]
    try:
        done = subprocess.run(command, input=request, capture_output=True, text=True, timeout=SECONDS)
        remarks: list[str] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return ["The files could not be checked within the limits of time and memory: look at them by hand."]
    return remarks


def _main() -> None:
    from course_utils.handin import check_files

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    request = json.load(sys.stdin)
    paths = (Path(request["folder"], name) for name in request["required"])
    files = {path.name: path.read_bytes() for path in paths if path.is_file()}
    check = check_files(files, tuple(request["required"]), request["group_size"], request["names"])
    json.dump(check.remarks, sys.stdout)


if __name__ == "__main__":
    _main()
