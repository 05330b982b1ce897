"""Proves that this machine can run a sandbox before any submission is let into one.

There is no way to grade without it: where bubblewrap is missing or the system forbids it, grading stops here,
with one sentence and the command that helps.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.errors import UsageError
from autograder.sandbox.command import SUBMISSION
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import SandboxProcess
from autograder.sandbox.running import SandboxError
from autograder.sandbox.workspace import open_workspace

OLDEST_BUBBLEWRAP = (0, 8)  # the first with --disable-userns and --size
_FIND = """
from importlib.util import find_spec
for name in ("ipykernel", "coursekit"):
    assert find_spec(name), f"{name} is not installed"
"""
_SWITCHES = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "kernel.unprivileged_userns_clone=1"),
    "/proc/sys/user/max_user_namespaces": ("0", "user.max_user_namespaces=15000"),
}


@functools.cache
def check_sandbox() -> None:
    """Runs the interpreter in a sandbox once; remembers that it went well.

    Raises:
        UsageError: it cannot run here; says why and which command helps.
    """
    if sys.platform != "linux":
        raise UsageError("submissions can be run on Linux only: use a Linux machine, or a virtual one")
    _check_tools()
    with open_workspace() as workspace:
        try:
            process = SandboxProcess(
                [os.path.normpath(sys.executable), "-P", "-s", "-c", _FIND],
                Limits(),
                [(workspace.submission, SUBMISSION)],
            )
        except SandboxError as error:
            raise UsageError(f"bubblewrap cannot make a sandbox here ({_first_line(error)}): {_advice()}") from None
        try:
            status = process.wait()
            said = process.stderr()
        finally:
            process.close()
    if status != 0:
        raise UsageError(
            f"the interpreter {sys.executable} does not run inside the sandbox "
            f"({_last_line(said) or f'exit status {status}'}): "
            "install the course into a virtual environment of its own"
        )


def _check_tools() -> None:
    if shutil.which("bwrap") is None:
        raise UsageError(
            "bubblewrap, in which submissions run, is not installed: run `sudo apt-get install bubblewrap`"
        )
    missing = [tool for tool in ("prlimit", "setpriv") if shutil.which(tool) is None]
    if missing:
        raise UsageError(f"{' and '.join(missing)} not found: run `sudo apt-get install util-linux`")
    text = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", text)
    if found and (int(found[1]), int(found[2])) < OLDEST_BUBBLEWRAP:
        raise UsageError(f"bubblewrap {found[0]} is too old: install version 0.8 or newer")


def _advice() -> str:
    """The command that most likely lets bubblewrap run."""
    for path, (closed, setting) in _SWITCHES.items():
        file = Path(path)
        if file.exists() and file.read_text().strip() == closed:
            return f"run `sudo sysctl -w {setting}`"
    if os.geteuid() == 0:
        return "if this is a container, start it with `--privileged`, or grade on the machine itself"
    return "allow user name spaces on this machine, or in a container start it with `--privileged`"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
