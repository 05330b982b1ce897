"""Tries to break out of the sandbox and through its limits: only what was tried and held can be relied on.

Each attack is a cell of a notebook in the sandbox in which submissions run, under limits that are reached sooner. A
cell prints how it was held, or "BROKEN" and what it could do; an attack that must end its run is a notebook of its own.
"""

import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from autograder.config import COURSE_FILE, Course
from autograder.doctor.finding import Finding
from autograder.errors import UsageError
from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.self_check import check_sandbox
from autograder.sandbox.warm.pool import why_cold
from autograder.sandbox.workspace import open_folder

LIMITS = Limits(
    cell_seconds=4,
    notebook_seconds=40,
    cpu_seconds=40,
    resident_memory=400 * MIB,
    processes=40,
    file_size=4 * MIB,
    outbox_size=16 * MIB,
    output_size=1 * MIB,
)
AT_ONCE = 2
_COLD_ADVICE = (
    "All is as safe, but each submission takes about twice the time: a user name space may make no other here."
)
_ADVICE = "Do not grade here: something lets submissions out. Update bubblewrap and the kernel, or use another machine."

_PREPARE = "import contextlib, ctypes, json, os, signal, socket, sys, time"
_CELLS = {
    "user": """
shown = os.stat("/usr").st_uid  # the machine's root is somebody else, unless this user is mapped to it
print("BROKEN: it runs as root" if os.getuid() in (0, shown) else "not root")
""",
    "files of this machine": """
seen = [path for path in {paths} if os.path.isfile(path) or (os.path.isdir(path) and os.listdir(path))]
print("BROKEN: it sees " + seen[0] if seen else "checks, gradebook, roster and accounts cannot be seen")
""",
    "writing elsewhere": """
written = []
for place in ("/", "/given", "/inbox", "/usr", "/etc", "/course", sys.prefix, "/proc/sys/kernel"):
    with contextlib.suppress(OSError):
        open(place + "/core_pattern", "a").close()
        written.append(place)
print("BROKEN: it can write to " + written[0] if written else "everything but its own folders is read-only")
""",
    "network": """
reached = []
for address in (("127.0.0.1", {port}), ("1.1.1.1", 53), ("8.8.8.8", 443)):
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
        reached.append(address[0])
print("BROKEN: it reaches " + reached[0] if reached else "neither this machine nor any other can be reached")
""",
    "system calls": """
libc = ctypes.CDLL(None)
broken = [name for name, done in (
    ("another user name space", libc.unshare(0x10000000) == 0),
    ("uncounted memory", {filtered} and libc.memfd_create(b"x", 0) >= 0),
) if done]
print("BROKEN: it gets " + broken[0] if broken else "name spaces and uncounted memory are refused")
""",
    "size of a file": """
try:
    with open("/tmp/large", "wb") as file:
        for _ in range({file_size} // 2**20 + 2):
            file.write(bytes(2**20))
    print("BROKEN: a file may have any size")
except OSError:
    print(f"ends at {{os.path.getsize('/tmp/large') / 2**20:.0f}} MiB, as set for this test")
with contextlib.suppress(OSError):
    os.remove("/tmp/large")
""",
    "disk": """
total, unbounded = 0, []
for place in ("/tmp", "/dev/shm", "/out", "/sockets", os.environ["HOME"]):
    made = []
    try:
        for number in range({outbox_size} // 2**20 + 4):
            made.append(f"{{place}}/fill-{{number}}")
            with open(made[-1], "wb") as file:
                file.write(bytes(2**20))
        unbounded.append(place)
    except OSError:
        pass
    total += len(made)
    for name in made:
        with contextlib.suppress(OSError):
            os.remove(name)
print("BROKEN: it can fill " + unbounded[0] if unbounded else f"full after about {{total}} MiB in five places")
""",
    "number of processes": """
children = []
try:
    while len(children) < 2 * {processes}:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
    print("BROKEN: it can start any number")
except OSError:
    print(f"refused after {{len(children)}}")
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
""",
}


@dataclass(frozen=True)
class _Ending:
    """An attack that must be ended from outside."""

    what: str
    code: str


_ENDINGS = (
    _Ending(
        "endless loop",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    _Ending("memory of one process", "kept = bytearray(b'x' * 2**30)\nimport time\ntime.sleep(3)"),
    _Ending(
        "memory of many processes",
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        kept = bytearray(b'x' * (96 * 2**20))\n"
        "        time.sleep(30)\n        os._exit(0)\ntime.sleep(3)",
    ),
    _Ending("flood of output", "while True:\n    print('x' * 100_000)"),
)


def attack_sandbox(course: Course) -> Iterator[Finding]:
    """Try everything and say what held; ends at once where there is no sandbox at all."""
    try:
        check_sandbox()
    except UsageError as error:
        yield Finding("sandbox", "bad", str(error), "Nothing can be graded until submissions can be shut in.")
        return
    yield Finding("sandbox", "good", "bubblewrap starts and the interpreter runs in it")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(_try_to_get_out, course), *(pool.submit(_try_to_go_on, ending) for ending in _ENDINGS)]
        for future in waiting:
            yield from future.result()
    yield _how_it_started()


def _try_to_get_out(course: Course) -> list[Finding]:
    from autograder.sandbox import seccomp

    names = (COURSE_FILE, "gradebook.db", "source", "checks", "solutions", "submitted", ".autograder")
    own = [course.root / name for name in names]
    paths = [*own, *filter(None, (course.roster, course.extensions)), Path.home() / ".ssh"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = {
            "paths": json.dumps([str(path) for path in (*paths, Path("/etc/passwd"), Path("/etc/shadow"))]),
            "port": server.getsockname()[1],
            "filtered": seccomp.compile_filter(os.uname().machine) is not None,
            "file_size": LIMITS.file_size,
            "outbox_size": LIMITS.outbox_size,
            "processes": LIMITS.processes,
        }
        cells = [_PREPARE, *(code.format_map(words) for code in _CELLS.values())]
        run = _run(cells)
    findings = []
    for what, cell in zip(_CELLS, run.notebook.cells[1:], strict=True):
        said = "".join(output.get("text", "") for output in cell.outputs).strip()
        held = bool(said) and not said.startswith("BROKEN")
        found = (
            said or run.stopped or "the attack itself failed: " + " ".join(str(o.get("evalue")) for o in cell.outputs)
        )
        findings.append(Finding(what, "good" if held else "bad", found[:200], "" if held else _ADVICE))
    return findings


def _try_to_go_on(ending: _Ending) -> list[Finding]:
    run = _run([ending.code])
    (cell,) = run.notebook.cells
    failures = [output for output in cell.outputs if output.output_type == "error"]
    errors = [f"{failure.ename}: {failure.evalue}".rstrip(": ") for failure in failures]
    if run.stopped is None and not errors:
        return [Finding(ending.what, "bad", "BROKEN: nothing stopped it", _ADVICE)]
    why = (run.stopped or errors[0]).removeprefix("The notebook was stopped in code cell 1: ").rstrip(".")
    took = f"{run.seconds - run.start_seconds:.1f} s, {run.peak_memory / MIB:.0f} MiB at most"
    return [Finding(ending.what, "good", f"{why[:100]} ({took})")]


def _how_it_started() -> Finding:
    """Whether the sandboxes above were forks of a template, as those of submissions are where that is possible."""
    reason = why_cold()
    if not reason:
        return Finding("start of sandboxes", "good", "warm: each is a fork of a process that has imported everything")
    found = f"cold: {(reason.splitlines() or [''])[-1]}"
    return Finding("start of sandboxes", "warning", found[:200], _COLD_ADVICE)


def _run(cells: list[str]) -> Execution:
    with open_folder() as inbox:
        notebook = new_notebook(cells=[new_code_cell(code) for code in cells])
        return run_notebook(notebook, files={}, inbox=inbox, limits=LIMITS, warm=())
