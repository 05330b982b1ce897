"""Checks the files of one team in a process of its own, with limits on time and memory.

The PDF and the notebook are the team's, and may be made to keep their reader busy for ever. The check itself is
the one that students run before they hand in.
"""

import json
import sys
from pathlib import Path

from autograder.collect.limited import Limits, run_limited

LIMITS = Limits(seconds=60, memory=2**30, file=0, printed=2**20)  # a notebook of 40 MiB takes 300 MiB to be read


def inspect(folder: Path, required: list[str], group_size: int, names: list[str], released: Path) -> list[str]:
    """The remarks on the required files in `folder`, which holds plain files only.

    `released` is the notebook as it was handed out, if it is there.
    """
    asked = {"folder": str(folder), "required": required, "group_size": group_size, "names": names}
    request = json.dumps(asked | {"released": str(released)})
    command = [sys.executable, "-m", "autograder.collect.inspect"]
    done = run_limited(command, LIMITS, [request.encode()])
    try:
        remarks: list[str] = json.loads(done.printed)
    except ValueError:
        return ["The files could not be checked within the limits of time and memory: look at them by hand."]
    return remarks


def _main() -> None:
    from coursekit.handin import check_files
    from coursekit.handin.handed_out import UNKNOWN, read_handed_out
    from coursekit.notebook_file import load_cells

    request = json.load(sys.stdin)
    paths = (Path(request["folder"], name) for name in request["required"])
    files = {path.name: path.read_bytes() for path in paths if path.is_file()}
    released = Path(request["released"])
    handed_out = read_handed_out(load_cells(released.read_bytes())) if released.is_file() else UNKNOWN
    check = check_files(files, tuple(request["required"]), request["group_size"], request["names"], handed_out)
    json.dump(check.remarks, sys.stdout)


if __name__ == "__main__":
    _main()
