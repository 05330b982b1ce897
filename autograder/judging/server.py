"""The process in which traces are judged: it has everything imported, and forks children for each of them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this makes the verdict, in the
same kind of sandbox as submissions run in: no network, nothing of the host to be seen, nothing to be changed. A trace
lies in a folder of its own that ends with the request, and only children read it (`autograder.judging.children`);
nothing of one trace is there for the next. The other end is `autograder.judging.client`.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from autograder.checks.judge import collect, make_probes
from autograder.checks.load import PACKAGE, Checks, load_checks
from autograder.judging.children import judge_in_children
from autograder.judging.wire import names_in, read_message, write_message
from autograder.sandbox.command import SUBMISSION


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
            checks = _load(message["checks"])
            if message["do"] == "make probes":
                make_probes(checks, message["seed"], folder)
                write_message(answers, {}, folder, names_in(folder))
                continue
            answer = judge_in_children(checks, folder, message["seconds"], requests.fileno())
        write_message(answers, answer)  # now that nothing of the trace is left


@cache
def _load(name: str) -> Checks:
    """The checks of that name, with all that judging imports: it takes seconds, judging does not."""
    checks = load_checks(Path(SUBMISSION) / PACKAGE / name)
    collect(checks)
    return checks
