"""Starts one sandbox with bubblewrap, the cold way: between submission and trace.

The launching thread must live as long as the sandbox: bubblewrap is told to die with it.
"""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.processes import kill_group
from autograder.sandbox.command import LAUNCHER_ENVIRONMENT, build_command
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory import Tree
from autograder.sandbox.running import KEPT_STDERR, START_SECONDS, WRITABLE, Sandbox, SandboxError, wait_readable
from autograder.sandbox.seccomp import open_filter


class SandboxProcess(Sandbox):
    """A program that runs in a sandbox.

    Attributes:
        pid: its process 1, as seen from here.
    """

    def __init__(
        self,
        program: Sequence[str],
        limits: Limits,
        binds: Sequence[tuple[Path, str]] = (),
        as_root: bool | None = None,
        copies: str | None = None,
    ) -> None:
        """Starts the program; the arguments are those of `build_command`.

        Raises:
            SandboxError: bubblewrap did not come up; the message is what it said.
        """
        super().__init__(limits)
        info, info_inside = os.pipe()
        wait_inside, go = os.pipe()
        filter_inside = open_filter()
        passed = [info_inside, wait_inside, *([] if filter_inside is None else [filter_inside])]
        try:
            options = ["--info-fd", str(info_inside), "--block-fd", str(wait_inside)]
            self.popen = subprocess.Popen(
                build_command(program, limits, binds, options, filter_inside, as_root, copies),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=LAUNCHER_ENVIRONMENT,
                pass_fds=passed,
                start_new_session=True,
            )
        except BaseException:
            os.close(info)
            os.close(go)
            self._group.remove()
            raise
        finally:
            for descriptor in passed:
                os.close(descriptor)
        try:
            self.pid = self._read_pid(info)
            self.pidfd = os.pidfd_open(self.pid)
            self._wait_for_folders()
            self._group.add(self.pid)
            os.write(go, b"\n")
        except BaseException as error:
            kill_group(self.popen)
            said = self._drain_stderr().decode(errors="replace").strip()
            self.popen.wait()
            self.close()
            if isinstance(error, (SandboxError, OSError)):
                raise SandboxError(said or str(error)) from None
            raise
        finally:
            os.close(info)
            os.close(go)
        assert self.popen.stderr is not None
        self._start_watching(Tree(self.pid), self.popen.stderr.fileno())

    def _exit_status(self) -> int:
        status = self.popen.wait()
        return status if status >= 0 else 128 - status

    def _let_go(self) -> None:
        if self.popen.stderr is not None:
            self.popen.stderr.close()

    def _read_pid(self, info: int) -> int:
        text = b""
        while not text.endswith(b"}\n"):
            if not wait_readable([info], START_SECONDS):
                raise SandboxError("bubblewrap did not start in time")
            part = os.read(info, 4096)
            if not part:
                raise SandboxError("bubblewrap ended at once")
            text += part
        return int(json.loads(text)["child-pid"])

    def _wait_for_folders(self) -> None:
        """Opens the writable folders once bubblewrap has laid out the file system and waits for us."""
        root = f"/proc/{self.pid}/root"
        here = Path("/").stat().st_dev
        end = time.monotonic() + START_SECONDS
        while True:
            # its root is ours at first, then one without these folders, then the sandbox's
            if Path(root).stat().st_dev != here and all(Path(root + path).is_dir() for path in WRITABLE):
                break
            if time.monotonic() > end or self.is_dead():
                raise SandboxError("bubblewrap could not lay out the file system")
            time.sleep(0.005)
        for path in WRITABLE:
            self.folders[path] = os.open(root + path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def _drain_stderr(self) -> bytes:
        assert self.popen.stderr is not None
        return self.popen.stderr.read(KEPT_STDERR) if wait_readable([self.popen.stderr.fileno()], 1.0) else b""
