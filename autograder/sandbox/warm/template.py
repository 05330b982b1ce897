"""The grader's end of one template: starts it, and has it fork. Between submission and trace."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coursekit
from autograder.processes import kill_group
from autograder.sandbox.command import (
    CONNECTION_FILE,
    COURSE,
    GIVEN,
    INBOX,
    LAUNCHER_ENVIRONMENT,
    build_template_command,
)
from autograder.sandbox.limits import Limits
from autograder.sandbox.running import KEPT_STDERR, SandboxError
from autograder.sandbox.seccomp import open_filter
from autograder.sandbox.warm.inside.serve import FORKED, READY
from autograder.sandbox.workspace import open_folder

OWN = "/run/template"  # inside: the modules of the template
SPOOL = "/run/submissions"  # inside: the folders of all submissions, each of which only its own sandbox is shown
IMPORT_SECONDS = 90.0  # quiet, torch and all else take 3 s
FORK_SECONDS = 15.0  # a fork takes 0.01 s; a machine that is busy may take more
MOST_FORKS = 1000  # then it is replaced, whatever it says of itself
_PACKAGE = Path(__file__).resolve().parent.parent.parent
_START = (
    f"import sys; sys.path.insert(0, {OWN!r}); from autograder.sandbox.warm.inside.serve import serve; serve({OWN!r})"
)


@dataclass(frozen=True)
class Contents:
    """What a template has imported.

    Attributes:
        modules: by name, besides what every kernel needs.
        helpers: packages and modules of the course that can be imported.
        stamp: of the files of the helpers, and of the kit; another one when any of them has changed.
    """

    modules: tuple[str, ...]
    helpers: tuple[Path, ...] = ()
    stamp: int = 0

    @classmethod
    def now(cls, modules: Sequence[str], helpers: Sequence[Path]) -> "Contents":
        """With the files as they are now."""
        kit = Path(str(coursekit.__file__)).parent
        files = [file for top in (kit, *helpers) for file in ([top] if top.is_file() else top.rglob("*.py"))]
        stamp = hash(tuple((str(file), file.stat().st_mtime_ns) for file in sorted(files)))
        return cls(tuple(modules), tuple(helpers), stamp)


class Template:
    """One template.

    Attributes:
        contents: what it has imported.
        spool: folder in which the workspaces of its sandboxes must lie.
        running: sandboxes that were forked from it and are not closed; they end with it.
        wrong: why it must not be forked any more, or "".
    """

    def __init__(self, contents: Contents, as_root: bool | None = None) -> None:
        """Begins to start it, and does not wait for that."""
        self.contents = contents
        self.running = 0
        self.wrong = ""
        self._as_root = as_root
        self._forks = 0
        self._ready = False
        self._said = b""
        self._lock = threading.Lock()
        self._place = ExitStack()
        folder = self._place.enter_context(open_folder())
        self.spool = folder / "work"
        self.spool.mkdir()
        self.spool.chmod(0o711)  # the sandbox's user goes through it, and cannot list it
        (folder / "empty").mkdir()
        (folder / "empty").chmod(0o755)
        binds = [
            (_PACKAGE / "sandbox" / "warm" / "inside", f"{OWN}/autograder/sandbox/warm/inside"),
            (self.spool, SPOOL),
            (folder / "empty", GIVEN),
            (folder / "empty", INBOX),
            (Path(os.devnull), CONNECTION_FILE),
            *((helper, f"{COURSE}/{helper.name}") for helper in contents.helpers),
        ]
        self._control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(FORK_SECONDS)
        self._started = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, args=(binds, inside), name="template", daemon=True)
        self._keeper.start()
        self._started.wait()
        self._control.send(json.dumps({"modules": contents.modules, "seccomp": _filter().hex()}).encode())

    @property
    def pid(self) -> int:
        """The number of bubblewrap's process, with which the template ends."""
        assert self._process is not None
        return self._process.pid

    def fork(self, request: Mapping[str, Any], errors: int) -> socket.socket:
        """Has it fork.

        Args:
            request: `autograder.sandbox.warm.inside.fork.Request`, as JSON.
            errors: descriptor that becomes the standard error of the sandbox.

        Returns:
            The line to the warden of the new sandbox.

        Raises:
            SandboxError: it does not; `wrong` says why.
        """
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with self._lock, there:
            try:
                self._wait_until_ready()
                socket.send_fds(self._control, [json.dumps(request).encode()], [there.fileno(), errors])
                answer = self._control.recv(KEPT_STDERR)
            except OSError as error:
                self.wrong = self.wrong or str(error) or type(error).__name__
                here.close()
                raise SandboxError(f"{self.wrong} {self.said()}".strip()) from None
            self._forks += 1
            if not answer.startswith(FORKED):
                self.wrong = answer.decode(errors="replace") or "it has ended"
            elif self._forks >= MOST_FORKS:
                self.wrong = "it has made many forks"
        return here

    def is_usable(self) -> bool:
        """Whether it can be forked, as far as one knows."""
        return not self.wrong and not self.has_ended()

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def said(self) -> str:
        """The end of what it wrote to its standard error."""
        return self._said.decode(errors="replace").strip()

    def close(self) -> None:
        """Ends it, and all its sandboxes with it."""
        self.wrong = self.wrong or "it was closed"
        self._control.close()  # ends it, too, where it is so young that it does not yet die with bubblewrap's process
        if self._process is not None:
            kill_group(self._process)
        self._keeper.join()
        self._place.close()

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        self._control.settimeout(IMPORT_SECONDS)
        answer = self._control.recv(KEPT_STDERR)
        if not answer.startswith(READY):
            raise OSError(answer.decode(errors="replace") or "the template ended before it was ready")
        self._control.settimeout(FORK_SECONDS)
        self._ready = True

    def _keep(self, binds: Sequence[tuple[Path, str]], inside: socket.socket) -> None:
        """Lives as long as the template, which would end with the thread that started it."""
        with inside:
            try:
                self._process = subprocess.Popen(
                    build_template_command(
                        [os.path.normpath(sys.executable), "-P", "-s", "-c", _START], Limits(), binds, self._as_root
                    ),
                    stdin=inside.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=LAUNCHER_ENVIRONMENT,
                    start_new_session=True,
                )
            except OSError as error:
                self.wrong = str(error)
            finally:
                self._started.set()
        if self._process is None or self._process.stderr is None:
            return
        with self._process.stderr as stderr:
            while part := os.read(stderr.fileno(), 65536):
                self._said = (self._said + part)[-KEPT_STDERR:]
        self._process.wait()


def _filter() -> bytes:
    """The compiled filter of system calls, or nothing where there is none."""
    descriptor = open_filter()
    if descriptor is None:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
