"""What every attack is held against: a course and a machine with things worth reading, changing and killing."""

import contextlib
import hashlib
import multiprocessing
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from autograder.config import Course, load_course
from autograder.execute import run_notebook
from autograder.imports import code_of, imported_names
from autograder.judging import make_probes
from autograder.sandbox.warm.pool import prepare_template
from autograder.sandbox.warm.template import OWN
from tests.processes import ask_below, command_line

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Host:
    """The machine and the course of a class under attack.

    Attributes:
        course: with a gradebook, a roster and another team's work, each of which holds `secret`.
        values: words in the attacks, and what stands for them here.
        temporary: the folder for temporary files.
        worker: the process that grades, as those of a class do; nothing else is done in it.
        template: modules and helpers of the template that the worker keeps.
    """

    course: Course
    secret: str
    values: dict[str, str]
    temporary: Path
    worker: ProcessPoolExecutor
    template: tuple[tuple[str, ...], tuple[Path, ...]]
    victim: subprocess.Popen[bytes]
    listener: socket.socket

    @property
    def worker_pid(self) -> int:
        return self.worker.submit(os.getpid).result()

    def await_template(self) -> None:
        """The template is there, also where the attack before left one that must not be forked again."""
        modules, helpers = self.template
        self.worker.submit(prepare_template, modules, helpers).result()
        if (own := template_process(self.worker_pid)) == self.values.get("TEMPLATE_PROCESS"):
            return
        inbox = self.temporary.with_name("inbox")
        inbox.mkdir(exist_ok=True)
        settings: dict[str, Any] = {"files": {}, "inbox": inbox, "limits": self.course.limits}
        settings |= {"helpers": helpers, "warm": modules}
        self.worker.submit(run_notebook, nbformat.v4.new_notebook(), **settings).result()
        self.values["TEMPLATE_PROCESS"] = own

    def state(self) -> dict[str, str]:
        """Hashes of everything that must not change."""
        folders = (self.course.root, Path(self.values["CANARY_FOLDER"]), Path(self.values["HOST_SECRET_FILE"]).parent)
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink() and "submitted/mallory" not in str(path)
        }

    def processes(self) -> set[str]:
        """Children of this process, at any depth, and what an attack may have taken out of them."""
        daemon = ["sleep", self.values["DAEMON_SECONDS"]]
        found = ask_below(_described)
        for process in psutil.process_iter(["cmdline"]):
            if process.info["cmdline"] == daemon:
                with contextlib.suppress(psutil.Error):
                    found[process] = _described(process)
        return set(found.values())


def _described(process: psutil.Process) -> str:
    return f"{process.pid} {process.status()} {command_line(process)[-200:]}"


def template_process(worker: int) -> str:
    """The number of the template's own process, below a worker; it may only just begin."""
    for _ in range(100):
        begun = ask_below(command_line, worker).items()
        own = [process.pid for process, words in begun if words.startswith(f"{sys.executable} ") and OWN in words]
        if len(own) == 1:  # one that is replaced may not be gone yet
            return str(own[0])
        time.sleep(0.1)
    pytest.fail("no template begins, or an old one stays")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    root = tmp_path_factory.mktemp("host")
    course_root = root / "course"
    course_root.mkdir()
    shutil.copy(REPOSITORY / "course.toml", course_root / "course.toml")
    for name in ("checks", "course_utils"):
        (course_root / name).symlink_to(REPOSITORY / name)
    shutil.copytree(REPOSITORY / "release" / "hw2", course_root / "release" / "hw2")
    secret = f"canary-{secrets.token_hex(8)}"
    others = ["gradebook.db", "roster.csv", "source/hw2/hw2.ipynb", "submitted/other/hw2/hw2.ipynb"]
    for file in [*(course_root / name for name in others), root / "home" / "id_ed25519"]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secret)
    (root / "canaries").mkdir()
    course = load_course(course_root)
    assert course.secret
    victim = subprocess.Popen(["sleep", "3600"])
    listener = socket.create_server(("127.0.0.1", 0))
    abstract = f"attacks-{os.getpid()}"
    unix = socket.socket(socket.AF_UNIX)
    unix.bind("\0" + abstract)
    unix.listen()
    values = {
        "COURSE_ROOT": str(course_root),
        "CANARY_FOLDER": str(root / "canaries"),
        "HOST_SECRET_FILE": str(root / "home" / "id_ed25519"),
        "HOST_PROCESS": str(victim.pid),
        "HOST_PORT": str(listener.getsockname()[1]),
        "HOST_ABSTRACT": abstract,
        "DAEMON_SECONDS": str(10_000_000 + os.getpid()),  # no other test's
    }
    temporary = root / "temporary"
    temporary.mkdir()
    before = {name: os.environ.get(name) for name in ("TMPDIR", "HOST_SECRET")}
    os.environ |= {"TMPDIR": str(temporary), "HOST_SECRET": secret}
    worker = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    try:
        # so that the process that judges and the template are there before
        worker.submit(make_probes, course.assignment("hw2"), 1, root / "probes").result()
        release = nbformat.read(course.release_notebook("hw2"), as_version=4)
        template = imported_names(code_of(release)), course.assignment("hw2").helpers
        host = Host(course, secret, values, temporary, worker, template, victim, listener)
        host.await_template()
        yield host
    finally:
        worker.shutdown()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        victim.kill()
        victim.wait()
        listener.close()
        unix.close()
