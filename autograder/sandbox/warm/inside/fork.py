"""Makes a sandbox out of a fork of the template: between submission and trace.

Three processes, all of them forks:

* the *warden* leaves the template's name spaces but that of users, lays out the file system, hands the grader what it
  watches the sandbox with, waits for the kernel and tells how it ended. Nothing in the sandbox can see it;
* the *keeper* is process 1 of the sandbox: it becomes `sleep`, and what loses its parent is taken up by the system.
  When it ends, so does every process of the sandbox;
* the *kernel* makes a user name space of its own in which there can be no further name spaces, gives up all rights,
  and takes its limits and the filter of system calls before it reads the first byte of the submission.

The mounts, the network and the keeper belong to the template's user name space, in which the kernel has no rights.
"""

import atexit
import contextlib
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.sandbox.warm.inside import system
from autograder.sandbox.warm.inside.kernel import become_kernel, copy_into_working_folder
from autograder.sandbox.warm.inside.mounts import Layout, cover_settings, lay_out, mount_processes

KEEPER = ("/bin/sleep", "infinity")
FOLDERS, GO, ENDED, FAILED = b"folders", b"go", b"ended", b"failed"  # what the warden and the grader say
USER = 1000  # in the sandbox, as in a cold one
MOST = {f"max_{name}_namespaces": 0 for name in ("pid", "ipc", "net", "mnt", "uts", "cgroup", "time")}
MOST |= {"max_inotify_instances": 32, "max_inotify_watches": 4096, "max_fanotify_groups": 0, "max_fanotify_marks": 0}
"""What one sandbox may take of what the system counts by user: all sandboxes of a machine have the same one."""


@dataclass(frozen=True)
class Request:
    """What the grader asks a template for.

    Attributes:
        layout: of the file system.
        limits: of every process of the sandbox, soft and hard, by the name that `resource` has for them.
        arguments: of the kernel.
        given: folder of the submission's files, and `work`, of the copy that it may change.
        home: working folder of everything else.
    """

    layout: Layout
    limits: Mapping[str, tuple[int, int]]
    arguments: tuple[str, ...]
    given: str
    work: str
    home: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Request":
        limits = {str(name): (int(soft), int(hard)) for name, (soft, hard) in data["limits"].items()}
        texts = (str(data[name]) for name in ("given", "work", "home"))
        return cls(Layout.from_json(data["layout"]), limits, tuple(data["arguments"]), *texts)


def fork_sandbox(message: bytes, line: int, errors: int, seccomp: bytes, own_folder: str) -> None:
    """Starts the warden of a new sandbox, and returns in the template.

    Args:
        message: a `Request` in JSON, which is read in the fork.
        line: socket to the grader, for this sandbox alone.
        errors: becomes the kernel's standard error.
        seccomp: filter of system calls.
        own_folder: where this package was imported from.
    """
    template = os.getpid()
    if os.fork():
        return
    try:
        system.die_with_parent(template)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the template waits for nobody; a warden does
        _close_all_but(line, errors)
        request = Request.from_json(json.loads(message))
        _Warden(request, socket.socket(fileno=line), errors, seccomp, own_folder).work()
    except BaseException as error:
        _say(line, FAILED + b" " + f"{type(error).__name__}: {error}".encode()[:500])
    finally:
        os._exit(0)


class _Warden:
    def __init__(self, request: Request, line: socket.socket, errors: int, seccomp: bytes, own_folder: str) -> None:
        self._request = request
        self._line = line
        self._errors = errors
        self._seccomp = seccomp
        self._own_folder = own_folder

    def work(self) -> None:
        os.setsid()
        system.unshare(
            system.NEW_MOUNTS
            | system.NEW_IPC
            | system.NEW_NAMES
            | system.NEW_NETWORK
            | system.NEW_CONTROL_GROUPS
            | system.NEW_PROCESSES
        )
        system.bring_loopback_up()
        lay_out(self._request.layout)
        # each pair: one end here, one there; what is written there is one letter
        keeper_here, keeper_there = socket.socketpair()
        keeper = self._fork(self._be_the_keeper, keeper_there)
        _wait_for(keeper_here, "the keeper of the sandbox")
        kernel_here, kernel_there = socket.socketpair()
        kernel = self._fork(self._be_the_kernel, kernel_there)
        _wait_for(kernel_here, "the process of the kernel")
        cover_settings()
        self._hand_over(keeper, kernel)
        system.drop_privileges()
        os.close(self._errors)
        kernel_here.send(b"g")
        status = self._wait(kernel)
        os.kill(keeper, signal.SIGKILL)
        os.waitpid(keeper, 0)
        _say(self._line.fileno(), ENDED + b" %d" % status)

    def _fork(self, become: Any, there: socket.socket) -> int:
        warden = os.getpid()
        child = os.fork()
        if child == 0:
            try:
                become(warden, there)
            except SystemExit as end:
                _leave(end.code)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        there.close()
        return child

    def _be_the_keeper(self, warden: int, there: socket.socket) -> None:
        mount_processes()
        _die_with_warden()
        there.send(b"m")
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # what is left to it when it ends is taken up by the system
        system.drop_privileges()
        _close_all_but()
        os.chdir("/")
        os.execve(KEEPER[0], KEEPER, {})

    def _be_the_kernel(self, warden: int, there: socket.socket) -> None:
        request = self._request
        os.dup2(self._errors, 2)
        _die_with_warden()
        _enter_own_users()
        there.send(b"u")
        _wait_for(there, "the warden of the sandbox")
        _close_all_but()
        os.setsid()
        os.chdir(request.home)
        for name, bounds in request.limits.items():
            resource.setrlimit(getattr(resource, name), bounds)
        system.drop_privileges()
        if self._seccomp:
            system.install_filter(self._seccomp)
        copy_into_working_folder(request.given, request.home, request.work)
        become_kernel(request.arguments, self._own_folder)

    def _hand_over(self, keeper: int, kernel: int) -> None:
        """Gives the grader the sandbox: its first process, the kernel, and the folders that can be written."""
        held = [os.pidfd_open(process) for process in (os.getpid(), keeper, kernel)]
        held += [os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) for path in self._request.layout.memory]
        socket.send_fds(self._line, [FOLDERS], held)
        for descriptor in held:
            os.close(descriptor)
        if self._line.recv(16) != GO:
            raise OSError("the grader does not want the sandbox any more")

    def _wait(self, kernel: int) -> int:
        """The exit status of the kernel, 128 + n for signal n."""
        _, status = os.waitpid(kernel, 0)
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code


def _enter_own_users() -> None:
    """A user name space with this user alone, in which there can be no further name spaces."""
    outside_user, outside_group = os.geteuid(), os.getegid()
    system.unshare(system.NEW_USERS)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{USER} {outside_user} 1")
    _write("/proc/self/gid_map", f"{USER} {outside_group} 1")
    _write("/proc/sys/user/max_user_namespaces", "0")
    for name, most in MOST.items():
        if os.path.exists(f"/proc/sys/user/{name}"):  # noqa: PTH110 -- no further import for one call
            _write(f"/proc/sys/user/{name}", str(most))


def _die_with_warden() -> None:
    """The warden is in another process name space, and so has the number 0 here."""
    system.die_with_parent(0)


def _close_all_but(*kept: int) -> None:
    """Closes every descriptor but the standard ones and those."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- no further import for one call
        if int(name) > 2 and int(name) not in kept:
            with contextlib.suppress(OSError):  # that of the listing itself
                os.close(int(name))


def _wait_for(other: socket.socket, who: str) -> None:
    if not other.recv(1):
        raise OSError(f"{who} ended early")


def _leave(code: Any) -> NoReturn:
    """The end of the kernel's process, as that of a program."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _say(line: int, message: bytes) -> None:
    try:
        os.write(line, message)
    except OSError:
        return  # the grader has gone


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
