"""How a program that was started for somebody else's files is ended, used wherever there is one."""

import contextlib
import os
import signal
import subprocess


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a program, and all that it started and that has not left its group.

    A program may be killed between two of its steps: bubblewrap, before it has told its child to go on, leaves one that
    waits for ever and holds what it was given.

    Args:
        process: started with `start_new_session=True`, and not waited for, since its number may be another's then.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
