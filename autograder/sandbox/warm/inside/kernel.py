"""Becomes the kernel of a notebook: the last step of a fork, after which the submission runs in it.

Between submission and trace. All that could be different from a kernel that is started cold is put right here.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from autograder.sandbox.warm.inside.fresh import forget_places, renew_random_state

COPY = "/bin/cp"


def copy_into_working_folder(given: str, home: str, work: str) -> None:
    """What does not fit is left out; it is the program of the cold start, too."""
    process = os.posix_spawn(COPY, [COPY, "-R", given, work], os.environ)
    os.waitpid(process, 0)
    os.environ |= {"OLDPWD": home, "PWD": work}  # as the shell of a cold start does
    os.chdir(work)


def become_kernel(arguments: Sequence[str], own_folder: str) -> NoReturn:
    """Runs the kernel to its end, in a process that knows nothing of templates any more."""
    renew_random_state()
    forget_places()
    sys.path.remove(own_folder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.argv = list(arguments)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
    sys.exit()
