"""The process in which traces are judged: it has everything imported, and forks children for each of them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this makes the verdict, in the
same kind of sandbox as submissions run in: no network, nothing of the host to be seen, nothing to be changed. A trace
lies in a folder of its own that ends with the request, and only children read it (`autograder.judging.children`);
nothing of one trace is there for the next. The other end is `autograder.judging.client`.
"""

import importlib
import os
import pkgutil
import tempfile
from pathlib import Path

from autograder.checks.judge import make_probes
from autograder.judging.children import judge_in_children
from autograder.judging.wire import names_in, read_message, write_message


def serve() -> None:
    """Answers requests from standard input until it is closed."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)  # what is printed must not come between the answers
    while True:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            message = read_message(requests, folder)
            if message is None:
                return
            _import_everything(message["assignment"])
            if message["do"] == "make probes":
                make_probes(message["assignment"], message["seed"], folder)
                write_message(answers, {}, folder, names_in(folder))
                continue
            answer = judge_in_children(message["assignment"], folder, message["seconds"], requests.fileno())
        write_message(answers, answer)  # now that nothing of the trace is left


def _import_everything(assignment: str) -> None:
    """What judging needs is imported before the fork: it takes seconds, judging does not."""
    for name in ("autograder.checks", f"autograder.checks.{assignment}"):
        for module in pkgutil.iter_modules(importlib.import_module(name).__path__):
            if not module.name.startswith(("test_", "conftest")):
                importlib.import_module(f"{name}.{module.name}")
