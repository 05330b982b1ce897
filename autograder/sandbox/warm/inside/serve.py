"""The template's process: imports once, and is forked for each submission. Between submission and trace.

It never reads one byte of a submission or of a check: it is told which modules to import, before anything else, and
then for each sandbox its limits and the name of its folder. All that comes with a request is handed to the fork.

A module of the course may define `warm_up_template()`, which is called once: what it loads or draws, the same for
everybody, each fork then has already.
"""

import gc
import importlib
import json
import os
import signal
import socket
from collections.abc import Sequence

from autograder.sandbox.warm.inside.fork import fork_sandbox
from autograder.sandbox.warm.inside.worn import look_at_oneself, what_is_wrong

MOST = 2**16  # bytes of a request
READY, FORKED, WORN = b"ready", b"forked", b"worn"  # what a template answers
ALWAYS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.datapub",
    "IPython.core.completerlib",
    "numpy.random",
    "pygments.formatters.html",
    "pygments.formatters.latex",
    "pygments.lexers.python",
    "pygments.styles.default",
)
"""What a kernel imports when it starts or shows code, whatever runs in it; what is not there is left out."""
WARM_UP = "warm_up_template"


def serve(own_folder: str) -> None:
    """Answers requests on standard input, a socket, until it is closed."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    settings = json.loads(control.recv(MOST))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for wardens
    seccomp = bytes.fromhex(settings["seccomp"])
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as the kernel does before it imports it
    _import_all([*ALWAYS, *settings["modules"]])
    gc.collect()
    gc.freeze()  # so that the collector does not touch, and so copy, what all forks share
    first = look_at_oneself()
    wrong = what_is_wrong(first, first)
    control.send(WORN + b" " + wrong.encode() if wrong else READY)
    while not wrong:
        message, passed, _, _ = socket.recv_fds(control, MOST, 2)
        if not message:
            return
        line, errors = passed
        fork_sandbox(message, line, errors, seccomp, own_folder)
        os.close(line)
        os.close(errors)
        wrong = what_is_wrong(first, look_at_oneself())
        control.send(WORN + b" " + wrong.encode() if wrong else FORKED)
    while socket.recv_fds(control, MOST, 2)[0]:  # its sandboxes live as long as it does
        pass


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue  # the notebook will say so
        if warm_up := vars(module).get(WARM_UP):
            warm_up()
