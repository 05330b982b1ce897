"""Claims about a sandbox that is forked from a template: it is as a cold one, and alone.

One sandbox leaves behind what it can and goes on; a second one of the same template looks around meanwhile, and so does
one that is started cold.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.warm.pool import end_templates, hold_template, why_cold

MODULES = ("torch", "numpy", "matplotlib.pyplot", "multiprocessing.synchronize", "uuid", "ssl")
LIMITS = Limits(cell_seconds=60, notebook_seconds=120, processes=64, resident_memory=1024 * MIB, outbox_size=4 * MIB)

SECONDS = str(10_000_000 + os.getpid())  # that what is left behind sleeps: of no other process that runs these tests

LOOK = """
import ctypes, json, os, re, resource, signal, socket, stat, sys
def read(path):
    try:
        return open(path).read()
    except OSError as error:
        return error.strerror
def mounts():
    found = {}
    for line in read("/proc/self/mountinfo").splitlines():
        words = line.split()
        kind = line.partition(" - ")[2].split()[0]
        found[words[4]] = [kind, "ro" in words[5].split(","), "nosuid" in words[5]]  # the last one is on top
    return found
status = dict(line.split(":", 1) for line in read("/proc/self/status").splitlines())
facts = {
    "status": {name: status[name].strip() for name in status
               if re.match("Cap|Seccomp$|NoNewPrivs|Sig(Ign|Blk)|Groups|Umask|Uid|Gid", name)},
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if "RLIMIT" in name},
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "root": {name: oct(os.lstat("/" + name).st_mode) for name in sorted(os.listdir("/"))},
    "mounts": mounts(),
    "devices": {name: oct(os.lstat("/dev/" + name).st_mode) for name in sorted(os.listdir("/dev")) if name != "pts"},
    "terminals": sorted(os.listdir("/dev/pts")),
    "folders of the template": [os.listdir(path) if os.access(path, os.R_OK) else []
                                for path in ("/run/template", "/run/submissions")],
    "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
    "users": [read("/proc/self/uid_map").split()[::2], read("/proc/self/gid_map").split()[::2],
              read("/proc/self/setgroups")],
    "host": [socket.gethostname(), [name for _, name in socket.if_nameindex()]],
    "loopback": socket.socket().bind(("127.0.0.1", 0)),
    "signals": {n.name: str(signal.getsignal(n)) for n in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)},
    "path": sys.path,
    "flags": [str(sys.flags), sys.argv[1:], sys.getrecursionlimit(), sys.stdin.fileno()],
    "ours": sorted(name for name in sys.modules if name.startswith("autograder")),
    "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),
    "hash": hash("a word"),
    "standard": [os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in (0, 1, 2)],
    "nice": os.nice(0),
    "fills": [os.statvfs(place).f_blocks * os.statvfs(place).f_frsize for place in ("/tmp", "/out", "/sockets", "..")],
}
print(json.dumps(facts))
"""
DRAW = """
import multiprocessing.synchronize, random, secrets, ssl, tempfile, uuid
import numpy, torch
from jupyter_client.session import new_id
print(json.dumps({
    "random": random.random(), "numpy": float(numpy.random.random()), "generator": numpy.random.default_rng().random(),
    "uuid1": str(uuid.uuid1()), "uuid4": str(uuid.uuid4()), "node": uuid.getnode(), "secrets": secrets.token_hex(),
    "tempfile": tempfile.mkdtemp(), "authkey": multiprocessing.current_process().authkey.hex(),
    "semaphore": next(multiprocessing.synchronize.SemLock._rand), "ssl": ssl.RAND_bytes(8).hex(), "session": new_id(),
    "torch": torch.rand(1, dtype=torch.float64).item(), "torch's seed": torch.initial_seed(),
    "key": json.load(open("/run/kernel.json"))["key"],
}))
"""
LEAVE = """
import subprocess, threading
for place in ("/tmp", "/dev/shm", "/out", "/sockets", "/student", "/student/work"):
    open(place + "/left-behind", "w").write("left-behind")
loopback = socket.create_server(("127.0.0.1", 45678))
abstract, named = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
abstract.bind("\\0left-behind"); abstract.listen(); named.bind("/tmp/left-socket"); named.listen()
os.makedirs("/tmp/.ipython/profile_default/startup", exist_ok=True)
open("/tmp/.ipython/profile_default/startup/00.py", "w").write("left_behind = 1")
open("/student/work/sitecustomize.py", "w").write("left_behind = 1")
os.environ["LEFT"] = "left-behind"; sys.path.insert(0, "/tmp/left-behind"); torch.manual_seed(5); torch.left = 1
master, slave = os.openpty()
subprocess.Popen(["setsid", "sleep", "SECONDS"])
made = 0
try:
    while made < 200:
        if os.fork() == 0:
            signal.pause()
        made += 1
except OSError:
    pass
print("left", made)
"""
STAY = "import time; time.sleep(12)"
FIND = """
places = ("/tmp", "/dev/shm", "/out", "/sockets", "/student", "/student/work", "/given", "/inbox", "/run")
found = [place for place in places for name in os.listdir(place) if "left" in name]
for address, family in (("\\0left-behind", socket.AF_UNIX), (("127.0.0.1", 45678), socket.AF_INET)):
    try:
        socket.socket(family).connect(address); found.append(address)
    except ConnectionRefusedError:
        pass
found += [name for name in ("LEFT",) if name in os.environ] + [name for name in sys.path if "left" in name]
found += ["start-up file"] * ("left_behind" in globals()) + ["module"] * hasattr(torch, "left")
found += [pid for pid in facts["processes"] if pid not in (1, os.getpid())]
children = 0
try:
    while children < 40:
        if os.fork() == 0:
            signal.pause()
        children += 1
except OSError:
    pass
print(json.dumps([found, children]))
"""


def run(*cells: str, warm: bool = True) -> Execution:
    with tempfile.TemporaryDirectory() as inbox:
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        return run_notebook(notebook, files={}, inbox=Path(inbox), limits=LIMITS, warm=MODULES if warm else None)


def told(execution: Execution, cell: int) -> list[Any]:
    """What a cell printed, line by line."""
    outputs = execution.notebook.cells[cell].outputs
    assert all(output.output_type == "stream" for output in outputs), outputs
    return [json.loads(line) for line in "".join(output.text for output in outputs).splitlines()]


def flat(facts: dict[str, Any]) -> set[str]:
    """One line for each of the facts."""
    lines = set()
    for name, value in facts.items():
        lines |= (
            {f"{name} {key}: {part}" for key, part in value.items()}
            if isinstance(value, dict)
            else {f"{name}: {value}"}
        )
    return lines


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, Execution]]:
    """The first sandbox and, while it runs, the second, both of one template; and a cold one."""
    found: dict[str, Execution] = {}
    run("pass")  # the template is there
    with hold_template(MODULES) as template:
        assert template is not None
        first = threading.Thread(
            target=lambda: found.update(first=run(LOOK, DRAW, LEAVE.replace("SECONDS", SECONDS), STAY))
        )
        first.start()
        time.sleep(4)
        found["second"] = run(LOOK, DRAW, FIND)
        assert first.is_alive(), "the first sandbox was to be there meanwhile"
        found["cold"] = run(LOOK, DRAW, warm=False)
        first.join()
        assert template.is_usable()
    assert why_cold() == ""
    yield found
    end_templates()


def test_what_can_be_seen_is_the_same_as_after_a_cold_start(runs: dict[str, Execution]) -> None:
    (warm,), (cold,) = told(runs["second"], 0), told(runs["cold"], 0)
    hidden = ("/run/template", "/run/submissions")  # nothing is in them
    for side in (warm, cold):
        for path in [path for path in side["mounts"] if path.startswith((*hidden, "/proc/sys"))]:  # covered in any case
            del side["mounts"][path]
    assert (warm.pop("processes"), warm.pop("folders of the template")) == ([2], [[], []])
    del cold["processes"], cold["folders of the template"]  # it has one process more of ours
    assert sorted(flat(warm) ^ flat(cold)) == []


def test_the_limits_are_those_that_were_asked_for(runs: dict[str, Execution]) -> None:
    limits = told(runs["second"], 0)[0]["limits"]
    assert limits["RLIMIT_AS"] == [LIMITS.address_space] * 2 and limits["RLIMIT_NPROC"] == [LIMITS.processes] * 2
    assert limits["RLIMIT_CPU"][0] == LIMITS.cpu_seconds and limits["RLIMIT_CORE"] == [0, 0]


def test_no_two_sandboxes_draw_the_same(runs: dict[str, Execution]) -> None:
    (first,), (second,) = told(runs["first"], 1), told(runs["second"], 1)
    assert [name for name in first if first[name] == second[name]] == []


def test_nothing_of_one_sandbox_is_in_another_and_its_processes_do_not_count_there(runs: dict[str, Execution]) -> None:
    assert "left" in runs["first"].notebook.cells[2].outputs[0].text  # and so it did all that comes before
    assert told(runs["second"], 2) == [[[], 40]]


def test_a_sandbox_ends_with_its_last_cell_whatever_it_has_left_behind(runs: dict[str, Execution]) -> None:
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if SECONDS.encode() in _read(path)]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
